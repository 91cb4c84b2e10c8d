"""Value sets and code systems of the official bundles as lists of (code, system)."""

from loading import Fault, load_bundle

SOURCES = ["Bundle-valuesets.json", "Bundle-v3-valuesets.json", "Bundle-v2-valuesets.json"]
# Sets whose codes belong to systems that the bundles do not hold: checked by their grammar.
GRAMMARS = {
    "http://hl7.org/fhir/ValueSet/all-languages": "kLanguage",
    "http://hl7.org/fhir/ValueSet/mimetypes": "kMimeType",
    "http://www.rfc-editor.org/bcp/bcp13.txt": "kMimeType",
    "http://hl7.org/fhir/ValueSet/ucum-units": "kUcum",
    "http://hl7.org/fhir/ValueSet/timezones": "kTimeZone",
    "http://loinc.org/vs/LL379-9": "kLoincAnswer",
}
GRAMMAR_SYSTEMS = {
    "kLanguage": "urn:ietf:bcp:47",
    "kMimeType": "urn:ietf:bcp:13",
    "kUcum": "http://unitsofmeasure.org",
    "kTimeZone": "https://www.iana.org/time-zones",
    "kLoincAnswer": "http://loinc.org",
}
# Sets of systems that the bundles do not hold, yet whose official expansion is whole.
EXPANDED = {
    "http://hl7.org/fhir/ValueSet/currencies",
    "http://hl7.org/fhir/ValueSet/formatcodes",
}
# Kept beside those that elements demand: sets up to this size; of HL7 v2 and v3 those that a
# definition binds with one of these strengths, and the code systems behind what is kept.
LARGEST = 600
STRENGTHS = ("required", "extensible", "preferred")
BINDERS = ["Bundle-types.json", "Bundle-resources.json", "Bundle-profiles-others.json",
           "Bundle-extensions.json"]
FOREIGN = ("http://terminology.hl7.org/ValueSet/v2-", "http://terminology.hl7.org/ValueSet/v3-")


class Open(Exception):
    """The set cannot be listed from the bundles."""


class CodeSystem:
    def __init__(self, resource):
        self.url = resource["url"]
        self.codes = []  # selectable, in order
        self.parents = {}  # code -> codes
        self.complete = resource.get("content") == "complete"
        self._add(resource.get("concept", []), [])

    def _add(self, concepts, parents):
        for concept in concepts:
            code = concept["code"]
            own = parents[:]
            selectable = True
            for row in concept.get("property", []):
                if row["code"] in ("subsumedBy", "parent"):
                    own.append(row["valueCode"])
                elif row["code"] == "notSelectable":
                    selectable = not row.get("valueBoolean", True)
                elif row["code"] == "child":
                    self.parents.setdefault(row["valueCode"], []).append(code)
            self.parents.setdefault(code, []).extend(own)
            if selectable:
                self.codes.append(code)
            self._add(concept.get("concept", []), [code])

    def is_a(self, code, ancestor):
        reached, front = set(), [code]
        while front:
            at = front.pop()
            if at == ancestor:
                return True
            if at not in reached:
                reached.add(at)
                front += self.parents.get(at, [])
        return False

    def filtered(self, row):
        if row["property"] != "concept":
            raise Open(f"filter on {row['property']}")
        value = row["value"]
        if row["op"] == "is-a":
            return {c for c in self.codes if self.is_a(c, value)}
        if row["op"] == "descendent-of":
            return {c for c in self.codes if c != value and self.is_a(c, value)}
        if row["op"] == "is-not-a":
            return {c for c in self.codes if not self.is_a(c, value)}
        raise Open(f"filter {row['op']}")


