// An app of somebody else: pages on an origin of their own, which read the record over FHIR with the fhirclient
// library, with the example of the developers' page, or with nothing but a browser.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const library = join(dirname(createRequire(import.meta.url).resolve("fhirclient/package.json")), "build/fhir-client.min.js");

const html = (script) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notebook (synthetic)</title>
<link rel="icon" href="data:,"></head><body><main><h1>Notebook (synthetic)</h1><pre id="out"></pre>
<button id="again" type="button">Read again</button></main>${script}</body></html>`;

/** Reads laboratory results with what `FHIR.oauth2.ready` gives, and again on the button. */
const reading = `
const out = document.getElementById("out");
const show = (what) => { out.textContent = JSON.stringify(what); };
FHIR.oauth2.ready().then((client) => {
  const read = async () => {
    try {
      const labs = await client.request("Observation?category=laboratory&_count=5&patient=" + client.patient.id);
      const patient = await client.patient.read();
      show({ patient: patient.id, labs: labs.total ?? labs.entry.length, scope: client.state.tokenResponse.scope, user: client.getFhirUser() });
    } catch (error) {
      show({ error: String(error.status ?? error.statusCode ?? error.message) });
    }
  };
  document.getElementById("again").onclick = read;
  return read();
}).catch((error) => show({ error: error.message }));`;

/** Starts it on a free port. `settings` holds the client's id, the scope and the example of the documentation. */
export async function startApp(settings) {
  const pages = {
    "/": () => html(`<script src="/fhir-client.js"></script><script>${reading}</script>`),
    "/launch": () =>
      html(`<script src="/fhir-client.js"></script><script>
FHIR.oauth2.authorize({ clientId: ${JSON.stringify(settings.client)}, scope: ${JSON.stringify(settings.scope)}, redirectUri: "/" })
  .catch((error) => { document.getElementById("out").textContent = JSON.stringify({ error: error.message }); });</script>`),
    "/example": () =>
      html(`<script>${settings.example.replace("YOUR-CLIENT-ID", settings.client)}
const show = (what) => { document.getElementById("out").textContent = JSON.stringify(what); };
if (location.search) finish().then((found) => show({ labs: found.total ?? found.entry.length })).catch((error) => show({ error: error.message }));
else connect();</script>`),
    "/silent": () => html(""),
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://127.0.0.1");
    if (pathname === "/fhir-client.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(readFileSync(library));
    } else if (pages[pathname]) {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(pages[pathname]());
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { origin, stop: () => new Promise((closed) => server.close(closed)) };
}

/** What the app shows when it has read. */
export async function shown({ page }) {
  await page.waitForFunction(() => document.getElementById("out")?.textContent, undefined, { timeout: 30_000 });
  return JSON.parse(await page.locator("#out").innerText());
}
