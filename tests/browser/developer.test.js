// A developer signs an app with keys up through the pages: a name like the clinic's is refused, the keys are tested, a
// person connects it, and what it called stands in its log. All people are synthetic.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as oidc from "openid-client";
import { startApp } from "./app.js";
import {
  LIMIT, ONCE, browser, demo, expected, link, look, nothingWrong, open, originsOf, press, signIn, visitor, words,
} from "./harness.js";

const NAME = "Blood sugar diary (synthetic)";
let house, chrome, app, keys;
before(async () => {
  house = await demo();
  chrome = await browser();
  app = await startApp({});
  keys = await pair("a");
}, LIMIT);
after(async () => {
  await chrome?.close();
  await app?.stop();
  await house?.stop();
});

const visit = async (options = {}) => visitor(chrome, { origins: [...(await originsOf(house)), app.origin], ...options });
const at = (path) => house.origin + path;

/** A pair of keys for ES384, with the public one as a JWK Set. */
async function pair(kid) {
  const made = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", made.publicKey);
  return { key: made.privateKey, kid, set: { keys: [{ kty, crv, x, y, kid, alg: "ES384", use: "sig" }] } };
}

/** What the app would prove itself with at the token endpoint (RFC 7523). */
async function assertion({ key, kid }, client, audience) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: client, sub: client, aud: audience, exp: now + 240, iat: now, jti: crypto.randomUUID() };
  const said = `${part({ alg: "ES384", typ: "JWT", kid })}.${part(claims)}`;
  const signed = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-384" }, key, Buffer.from(said));
  return `${said}.${Buffer.from(signed).toString("base64url")}`;
}

/** Fills the form of an app and sends it. */
async function tell(who, fields) {
  for (const [name, value] of Object.entries(fields)) {
    if (name === "kind") await who.page.locator(`#kind-${value}`).check();
    else await who.page.locator(`#app-form [name="${name}"]`).fill(value);
  }
  await press(who, "#app-form button");
}

/** Sends what an app would prove itself with to the page that tests keys. */
async function tryKeys(who, text) {
  await who.page.locator('#keys-form [name="assertion"]').fill(text);
  await press(who, "#keys-form button");
}

test("an app with keys is signed up, tested, used, and looked at in its log", LIMIT, async () => {
  const who = await visit({ language: "es" });
  const { page } = who;
  await signIn(who, house.origin, "Elena Harper");
  await page.goto(at("/developers/apps/new"));
  await look(who, "developer-new", { personal: true });
  const about = {
    kind: "keys", redirect_uris: `${app.origin}/silent`, made_by: "Diary Makers (synthetic)",
    contacts: "help@app.example", keys: JSON.stringify(keys.set),
  };
  for (const name of ["Cedar Street Clinic", "My Cedar Street records", "Сedar Street"]) {
    await tell(who, { ...about, name });
    await expected(who, 422);
    assert.equal(await page.locator('#app-form [name="name"]').inputValue(), name, "what was typed stays");
    assert.equal(await page.locator("#name-problem").count(), 1, name);
  }
  await look(who, "developer-name");
  await tell(who, { ...about, name: NAME });
  await look(who, "developer-keys-made", { quick: true });
  const client = await page.locator("#client-id").innerText();
  await press(who, "main a.button");
  await look(who, "developer-keys-app", { personal: true });

  // The keys, alone and with what the app would send.
  const place = page.url().split("?")[0];
  await press(who, 'main a[href$="/keys"]');
  await look(who, "developer-keys", { personal: true });
  await press(who, "#keys-form button");
  await look(who, "developer-keys-alone", { quick: true });
  assert.match(await words(who), /Todo está como debe/);
  const audience = (await (await fetch(at("/.well-known/openid-configuration"), { headers: ONCE })).json()).token_endpoint;
  await tryKeys(who, await assertion(await pair("a"), client, audience));
  await look(who, "developer-keys-wrong");
  assert.ok((await page.locator("#steps .flag-critical").count()) > 0, "a signature of other keys");
  await tryKeys(who, await assertion(keys, client, audience));
  await look(who, "developer-keys-right", { quick: true });
  assert.equal(await page.locator("#steps .flag-critical").count(), 0);
  await open(who, `${place}/log`, "developer-log-none");

  // A person connects it, and it reads.
  const config = await oidc.discovery(new URL(house.origin), client, undefined, oidc.PrivateKeyJwt({ key: keys.key, kid: keys.kid }), {
    execute: [oidc.allowInsecureRequests],
  });
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const asked = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${app.origin}/silent`, aud: at("/fhir"), state, nonce, scope: "launch/patient openid fhirUser patient/Observation.rs",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  const rosa = await visit();
  await signIn(rosa, house.origin, "Rosa Maria Delgado");
  await link(rosa, house.people.get("Rosa Maria Delgado"));
  await rosa.page.goto(asked.href);
  await look(rosa, "developer-ask", { personal: true });
  await Promise.all([rosa.page.waitForURL(`${app.origin}/**`), rosa.page.locator('#ask-form button[value="share"]').click()]);
  const tokens = await oidc.authorizationCodeGrant(config, new URL(rosa.page.url()), {
    pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
  });
  const call = async (path) =>
    (await fetch(at(`/fhir/${path}`), { headers: { ...ONCE, authorization: `Bearer ${tokens.access_token}` } })).status;
  assert.equal(await call(`Observation?patient=${tokens.patient}&category=laboratory`), 200);
  assert.equal(await call("Condition"), 403);

  await page.goto(`${place}/log`);
  await look(who, "developer-log", { personal: true });
  const log = await words(who);
  for (const line of [/GET search-type Observation/, /GET search-type Condition/, /403/]) assert.match(log, line);
  assert.ok(!log.includes(tokens.patient) && !log.includes("laboratory"), "no line says whose record or what was asked");
  for (const one of [who, rosa]) {
    nothingWrong(one);
    await one.context.close();
  }
});
