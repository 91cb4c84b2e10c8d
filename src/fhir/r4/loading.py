"""What every part of the generator needs to read the bundles."""

import json

STRUCTURE = "http://hl7.org/fhir/StructureDefinition/"


class Fault(Exception):
    """The input is not what this generator understands."""


def load_bundle(folder, name):
    with open(folder / name, encoding="utf-8") as file:
        return [entry["resource"] for entry in json.load(file)["entry"]]
