// Apps: a developer signs one up; a person connects it, takes away what it must not see, sees what it took and stops
// it; opened from the portal; and independent clients do the same. All people are synthetic.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as oidc from "openid-client";
import { shown, startApp } from "./app.js";
import {
  LIMIT, ONCE, browser, demo, expected, look, nothingWrong, open, originsOf, out, press, signIn, unfold, visitor, words,
} from "./harness.js";

const NAME = "Notebook (synthetic)";
let house, chrome, app, example;
const settings = { scope: "launch/patient openid fhirUser offline_access patient/*.rs", client: "", example: "" };
before(async () => {
  house = await demo();
  chrome = await browser();
  app = await startApp(settings);
}, LIMIT);
after(async () => {
  await chrome?.close();
  await app?.stop();
  await house?.stop();
});

const visit = async (options = {}) =>
  visitor(chrome, { origins: [...(await originsOf(house)), app.origin], ...options });
const at = (path) => house.origin + path;

/** Signs in where the page asks for it, as the person of this name. */
async function enter(who, name) {
  const { page } = who;
  await page.waitForURL("**/sign-in**");
  await page.locator('form[action^="/sign-in/"] button').first().click();
  await page.getByRole("button", { name, exact: true }).click();
  await page.waitForURL(`${house.origin}/**`);
}

/** Fills the form of an app. */
async function tell(who, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = who.page.locator(`#app-form [name="${name}"]`);
    if (name === "kind") await who.page.locator(`#kind-${value}`).check();
    else await field.fill(value);
  }
  await press(who, "#app-form button");
}

async function share(who) {
  await Promise.all([who.page.waitForURL(`${app.origin}/**`), who.page.locator('#ask-form button[value="share"]').click()]);
}

test("a developer reads, signs an app up and looks after it", LIMIT, async () => {
  const who = await visit();
  const { page } = who;
  await open(who, at("/developers"), "developers", { personal: false, quick: false });
  settings.example = await page.locator("#example-js").innerText();
  await page.goto(at("/developers/apps"));
  await enter(who, "Elena Harper");
  assert.equal(new URL(page.url()).pathname, "/developers/apps", "no record is needed to sign an app up");
  await look(who, "developer-none", { personal: true });
  await press(who, 'main a[href="/developers/apps/new"]');
  await tell(who, { name: NAME, kind: "keys", redirect_uris: "http://app.example/", keys: "{" });
  await look(who, "developer-wrong", { quick: true });
  await expected(who, 422);
  assert.equal(await page.locator("#redirect_uris").inputValue(), "http://app.example/");
  await page.locator("#keys").fill("");
  const own = { name: NAME, kind: "public", made_by: "Notebook Makers (synthetic)", contacts: "help@app.example" };
  const addresses = ["/", "/example", "/silent"].map((path) => app.origin + path).join("\n");
  await tell(who, { ...own, redirect_uris: addresses, launch_uri: `${app.origin}/launch`, policy_uri: "https://app.example/privacy" });
  await look(who, "developer-made", { quick: true });
  settings.client = await page.locator("#client-id").innerText();
  assert.ok(settings.client.length > 8);
  await press(who, "main a.button");
  await look(who, "developer-app", { personal: true });
  await open(who, `${page.url().split("?")[0]}/log`, "developer-log");
  nothingWrong(who);
  await who.context.close();
});

