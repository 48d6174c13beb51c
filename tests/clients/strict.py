"""An app written in Python by the book of the fhirclient package: it sends a person to authorize, changes the code for
tokens, reads everything of the patient with models that refuse whatever is not FHIR R4, and refreshes. Called by
tests/src/uscore/strict.rs as: strict.py BASE CLIENT REDIRECT.
Prints where the person is to be sent, reads from a line of its input where they came back, and prints as JSON whose
record it is and how many resources of each type came; ends with an error at the first thing that is refused."""

import importlib
import json
import sys

from fhirclient import client
from fhirclient.models import patient

# Shared by everybody: found by what refers to them, not by the patient.
DIRECTORY = {"Endpoint", "Location", "Medication", "Organization", "Practitioner", "PractitionerRole"}
# Not read by a search of this patient's clinical types.
ELSEWHERE = {"Patient", "Binary", "AuditEvent", "Consent", "Group", "Provenance"}
SCOPE = "patient/*.rs offline_access"


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


def authorize(base, app, redirect):
    """The client with its tokens, once the person came back."""
    smart = client.FHIRClient(settings={"app_id": app, "api_base": base, "redirect_uri": redirect, "scope": SCOPE})
    smart.prepare()
    assert not smart.ready, "nothing is open before somebody agrees"
    print(smart.authorize_url, flush=True)
    smart.handle_callback(sys.stdin.readline().strip())
    assert smart.ready
    return smart


def read(smart):
    """How many resources of each type came."""
    server, who = smart.server, smart.patient_id
    counts = {"Patient": 1}
    found = [smart.patient.as_json()]
    for resource in server.capabilityStatement.rest[0].resource:
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
    return counts


def refresh(smart):
    """Other tokens, with which it goes on."""
    auth = smart.server.auth
    old = (auth.access_token, auth.refresh_token)
    assert all(old) and smart.reauthorize()
    assert auth.access_token != old[0] and auth.refresh_token != old[1]
    assert patient.Patient.read(smart.patient_id, smart.server).id == smart.patient_id


def main(base, app, redirect):
    smart = authorize(base, app, redirect)
    counts = read(smart)
    refresh(smart)
    print(json.dumps({"patient": smart.patient_id, "counts": counts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
