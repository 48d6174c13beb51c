"""Reads everything of a patient as an app written in Python would, with the fhirclient package, whose models
refuse whatever is not FHIR R4. Called by tests/src/uscore/strict.rs as: strict.py BASE TOKEN PATIENT.
Prints how many resources of each type came, as JSON; ends with an error at the first that is refused."""

import importlib
import json
import sys

from fhirclient import client
from fhirclient.models import capabilitystatement, patient

# Shared by everybody: found by what refers to them, not by the patient.
DIRECTORY = {"Endpoint", "Location", "Medication", "Organization", "Practitioner", "PractitionerRole"}
# Not read by a search of this patient's clinical types.
ELSEWHERE = {"Patient", "Binary", "AuditEvent", "Consent", "Group", "Provenance"}


def kind(name):
    return getattr(importlib.import_module(f"fhirclient.models.{name.lower()}"), name)


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def main(base, token, who):
    smart = client.FHIRClient(settings={"app_id": "strict-reader", "api_base": base})
    server = smart.server
    statement = capabilitystatement.CapabilityStatement.read_from("metadata", server)
    server.session.headers["Authorization"] = f"Bearer {token}"
    counts = {"Patient": 1}
    found = [patient.Patient.read(who, server).as_json()]
    for resource in statement.rest[0].resource:
        searched = any(one.code == "search-type" for one in resource.interaction or [])
        if not searched or resource.type in DIRECTORY | ELSEWHERE:
            continue
        search = kind(resource.type).where(struct={"patient": who, "_count": "200"})
        came = [one.as_json() for one in search.perform_resources_iter(server)]
        counts[resource.type] = len(came)
        found += came
    for address in sorted({one for resource in found for one in references(resource)}):
        name, _, id = address.partition("/")
        if name in DIRECTORY:
            kind(name).read(id, server)
            counts[name] = counts.get(name, 0) + 1
    print(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:])
