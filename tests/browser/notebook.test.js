// The sample app of `fixtures/src/app` in a real browser, against a small server that does just what SMART App Launch
// asks of one and checks what the app sends. The story with Recordright itself is told elsewhere.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, test } from "node:test";
import { browser, look, visitor } from "./harness.js";

const files = join(import.meta.dirname, "../../fixtures/src/app");
const kinds = { html: "text/html", js: "text/javascript", json: "application/json", css: "text/css" };

let chrome;
let clinic;
let app;

before(async () => {
  chrome = await browser();
  clinic = await serve(answerAsClinic);
  app = await serve(answerAsApp);
});

after(async () => {
  await chrome?.close();
  clinic?.server.close();
  app?.server.close();
});

async function serve(answer) {
  const server = createServer((request, response) => answer(request, response).catch((error) => response.destroy(error)));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

/** The app's files, as `fixtures::app` serves them. */
async function answerAsApp(request, response) {
  const { pathname } = new URL(request.url, app.origin);
  const name = ["/", "/launch", "/callback"].includes(pathname) ? "index.html" : pathname.slice(1);
  const body = name === "config.json" ? JSON.stringify({ fhir: `${clinic.origin}/fhir`, client_id: "notebook" }) : await readFile(join(files, name));
  const policy = `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ${clinic.origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  response.writeHead(200, { "content-type": `${kinds[name.split(".").at(-1)]}; charset=utf-8`, "content-security-policy": policy });
  response.end(body);
}

/** What the clinic's server has seen and how it is to behave. */
let seen;
let way;

function fresh(change = {}) {
  seen = { asked: [], tokens: [], reads: [], revoked: [] };
  way = { issuer: clinic.origin, refuse: null, expired: new Set(), forbidden: null, tokens: 0, ...change };
}

async function answerAsClinic(request, response) {
  const url = new URL(request.url, clinic.origin);
  const headers = { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization, content-type" };
  const json = (status, body) => response.writeHead(status, { ...headers, "content-type": "application/json" }).end(JSON.stringify(body));
  if (request.method === "OPTIONS") return response.writeHead(204, headers).end();
  if (url.pathname === "/fhir/.well-known/smart-configuration") {
    return json(200, {
      issuer: clinic.origin,
      authorization_endpoint: `${clinic.origin}/authorize?tenant=1`,
      token_endpoint: `${clinic.origin}/token`,
      revocation_endpoint: `${clinic.origin}/revoke`,
      code_challenge_methods_supported: ["S256"],
    });
  }
  if (url.pathname === "/authorize") {
    const question = Object.fromEntries(url.searchParams);
    seen.asked.push(question);
    const answer = new URLSearchParams({ state: way.state ?? question.state, iss: way.issuer });
    if (way.refuse) answer.set("error", way.refuse);
    else answer.set("code", "the-code");
    return response.writeHead(302, { location: `${question.redirect_uri}?${answer}` }).end();
  }
  if (url.pathname === "/token") return token(await form(request), json);
  if (url.pathname === "/revoke") {
    seen.revoked.push(await form(request));
    return response.writeHead(200, headers).end();
  }
  return fhir(request, url, json);
}

async function form(request) {
  let text = "";
  for await (const part of request) text += part;
  return Object.fromEntries(new URLSearchParams(text));
}

function token(sent, json) {
  seen.tokens.push(sent);
  const asked = seen.asked.at(-1);
  const proven = createHash("sha256").update(sent.code_verifier ?? "").digest("base64url") === asked.code_challenge;
  const first = sent.grant_type === "authorization_code" && sent.code === "the-code" && proven && sent.redirect_uri === asked.redirect_uri;
  const again = sent.grant_type === "refresh_token" && sent.refresh_token === `refresh-${way.tokens}`;
  if (sent.client_id !== "notebook" || !(first || again)) return json(400, { error: "invalid_grant", error_description: "no such code" });
  way.tokens += 1;
  const common = { token_type: "Bearer", expires_in: 3600, scope: way.scope ?? asked.scope };
  return json(200, { ...common, access_token: `access-${way.tokens}`, refresh_token: `refresh-${way.tokens}`, patient: "odette" });
}

async function fhir(request, url, json) {
  const bearer = request.headers.authorization?.slice("Bearer ".length);
  seen.reads.push(url.pathname + url.search);
  const outcome = (status, diagnostics) => json(status, { resourceType: "OperationOutcome", issue: [{ severity: "error", code: "processing", diagnostics }] });
  const kind = url.pathname.split("/")[2];
  if (bearer !== `access-${way.tokens}` || way.expired.has(bearer)) {
    // Refused only after the other reads have a new token.
    if (kind === way.late) while (way.tokens < 2 && !request.destroyed) await delay(20);
    return outcome(401, "The token is over.");
  }
  if (kind === way.forbidden) return outcome(403, `${kind} was not allowed.`);
  const set = (...resources) => json(200, { resourceType: "Bundle", type: "searchset", entry: resources.map((resource) => ({ resource })) });
  if (kind === "Patient") return json(200, { resourceType: "Patient", id: "odette", name: [{ use: "official", given: ["Odette"], family: "Farrow" }], birthDate: "1992-07-04" });
  if (kind === "Observation") {
    return set(
      { resourceType: "Observation", code: { text: "Ferritin" }, effectiveDateTime: "2021-11-16T09:00:00-07:00", valueQuantity: { value: 34, unit: "ng/mL" } },
      { resourceType: "Observation", code: { text: "<b>Blood smear</b>" }, effectiveDateTime: "2021-08-18", valueString: "Red cells are small." },
    );
  }
  return set(
    { resourceType: "MedicationRequest", medicationReference: { reference: "Medication/iron" }, dosageInstruction: [{ text: "One tablet." }] },
    { resourceType: "Medication", id: "iron", code: { text: "ferrous sulfate 325 MG" } },
  );
}

async function reader(options = {}) {
  return visitor(chrome, { origins: [app.origin, clinic.origin], ...options });
}

/** Refused requests stand in the console; everything else there is wrong. */
function sound({ wrong }, { refused = false } = {}) {
  const left = refused ? wrong.filter((line) => !line.includes("Failed to load resource")) : wrong;
  assert.deepEqual(left, []);
}

test("standalone launch: what it asks, what it shows, refresh and disconnect", async () => {
  fresh({ late: "MedicationRequest" });
  const who = await reader();
  const { page } = who;
  await page.goto(app.origin);
  await page.getByRole("button", { name: "Connect to my clinic" }).waitFor();
  await look(who, "notebook-start");
  await page.getByRole("button", { name: "Connect to my clinic" }).click();
  await page.getByRole("heading", { name: "Odette Farrow" }).waitFor();
  const [asked] = seen.asked;
  assert.equal(asked.response_type, "code");
  assert.equal(asked.aud, `${clinic.origin}/fhir`);
  assert.equal(asked.code_challenge_method, "S256");
  assert.equal(asked.tenant, "1", "what stands in the endpoint's address stays");
  assert.ok(asked.scope.startsWith("launch/patient patient/Patient.rs"), asked.scope);
  assert.ok(asked.state.length >= 32 && !("launch" in asked));
  assert.equal(page.url(), `${app.origin}/`, "neither code nor state stays in the address");
  const rows = await page.locator("#labs tbody tr").allInnerTexts();
  assert.deepEqual(rows.map((row) => row.split("\t")[0]), ["Ferritin", "<b>Blood smear</b>"]);
  assert.match(rows[0], /34 ng\/mL\s+Nov 16, 2021/);
  assert.equal(await page.locator("#medicines li").innerText(), "ferrous sulfate 325 MG – One tablet.");
  await look(who, "notebook-read");
  const reads = seen.reads.length;
  way.expired.add("access-1");
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("Your notebook is up to date.").waitFor();
  assert.equal(seen.reads.length, reads + 6, "three reads, refused, and again with a new token");
  assert.deepEqual(seen.tokens.map((sent) => sent.grant_type), ["authorization_code", "refresh_token"]);
  await page.reload();
  await page.getByRole("heading", { name: "Odette Farrow" }).waitFor();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByText("The app can no longer read your records.").waitFor();
  assert.deepEqual(seen.revoked, [{ token: "refresh-2", client_id: "notebook" }]);
  sound(who, { refused: true });
  await who.context.close();
});

test("launched by the portal, in Spanish", async () => {
  fresh();
  const who = await reader({ language: "es" });
  await who.page.goto(`${app.origin}/launch?iss=${encodeURIComponent(`${clinic.origin}/fhir`)}&launch=abc`);
  await who.page.getByRole("heading", { name: "Odette Farrow" }).waitFor();
  assert.equal(seen.asked[0].launch, "abc");
  assert.match(seen.asked[0].scope, /^launch patient/);
  await who.page.getByText("Su cuaderno está al día.").waitFor();
  await look(who, "notebook-read");
  sound(who);
  await who.context.close();
});

test("what goes wrong is told", async () => {
  const cases = [
    [{ refuse: "access_denied" }, "You did not share your records", "access_denied"],
    [{ refuse: "invalid_scope" }, "The clinic did not let the app in", "invalid_scope"],
    [{ issuer: "https://elsewhere.example" }, "The answer came from somebody else", ""],
    [{ state: "another" }, "does not belong to a question of this app", ""],
  ];
  for (const [change, words, detail] of cases) {
    fresh(change);
    const who = await reader();
    await who.page.goto(app.origin);
    await who.page.getByRole("button", { name: "Connect to my clinic" }).click();
    const problem = who.page.getByRole("alert");
    await problem.filter({ hasText: words }).waitFor();
    assert.ok((await problem.innerText()).includes(detail), await problem.innerText());
    assert.deepEqual([seen.tokens, seen.reads], [[], []], `${words}: nothing more is asked`);
    if (change.refuse === "access_denied") await look(who, "notebook-problem", { quick: true });
    sound(who);
    await who.context.close();
  }
});

test("a clinic it does not know cannot launch it", async () => {
  fresh();
  const who = await reader();
  for (const query of ["iss=https://elsewhere.example/fhir&launch=abc", `iss=${clinic.origin}/fhir`, ""]) {
    await who.page.goto(`${app.origin}/launch?${query}`);
    await who.page.getByText("This app does not know the clinic that opened it.").waitFor();
  }
  assert.deepEqual(seen.asked, []);
  sound(who);
  await who.context.close();
});

test("a part that was not allowed, and the end of it all", async () => {
  fresh({ forbidden: "Observation" });
  const who = await reader();
  await who.page.goto(app.origin);
  await who.page.getByRole("button", { name: "Connect to my clinic" }).click();
  await who.page.getByText("You did not allow the app to see this. (HTTP 403: Observation was not allowed.)").waitFor();
  assert.equal(await who.page.locator("#medicines li").count(), 1);
  way.tokens = 7;
  await who.page.getByRole("button", { name: "Refresh" }).click();
  await who.page.getByRole("alert").filter({ hasText: "You can connect again" }).waitFor();
  await who.page.getByRole("button", { name: "Connect to my clinic" }).waitFor();
  sound(who, { refused: true });
  await who.context.close();
});

test("only a part of the observations was allowed", async () => {
  const categories = "http://terminology.hl7.org/CodeSystem/observation-category";
  const scope = (code) => `patient/Patient.rs patient/MedicationRequest.rs patient/Observation.rs?category=${categories}|${code}`;
  for (const [code, asked] of [["vital-signs", 0], ["laboratory", 1]]) {
    fresh({ scope: scope(code) });
    const who = await reader();
    await who.page.goto(app.origin);
    await who.page.getByRole("button", { name: "Connect to my clinic" }).click();
    await who.page.getByText("Your notebook is up to date.").waitFor();
    assert.equal(await who.page.getByText("You did not allow the app to see this.").count(), 1 - asked, code);
    assert.equal(seen.reads.filter((read) => read.includes("/Observation?")).length, asked, code);
    sound(who);
    await who.context.close();
  }
});