test("a person connects an app, takes parts away, sees what it took, and stops it", LIMIT, async () => {
  const who = await visit({ language: "es" });
  const { page } = who;
  await page.goto(`${app.origin}/launch?iss=${encodeURIComponent(at("/fhir"))}`);
  await enter(who, "Rosa Maria Delgado");
  // What was asked survives the first sign-in and linking the record.
  await look(who, "app-no-record", { quick: true });
  await press(who, "main a.button");
  await page.locator('input[name="code"]').fill(house.people.get("Rosa Maria Delgado"));
  await press(who, 'form[action="/link"] button');
  assert.match(new URL(page.url()).pathname, /^\/apps\/ask\/[0-9a-f-]{36}$/);
  await look(who, "app-ask", { personal: true });
  const said = await words(who);
  for (const part of [NAME, "Notebook Makers", "La clínica no la ha revisado", "quizá no proteja la copia"]) {
    assert.ok(said.includes(part), part);
  }
  assert.equal(await page.locator('input[name="labels"]:checked').count(), 0, "nothing very private is ticked");
  // Two buttons of the same weight.
  const boxes = await page.locator(".equal button").evaluateAll((all) => all.map((one) => [one.className, one.offsetHeight]));
  assert.deepEqual(boxes[0], boxes[1]);
  for (const group of ["medicines", "vitals", "bills"]) await page.locator(`#groups-${group}`).uncheck();
  // A single kind, whatever part it is in, and what is older.
  await page.locator("details:has(#kinds) > summary").click();
  await page.locator("#kinds-Goal").uncheck();
  await page.locator("#from").fill("2019-01-01");
  await page.locator("#span-year").check();
  // Enter in a field shares nothing: the page comes again with what was chosen.
  for (const field of ["#from", "#groups-labs"]) {
    await Promise.all([page.waitForNavigation(), page.locator(field).press("Enter")]);
    assert.match(new URL(page.url()).pathname, /^\/apps\/ask\/[0-9a-f-]{36}$/);
    await expected(who, 422);
    assert.match(await page.locator("#answer-problem").innerText(), /Todavía no se comparte nada/);
    assert.equal(await page.locator("#from").inputValue(), "2019-01-01");
    assert.equal(await page.locator("#span-year").isChecked(), true);
    assert.equal(await page.locator("#kinds-Goal").isChecked(), false);
  }
  await look(who, "app-ask-enter", { quick: true });
  // Without the tick the year does not count: the page says so before anything is shared, and keeps what was chosen.
  await page.locator("#away-yes").uncheck();
  await press(who, '#ask-form button[value="share"]');
  await look(who, "app-ask-short", { quick: true });
  await expected(who, 422);
  assert.match(await page.locator("#away-problem").innerText(), /Usted quitó esta marca/);
  assert.equal(await page.locator("#span-year").isChecked(), true);
  assert.equal(await page.locator("#groups-bills").isChecked(), false);
  assert.equal(await page.locator("#kinds-Goal").isVisible(), true, "what was taken away does not lie hidden");
  assert.equal(await page.locator("#kinds-Goal").isChecked(), false);
  assert.equal(await page.locator("#from").inputValue(), "2019-01-01");
  await page.locator("#away-yes").check();
  await share(who);
  const seen = await shown(who);
  assert.ok(seen.labs > 0 && seen.patient, JSON.stringify(seen));
  assert.match(seen.user, /^Patient\//);
  assert.doesNotMatch(seen.scope, /MedicationRequest|vital-signs|patient\/\*|patient\/Observation\.rs( |$)/);
  assert.match(seen.scope, /patient\/AllergyIntolerance\.rs/);
  assert.match(seen.scope, /patient\/CarePlan\.rs/);
  assert.doesNotMatch(seen.scope, /Goal/);
  await page.goto(at("/apps"));
  await look(who, "apps", { personal: true });
  assert.match(await words(who), /Pero no: Meta\. Solo desde el /);
  assert.match(await words(who), /Leyó \d+ (vez|veces)/);
  const client = await page.locator("#live a.title").getAttribute("href");
  await press(who, "#live a.title");
  await unfold(who);
  await look(who, "app-one", { personal: true });
  assert.ok((await page.locator("main tbody tr").count()) > 0, "what it took is told by kind");
  const table = await page.locator("main table").innerText();
  assert.ok(table.includes("Resultados de laboratorio") && !table.includes("Hallazgo"), table);
  await page.locator("#groups-labs").uncheck();
  await press(who, "#change-form button");
  await look(who, "app-narrowed", { quick: true });
  await press(who, 'main a[href*="grant="]');
  await look(who, "app-log", { personal: true, quick: true });
  await page.goto(at(`${client}/end`));
  await look(who, "app-end", { personal: true });
  await press(who, "#end-form button");
  await look(who, "app-ended", { quick: true });
  // The app still has its token, and can do nothing with it.
  await page.goto(`${app.origin}/`);
  const refused = await shown(who);
  assert.ok(refused.error, JSON.stringify(refused));
  who.wrong.splice(0, who.wrong.length, ...who.wrong.filter((line) => !/status of 40[01]/.test(line)));
  nothingWrong(who);
  await who.context.close();
});

test("an app is opened from the portal, without choosing the record again", LIMIT, async () => {
  const who = await visit();
  const { page } = who;
  settings.scope = "launch openid fhirUser patient/Patient.rs patient/Observation.rs";
  await signIn(who, house.origin, "Rosa Maria Delgado");
  await page.waitForURL("**/home");
  await press(who, 'main a[href="/apps"]');
  await press(who, 'main a[href="/apps/find"]');
  await look(who, "apps-find", { personal: true });
  const button = page.getByRole("button", { name: `Open ${NAME}` });
  await Promise.all([page.waitForURL("**/apps/ask/**"), button.click()]);
  await look(who, "app-ask-launch", { personal: true });
  assert.equal(await page.locator('input[name="span"]').count(), 0, "it did not ask to stay");
  // Nothing ticked is said beside the field.
  for (const box of await page.locator('input[name="groups"]').all()) await box.uncheck();
  await press(who, '#ask-form button[value="share"]');
  await look(who, "app-ask-wrong", { quick: true });
  await expected(who, 422);
  await page.locator("#groups-about-me").check();
  await page.locator("#groups-labs").check();
  await share(who);
  const seen = await shown(who);
  assert.ok(seen.labs > 0, JSON.stringify(seen));
  nothingWrong(who);
  await who.context.close();
});

test("the example of the developers' page works as it stands", LIMIT, async () => {
  const who = await visit();
  const { page } = who;
  await page.goto(`${app.origin}/example`);
  await enter(who, "Rosa Maria Delgado");
  await page.waitForURL("**/apps/ask/**");
  await share(who);
  const seen = await shown(who);
  assert.ok(seen.labs > 0, JSON.stringify(seen));
  // Declined, the app learns that and no more.
  await page.goto(`${app.origin}/example`);
  await page.waitForURL("**/apps/ask/**");
  await page.locator('#ask-form button[value="deny"]').click();
  await page.waitForURL(`${app.origin}/**`);
  assert.ok((await shown(who)).error);
  nothingWrong(who);
  await who.context.close();
});

test("the sample app of the demonstration is opened from the portal, read with, and stopped", LIMIT, async () => {
  const sample = house.said().match(/Sample app +(http:\/\/127\.0\.0\.1:\d+)/)[1];
  const who = await visit({ origins: [...(await originsOf(house)), sample] });
  const { page } = who;
  await signIn(who, house.origin, "Rosa Maria Delgado");
  await page.goto(at("/apps/find"));
  const button = page.getByRole("button", { name: /health notebook/ });
  await Promise.all([page.waitForURL("**/apps/ask/**"), button.click()]);
  await look(who, "app-ask-sample", { personal: true, quick: true });
  await Promise.all([page.waitForURL(`${sample}/**`), page.locator('#ask-form button[value="share"]').click()]);
  await page.getByText("Rosa").first().waitFor();
  await page.screenshot({ path: join(out, "en-sample-app.png"), fullPage: true });
  await page.goto(at("/apps"));
  await press(who, page.locator("#live a.title", { hasText: "health notebook" }).first());
  await press(who, "main a.danger");
  await press(who, "#end-form button");
  assert.match(await words(who), /Stopped on/);
  nothingWrong(who);
  await who.context.close();
});

test("openid-client runs the code flow with PKCE, a secret, refreshing and revoking", LIMIT, async () => {
  const developer = await visit();
  await developer.page.goto(at("/developers/apps/new"));
  await enter(developer, "Elena Harper");
  await tell(developer, { name: "Server (synthetic)", kind: "secret", redirect_uris: `${app.origin}/silent` });
  const [id, secret] = await Promise.all(["#client-id", "#client-secret"].map((css) => developer.page.locator(css).innerText()));

  const config = await oidc.discovery(new URL(house.origin), id, secret, oidc.ClientSecretBasic(secret), {
    execute: [oidc.allowInsecureRequests],
  });
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const asked = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${app.origin}/silent`, aud: at("/fhir"), state, nonce,
    scope: "launch/patient openid fhirUser offline_access patient/AllergyIntolerance.rs",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  const who = await visit();
  await who.page.goto(asked.href);
  await enter(who, "Rosa Maria Delgado");
  await who.page.waitForURL("**/apps/ask/**");
  await share(who);
  const tokens = await oidc.authorizationCodeGrant(config, new URL(who.page.url()), {
    pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
  });
  assert.ok(tokens.claims().fhirUser && tokens.patient && tokens.refresh_token);
  const read = async (token) =>
    (await fetch(at(`/fhir/AllergyIntolerance?patient=${tokens.patient}`), { headers: { ...ONCE, authorization: `Bearer ${token}` } })).status;
  assert.equal(await read(tokens.access_token), 200);
  const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(await read(renewed.access_token), 200);
  const known = await oidc.tokenIntrospection(config, renewed.access_token);
  assert.equal(known.active, true);
  await oidc.tokenRevocation(config, renewed.refresh_token);
  await assert.rejects(oidc.refreshTokenGrant(config, renewed.refresh_token), { error: "invalid_grant" });
  assert.equal(await read(renewed.access_token), 401);
  nothingWrong(who);
  await who.context.close();
  await developer.context.close();
});

test("what cannot be answered to the app is a page, with the reason for its developer", LIMIT, async () => {
  const who = await visit();
  const bad = `/oauth/authorize?response_type=code&client_id=${settings.client}&redirect_uri=${encodeURIComponent("https://evil.example/")}`;
  await open(who, at(bad), "app-stopped", { status: 400, personal: false });
  await unfold(who);
  assert.match(await words(who), /Nothing was shared/);
  // Nobody vouches for the app, and nobody is signed in: the person decides whether to go where it leads.
  const wrong = bad.replace(encodeURIComponent("https://evil.example/"), encodeURIComponent(`${app.origin}/`));
  await open(who, at(`${wrong}&state=s`), "app-stopped-onward", { status: 400, personal: false });
  const onward = new URL(await who.page.locator("#onward").getAttribute("href"));
  assert.equal(onward.origin, app.origin);
  assert.ok(onward.searchParams.get("error") && onward.searchParams.get("state") === "s");
  nothingWrong(who);
  await who.context.close();
});

test("the desk sees apps, stops one and lets it go on", LIMIT, async () => {
  const who = await visit({ language: "es" });
  const { page } = who;
  await signIn(who, house.origin, "Tom Baker (synthetic)");
  await open(who, at("/staff/apps"), "desk-apps");
  await press(who, `main a.title[href="/staff/apps/${settings.client}"]`);
  await look(who, "desk-app", { personal: true });
  await page.locator("#why").fill("Prueba (sintética)");
  await press(who, "#suspend-form button");
  await look(who, "desk-app-stopped", { quick: true });
  await press(who, "#resume-form button");
  await open(who, at("/staff/apps/new"), "desk-system-new");
  await open(who, at("/staff/groups"), "desk-groups");
  nothingWrong(who);
  await who.context.close();
});
