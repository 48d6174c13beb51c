// Groups of patients at the desk: an administrator proposes, a privacy officer finds it on her first page and decides;
// declined, taken back and agreed to, each once. All people are synthetic.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LIMIT, browser, demo, expected, look, nothingWrong, open, originsOf, press, signIn, visitor, words } from "./harness.js";

let house, chrome;
before(async () => {
  house = await demo();
  chrome = await browser();
}, LIMIT);
after(async () => {
  await chrome?.close();
  await house?.stop();
});

const at = (path) => house.origin + path;
const NAME = "Diabetes program (synthetic)";
const ROSA = "SFH-101077";

/** Somebody of the staff, signed in and at the desk. */
async function staff(name, options = {}) {
  const who = await visitor(chrome, { origins: await originsOf(house), ...options });
  await signIn(who, house.origin, `${name} (synthetic)`);
  await who.page.goto(at("/staff"));
  return who;
}

/** Sends the form for a new group. */
async function propose(who, { id = "diabetes", members = ROSA } = {}) {
  const { page } = who;
  for (const [name, value] of Object.entries({ id, name: NAME, recipient: "Lakeside Care (synthetic)", members })) {
    await page.locator(`#group-form [name="${name}"]`).fill(value);
  }
  await page.locator('input[name="plan"][value="no"]').check();
  await page.locator('input[name="purpose"][value="treatment"]').check();
  await press(who, "#group-form button");
}

test("two people settle a group, and one of them is a privacy officer", LIMIT, async () => {
  const tom = await staff("Tom Baker", { language: "es" });
  assert.match(await words(tom), /Ninguna propuesta sobre un grupo/);
  await press(tom, 'nav a[href="/staff/groups"]');
  await look(tom, "groups", { personal: true });
  await press(tom, 'main a[href="/staff/group-proposals"]');
  await look(tom, "group-proposals-none", { personal: true, quick: true });
  await tom.page.goto(at("/staff/groups"));
  await press(tom, 'main a[href="/staff/group-proposals/new"]');
  await look(tom, "group-new", { personal: true });

  // Everything that is missing is named at once, in the order of the page.
  await press(tom, "#group-form button");
  await look(tom, "group-new-empty");
  await expected(tom, 422);
  const named = await tom.page.locator("#summary a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  assert.deepEqual(named, ["#id", "#name", "#recipient", "#plan", "#purpose", "#members"]);
  await propose(tom, { id: "diabetes program", members: `${ROSA}\nnobody-1` });
  await look(tom, "group-new-wrong", { quick: true });
  await expected(tom, 422);
  assert.equal(await tom.page.locator('[name="name"]').inputValue(), NAME, "what was typed stays");
  await propose(tom, { members: `${ROSA}\nnobody-1` });
  await look(tom, "group-new-unknown", { quick: true });
  await expected(tom, 422);
  assert.match(await words(tom), /1 línea no es de nadie de aquí/);
  await propose(tom);
  await look(tom, "group-proposed", { personal: true });
  const first = tom.page.url();

  // Nobody agrees to their own: the page does not offer it, and a form sent all the same is refused.
  assert.equal(await tom.page.locator("#agree-form").count(), 0);
  await tom.page.locator("#refuse-form").evaluate((form) => (form.action = form.action.replace("/refusal", "/agreement")));
  await press(tom, "#refuse-form button");
  await look(tom, "group-own", { quick: true });
  await expected(tom, 403);

  // It is announced on the officer's first page. She declines it.
  const grace = await staff("Grace Lindqvist");
  assert.match(await words(grace), /1 proposal about a group waits for you to agree/);
  await look(grace, "groups-officer-desk", { personal: true });
  await press(grace, 'main a[href="/staff/group-proposals"]');
  await look(grace, "group-proposals", { personal: true });
  await press(grace, "main .lines a.title");
  assert.equal(grace.page.url(), first);
  await look(grace, "group-proposal", { personal: true });
  assert.match(await words(grace), /1 person/);
  assert.doesNotMatch(await words(grace), /SFH-/, "nobody’s number stands there");
  await grace.page.locator("main details summary").first().click();
  assert.match(await words(grace), /Delgado/, "who agrees reads to whom");
  await press(grace, "#refuse-form button");
  await look(grace, "group-declined", { quick: true });
  assert.match(await words(grace), /Grace Lindqvist \(synthetic\) declined it/);

  // Proposed again, it is taken back by who proposed it.
  await tom.page.goto(at("/staff/group-proposals/new"));
  await propose(tom);
  await press(tom, "#refuse-form button");
  await look(tom, "group-taken-back", { quick: true });
  assert.match(await words(tom), /Tom Baker \(synthetic\) la retiró/);
  await grace.page.goto(at("/staff"));
  assert.match(await words(grace), /No proposal about a group waits for you/);

  // The third time it is agreed to, and the group is there.
  await tom.page.goto(at("/staff/group-proposals/new"));
  await propose(tom);
  await open(grace, at("/staff/group-proposals"), "group-proposals-three");
  await press(grace, "main .lines a.title");
  await press(grace, "#agree-form button");
  assert.equal(new URL(grace.page.url()).pathname, "/staff/groups/diabetes");
  await look(grace, "group", { personal: true });
  assert.match(await words(grace), /1 person came in/);
  await open(tom, at("/staff/groups"), "groups-one", { quick: false });
  await press(tom, "main .lines a.title");
  await look(tom, "group", { personal: true });

  // What an officer proposes waits for somebody who is one today: the administrator reads that, and cannot agree.
  await press(grace, 'main a[href$="/members"]');
  await look(grace, "group-members", { personal: true });
  await press(grace, "#members-form button");
  await look(grace, "group-members-wrong", { quick: true });
  await expected(grace, 422);
  await grace.page.locator('[name="members"]').fill(`${ROSA}\nSFH-101299`);
  await press(grace, "#members-form button");
  await look(grace, "group-members-proposed", { quick: true });
  await open(tom, grace.page.url(), "group-members-admin");
  assert.equal(await tom.page.locator("#agree-form").count(), 0);
  assert.match(await words(tom), /responsable de privacidad/);
  await tom.page.goto(at("/staff"));
  assert.match(await words(tom), /Ninguna propuesta sobre un grupo/);

  for (const who of [tom, grace]) {
    nothingWrong(who);
    await who.context.close();
  }
});
