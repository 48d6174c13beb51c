// What is not shown of a young person's record: a parent asks, a clinician decides about each item, the young person
// reads who decided what, and the parent sees what was opened and no more. All people are synthetic.

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
const NOTE = "May I see what the clinic keeps back? (synthetic)";
const REASON = "Jordan asked me to share this one (synthetic)";

test("a parent asks what is not shown, and a clinician decides", LIMIT, async () => {
  const jordan = await visit();
  await signIn(jordan, house.origin, "Jordan Ellis");
  await link(jordan, house.people.get("Jordan Ellis"));

  // The way to ask is where it is told that something may be missing.
  const parent = await visit({ language: "es" });
  await signIn(parent, house.origin, "Newton Ash");
  await parent.page.goto(at("/people/code"));
  const code = command(house, "representative", "appoint", "--patient", "jordan", "--kind", "parent", "--proof",
    "birth-certificate", "--name", "Newton Ash", "--note", "seen at the desk (synthetic)", "--by", "Front desk");
  await parent.page.locator('form[action="/people/code"] input[name="code"]').fill(code);
  await press(parent, 'form[action="/people/code"] button');
  await press(parent, 'main a[href^="/for/"]');
  const base = new URL(parent.page.url()).pathname.replace(/\/home$/, "");
  await open(parent, at(`${base}/record/not-here`), "unshown-not-here");
  await press(parent, `main a[href="${base}/unshown"]`);
  await look(parent, "unshown", { personal: true });
  await parent.page.locator("#note").fill(NOTE);
  await press(parent, "#unshown button");
  await look(parent, "unshown-waits", { personal: true });
  assert.match(await words(parent), /May I see what the clinic keeps back/);
  assert.equal(await parent.page.locator("#unshown").count(), 0, "one question at a time");

  // Neither the list nor the case names anybody before the record is opened for it.
  const noor = await visit();
  const { page } = noor;
  await signIn(noor, house.origin, "Noor Haddad (synthetic)");
  await open(noor, at("/staff"), "unshown-desk");
  assert.match(await words(noor), /1 parent waits for an answer/);
  await press(noor, 'main a[href="/staff/unshown"]');
  await look(noor, "unshown-list", { personal: true });
  await press(noor, "main .lines a.title");
  await look(noor, "unshown-case", { personal: true });
  assert.doesNotMatch(await words(noor), /Jordan|Robin|May I see/);
  await page.locator("#reason").fill("ok");
  await press(noor, "#open button");
  await look(noor, "unshown-case-wrong", { quick: true });
  await expected(noor, 422);
  assert.equal(await page.locator("#reason").inputValue(), "ok");
  await page.locator("#reason").fill("A parent asks (synthetic)");
  await press(noor, "#open button");

  // Each item has its box, none is ticked, and a decision wants its reason.
  await look(noor, "unshown-items", { personal: true });
  const desk = page.url();
  assert.match(await words(noor), /May I see what the clinic keeps back/);
  const boxes = page.locator('input[name="open"]');
  const count = await boxes.count();
  assert.ok(count > 5, `${count} items`);
  assert.equal(await page.locator('input[name="open"]:checked').count(), 0);
  const item = await boxes.first().getAttribute("value");
  const names = await page.locator("#items .choice").allInnerTexts();
  assert.equal(new Set(names).size, names.length, "no two look alike");
  await boxes.first().check();
  await page.locator("#reason").fill("ok");
  await press(noor, '#decide button[value="answer"]');
  await look(noor, "unshown-items-wrong", { quick: true });
  await expected(noor, 422);
  assert.ok(await boxes.first().isChecked(), "what was ticked stays");
  await page.locator("#reason").fill(REASON);
  await press(noor, '#decide button[value="answer"]');
  await look(noor, "unshown-answered-desk", { personal: true });
  assert.ok(await boxes.first().isChecked());

  // What was decided holds at once.
  const titles = async (who, path) => {
    await who.page.goto(at(path));
    return who.page.locator("main .lines a.title").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  };
  const all = async (who, from) => {
    const shelves = await (async () => {
      await who.page.goto(at(`${from}/record`));
      return who.page.locator(".shelves a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
    })();
    const found = [];
    for (const shelf of shelves) found.push(...(await titles(who, shelf)));
    return found.map((path) => path.replace(from, ""));
  };
  const seen = await all(parent, base);
  const opened = seen.filter((path) => path.endsWith(`/${item}`));
  assert.equal(opened.length, 1, "the parent sees what was opened");
  const closed = (await all(jordan, "")).filter((path) => !seen.includes(path));
  assert.ok(closed.length >= 5, `${closed.length} stay closed`);
  await open(parent, at(base + opened[0]), "unshown-opened");
  await open(parent, at(base + closed[0]), "unshown-closed", { status: 404 });
  await open(parent, at(`${base}/unshown`), "unshown-answered", { quick: false });
  assert.doesNotMatch(await words(parent), /chlamydia|Jordan asked me/i, "the answer tells nothing of what there is");
  assert.equal(await parent.page.locator("#unshown").count(), 1, "another question may be asked");

  // The young person reads who decided, for whom, about what, and comes from there to the item.
  await open(jordan, at("/access-log"), "unshown-log", { quick: false });
  await unfold(jordan);
  assert.match(await words(jordan), /Noor Haddad.*decided what Newton Ash|decided what .*sees of your record/s);
  assert.equal(await jordan.page.locator(`main a[href="${opened[0]}"]`).count() > 0, true, "the log leads to the item");

  // The look is ended in another window: what is sent from the old page decides nothing, and the reason stays.
  await page.goto(desk);
  const second = await noor.context.newPage();
  await second.goto(at("/staff"));
  await Promise.all([second.waitForNavigation(), second.locator('form[action^="/staff/views/"] button').first().click()]);
  await page.locator("#reason").fill("Written too late (synthetic)");
  await press(noor, '#decide button[value="answer"]');
  await look(noor, "unshown-over", { quick: true });
  await expected(noor, 409);
  assert.match(await words(noor), /Written too late/);

  // Whose own record it is has no such page; nor has a role that does not decide.
  await open(jordan, at("/unshown"), "unshown-own", { status: 404 });
  const clerk = await visit();
  await signIn(clerk, house.origin, "Carla Reyes (synthetic)");
  await open(clerk, at("/staff/unshown"), "unshown-clerk", { status: 403 });
  for (const who of [jordan, parent, noor, clerk]) {
    nothingWrong(who);
    await who.context.close();
  }
});
