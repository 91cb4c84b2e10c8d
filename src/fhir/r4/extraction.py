"""Merges the compiled expressions of a resource type into one trie over its elements."""

from loading import Fault
from search_paths import Compiler

# (search type, element type) -> extractor; None: such values carry nothing to search by. A pair that
# is missing here fails the generator.
EXTRACTORS = {
    ("date", "Age"): None,
    ("date", "Range"): None,
    ("date", "string"): None,
    ("date", "Period"): "kDatePeriod",
    ("date", "Timing"): "kDateTiming",
    ("date", "date"): "kDateText",
    ("date", "dateTime"): "kDateText",
    ("date", "instant"): "kDateText",
    ("number", "Range"): "kNumberRange",
    ("number", "decimal"): "kNumber",
    ("number", "integer"): "kNumber",
    ("quantity", "Age"): "kQuantity",
    ("quantity", "Duration"): "kQuantity",
    ("quantity", "Quantity"): "kQuantity",
    ("quantity", "Money"): "kQuantityMoney",
    ("quantity", "Range"): "kQuantityRange",
    ("quantity", "SampledData"): "kQuantitySampled",
    ("reference", "Attachment"): None,
    ("reference", "Reference"): "kReference",
    ("reference", "Resource"): "kReferenceResource",
    ("reference", "canonical"): "kReferenceCanonical",
    ("reference", "uri"): "kReferenceUri",
    ("special", "BackboneElement"): "kPosition",
    ("string", "Address"): "kStringAddress",
    ("string", "HumanName"): "kStringHumanName",
    ("string", "markdown"): "kStringText",
    ("string", "string"): "kStringText",
    ("token", "CodeableConcept"): "kTokenConcept",
    ("token", "Coding"): "kTokenCoding",
    ("token", "ContactPoint"): "kTokenContactPoint",
    ("token", "Identifier"): "kTokenIdentifier",
    ("token", "Quantity"): None,
    ("token", "Range"): None,
    ("token", "Reference"): None,
    ("token", "boolean"): "kTokenBoolean",
    ("token", "code"): "kTokenText",
    ("token", "id"): "kTokenText",
    ("token", "string"): "kTokenText",
    ("token", "uri"): "kTokenText",
    ("uri", "canonical"): "kUriCanonical",
    ("uri", "uri"): "kUri",
    ("uri", "url"): "kUri",
}
# Provided by the server where it overrides the resource.
SERVER_EXTRACTORS = {"_id": "kServerId", "_lastUpdated": "kServerLastUpdated"}
NO_EXPRESSION = {"_text", "_content", "_query", "createdAt"}
SLOT = 0x8000  # a sink that collects a part of a composite


class Node:
    """An element of the resource at which something is extracted, or below which."""

    def __init__(self, structure):
        self.structure = structure
        self.children = {}  # Member -> Node
        self.actions = {}  # (extractor, codes, steps) -> [(sink, target type)]
        self.slots = {}  # (expression, search type) -> slot number, for composites based here
        self.composites = []  # (param, [(part param, slot or None, action of the resource or None)])
        self.number = None

    def child(self, member, structure):
        if member not in self.children:
            self.children[member] = Node(structure)
        return self.children[member]

    def add(self, action, sink, target):
        sinks = self.actions.setdefault(action, [])
        if (sink, target) not in sinks:
            sinks.append((sink, target))


class TypeTrie:
    def __init__(self, r4, type_name, params):
        self.r4 = r4
        self.type_name = type_name
        self.root = Node(r4.structures[type_name])
        self.by_definition = {p.definition: p for p in params}
        self.targets = {}  # code -> types that the elements allow, for references
        for param in params:
            if param.code in NO_EXPRESSION:
                if param.expression:
                    raise Fault(f"{param.code} has an expression now")
            elif param.type == "composite":
                self._add_composite(param)
            else:
                self._add_param(param)

    def _compiler(self, context):
        return Compiler(self.r4, self.type_name, context)

    def _add_param(self, param):
        compiled = self._compiler(self.root.structure).compile(param.expression)
        if isinstance(compiled, tuple):
            steps = tuple(step for place in compiled[1] for step in self._as_steps(place))
            self.root.add(("kExistsNotFalse", None, steps), param.number, None)
            return
        if not self._add_places(self.root, compiled, param, param.number):
            raise Fault(f"{param.base}:{param.code} extracts nothing: '{param.expression}'")
        if param.type == "reference":
            self.targets[param.code] = self._allowed(param, compiled)

    def _allowed(self, param, places):
        """The registry lists the targets of all bases together: keep those of this base."""
        allowed = set()
        for place in places:
            own = [place.target] if place.target else place.member.element.targets
            allowed.update(own or self.r4.types)
        kept = [t for t in param.targets if t in allowed]
        return kept or param.targets

    def _as_steps(self, place):
        return tuple(("child", m.json_name) for m in place.fused) + place.tail

    def _extractor(self, param, place):
        if place.member is None:
            raise Fault(f"{param.base}:{param.code}: a resource is no value")
        pair = (param.type, place.member.code)
        if pair not in EXTRACTORS:
            raise Fault(f"{param.base}:{param.code}: no extractor for {pair}")
        if param.definition in ("Resource-id", "Resource-lastUpdated"):
            return SERVER_EXTRACTORS[param.code]
        return EXTRACTORS[pair]

    def _codes(self, extractor, place):
        return place.member.element.codes if extractor == "kTokenText" else None

    def _add_places(self, context, places, param, sink):
        added = 0
        for place in places:
            extractor = self._extractor(param, place)
            if extractor is None:
                continue
            node = context
            for member in place.fused:
                child = self.r4.structures[member.child_path] if member.child_path else None
                node = node.child(member, child)
                if sink >= SLOT and node.composites:
                    raise Fault(f"{param.base}:{param.code}: a part inside another composite's base")
            node.add((extractor, self._codes(extractor, place), place.tail), sink, place.target)
            added += 1
        return added

    def _add_composite(self, param):
        places = self._compiler(self.root.structure).compile(param.expression)
        if not places or not param.components:
            raise Fault(f"{param.base}:{param.code} has no base or no parts")
        for place in places:
            if place.tail or place.target:
                raise Fault(f"{param.base}:{param.code}: a filtered base")
            context = self.root
            for member in place.fused:
                context = context.child(member, self.r4.structures[member.child_path])
            parts = [self._part(context, *component) for component in param.components]
            context.composites.append((param, parts))

    def _part(self, context, definition, expression):
        part = self.by_definition[definition]
        places = self._compiler(context.structure).compile(expression)
        if places and all(p.from_resource for p in places):
            if len(places) != 1:
                raise Fault(f"{self.type_name}: '{expression}' has more than one path")
            extractor = self._extractor(part, places[0])
            codes = self._codes(extractor, places[0])
            return (part, None, (extractor, codes, places[0].tail))
        key = (expression, part.type)
        slot = context.slots.setdefault(key, len(context.slots))
        if slot >= 16:
            raise Fault(f"{self.type_name}: too many parts of composites at one element")
        if not self._add_places(context, places, part, SLOT | slot):
            raise Fault(f"{self.type_name}: part '{expression}' extracts nothing")
        return (part, slot, None)

    def nodes(self):
        """Parents before children, in a fixed order."""
        found, at = [self.root], 0
        while at < len(found):
            node = found[at]
            at += 1
            found += [node.children[m] for m in sorted(node.children, key=lambda m: m.index)]
        return found
