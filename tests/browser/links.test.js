// Somebody without a code asks the records office; a clerk compares, links the account, ends the link again, gives a code
// at the desk, appoints somebody who acts, and writes down how she is to be reached. All people are synthetic.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  LIMIT, browser, demo, expected, look, nothingWrong, open, originsOf, press, signIn, visitor, words,
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
const LINK = 'form:has(input[name="decision"][value="link"])';
const REASON = "The wrong account was linked (synthetic)";

test("una cuenta sin código: la oficina compara, la vincula y termina el vínculo", LIMIT, async () => {
  const rosa = await visit({ language: "es" });
  await signIn(rosa, house.origin, "Rosa Maria Delgado");
  assert.equal(new URL(rosa.page.url()).pathname, "/link");
  await open(rosa, at("/link/help"), "case-ask");
  await rosa.page.locator('input[name="birth_date"]').fill("");
  await press(rosa, 'form[action="/link/help"] button');
  await look(rosa, "case-ask-wrong", { quick: true });
  await expected(rosa, 422);
  await rosa.page.locator('input[name="birth_date"]').fill("1968-06-14");
  await press(rosa, 'form[action="/link/help"] button');
  await look(rosa, "case-waits", { quick: true });

  const carla = await visit();
  const { page } = carla;
  await signIn(carla, house.origin, "Carla Reyes (synthetic)");
  await open(carla, at("/staff/cases"), "cases", { quick: false });
  await press(carla, "main .lines a.title");
  await look(carla, "case-nobody-found");
  const path = page.url();
  await page.goto(at("/staff/people"));
  await page.locator("#given").fill("Rosa Maria");
  await page.locator("#family").fill("Delgado");
  await page.locator("#number").fill("SFH-101077");
  await press(carla, 'form[action="/staff/people"] button');
  await press(carla, "main .lines a.title");
  const card = page.url();
  await page.goto(path);
  await look(carla, "case");
  await page.locator("#patient").selectOption({ index: 1 });
  await page.locator('input[name="evidence"]').first().check();
  await page.locator('input[name="detail"], textarea[name="detail"]').fill("Passport at the desk");
  await press(carla, `${LINK} button`);
  await look(carla, "case-compared");
  assert.match(await words(carla), /the same/);
  await press(carla, "#confirm button:not(.second)");
  await look(carla, "case-linked", { quick: true });
  await open(rosa, at("/home"), "case-home");

  // The link is ended: she reads why, and her record is gone until she has a code.
  await open(carla, card, "links-card");
  await press(carla, 'main .lines a[href*="/links/"]');
  await look(carla, "link-end");
  await page.locator("#reason").fill(REASON);
  await press(carla, "#link-end button");
  await look(carla, "link-ended", { quick: true });
  await rosa.page.goto(at("/home"));
  assert.equal(new URL(rosa.page.url()).pathname, "/link");
  await look(rosa, "link-gone");
  assert.equal(await rosa.page.locator("#ended").count(), 1);

  // At the desk she gets a code, face to face. On paper it is the code, the steps and how to reach the clinic.
  await page.goto(card);
  await press(carla, 'main a[href$="/codes/new"]');
  await look(carla, "code-new");
  await page.locator('input[name="way"][value="handed"]').check();
  await page.locator("#proof").fill("Passport");
  await press(carla, "#code-form button");
  await look(carla, "code-shown");
  const code = (await page.locator("#given-code").innerText()).trim();
  await page.emulateMedia({ media: "print" });
  const seen = async (part) => page.locator(part).first().isVisible();
  for (const part of ["header.top", ".whose", "h1", ".handout ~ ul"]) assert.equal(await seen(part), false, part);
  for (const part of ["#given-code", ".handout ol", "footer > p"]) assert.equal(await seen(part), true, part);
  await page.emulateMedia({ media: "screen" });
  await open(carla, card, "code-out");
  assert.equal(await page.locator("#code-stop").count(), 1);
  await rosa.page.goto(at("/link"));
  await rosa.page.locator("#code").fill(code);
  await press(rosa, 'form[action="/link"] button');
  assert.equal(new URL(rosa.page.url()).pathname, "/home");
  await open(carla, card, "code-used", { quick: true });
  assert.equal(await page.locator("#code-stop").count(), 0);

  // Who stands there with a paper is appointed on the same page.
  await press(carla, 'main a[href$="/representatives/new"]');
  await look(carla, "appoint");
  await page.locator("#kind").selectOption("surrogate");
  await page.locator("#proof").selectOption("surrogate-statement");
  await page.locator("#name").fill("Ana Delgado");
  await page.locator("#note").fill("Her statement, and her passport");
  await press(carla, "#appoint button");
  await look(carla, "appoint-confirm");
  await press(carla, "#confirm button:not(.second)");
  await look(carla, "appointed");
  assert.equal((await page.locator("#given-code").innerText()).trim().length, 19);

  // She said by telephone that she wants no mail: the form says all that is missing at once and keeps what was typed.
  await page.goto(card);
  await press(carla, 'main a[href$="/reach"]');
  await look(carla, "reach");
  await page.locator("#known").fill("Gave her birth date and her street");
  await press(carla, "#wish-form button");
  await look(carla, "reach-wrong");
  await expected(carla, 422);
  assert.equal(await page.locator("#known").inputValue(), "Gave her birth date and her street");
  await page.locator("#received").fill(new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10));
  await page.locator("#way").selectOption("telephone");
  await page.locator('input[name="channel"][value="none"]').check();
  await press(carla, "#wish-form button");
  await look(carla, "reach-recorded");
  await open(rosa, at("/privacy/messages"), "reach-told");
  assert.match(await words(rosa), /Carla Reyes/);
  nothingWrong(rosa);
  nothingWrong(carla);
});
