"""Bytes of a resource as they should come back: white space between tokens goes, the rest stays."""

import json
import re

# What lies between white space: strings, and runs of all else.
TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"]+')
SCAN = json.JSONDecoder().scan_once
NAME = re.compile(r'[{,]("[^"\\]*(?:\\.[^"\\]*)*"):')


def minified(text):
    return b"".join(TOKENS.findall(text.removeprefix(b"\xef\xbb\xbf")))


def members(text):
    """[(name, text of the value)] of a minified JSON object, in order."""
    out, at = [], 0
    while found := NAME.match(text, at):
        _, end = SCAN(text, found.end())
        out.append((json.loads(found.group(1)), text[found.end():end]))
        at = end
    assert text[at:] == "}", text[at:at + 40]
    return out


def without(names, text):
    return [member for member in members(text) if member[0] not in names]


def object_of(pairs):
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in pairs) + "}"
