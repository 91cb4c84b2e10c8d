"""The invariants of R4, each at the place that defines it."""

from definitions import type_codes
from loading import STRUCTURE, Fault, load_bundle

# The official text is plainly wrong: (key, what stands there, what is meant).
ERRATA = [
    # The type of FHIR is spelt in lower case; later releases say so.
    ("que-7", "(answer is Boolean)", "(answer is boolean)"),
    # Logical models of R4 have no type that they could name as their base, and its own name none.
    ("sdf-4", "abstract = true or baseDefinition.exists()",
     "abstract = true or kind = 'logical' or baseDefinition.exists()"),
]
# Of an abstract pattern that no resource is derived from.
UNREACHABLE = {"inv-0"}


class Invariant:
    def __init__(self, constraint):
        self.key = constraint["key"]
        self.severity = constraint["severity"]
        self.expression = corrected(self.key, constraint["expression"])

    def identity(self):
        return self.key, self.severity, self.expression


def corrected(key, expression):
    for wrong_key, wrong, right in ERRATA:
        if key == wrong_key:
            if wrong not in expression:
                raise Fault(f"{key} needs no correction any more")
            expression = expression.replace(wrong, right)
    return expression


class Invariants:
    """of_structure: path -> those of the structure. of_element: path -> those of an element whose
    type is a structure of its own or a primitive. of_profile: those of profiles on data types
    (SimpleQuantity). What comes from a type or its bases is not repeated where the type is used."""

    def __init__(self, structures, definitions):
        self.structures = structures
        self.of_structure = {}
        self.of_element = {}
        self.of_profile = {}
        self.by_type = {d["id"]: d for d in definitions}
        self.roots = {}  # type -> keys of its root, inherited ones included
        for name, definition in self.by_type.items():
            root = definition["snapshot"]["element"][0]
            self.roots[name] = {c["key"] for c in root.get("constraint", [])}
        for definition in definitions:
            if definition["kind"] == "primitive-type":
                self._refuse_more_than_element(definition)
            elif definition["kind"] != "logical":
                self._load(definition)
        self._expect_all(definitions)

    def _refuse_more_than_element(self, definition):
        if self.roots[definition["id"]] != {"ele-1"}:
            raise Fault(f"a primitive type with invariants: {definition['id']}")

    def _load(self, definition):
        name = definition["id"]
        constraint = definition.get("derivation") == "constraint"
        base = definition.get("baseDefinition", "").removeprefix(STRUCTURE)
        for element in definition["snapshot"]["element"]:
            path = element["path"]
            if "." not in path:
                inherited = self.roots[base] if base else set()
            else:
                codes = type_codes(element) or ["BackboneElement"]  # a contentReference
                inherited = {key for code in codes for key in self.roots[code]}
            own = [Invariant(c) for c in element.get("constraint", []) if c["key"] not in inherited]
            if not own:
                continue
            if constraint:
                if "." in path:
                    raise Fault(f"{name} has invariants at {path}")
                self.of_profile[name] = own
            elif path in self.structures:
                self.of_structure[path] = own
            else:
                self.of_element[path] = own

    def _expect_all(self, definitions):
        given = set()
        for definition in definitions:
            for element in definition["snapshot"]["element"]:
                given |= {Invariant(c).identity() for c in element.get("constraint", [])}
        places = (self.of_structure, self.of_element, self.of_profile)
        kept = {i.identity() for place in places for own in place.values() for i in own}
        lost = {key for key, _, _ in given - kept} - UNREACHABLE
        if lost:
            raise Fault(f"invariants without a place: {lost}")


def load_invariants(folder, structures):
    found = load_bundle(folder, "Bundle-types.json") + load_bundle(folder, "Bundle-resources.json")
    return Invariants(structures, [d for d in found if d["resourceType"] == "StructureDefinition"])