class Terminology:
    def __init__(self, folder):
        self.value_sets = {}
        self.systems = {}
        for name in SOURCES:
            for resource in load_bundle(folder, name):
                if resource["resourceType"] == "ValueSet":
                    self.value_sets.setdefault(resource["url"], resource)
                elif resource["resourceType"] == "CodeSystem":
                    self.systems.setdefault(resource["url"], CodeSystem(resource))
        self.expansions = {r["url"]: r["expansion"]
                           for r in load_bundle(folder, "Bundle-valueset-expansions.json")}
        self.listed = {}

    def codes_of(self, url):
        """[(code, system)], in order. Raises Open."""
        url = url.partition("|")[0]
        if url not in self.listed:
            self.listed[url] = Open(f"{url} includes itself")
            try:
                self.listed[url] = self._compose(url)
            except Open as fault:
                self.listed[url] = fault
        if isinstance(self.listed[url], Open):
            raise self.listed[url]
        return self.listed[url]

    def _compose(self, url):
        if url in EXPANDED:
            return [(row["code"], row["system"]) for row in self.expansions[url]["contains"]]
        if url not in self.value_sets:
            raise Open(f"{url} is not in the bundles")
        compose = self.value_sets[url].get("compose")
        if not compose:
            raise Open(f"{url} has no content")
        included = {}
        for part in compose["include"]:
            included.update(dict.fromkeys(self._part(part)))
        excluded = {pair for part in compose.get("exclude", []) for pair in self._part(part)}
        return [pair for pair in included if pair not in excluded]

    def _part(self, part):
        pairs = None
        if "system" in part:
            system = part["system"]
            if "concept" in part:
                pairs = [(row["code"], system) for row in part["concept"]]
            else:
                if system not in self.systems or not self.systems[system].complete:
                    raise Open(f"{system} is not in the bundles")
                kept = self.systems[system].codes
                for row in part.get("filter", []):
                    allowed = self.systems[system].filtered(row)
                    kept = [code for code in kept if code in allowed]
                pairs = [(code, system) for code in kept]
        for url in part.get("valueSet", []):
            own = self.codes_of(url)
            pairs = own if pairs is None else [pair for pair in pairs if pair in set(own)]
        if pairs is None:
            raise Open("an include of nothing")
        return pairs


def bound_sets(folder):
    """The value sets that the official definitions bind, examples aside."""
    bound = set()
    for name in BINDERS:
        for resource in load_bundle(folder, name):
            for element in resource.get("snapshot", {}).get("element", []):
                binding = element.get("binding", {})
                if binding.get("strength") in STRENGTHS and "valueSet" in binding:
                    bound.add(binding["valueSet"].partition("|")[0])
    return bound


def load_code_sets(folder, demanded):
    """url -> [(code, system)], a grammar's name instead of the list where GRAMMARS has one. The
    sets in `demanded` must be there."""
    terminology = Terminology(folder)
    found = dict(GRAMMARS)
    for url in sorted(demanded - set(GRAMMARS)):
        try:
            found[url] = terminology.codes_of(url)
        except Open as fault:
            raise Fault(f"a required binding to {url}: {fault}") from fault
        check_expansion(url, found[url], terminology.expansions[url])
    bound = bound_sets(folder)
    for url in sorted(terminology.value_sets):
        if url in found or url.startswith(FOREIGN) and url not in bound:
            continue
        try:
            codes = terminology.codes_of(url)
        except Open:
            continue
        if 0 < len(codes) <= LARGEST:
            found[url] = codes
    systems = {system for codes in found.values() if isinstance(codes, list) for _, system in codes}
    for url in sorted(systems & set(terminology.systems)):
        system = terminology.systems[url]
        if system.complete and 0 < len(system.codes) <= LARGEST:
            found[url] = [(code, url) for code in system.codes]
    return found


def check_expansion(url, codes, expansion):
    """The official expansion of a required set says the same."""
    expanded, front = set(), expansion["contains"][:]
    while front:
        row = front.pop()
        if "code" in row and not row.get("abstract"):
            expanded.add((row["code"], row["system"]))
        front += row.get("contains", [])
    if expanded != set(codes):
        raise Fault(f"{url} is not what its official expansion says")
