// Privacy choices: a permission given step by step, signed and taken back; a limit asked for and answered; how one is
// reached. All people are synthetic.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  LIMIT, browser, demo, expected, link, look, nothingWrong, open, originsOf, press, signIn, visitor, words,
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

test("un permiso, paso a paso, firmado y retirado", LIMIT, async () => {
  const who = await visit({ language: "es" });
  const { page } = who;
  await signIn(who, house.origin, "Rosa Maria Delgado");
  await link(who, house.people.get("Rosa Maria Delgado"));
  await press(who, 'nav a[href="/privacy"]');
  await look(who, "privacy-none", { personal: true });
  await press(who, 'main a[href="/privacy/permissions/new"]');
  await look(who, "privacy-kind", { personal: true });
  await press(who, 'form[action="/privacy/permissions/new"] button');
  await look(who, "privacy-kind-wrong", { quick: true });
  await expected(who, 422);
  // Who went on from there and comes back finds the form, and is not asked to send it once more.
  await press(who, "header .name a");
  assert.equal((await page.goBack()).status(), 200);
  assert.equal(new URL(page.url()).pathname, "/privacy/permissions/new");
  await page.locator('input[name="kind"][value="hipaa-508"]').check();
  await press(who, 'form[action="/privacy/permissions/new"] button');
  const draft = new URL(page.url()).pathname;
  assert.match(draft, /^\/privacy\/drafts\/[0-9a-f-]{36}$/);
  await look(who, "privacy-terms", { personal: true });

  // What is missing is named, beside its field and at the top; what was typed stays.
  await page.locator("#address").fill("1 Calle Cerro");
  await page.locator("#what-some").check();
  await press(who, "#terms-form button:not([formaction])");
  await look(who, "privacy-terms-wrong", { quick: true });
  await expected(who, 422);
  for (const field of ["recipient", "categories", "purposes", "until"]) {
    assert.equal(await page.locator(`#${field}-problem`).count(), 1, field);
    assert.equal(await page.locator(`.summary a[href="#${field}"]`).count(), 1, field);
  }
  assert.equal(await page.locator("#address").inputValue(), "1 Calle Cerro");
  await page.locator("#recipient").fill("Dra. Lee");
  await page.locator('input[name="categories"][value="labs"]').check();
  await page.locator('input[name="purposes"][value="treatment"]').check();
  await page.locator('input[name="until"][value="day"]').check();
  await page.locator("#until_day").fill("2001-01-01");
  await press(who, 'button[formaction$="/look"]');
  await look(who, "privacy-preview", { quick: true });
  const said = await page.locator("#preview").innerText();
  const [seen, all] = said.match(/Dra\. Lee[^\d]*([\d.,]+) de ([\d.,]+)/).slice(1).map((n) => Number(n.replace(/[^\d]/g, "")));
  assert.ok(seen > 0 && seen < all, said);
  await press(who, "#terms-form button:not([formaction])");
  await look(who, "privacy-terms-past", { quick: true });
  await expected(who, 422);
  assert.equal(await page.locator("#until-problem").count(), 1, "a day that is over ends nothing");
  await page.locator("#until_day").fill("2099-12-31");
  await press(who, "#terms-form button:not([formaction])");
  assert.equal(new URL(page.url()).pathname, `${draft}/sign`);
  await look(who, "privacy-sign", { personal: true });
  const exact = await page.locator("#exact-text").innerText();
  for (const part of ["Dra. Lee", "Rosa"]) assert.ok(exact.includes(part), `${part}: ${exact}`);
  await press(who, "#sign-form button");
  await look(who, "privacy-sign-wrong", { quick: true });
  await expected(who, 422);
  await page.locator("#typed").fill("Rosa Maria Delgado");
  await press(who, "#sign-form button");
  const permission = new URL(page.url()).pathname;
  assert.match(permission, /^\/privacy\/permissions\/[0-9a-f-]{36}$/);
  await look(who, "privacy-permission", { personal: true });
  assert.equal(await page.locator("#exact-text").innerText(), exact, "what is kept is what was shown");
  await page.goto(at("/privacy"));
  await look(who, "privacy-one", { personal: true, quick: true });
  assert.equal(await page.locator("#current > li").count(), 1);

  await press(who, "#current a.title");
  await press(who, "#revocation button");
  await look(who, "privacy-revoked", { quick: true });
  assert.equal(await page.locator("#revocation").count(), 0, "it is taken back once");
  await open(who, at("/privacy"), "privacy-past");
  assert.equal(await page.locator("#current").count(), 0);
  nothingWrong(who);
  await who.context.close();
});

