#!/usr/bin/env python3
"""Makes tables.inc and base_profiles.inc from the official FHIR R4 bundles.

    generate.py FOLDER           writes them beside this file
    generate.py --check FOLDER   exits 1 when they are not what FOLDER gives

FOLDER is the `package` folder of the npm package hl7.fhir.r4.examples@4.0.1 (CC0). Only facts are
kept: names, types, cardinalities, codes, paths. A search expression that cannot be compiled fails
the run, except for the parameters that have none.
"""

import hashlib
import pathlib
import struct
import sys

import base_profiles
import definitions
import extraction
import invariants
from code_sets import GRAMMAR_SYSTEMS
from loading import Fault

HERE = pathlib.Path(__file__).parent
MASK = (1 << 64) - 1
SEARCH_TYPES = ["number", "date", "string", "token", "reference", "composite", "quantity", "uri",
                "special"]
COMPARTMENTS = ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"]


def name_hash(name):
    data = name.encode()
    size, first, last = len(data), 0, 0
    if size >= 8:
        first, last = struct.unpack("<Q", data[:8])[0], struct.unpack("<Q", data[-8:])[0]
    elif size >= 4:
        first, last = struct.unpack("<I", data[:4])[0], struct.unpack("<I", data[-4:])[0]
    elif size:
        first = data[0] | data[size // 2] << 8 | data[-1] << 16
    return ((first + last * 0x9E3779B97F4A7C15) & MASK) ^ size


def perfect_slots(names):
    """(bits, seed, slots): slots[hash * seed >> (64 - bits)] is the name's number + 1."""
    hashes = [name_hash(name) for name in names]
    if len(set(hashes)) != len(hashes):
        raise Fault(f"names with one hash: {names}")
    bits = max(1, (len(names) * 2 - 1).bit_length())
    while True:
        state = 0x2545F4914F6CDD1D
        for _ in range(3000):
            state = (state * 6364136223846793005 + 1442695040888963407) & MASK
            seed = state | 1
            places = [(h * seed & MASK) >> (64 - bits) for h in hashes]
            if len(set(places)) == len(places):
                slots = [0] * (1 << bits)
                for number, place in enumerate(places, 1):
                    slots[place] = number
                return bits, seed, slots
        bits += 1


def probed_slots(names):
    """(bits, seed, slots) of a table with open addressing, at most half full; slots hold numbers
    counted from 1. Of some seeds the one by which names are found soonest."""
    hashes = [name_hash(name) for name in names]
    bits = max(1, (len(names) * 2 - 1).bit_length())
    mask = (1 << bits) - 1
    state, best = 0x2545F4914F6CDD1D, None
    for _ in range(max(8, 4000 // len(names))):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        seed = state | 1
        slots, steps = [0] * (mask + 1), 0
        for number, value in enumerate(hashes, 1):
            place = (value * seed & MASK) >> (64 - bits)
            while slots[place]:
                place = (place + 1) & mask
                steps += 1
            slots[place] = number
        if best is None or steps < best[0]:
            best = steps, seed, slots
        if steps == 0:
            break
    return bits, best[1], best[2]


class Pool:
    """All texts one after another, each once."""

    def __init__(self, name, length_bits):
        self.name = name
        self.length_bits = length_bits
        self.text = ""
        self.places = {}

    def add(self, text):
        if text not in self.places:
            if len(text) >> self.length_bits or not text.isascii() or not text.isprintable():
                raise Fault(f"text {text!r}")
            at = self.text.find(text)
            if at < 0:
                at = len(self.text)
                self.text += text
            if at >> (32 - self.length_bits):
                raise Fault(f"{self.name} is full")
            self.places[text] = at << self.length_bits | len(text)
        return self.places[text]

    def lines(self):
        cut = [self.text[at:at + 96] for at in range(0, len(self.text), 96)]
        lines = ['    "' + line.replace("\\", "\\\\").replace('"', '\\"') + '"' for line in cut]
        return [f"const char {self.name}[] ="] + lines[:-1] + [lines[-1] + ";"]


class Tables:
    def __init__(self, r4, rules):
        self.r4 = r4
        self.rules = rules
        self.pool = Pool("kTextPool", 8)
        self.expressions = Pool("kExpressionPool", 12)
        self.rows = {}  # name -> (C++ type, rows)
        self.constants = []
        self.targets = [()]
        self.target_rows = []
        self.target_places = {}
        self.type_numbers = {name: n for n, name in enumerate(r4.types, 1)}
        self.structure_numbers = {path: n for n, path in enumerate(sorted(r4.structures), 1)}
        self.code_set_numbers = {url: n for n, url in enumerate(sorted(r4.code_sets), 1)}
        self.code_set_numbers[None] = 0
        self.params = definitions.all_params(r4)
        self.tries = {name: extraction.TypeTrie(r4, name, self.params_of(name)) for name in r4.types}
        self.add_code_sets()
        self.add_structures()
        self.add_params()
        self.add_compartments()
        self.add_tries()
        self.add_types()
        self.rows["kTargets"] = ("std::uint8_t", self.target_rows)
        self.constant("kTargetCount", "std::uint16_t", len(self.target_rows))
        self.add_hash()

    def constant(self, name, kind, value):
        self.constants.append(f"const {kind} {name} = {value};")

    def target_list(self, names):
        """(first, count); nothing, or all but a few as the registry spells "any": (0, 0)."""
        names = [n for n in names if n in self.type_numbers]
        if len(names) >= len(self.type_numbers) - 5:
            names = []
        key = tuple(names)
        if not key:
            return 0, 0
        if key not in self.target_places:
            self.target_places[key] = len(self.target_rows)
            self.target_rows += [self.type_numbers[n] for n in names]
        return self.target_places[key], len(names)

    def add_code_sets(self):
        self.code_rows, self.code_slots, self.code_places = [], [], {}
        sets = [(0, 0, 0, 0, 0, "CodeGrammar::kListed", 0, 0)]
        for url in sorted(self.r4.code_sets):
            codes = self.r4.code_sets[url]
            if isinstance(codes, str):
                system = self.pool.add(GRAMMAR_SYSTEMS[codes])
                sets.append((self.pool.add(url), system, 0, 0, 0, f"CodeGrammar::{codes}", 0, 0))
            else:
                first, bits, first_slot, seed = self.code_list(codes)
                sets.append((self.pool.add(url), 0, first, len(codes), bits, "CodeGrammar::kListed",
                             first_slot, f"{seed:#x}U"))
        self.rows["kCodeSets"] = ("CodeSetRow", sets)
        self.rows["kCodes"] = ("CodeRow", self.code_rows)
        self.rows["kCodeSlots"] = ("std::uint16_t", self.code_slots)
        self.constant("kCodeSetCount", "std::uint16_t", len(sets) - 1)

    def code_list(self, codes):
        """(first, bits, first slot, seed); one list for all sets that have the same."""
        names = sorted({code for code, _ in codes}, key=str.encode)
        order = {name: at for at, name in enumerate(names)}
        rows = tuple(sorted(codes, key=lambda row: order[row[0]]))  # stable: systems keep their order
        if rows not in self.code_places:
            starts = {code: at for at, (code, _) in reversed(list(enumerate(rows, 1)))}
            bits, seed, slots = probed_slots(names)
            self.code_places[rows] = len(self.code_rows), bits, len(self.code_slots), seed
            self.code_rows += [(self.pool.add(code), self.pool.add(system)) for code, system in rows]
            self.code_slots += [starts[names[at - 1]] if at else 0 for at in slots]
        return self.code_places[rows]

    def add_structures(self):
        structures, elements, members, slots = [(0,) * 12], [], [], []
        self.invariants, self.invariant_places = [], {}
        for path in sorted(self.r4.structures):
            structure = self.r4.structures[path]
            bits, seed, own = perfect_slots([m.json_name for m in structure.members])
            required = sum(1 << e.index for e in structure.elements if e.min > 0)
            base = self.structure_numbers[structure.base] if structure.base else 0
            structures.append((self.pool.add(path), len(elements), len(members), base,
                               *self.invariant_list(self.rules.of_structure.get(path, [])),
                               len(structure.elements), len(structure.members), bits, len(slots),
                               f"{seed:#x}U", f"{required:#x}U"))
            slots += own
            elements += [self.element_row(e) for e in structure.elements]
            members += [self.member_row(m, path) for m in structure.members]
        self.rows["kStructures"] = ("StructureRow", structures)
        self.rows["kElements"] = ("ElementRow", elements)
        self.rows["kMembers"] = ("MemberRow", members)
        self.rows["kMemberSlots"] = ("std::uint8_t", slots)
        self.rows["kInvariants"] = ("InvariantRow", self.invariants)
        self.constant("kInvariantCount", "std::uint16_t", len(self.invariants))
        self.constant("kStructureCount", "std::uint16_t", len(structures) - 1)

    def element_row(self, element):
        flags = element.array | element.choice << 1 | element.summary << 2 | element.modifier << 3
        first, count = self.target_list(element.targets)
        return (self.pool.add(element.name), element.min, flags, element.members[0].index,
                len(element.members), self.code_set_numbers[element.codes], first, count)

    def invariant_list(self, own):
        """(first, count); one list for all places that have the same."""
        key = tuple(i.identity() for i in own)
        if not key:
            return 0, 0
        if key not in self.invariant_places:
            self.invariant_places[key] = len(self.invariants)
            for invariant in own:
                severity = {"error": "kError", "warning": "kWarning"}[invariant.severity]
                self.invariants.append((self.pool.add(invariant.key),
                                        self.expressions.add(invariant.expression),
                                        f"InvariantSeverity::{severity}"))
        return self.invariant_places[key], len(own)

    def member_row(self, member, parent):
        if member.child_path:
            kind = "kComplex"
        else:
            kind = "k" + member.code[0].upper() + member.code[1:]
        flags = member.element.array | member.element.choice << 1
        structure = self.structure_numbers[member.child_path] if member.child_path else 0
        path = f"{parent}.{member.element.name}" + "[x]" * member.element.choice
        own = self.rules.of_element.get(path, []) + self.rules.of_profile.get(member.profile, [])
        return (self.pool.add(member.json_name), self.pool.add(member.code), member.element.index,
                f"Kind::{kind}", flags, structure, *self.target_list(member.targets),
                *self.invariant_list(own))

    def add_params(self):
        rows, components = [(0,) * 9], []
        for param in self.params:
            by_definition = {p.definition: p for p in self.params_of(param.base)}
            first, count = self.target_list(self.tries[param.base].targets.get(param.code, []))
            origin = 0 if param.expression else 2 if param.code == "createdAt" else 1
            parts = [by_definition[d].number for d, _ in param.components]
            if len(parts) > 3:
                raise Fault(f"{param.code}: too many parts")
            rows.append((self.pool.add(param.code), self.pool.add(param.definition),
                         self.type_numbers[param.base], SEARCH_TYPES.index(param.type), origin,
                         count, len(parts), first, len(components)))
            components += parts
        self.rows["kParams"] = ("ParamRow", rows)
        self.rows["kComponents"] = ("std::uint16_t", components)
        self.constant("kParamCount", "std::uint16_t", len(rows) - 1)

    def params_of(self, type_name):
        if not hasattr(self, "by_type"):
            self.by_type = {}
            for param in self.params:
                self.by_type.setdefault(param.base, []).append(param)
        return self.by_type[type_name]

    def add_compartments(self):
        rows, params = [], []
        for compartment, type_name in sorted(self.r4.compartments):
            if compartment not in COMPARTMENTS:
                raise Fault(f"compartment {compartment}")
            codes = self.r4.compartments[compartment, type_name]
            numbers = {p.code: p.number for p in self.params_of(type_name)}
            rows.append((self.type_numbers[compartment], self.type_numbers[type_name], len(codes),
                         len(params)))
            params += [numbers[code] for code in codes]
        self.rows["kCompartments"] = ("CompartmentRow", rows)
        self.rows["kCompartmentParams"] = ("std::uint16_t", params)
        self.constant("kCompartmentCount", "std::uint16_t", len(rows))

    def add_tries(self):
        self.nodes, self.edges = [(0,) * 6], []
        self.actions, self.steps, self.sinks = [(("Extractor::kServerId"),) + (0,) * 5], [], []
        self.composites, self.step_places = [], {}
        self.roots = {}
        for type_name in self.r4.types:
            nodes = self.tries[type_name].nodes()
            for number, node in enumerate(nodes, len(self.nodes)):
                node.number = number
            self.roots[type_name] = nodes[0].number
            for node in nodes:
                self.add_node(node)
        self.rows["kNodes"] = ("NodeRow", self.nodes)
        self.rows["kEdges"] = ("std::uint16_t", self.edges)
        self.rows["kActions"] = ("ActionRow", self.actions)
        self.rows["kSteps"] = ("StepRow", self.steps)
        self.rows["kSinks"] = ("SinkRow", self.sinks)
        self.rows["kComposites"] = ("CompositeRow", self.composites)

    def add_node(self, node):
        first_edge = len(self.edges)
        if node.children:
            numbers = [0] * len(node.structure.members)
            for member, child in node.children.items():
                numbers[member.index] = child.number
            self.edges += numbers
        actions = [self.action_row(action, sinks) for action, sinks in node.actions.items()]
        first_action = len(self.actions)
        self.actions += actions
        first_composite = len(self.composites)
        self.composites += [self.composite_row(*composite) for composite in node.composites]
        self.nodes.append((first_edge if node.children else 0, first_action, first_composite,
                           len(actions), len(node.composites), int(bool(node.children))))

    def action_row(self, action, sinks):
        extractor, codes, steps = action
        first_sink = len(self.sinks)
        self.sinks += [(to, self.type_numbers[target] if target else 0) for to, target in sinks]
        return (f"Extractor::{extractor}", len(steps), len(sinks), self.code_set_numbers[codes],
                self.add_steps(steps), first_sink)

    def add_steps(self, steps):
        if steps not in self.step_places:
            self.step_places[steps] = len(self.steps)
            for step in steps:
                if step[0] == "index":
                    self.steps.append(("StepOp::kIndex", step[1], 0, 0))
                else:
                    value = self.pool.add(step[2]) if step[0] == "where" else 0
                    name = "StepOp::kWhere" if step[0] == "where" else "StepOp::kChild"
                    self.steps.append((name, 0, self.pool.add(step[1]), value))
        return self.step_places[steps]

    def composite_row(self, param, parts):
        slots, numbers, actions = [0xFF] * 3, [0] * 3, [0] * 3
        for at, (part, slot, resource_action) in enumerate(parts):
            numbers[at] = part.number
            if slot is not None:
                slots[at] = slot
            else:
                actions[at] = len(self.actions)
                self.actions.append(self.action_row(resource_action, []))
        return (param.number, len(parts), "{%s}" % ", ".join(map(str, slots)),
                "{%s}" % ", ".join(map(str, numbers)), "{%s}" % ", ".join(map(str, actions)))

    def add_types(self):
        rows = [(0,) * 7]
        for name in self.r4.types:
            params = self.params_of(name)
            codes = [p.code for p in params]
            if codes[1:3] != ["_id", "_lastUpdated"]:
                raise Fault("the walk expects _id and _lastUpdated second and third")
            rows.append((self.pool.add(name), self.structure_numbers[name], params[0].number,
                         len(params), params[codes.index("createdAt")].number, self.roots[name],
                         int(name in definitions.HEALTHLAKE_TYPES)))
        self.rows["kTypes"] = ("TypeRow", rows)
        bits, seed, slots = perfect_slots(self.r4.types)
        self.rows["kTypeSlots"] = ("std::uint8_t", slots)
        self.constant("kTypeCount", "std::uint16_t", len(rows) - 1)
        self.constant("kTypeSlotBits", "std::uint8_t", bits)
        self.constant("kTypeSeed", "std::uint64_t", f"{seed:#x}U")

    def add_hash(self):
        names = "".join(f"{p.number} {p.base} {p.code} {p.type}\n" for p in self.params)
        digest = hashlib.sha256(("\n".join(self.r4.types) + "\n" + names).encode()).hexdigest()
        self.constant("kDefinitionsHash", "std::uint64_t", f"0x{digest[:16]}U")

    def lines(self):
        out = self.pool.lines() + self.expressions.lines()
        for name, (kind, rows) in self.rows.items():
            out.append(f"const {kind} {name}[] = {{")
            out += packed(rows)
            out.append("};")
        return out + self.constants


def packed(rows):
    """Rows as text, as many to a line as fit."""
    lines, line = [], ""
    for row in rows:
        cell = str(row) if isinstance(row, int) else "{%s}" % ",".join(map(str, row))
        cell = cell.replace(" ", "")
        if len(line) + len(cell) > 118:
            lines.append(line)
            line = ""
        line += cell + ","
    return lines + [line]


def made_from(folder):
    """file name -> its text"""
    head = ["// Made by generate.py from hl7.fhir.r4.examples@4.0.1. Do not edit."]
    sources = ["// SHA-256 of the input:"]
    for name in definitions.INPUTS:
        sources.append(f"//   {hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}")
    r4 = definitions.R4(folder)
    rules = invariants.load_invariants(folder, r4.structures)
    files = {
        "tables.inc": head + sources + Tables(r4, rules).lines(),
        base_profiles.OUTPUT: head + base_profiles.text_of(folder, rules),
    }
    return {name: "\n".join(lines) + "\n" for name, lines in files.items()}


def main(arguments):
    check = arguments[:1] == ["--check"]
    folder = pathlib.Path(arguments[-1]) if len(arguments) == 1 + check else None
    if folder is None or not folder.is_dir():
        sys.exit(__doc__)
    try:
        files = made_from(folder)
    except Fault as fault:
        sys.exit(f"generate.py: {fault}")
    for name, text in files.items():
        output = HERE / name
        if not check:
            output.write_text(text, encoding="utf-8")
        elif not output.exists() or output.read_text(encoding="utf-8") != text:
            sys.exit(f"{name} is not what the generator makes of these bundles: run it")


if __name__ == "__main__":
    main(sys.argv[1:])
