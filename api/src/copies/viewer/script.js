"use strict";
// Filters the page's own items as one types. Without it the page is complete; only the box is hidden.
(() => {
  const box = document.getElementById("find");
  const field = document.getElementById("q");
  const found = document.getElementById("found");
  const marks = new RegExp("[\\u0300-\\u036f]", "g");
  const fold = (text) => text.normalize("NFD").replace(marks, "").toLowerCase();
  let items = null;
  let groups = null;
  const read = () => {
    items = Array.from(document.querySelectorAll("details.i"), (node) => ({ node, text: null }));
    groups = Array.from(document.querySelectorAll(".y"), (node) => ({ node, head: node.previousElementSibling }));
  };
  const show = () => {
    if (!items) read();
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of items) {
      if (words.length && item.text === null) item.text = fold(item.node.textContent);
      const fits = words.every((word) => item.text.includes(word));
      if (item.node.hidden === fits) item.node.hidden = !fits;
      if (fits) count += 1;
    }
    for (const group of groups) {
      const empty = !group.node.querySelector("details.i:not([hidden])");
      group.node.hidden = empty;
      group.head.hidden = empty;
    }
    for (const part of document.querySelectorAll("main > section")) {
      part.hidden = words.length > 0 && !part.querySelector("details.i:not([hidden])");
    }
    // On a small screen the results should be right below the box.
    document.querySelector("nav").hidden = words.length > 0;
    for (const charts of document.querySelectorAll(".charts")) charts.hidden = words.length > 0;
    found.textContent = !words.length ? "" : count ? box.dataset.some.replace("{n}", count.toLocaleString(document.documentElement.lang)) : box.dataset.none;
  };
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      field.value = "";
      show();
    }
  });
  box.hidden = false;
})();
