// A record opened in an emergency: two people put a clinician on the list, she opens it with a reason, the patient
// sees it, the privacy officer signs it off. All people are synthetic.

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
const REASON = "Unconscious in the emergency room (synthetic)";

/** Somebody of the staff, signed in and at the desk. */
async function staff(name, options) {
  const who = await visit(options);
  await signIn(who, house.origin, `${name} (synthetic)`);
  await who.page.goto(at("/staff"));
  return who;
}

/** Finds Rosa as the desk finds people: by the whole name and the record number. */
async function find(who, name) {
  const { page } = who;
  await open(who, at("/staff/people"), `${name}-find`);
  await page.locator("#given").fill("Rosa Maria");
  await press(who, 'form[action="/staff/people"] button');
  await look(who, `${name}-find-wrong`, { quick: true });
  await expected(who, 422);
  assert.equal(await page.locator("#given").inputValue(), "Rosa Maria");
  await page.locator("#family").fill("Delgado");
  await page.locator("#number").fill("SFH-101077");
  await press(who, 'form[action="/staff/people"] button');
  await look(who, `${name}-found`, { quick: true });
  await press(who, "main .lines a.title");
  await look(who, `${name}-person`, { personal: true });
}

test("a record is opened in an emergency", LIMIT, async () => {
  const rosa = await visit({ language: "es" });
  await signIn(rosa, house.origin, "Rosa Maria Delgado");
  await link(rosa, house.people.get("Rosa Maria Delgado"));

  const noor = await staff("Noor Haddad");
  await find(noor, "emergency");
  const card = new URL(noor.page.url()).pathname;
  assert.equal(await noor.page.locator('a[href$="/emergency"]').count(), 0, "who is not listed is not offered it");
  await open(noor, at(`${card}/emergency`), "emergency-not-listed", { status: 403 });
  assert.match(await words(noor), /not on the list/);

  // One asks, another approves.
  const tom = await staff("Tom Baker", { language: "es" });
  await look(tom, "admin-desk", { personal: true });
  await open(tom, at("/staff/roles"), "admin-roles");
  await press(tom, 'main a[href="/staff/roles/new"]');
  await look(tom, "admin-ask", { personal: true });
  await tom.page.locator("#account").fill("clinician@staff.example");
  await tom.page.locator('input[name="power"][value="emergency-access"]').check();
  await press(tom, 'form[action="/staff/roles/new"] button');
  await look(tom, "admin-ask-wrong", { quick: true });
  await expected(tom, 422);
  await tom.page.locator("#reason").fill("De guardia por la noche (sintético)");
  await press(tom, 'form[action="/staff/roles/new"] button');
  await look(tom, "admin-asked", { personal: true, quick: true });
  assert.equal(await tom.page.locator('form[action$="/approval"]').count(), 0, "who asked does not approve");
  await open(noor, at(`${card}/emergency`), "emergency-not-approved", { status: 403 });

  const grace = await staff("Grace Lindqvist");
  await look(grace, "officer-desk", { personal: true });
  assert.match(await words(grace), /1 role waits/);
  await press(grace, 'main a[href="/staff/roles"]');
  await look(grace, "officer-roles", { personal: true, quick: true });
  await press(grace, 'main .lines a.title');
  await look(grace, "officer-grant", { personal: true, quick: true });
  await press(grace, 'form[action$="/approval"] button');
  await look(grace, "officer-approved", { quick: true });

  // Now it is offered; not without a reason.
  await open(noor, at(card), "emergency-offered");
  await press(noor, `main a[href="${card}/emergency"]`);
  await look(noor, "emergency-form", { personal: true });
  assert.match(await words(noor), /This is about Rosa Maria Delgado/);
  await press(noor, 'form[action$="/emergency"] button');
  await look(noor, "emergency-wrong", { quick: true });
  await expected(noor, 422);
  await noor.page.locator("#reason").fill(REASON);
  await press(noor, 'form[action$="/emergency"] button');
  assert.match(new URL(noor.page.url()).pathname, /^\/for\/[0-9a-f-]{36}\/record$/);
  const base = new URL(noor.page.url()).pathname.replace(/\/record$/, "");
  await look(noor, "emergency-record", { personal: true });
  const banners = [await noor.page.locator(".whose").innerText()];
  for (const path of ["/record/medicines", "/record/notes"]) {
    await open(noor, at(base + path), `emergency${path.replaceAll("/", "-")}`);
    banners.push(await noor.page.locator(".whose").innerText());
  }
  await press(noor, "main .lines a.title");
  await look(noor, "emergency-item", { personal: true, quick: true });
  // It is hers alone.
  await open(tom, at(`${base}/record`), "emergency-other", { status: 404 });
  await open(noor, at("/staff"), "emergency-open");
  await press(noor, 'form[action^="/staff/views/"] button');
  await look(noor, "emergency-closed", { quick: true });
  await open(noor, at(`${base}/record`), "emergency-over", { status: 404 });

  await open(rosa, at("/access-log"), "emergency-log", { quick: false });
  const log = await words(rosa);
  assert.match(log, /Noor Haddad/);
  assert.match(log, /emergencia/i);
  await unfold(rosa);
  assert.ok((await words(rosa)).includes(REASON), "the patient reads the reason");

  await open(grace, at("/staff"), "officer-desk-emergency");
  await press(grace, 'main a[href="/staff/emergencies"]');
  await look(grace, "officer-emergencies", { personal: true, quick: true });
  await press(grace, "main .lines a.title");
  await look(grace, "officer-emergency", { personal: true });
  assert.ok((await words(grace)).includes(REASON));
  assert.ok((await grace.page.locator("#opened > li").count()) >= 4, "what was opened is listed");
  await press(grace, 'form[action$="/review"] button');
  await look(grace, "officer-emergency-wrong", { quick: true });
  await expected(grace, 422);
  await grace.page.locator("#remark").fill("Talked to the night shift, in order (synthetic)");
  await press(grace, 'form[action$="/review"] button');
  await look(grace, "officer-emergency-signed", { quick: true });
  assert.match(await words(grace), /Talked to the night shift/);
  await open(grace, at("/staff"), "officer-desk-after");
  assert.match(await words(grace), /No use of emergency access waits for your signature/);
  for (const banner of banners) {
    assert.match(banner, /Rosa Maria Delgado/);
    assert.match(banner, /emergency/i, "the banner says why the record is open");
  }
  for (const who of [rosa, noor, tom, grace]) {
    nothingWrong(who);
    await who.context.close();
  }
  assert.match(command(house, "staff", "list"), /emergency/, "the command line lists it too");
});
