"""Search-parameter expressions (the subset of FHIRPath that R4's registry uses) as element paths."""

import re

from loading import Fault

TOKEN = re.compile(r"\s*(?:(?P<name>%?[A-Za-z_]\w*)|(?P<number>\d+)|'(?P<text>[^']*)'|"
                   r"(?P<op>!=|[|.()\[\]=]))")
WORDS = {"as", "is", "and"}


def tokens_of(expression):
    tokens, at = [], 0
    expression = expression.strip()
    while at < len(expression):
        match = TOKEN.match(expression, at)
        if not match:
            raise Fault(f"cannot read '{expression[at:]}' in '{expression}'")
        kind = match.lastgroup
        value = match.group(kind)
        if kind == "name" and value in WORDS:
            kind = "op"
        tokens.append((kind, value))
        at = match.end()
    return tokens + [("end", None)]


class Parser:
    """expression := comparison ('and' comparison)*; union binds tighter, then as/is, then '.'."""

    def __init__(self, expression):
        self.expression = expression
        self.tokens = tokens_of(expression)
        self.at = 0

    def fail(self):
        raise Fault(f"cannot compile '{self.expression}' at {self.tokens[self.at]}")

    def peek(self, op):
        return self.tokens[self.at] == ("op", op)

    def accept(self, op):
        if self.peek(op):
            self.at += 1
            return True
        return False

    def expect(self, op):
        if not self.accept(op):
            self.fail()

    def take(self, kind):
        if self.tokens[self.at][0] != kind:
            self.fail()
        self.at += 1
        return self.tokens[self.at - 1][1]

    def parse(self):
        tree = self.conjunction()
        if self.tokens[self.at][0] != "end":
            self.fail()
        return tree

    def conjunction(self):
        left = self.comparison()
        while self.accept("and"):
            left = ("and", left, self.comparison())
        return left

    def comparison(self):
        left = self.union()
        for op in ("=", "!="):
            if self.accept(op):
                return (op, left, self.union())
        return left

    def union(self):
        left = self.typed()
        while self.accept("|"):
            left = ("|", left, self.typed())
        return left

    def typed(self):
        left = self.path()
        for op in ("as", "is"):
            if self.accept(op):
                return (op, left, self.take("name"))
        return left

    def path(self):
        left = self.primary()
        while True:
            if self.accept("."):
                name = self.word()
                left = self.call(left, name) if self.accept("(") else ("child", left, name)
            elif self.accept("["):
                left = ("index", left, int(self.take("number")))
                self.expect("]")
            else:
                return left

    def word(self):
        if self.peek("as") or self.peek("is"):
            self.at += 1
            return self.tokens[self.at - 1][1]
        return self.take("name")

    def call(self, left, name):
        if name in ("resolve", "exists", "first"):
            self.expect(")")
            return ("index", left, 0) if name == "first" else (name, left)
        if name in ("as", "is"):
            kind = self.take("name")
            self.expect(")")
            return (name, left, kind)
        if name == "where":
            condition = self.comparison()
            self.expect(")")
            return ("where", left, condition)
        return self.fail()

    def primary(self):
        kind, value = self.tokens[self.at]
        self.at += 1
        if kind == "name":
            if self.accept("("):
                return self.call(("this",), value)
            return ("name", value)
        if kind == "text":
            return ("text", value)
        if (kind, value) == ("op", "("):
            inner = self.conjunction()
            self.expect(")")
            return inner
        self.at -= 1
        return self.fail()


class Place:
    """A set of values: those of the members in `fused`, walked from the context, and then filtered
    and followed by `tail`, steps that are interpreted."""

    def __init__(self, structure, fused=(), tail=(), member=None, target=None, whole=False):
        self.structure = structure  # of children, or None
        self.fused = fused
        self.tail = tail
        self.member = member  # None at the context itself
        self.target = target  # only references to this type
        self.from_resource = whole  # starts at the resource, not at the context

    def moved(self, **changes):
        values = dict(structure=self.structure, fused=self.fused, tail=self.tail, member=self.member,
                      target=self.target, whole=self.from_resource)
        values.update(changes)
        return Place(**values)


class Compiler:
    """Compiles for one resource type; `context` is the structure that bare names start from."""

    def __init__(self, r4, type_name, context):
        self.r4 = r4
        self.type_name = type_name
        self.context = context
        self.expression = None

    def compile(self, expression):
        """Places, or ("exists-not-false", places)."""
        self.expression = expression
        tree = Parser(expression).parse()
        if tree[0] == "and":
            return self.exists_not_false(tree)
        return self.places(tree)

    def fail(self, why):
        raise Fault(f"{self.type_name}: cannot compile '{self.expression}': {why}")

    def exists_not_false(self, tree):
        _, left, right = tree
        if left[0] != "exists" or right != ("!=", left[1], ("name", "false")):
            self.fail("only 'X.exists() and X != false'")
        return ("exists-not-false", self.places(left[1]))

    def places(self, tree):
        kind = tree[0]
        if kind == "|":
            return self.places(tree[1]) + self.places(tree[2])
        if kind == "name":
            return self.start(tree[1])
        if kind == "child":
            return [p for place in self.places(tree[1]) for p in self.children(place, tree[2])]
        if kind == "as":
            return self.of_type(self.places(tree[1]), tree[2])
        if kind == "index":
            return [self.indexed(place, tree[2]) for place in self.places(tree[1])]
        if kind == "where":
            return [self.filtered(place, tree[2]) for place in self.places(tree[1])]
        return self.fail(kind)

    def start(self, name):
        resource = self.r4.structures[self.type_name]
        if name == "%resource":
            return [Place(resource, whole=True)]
        if name in self.r4.types or name in ("Resource", "DomainResource"):
            mine = name == self.type_name or name == "Resource" or (
                name == "DomainResource" and self.type_name in self.r4.domain_types)
            return [Place(resource)] if mine else []
        return self.children(Place(self.context), name)

    def children(self, place, name):
        element = place.structure.element(name) if place.structure else None
        if element is None or place.target:
            self.fail(f"no element {name}")
        found = []
        for member in element.members:
            structure = self.r4.structures[member.child_path] if member.child_path else None
            if place.tail or place.from_resource:
                found.append(place.moved(structure=structure, member=member,
                                         tail=place.tail + (("child", member.json_name),)))
            else:
                found.append(place.moved(structure=structure, member=member,
                                         fused=place.fused + (member,)))
        return found

    def of_type(self, places, kind):
        names = {p.member.code for p in places}
        if kind not in names:  # one expression of the registry says DateTime
            kind = next((n for n in names if n.lower() == kind.lower()), kind)
        kept = [p for p in places if p.member.code == kind]
        if places and not kept:
            self.fail(f"no type {kind}")
        return kept

    def indexed(self, place, index):
        if place.tail or len(place.fused) != 1:
            self.fail("an index is only understood on an element of the resource itself")
        return place.moved(fused=(), tail=(("child", place.member.json_name), ("index", index)))

    def filtered(self, place, condition):
        if condition[0] == "is" and condition[1] == ("resolve", ("this",)):
            if place.tail:
                self.fail("resolve() after a filter")
            return place.moved(target=condition[2])
        if condition[0] == "=" and condition[1][0] == "name" and condition[2][0] == "text":
            element = place.structure.element(condition[1][1])
            if element is None or element.array or element.choice:
                self.fail("where() needs a single element")
            return place.moved(tail=place.tail + (("where", element.name, condition[2][1]),))
        return self.fail("where()")
