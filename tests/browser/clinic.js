// A clinic with an identity provider of its own and one synthetic patient, whose record is long enough that a copy of
// it cannot be downloaded in a moment.

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers, command, folder, freePort, start } from "./harness.js";
import { startProvider } from "./provider.js";

/** Twelve documents of 3 MB that no compression makes smaller, and one result. */
function bundle() {
  const patient = {
    resourceType: "Patient", id: "alma", birthDate: "1980-01-02",
    identifier: [{ system: "https://clinic.example/mrn", value: "TST-1" }],
    name: [{ family: "Tester", given: ["Alma"], text: "Alma Tester (synthetic)" }],
  };
  const subject = { reference: "Patient/alma" };
  const documents = Array.from({ length: 12 }, (_, n) => ({
    resourceType: "DocumentReference", id: `scan-${n}`, status: "current", subject,
    type: { coding: [{ system: "http://loinc.org", code: "11506-3", display: "Progress note" }] },
    date: `2024-01-${String(n + 1).padStart(2, "0")}T09:00:00Z`,
    content: [{ attachment: { contentType: "application/octet-stream", title: `Scan ${n + 1}`, data: randomBytes(3 << 20).toString("base64") } }],
  }));
  const result = {
    resourceType: "Observation", id: "glucose", status: "final", subject,
    category: [{ coding: [{ system: "http://terminology.hl7.org/CodeSystem/observation-category", code: "laboratory" }] }],
    code: { coding: [{ system: "http://loinc.org", code: "2345-7", display: "Glucose" }] },
    effectiveDateTime: "2024-02-03T10:00:00Z", valueQuantity: { value: 95, unit: "mg/dL" },
  };
  const all = [patient, result, ...documents];
  return { resourceType: "Bundle", type: "collection", entry: all.map((resource) => ({ fullUrl: `https://clinic.example/fhir/${resource.resourceType}/${resource.id}`, resource })) };
}

/** Starts it, with these settings besides; `code` links an account to the record. */
export async function clinic(settings = "") {
  const data = folder();
  const origin = `http://127.0.0.1:${await freePort()}`;
  const provider = await startProvider(origin);
  writeFileSync(join(data.path, "recordright.toml"), `
[clinic]
name = "Test clinic"
phone = "555-0100"
[server]
listen = "${origin.slice(7)}"
public_url = "${origin}"
[[oidc]]
id = "other"
name = "Another provider"
issuer = "${provider.issuer}"
client_id = "recordright"
client_secret = "a-secret-of-the-test-that-is-long-enough"
${settings}`);
  const file = join(data.path, "alma.json");
  writeFileSync(file, JSON.stringify(bundle()));
  const house = { origin, data: data.path };
  command(house, "import", file);
  const served = await start(["serve", "--data", data.path], { until: () => answers(`${origin}/`) });
  const stop = async () => {
    await served.stop();
    await provider.stop();
    data.remove();
  };
  return { ...house, provider, said: served.said, stop };
}

/** Signs in at that provider, as if that had been so many minutes ago. */
export async function signInAgo({ page }, { origin }, login, minutes = 0) {
  await page.goto(`${origin}/sign-in`);
  await page.locator('form[action="/sign-in/other"] button').click();
  await atProvider({ page }, { origin }, login, minutes);
}

/** Fills the provider's page. */
export async function atProvider({ page }, { origin }, login, minutes = 0) {
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="minutes"]').fill(String(minutes));
  await Promise.all([page.waitForURL(`${origin}/**`), page.locator('button[type="submit"]').click()]);
}
