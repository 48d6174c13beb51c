// The sample app of the demonstration, clicked through as a person would: from its own page and from the portal.
// All people are synthetic.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LIMIT, browser, demo, link, look, nothingWrong, originsOf, press, signIn, visitor } from "./harness.js";

let house;
let chrome;
let notebook;

before(async () => {
  house = await demo();
  chrome = await browser();
  notebook = house.said().match(/Sample app\s+(http:\S+)/)[1];
}, LIMIT);

after(async () => {
  await chrome?.close();
  await house?.stop();
});

const visit = async (options = {}) => visitor(chrome, { origins: [...(await originsOf(house)), notebook], ...options });

async function share({ page }) {
  await Promise.all([page.waitForURL(`${notebook}/**`), page.locator('#ask-form button[value="share"]').click()]);
}

test("the notebook asks, is allowed, shows what it read, and is let go", LIMIT, async () => {
  const who = await visit();
  const { page } = who;
  await signIn(who, house.origin, "Odette Farrow");
  await link(who, house.people.get("Odette Farrow"));
  await page.goto(notebook);
  await page.getByRole("button", { name: "Connect to my clinic" }).click();
  await page.waitForURL("**/apps/ask/**");
  await share(who);
  await page.getByRole("heading", { name: "Odette Farrow" }).waitFor();
  assert.equal(await page.locator("#labs tbody tr").count(), 10);
  await look(who, "notebook-of-the-house", { quick: true });
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("Your notebook is up to date.").waitFor();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByText("The app can no longer read your records.").waitFor();
  nothingWrong(who);
  await who.context.close();
});

test("the portal opens the notebook", LIMIT, async () => {
  const who = await visit({ language: "es" });
  const { page } = who;
  await signIn(who, house.origin, "Rosa Maria Delgado");
  await link(who, house.people.get("Rosa Maria Delgado"));
  await page.goto(`${house.origin}/apps/find`);
  const button = page.getByRole("button", { name: "My health notebook (sample app)" });
  await Promise.all([page.waitForURL("**/apps/ask/**"), button.click()]);
  await page.locator("#groups-labs").uncheck();
  await share(who);
  await page.getByRole("heading", { name: "Rosa Maria Delgado" }).waitFor();
  await page.getByText("Usted no permitió que la aplicación viera esto.").waitFor();
  assert.ok((await page.locator("#medicines li").count()) > 0);
  await page.goto(`${house.origin}/apps`);
  assert.match(await page.locator("#live").innerText(), /My health notebook/);
  await press(who, "#live a.title");
  await page.goto(notebook);
  await page.getByRole("heading", { name: "Rosa Maria Delgado" }).waitFor();
  who.wrong.splice(0, who.wrong.length, ...who.wrong.filter((line) => !/status of 403/.test(line)));
  nothingWrong(who);
  await who.context.close();
});
