#!/usr/bin/env python3
"""Makes dictionary.inc: the zstd dictionary that resource bodies are compressed with.

    generate.py hl7.fhir.r4.examples-4.0.1.tgz [dictionary.inc]

Input is the official R4 package (CC0). Of its example resources only the structure is kept: element
names, addresses of code systems and profiles, codes that a code system of the specification lists,
prefixes of references and narratives. Every other text, number and date is replaced by a stand-in.
zstd's own trainer (the `zstd` command) picks what is worth keeping.

The dictionary is fixed: a store file holds a copy of the one that it was made with. A new one helps
new files only, and tests/unit/store/body_codec_test.cpp holds the size that it reaches.
"""

import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

DICTIONARY_BYTES = 16 * 1024
# Knowledge artefacts would drown the clinical examples, which are what servers store.
LEFT_OUT = {
    "CodeSystem", "ConceptMap", "ImplementationGuide", "NamingSystem", "OperationDefinition",
    "SearchParameter", "StructureDefinition", "StructureMap", "ValueSet", "CapabilityStatement",
    "CompartmentDefinition", "GraphDefinition", "MessageDefinition", "TerminologyCapabilities",
}
ADDRESS = re.compile(
    r"^(http://(hl7\.org|terminology\.hl7\.org|unitsofmeasure\.org|loinc\.org|snomed\.info"
    r"|www\.nlm\.nih\.gov|www\.ama-assn\.org|dicom\.nema\.org|www\.whocc\.no)"
    r"|https?://www\.usps\.com|urn:(ietf|iso|oid:2\.16\.840\.1\.113883\.[346]))")
DATE_TIME = re.compile(r"^\d{4}-\d\d-\d\dT")
DATE = re.compile(r"^\d{4}(-\d\d){0,2}$")
REFERENCE = re.compile(r"^([A-Z][A-Za-z]+)/")
PROFILES = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
US_CORE = [
    "allergyintolerance", "careplan", "careteam", "condition", "diagnosticreport-lab",
    "diagnosticreport-note", "documentreference", "encounter", "goal", "immunization",
    "implantable-device", "location", "medication", "medicationrequest", "observation-lab",
    "organization", "patient", "practitioner", "practitionerrole", "procedure", "provenance",
    "smokingstatus", "race", "ethnicity", "birthsex",
]


def read_package(path):
    with tarfile.open(path) as package:
        for member in package:
            if member.isfile() and member.name.endswith(".json"):
                try:
                    resource = json.load(package.extractfile(member))
                except ValueError:
                    continue
                if isinstance(resource, dict) and "resourceType" in resource:
                    yield resource


def codes_of(concepts):
    """Codes, and the names that belong to them."""
    for concept in concepts:
        yield concept["code"]
        if len(concept.get("display", "")) in range(1, 40):
            yield concept["display"]
        yield from codes_of(concept.get("concept", []))


def stand_in(key, value, codes):
    if key == "resourceType" or value in codes or ADDRESS.match(value):
        return value
    if key in ("div", "data"):
        return '<div xmlns="http://www.w3.org/1999/xhtml"></div>' if key == "div" else ""
    if key == "lastUpdated":
        return "2020-01-01T00:00:00.000Z"
    if DATE_TIME.match(value):
        return "2020-01-01T00:00:00+00:00"
    if DATE.match(value):
        return "2020-01-01"
    reference = REFERENCE.match(value) if key == "reference" else None
    return reference.group(1) + "/" if reference else ""


def skeleton(key, value, codes):
    if isinstance(value, dict):
        return {name: skeleton(name, inner, codes) for name, inner in value.items()}
    if isinstance(value, list):
        return [skeleton(key, inner, codes) for inner in value]
    if isinstance(value, str):
        return stand_in(key, value, codes)
    return value if isinstance(value, bool) else 1


def resources_in(resource):
    """A resource, or what a Bundle carries in its place."""
    if resource["resourceType"] != "Bundle":
        yield resource
        return
    for entry in resource.get("entry", []):
        if "resource" in entry:
            yield from resources_in(entry["resource"])


def as_stored(resource):
    """The order in which servers and generators write a resource's first members."""
    head = {"resourceType": resource["resourceType"], "id": "",
            "meta": {**resource.get("meta", {}), "versionId": "1",
                     "lastUpdated": "2020-01-01T00:00:00.000Z"}}
    return {**head, **{name: value for name, value in resource.items() if name not in head}}


def samples(path):
    package = sorted(read_package(path), key=lambda one: json.dumps(one, sort_keys=True))
    codes = {code for one in package if one["resourceType"] == "CodeSystem"
             for code in codes_of(one.get("concept", []))}
    for one in package:
        for resource in resources_in(one):
            if resource["resourceType"] not in LEFT_OUT:
                shape = as_stored(skeleton("", resource, codes))
                yield json.dumps(shape, separators=(",", ":"), ensure_ascii=False)
    for name in US_CORE:
        yield '"meta":{"profile":["%s%s"],"versionId":"1","lastUpdated":"2020-' % (PROFILES, name)


def train(texts):
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, text in enumerate(texts):
            file = pathlib.Path(folder) / f"{number:05}"
            file.write_text(text, encoding="utf-8")
            names.append(str(file))
        result = pathlib.Path(folder) / "dictionary"
        subprocess.run(["zstd", "-q", "--train-fastcover=k=500,d=8,steps=4", *names, "-1", "-o",
                        str(result), f"--maxdict={DICTIONARY_BYTES}", "--dictID=1"], check=True)
        subprocess.run(["zstd", "-q", "-19", "--no-check", str(result), "-o", f"{result}.zst"],
                       check=True)
        return result.read_bytes(), pathlib.Path(f"{result}.zst").read_bytes()


def main():
    dictionary, frame = train(samples(sys.argv[1]))
    if len(sys.argv) < 3:
        sys.stdout.buffer.write(dictionary)
        return
    lines = [",".join(map(str, frame[at:at + 32])) for at in range(0, len(frame), 32)]
    pathlib.Path(sys.argv[2]).write_text(
        "// Made by generate.py from hl7.fhir.r4.examples 4.0.1. Do not edit.\n"
        + ",\n".join(lines) + "\n", encoding="ascii")
    print(f"{len(dictionary)} bytes, {len(frame)} compressed", file=sys.stderr)


if __name__ == "__main__":
    main()