test("un consentimiento para un proceso legal nombra sus partes y dice lo que la ley pide", LIMIT, async () => {
  const who = await visit({ language: "es" });
  const { page } = who;
  await signIn(who, house.origin, "Casey Monroe");
  await link(who, house.people.get("Casey Monroe"));
  await page.goto(at("/privacy/permissions/new"));
  await page.locator('input[name="kind"][value="part2-proceedings"]').check();
  await press(who, 'form[action="/privacy/permissions/new"] button');
  await look(who, "proceedings-terms", { personal: true });
  assert.ok(await page.locator("#what-some").isChecked(), "never all of it unless they say so");
  await page.locator("#recipient").fill("Juzgado del condado (sintético)");
  await page.locator('input[name="until"][value="day"]').check();
  await page.locator("#until_day").fill("2099-12-31");
  await press(who, "#terms-form button:not([formaction])");
  await look(who, "proceedings-wrong", { quick: true });
  await expected(who, 422);
  await page.locator('input[name="categories"][value="visits"]').check();
  await press(who, "#terms-form button:not([formaction])");
  await look(who, "proceedings-sign", { personal: true });
  const exact = await page.locator("#exact-text").innerText();
  for (const part of [/solo/i, /no hace depender/i, /42 CFR parte 2/]) assert.match(exact, part);
  nothingWrong(who);
  await who.context.close();
});

test("a limit that the clinic must agree to, and how messages come", LIMIT, async () => {
  const who = await visit();
  const { page } = who;
  await signIn(who, house.origin, "Elena Harper");
  await link(who, house.people.get("Elena Harper"));
  await open(who, at("/privacy"), "limits-none");
  await press(who, 'main a[href="/privacy/limits/new"]');
  await look(who, "limit", { personal: true });
  await page.locator('input[name="paid"]').check();
  await page.locator("#why").fill("It is private");
  await press(who, "#limit-form button:not([formaction])");
  await look(who, "limit-wrong", { quick: true });
  await expected(who, 422);
  assert.equal(await page.locator("#why").inputValue(), "It is private");
  assert.ok(await page.locator('input[name="paid"]').isChecked());
  await page.locator('input[name="against"][value="health-plan"]').check();
  await page.locator("#charge").fill("Visit of March 4 (synthetic)");
  await press(who, 'button[formaction$="/look"]');
  await look(who, "limit-preview", { quick: true });
  assert.equal(await page.locator("#charge").inputValue(), "Visit of March 4 (synthetic)");
  await press(who, "#limit-form button:not([formaction])");
  const limit = new URL(page.url()).pathname;
  await look(who, "limit-asked", { personal: true, quick: true });
  assert.match(await words(who), /keeps it from the plan/);

  const officer = await visit({ language: "es" });
  await signIn(officer, house.origin, "Grace Lindqvist (synthetic)");
  await open(officer, at("/staff/limits"), "limits-desk");
  await press(officer, "main .lines a.title");
  await look(officer, "limit-desk", { personal: true });
  await officer.page.locator("#text").fill("We keep it from the plan.");
  await press(officer, '#answer button[value="must-agree"]');
  await look(officer, "limit-desk-answered", { quick: true });
  await open(who, at(limit), "limit-agreed");
  assert.match(await words(who), /as the law says it must/);
  assert.match(await words(who), /We keep it from the plan/);
  await press(who, "#limit-end button");
  await look(who, "limit-ended", { quick: true });
  assert.match(await words(who), /Ended on/);

  await open(who, at("/privacy/messages"), "messages");
  await page.locator("#email").fill("no address");
  await page.locator("#phone").fill("555-0199");
  await press(who, "#messages-form button");
  await look(who, "messages-wrong", { quick: true });
  await expected(who, 422);
  assert.equal(await page.locator("#phone").inputValue(), "555-0199");
  await page.locator("#email").fill("hidden@mail.example");
  await press(who, "#messages-form button");
  await look(who, "messages-code", { quick: true });
  assert.match(await words(who), /hidden@mail\.example/);
  nothingWrong(who);
  nothingWrong(officer);
  await who.context.close();
  await officer.context.close();
});
