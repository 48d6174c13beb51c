// How an item is protected: a young person asks, a clinician opens the record for it, marks the item and answers; the log
// tells the young person of both, and who acts for them nothing. All people are synthetic.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  LIMIT, browser, command, demo, expected, link, look, nothingWrong, open, originsOf, press, signIn, unfold, visitor, words,
} from "./harness.js";

let house, chrome;
before(async () => {
  house = await demo();
  chrome = await browser();
}, LIMIT);
after(async () => {
  await chrome?.close();
  await house?.stop();
});

const visit = async (options = {}) => visitor(chrome, { origins: await originsOf(house), ...options });
const at = (path) => house.origin + path;
const ASKED = "Mi padre no debe ver esto (sintético)";
const WHY = "He came alone for this (synthetic)";
const ANSWER = "Your parents do not see it any more (synthetic)";

/** The first item of a list that the reader may ask about. */
async function asksAbout({ page }, list) {
  await page.goto(at(list));
  const items = await page.locator("main .lines a.title").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  for (const item of items) {
    await page.goto(at(item));
    if ((await page.locator("#asking").count()) === 1) return item;
  }
  return assert.fail(`nothing of ${list} can be asked about`);
}

test("un joven pide que se proteja algo, y la clínica lo protege y responde", LIMIT, async () => {
  const jordan = await visit({ language: "es" });
  await signIn(jordan, house.origin, "Jordan Ellis");
  await link(jordan, house.people.get("Jordan Ellis"));
  const item = await asksAbout(jordan, "/record/visits");
  await look(jordan, "protect-item", { personal: true });
  await jordan.page.locator("#ask").fill(ASKED);
  await press(jordan, "#asking button");
  await look(jordan, "protect-asked", { personal: true });
  assert.match(await words(jordan), /Mi padre no debe ver esto/);
  assert.equal(await jordan.page.locator("#asking").count(), 0, "one question about an item waits at a time");

  const parent = await visit();
  await signIn(parent, house.origin, "Newton Ash");
  await parent.page.goto(at("/people/code"));
  const code = command(house, "representative", "appoint", "--patient", "jordan", "--kind", "parent", "--proof",
    "birth-certificate", "--name", "Newton Ash", "--note", "seen at the desk (synthetic)", "--by", "Front desk");
  await parent.page.locator('form[action="/people/code"] input[name="code"]').fill(code);
  await press(parent, 'form[action="/people/code"] button');
  await press(parent, 'main a[href^="/for/"]');
  const base = new URL(parent.page.url()).pathname.replace(/\/home$/, "");
  await open(parent, at(base + item), "protect-parent-before");
  assert.doesNotMatch(await words(parent), /Mi padre/);

  // The list and the case name nobody before the record is opened for it.
  const noor = await visit();
  const { page } = noor;
  await signIn(noor, house.origin, "Noor Haddad (synthetic)");
  await open(noor, at("/staff/protection"), "protect-list", { quick: false });
  await press(noor, "main .lines a.title");
  await look(noor, "protect-case", { personal: true });
  assert.doesNotMatch(await words(noor), /Jordan|Mi padre/);
  await page.locator("#reason").fill("Somebody asks about a mark (synthetic)");
  await press(noor, "#open button");
  await look(noor, "protect-open", { personal: true });
  assert.match(await words(noor), /Mi padre no debe ver esto/);

  // Nothing is said to be protected that is not, and what was typed stays.
  await page.locator("#outcome").selectOption("protected");
  await page.locator("#text").fill(ANSWER);
  await press(noor, "#answering button");
  await look(noor, "protect-early", { quick: true });
  await expected(noor, 422);
  assert.equal(await page.locator("#text").inputValue(), ANSWER);
  await page.locator("#label").selectOption("put.minor");
  await page.locator("#labels #reason").fill(WHY);
  await press(noor, "#labels button");
  await look(noor, "protect-marked", { personal: true });
  assert.match(await words(noor), /He came alone for this \(synthetic\) \(Noor Haddad/, "colleagues read who marked it");
  await page.locator("#outcome").selectOption("protected");
  await page.locator("#text").fill(ANSWER);
  await press(noor, "#answering button");
  await look(noor, "protect-answered", { personal: true });

  await open(jordan, at(item), "protect-told", { quick: false });
  assert.match(await words(jordan), /Your parents do not see it any more/);
  assert.doesNotMatch(await words(jordan), /Noor Haddad/, "the clinic answers");
  await jordan.page.goto(at("/access-log?what=protect-answered"));
  await unfold(jordan);
  await look(jordan, "protect-log", { personal: true });
  assert.match(await words(jordan), /Noor Haddad.*respondió una pregunta sobre cómo está protegido/s);
  assert.equal(await jordan.page.locator(`main ol.log a[href="${item}"]`).count(), 1, "the log leads to the item");
  await open(parent, at(base + item), "protect-parent-after", { status: 404 });
  for (const kind of ["protect-asked", "protect-answered"]) {
    await parent.page.goto(at(`${base}/access-log?what=${kind}`));
    assert.equal(await parent.page.locator("main ol.log > li").count(), 0, kind);
  }
  for (const who of [jordan, parent, noor]) {
    nothingWrong(who);
    await who.context.close();
  }
});
