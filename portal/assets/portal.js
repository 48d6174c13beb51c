// Makes pages more comfortable; every page works without it. Loads nothing from elsewhere and keeps nothing.
(() => {
  "use strict";
  const find = (id) => document.getElementById(id);
  document.documentElement.classList.add("js");

  // What must be mended is read out and stands in view.
  find("summary")?.focus();

  // Leaving quickly also takes this page out of the way back, and ends the session while one is gone already.
  const leave = find("leave");
  const away = (event) => {
    event.preventDefault();
    document.body.hidden = true;
    sessionStorage.setItem("left", "yes");
    if (leave.action) navigator.sendBeacon(leave.action, new URLSearchParams(new FormData(leave)));
    location.replace(leave.dataset.to ?? leave.href);
  };
  leave?.addEventListener(leave.action ? "submit" : "click", away);

  // A browser may keep a page whole for the way back, also one that is not to be stored: after leaving it is asked for
  // anew. Otherwise what was typed into it stays.
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && sessionStorage.getItem("left")) location.reload();
    else sessionStorage.removeItem("left");
  });

  // On the way back a browser does not show the answer to a form again, but asks to send it once more. Whoever goes on from
  // such an answer comes back to the page above it instead.
  const { back } = document.body.dataset;
  const onward = (event) => {
    const goes = event.type === "submit" || event.target.closest("a[href^='/']");
    if (goes && !event.defaultPrevented) history.replaceState(null, "", back);
  };
  if (back) for (const way of ["submit", "click"]) addEventListener(way, onward);

  // What was typed into a form and not sent yet: nothing of it is lost with the language or with the session.
  const texts = (form) => {
    const hidden = new Set([...form.querySelectorAll("[type=password]")].map((field) => field.name).concat("csrf"));
    return new URLSearchParams([...new FormData(form)].filter(([name, value]) => typeof value === "string" && !hidden.has(name)));
  };
  const forms = [...document.querySelectorAll("main form[method=post]")];
  const first = new Map(forms.map((form) => [form, texts(form).toString()]));
  const typed = () =>
    forms.find((form) => texts(form).toString() !== first.get(form) || form.querySelector(".problem"));
  const place = (form) => new URL(form.action).pathname;
  find("language-form")?.addEventListener("submit", ({ target }) => {
    const form = typed();
    if (!form) return;
    for (const [name, value] of [["form", place(form)], ["typed", texts(form).toString()]]) {
      target.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
  });

  // The warning before a person is signed out.
  const stay = find("stay");
  if (stay) {
    const words = find("stay-words");
    const usual = words.textContent;
    const show = (text) => {
      if (words.textContent !== text) words.textContent = text;
      const soon = text !== usual;
      stay.classList.toggle("soon", soon);
      if (soon) words.setAttribute("role", "alert");
      else words.removeAttribute("role");
    };
    let timer, late;
    const look = async () => {
      clearTimeout(timer);
      let wait = 60;
      try {
        const answer = await fetch("/session", { headers: { Accept: "application/json" } });
        if (answer.ok) {
          const { seconds, over, ran_out: ranOut } = await answer.json();
          const warn = stay.dataset.warn * 60;
          if (over) {
            // Where somebody ended the session, nothing is kept, and the address tells nobody which page stood open.
            const form = ranOut && typed();
            const about = form && (await fetch(`/session?${new URLSearchParams({ form: place(form) })}`));
            const keeps = about?.ok && (await about.json()).keeps;
            for (const part of document.querySelectorAll("main, .whose")) part.hidden = true;
            // The sign-in page says what happened, and leads back to here.
            const to = new URLSearchParams({ over: "yes" });
            if (ranOut) to.set("return_to", stay.elements.back.value);
            if (!keeps) return location.replace(`/sign-in?${to}`);
            show(stay.dataset.kept);
            [late, stay.querySelector("button").textContent] = [form, stay.dataset.again];
            return;
          }
          show(seconds <= warn ? stay.dataset.soon.replace("%", Math.max(1, Math.round(seconds / 60))) : usual);
          // The last look comes when the end has passed.
          wait = seconds <= warn ? Math.min(20, seconds + 1) : Math.min(300, seconds - warn + 1);
        }
      } catch {
        // The next look may work.
      }
      timer = setTimeout(look, wait * 1000);
    };
    stay.addEventListener("submit", async (event) => {
      event.preventDefault();
      // Sent as it is: it is kept, and comes back after signing in.
      if (late) return late.submit();
      try {
        const body = new URLSearchParams(new FormData(stay));
        await fetch(stay.action, { method: "POST", body, headers: { Accept: "application/json" } });
        look();
      } catch {
        stay.submit();
      }
    });
    document.addEventListener("visibilitychange", () => document.hidden || look());
    timer = setTimeout(look, 60000);
  }

  // The progress of a copy.
  const progress = find("progress");
  if (progress) {
    const bar = progress.querySelector("progress");
    // Whoever is on the way to another page gets there: loading this one anew would take the way from them, or the
    // answer to a form. A way that led nowhere is forgotten after a minute.
    let left = -Infinity;
    addEventListener("beforeunload", () => {
      left = performance.now();
    });
    const look = async () => {
      try {
        const answer = await fetch(progress.dataset.from, { headers: { Accept: "application/json" } });
        if (answer.ok) {
          const state = await answer.json();
          const leaving = performance.now() - left < 60_000;
          if (!state.going && !leaving) return location.reload();
          bar.max = Math.max(1, state.total);
          bar.value = state.done;
          if (find("progress-words").textContent !== state.words) find("progress-words").textContent = state.words;
        }
      } catch {
        // The next look may work.
      }
      setTimeout(look, 1500);
    };
    setTimeout(look, 800);
  }

  // Parts count only with “some”; what was chosen there is kept for going back to it.
  const all = find("what-all");
  all?.form.addEventListener("formdata", ({ formData }) => {
    if (all.checked) for (const field of all.form.querySelectorAll(".some [name]")) formData.delete(field.name);
  });
  all?.form.addEventListener("change", ({ target }) => {
    if (target.closest(".some")) find("what-some").checked = true;
  });

  // How much a choice holds, while it is made.
  const form = find("copy-form");
  if (form) {
    let timer;
    let number = 0;
    const count = async () => {
      const mine = ++number;
      const fields = new FormData(form);
      fields.delete("password");
      fields.delete("password_again");
      try {
        const body = new URLSearchParams(fields);
        const answer = await fetch(form.dataset.count, { method: "POST", body, headers: { Accept: "application/json" } });
        if (answer.ok && mine === number) find("count").textContent = (await answer.json()).words;
      } catch {
        // The number stays as it was.
      }
    };
    form.addEventListener("change", () => {
      clearTimeout(timer);
      timer = setTimeout(count, 300);
    });
  }

  // Narrows the lines of this page while one types.
  const narrow = document.querySelector(".narrow");
  if (narrow) {
    const lines = [...document.querySelectorAll("main .lines > li")];
    const displaying = find("displaying");
    const usual = displaying.textContent;
    const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const texts = lines.map((line) => fold(line.textContent));
    displaying.setAttribute("role", "status");
    narrow.hidden = lines.length < 6;
    find("narrow").addEventListener("input", (event) => {
      const words = fold(event.target.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      lines.forEach((line, n) => {
        line.hidden = !words.every((word) => texts[n].includes(word));
        if (!line.hidden) shown += 1;
      });
      displaying.textContent = shown ? usual : narrow.dataset.none;
    });
  }
})();
