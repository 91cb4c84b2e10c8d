"""The profiles and extensions of the base specification, without what no validator reads."""

import json

from definitions import type_codes
from invariants import Invariant
from loading import STRUCTURE, Fault, load_bundle

OUTPUT = "base_profiles.inc"
BUNDLES = ["Bundle-types.json", "Bundle-profiles-others.json", "Bundle-extensions.json"]
KEPT = ["url", "version", "name", "type", "kind", "abstract", "derivation", "baseDefinition",
        "context", "contextInvariant"]
KEPT_OF_ELEMENT = ["id", "path", "sliceName", "slicing", "min", "max", "contentReference", "maxLength"]
VALUES = ("fixed", "pattern", "minValue", "maxValue")
MAX_VALUE_SET = STRUCTURE + "elementdefinition-maxValueSet"


def stripped(definition, inherited):
    kept = {name: definition[name] for name in KEPT if name in definition}
    elements = [element(e, inherited) for e in definition["snapshot"]["element"]]
    kept["snapshot"] = {"element": elements}
    return kept


def element(full, inherited):
    kept = {name: full[name] for name in KEPT_OF_ELEMENT if name in full}
    if "slicing" in kept:
        kept["slicing"] = {k: v for k, v in full["slicing"].items() if k != "description"}
    if full.get("isModifier"):
        kept["isModifier"] = True
    types = []
    for code, kind in zip(type_codes(full), full.get("type", [])):
        names = ("profile", "targetProfile", "aggregation", "versioning")
        types.append({"code": code} | {name: kind[name] for name in names if name in kind})
    if types:
        kept["type"] = types
    kept |= {name: value for name, value in full.items() if name.startswith(VALUES)}
    if "binding" in full:
        kept["binding"] = binding(full["binding"])
    own = [constraint(c) for c in full.get("constraint", [])
           if Invariant(c).identity() not in inherited]
    if own:
        kept["constraint"] = own
    return kept


def binding(full):
    kept = {name: full[name] for name in ("strength", "valueSet") if name in full}
    limits = [x for x in full.get("extension", []) if x["url"] == MAX_VALUE_SET]
    return kept | ({"extension": limits} if limits else {})


def constraint(full):
    return {"key": full["key"], "severity": full["severity"],
            "expression": Invariant(full).expression}


def load_base_profiles(folder, rules):
    """url -> compact JSON. Invariants of the types constrained are left out: those in `rules` are
    checked with the base."""
    places = (rules.of_structure, rules.of_element)
    inherited = {i.identity() for place in places for own in place.values() for i in own}
    found = {}
    for name in BUNDLES:
        for definition in load_bundle(folder, name):
            if definition["resourceType"] != "StructureDefinition":
                continue
            if definition.get("derivation") != "constraint":
                continue
            if definition["url"] in found:
                raise Fault(f"two definitions of {definition['url']}")
            found[definition["url"]] = json.dumps(stripped(definition, inherited),
                                                  separators=(",", ":"))
    return found


def text_of(folder, rules):
    """The lines of base_profiles.inc."""
    profiles = load_base_profiles(folder, rules)
    rows, texts, at = [], [], 0
    for url in sorted(profiles):
        text = profiles[url]
        start = text.index(url)
        rows.append(f"{{{at + start},{len(url)},{at},{len(text)}}},")
        texts.append(text)
        at += len(text)
    pool = "".join(texts)
    out = ["const char kBaseProfileText[] ="]
    for cut in range(0, len(pool), 4096):
        line = pool[cut:cut + 4096].replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
        out.append(f'    "{line}"')
    out[-1] += ";"
    out.append("const BaseProfileRow kBaseProfiles[] = {")
    out += rows
    out += ["};", f"const std::uint16_t kBaseProfileCount = {len(rows)};"]
    return out
