"""Every constraint of the model, from both sides: variants generated from botocore's own model."""

import gzip
import http.client
import json
import pathlib
import urllib.parse

import botocore
import pytest

from emulator import ACCOUNT, KEY, ROLE

ARN = f"arn:aws:healthlake:us-east-1:{ACCOUNT}:datastore/fhir/" + "0" * 32
LAMBDA = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"


def load_model():
    folder = pathlib.Path(botocore.__file__).parent / "data/healthlake/2017-07-01"
    packed = folder / "service-2.json.gz"
    if packed.exists():
        return json.loads(gzip.decompress(packed.read_bytes()))
    return json.loads((folder / "service-2.json").read_text())


MODEL = load_model()
SHAPES = MODEL["shapes"]

# A plain valid value of each shape that a base request needs.
BASE = {
    "DatastoreId": "0" * 32, "JobId": "0" * 32, "IamRoleArn": ROLE, "S3Uri": "s3://bucket/key",
    "EncryptionKeyID": KEY, "AmazonResourceName": ARN, "TagKey": "key", "TagValue": "value",
    "DatastoreName": "name", "JobName": "name", "ClientTokenString": "token-1",
    "LambdaArn": LAMBDA + "f", "NextToken": "token", "ConfigurationMetadata": "{}",
}
# How to stretch a valid value of a patterned shape to `n` code points, where that can be done.
STRETCH = {
    "DatastoreName": lambda n, c: c * n, "JobName": lambda n, c: c * n,
    "DatastoreId": lambda n, c: c * n, "JobId": lambda n, c: c * n,
    "TagKey": lambda n, c: c * n, "TagValue": lambda n, c: c * n,
    "ClientTokenString": lambda n, c: "a" * n, "EncryptionKeyID": lambda n, c: "a" * n,
    "NextToken": lambda n, c: "a" * n,
    "IamRoleArn": lambda n, c: (ROLE + "r" * n)[:n] if n >= 32 else None,
    "S3Uri": lambda n, c: ("s3://bucket/" + c * n)[:n] if n >= 8 else None,
    "LambdaArn": lambda n, c: (LAMBDA + "f" * n)[:n] if n > len(LAMBDA) else None,
}
LETTERS = {"ascii": "a", "two bytes": "é", "three bytes": "字"}
# Values that break a pattern and nothing else.
BREAK = {
    "DatastoreName": ["a!", "a\n", "a'b", "(a)", "a,b", "<a>", "a\u0301"],
    "JobName": ["a!", "a\t", "a;b", "a&b", "a*b", "a#b"],
    "DatastoreId": ["a!", "a?b", "a\\b", "a|b", "a$b"],
    "JobId": ["a!", "a~b", "a^b", "a`b", "[a]"],
    "TagKey": ["a%b", "a!", "a,b", "a\n"], "TagValue": ["a%b", "a!", "a{b}", "a\n"],
    "ClientTokenString": ["a_b", "a b", "a.b", "é", "a\n"],
    "EncryptionKeyID": ["key with space", "alias/a b", "a!", "arn:aws:s3:::bucket"],
    "NextToken": ["é", "字"],
    "IamRoleArn": ["arn:aws:iam::12345678901:role/too-short-account", "x" * 30,
                   "arn:aws:iam::123456789012:user/not-a-role", "arn:aws:sts::123456789012:role/abcdef"],
    "S3Uri": ["", "bucket/key", "s3:/bucket/key", "s3://Bucket/key", "s3://-bucket/key", "s3://ab",
              "http://bucket/key", "s3://bucket_name/key", "s3://" + "b" * 64],
    "LambdaArn": ["a" * 60, LAMBDA.replace("lambda", "lambdo") + "f" * 10,
                  LAMBDA + "name with space", LAMBDA.replace(ACCOUNT, "12") + "f" * 20],
    "AmazonResourceName": ["arn", ARN[:-1], ARN + "0", ARN.replace("/fhir/", "/"),
                           ARN.replace("healthlake:us", "s3:us"), ARN.replace(ACCOUNT, "12")],
}
WRONG_TYPES = {
    "string": [1, 1.5, True, [], {}], "integer": ["1", True, [], {}, 1.5], "boolean": ["true", 1, [], {}],
    "timestamp": [True, [], {}], "list": ["a", 1, True, {}], "structure": ["a", 1, True, []],
}


def minimal(shape_name):
    """A valid value with required members only."""
    shape = SHAPES[shape_name]
    kind = shape["type"]
    if kind == "structure":
        wanted = shape.get("required", []) or (list(shape["members"])[:1] if shape.get("union") else [])
        return {name: minimal(shape["members"][name]["shape"]) for name in wanted}
    if kind == "list":
        return []
    if kind == "string":
        return shape["enum"][0] if "enum" in shape else BASE[shape_name]
    return {"integer": shape.get("min", 1), "boolean": True, "timestamp": 1700000000}[kind]


def aws_path(parts):
    """The path as AWS prints it: lower camel, list positions from 1."""
    spelled = []
    for part in parts:
        spelled.append(part if part in ("member",) or part.isdigit() else part[0].lower() + part[1:])
    return ".".join(spelled)


def variants_of(shape_name, value):
    """(what, value, expectation) of one member: None is accepted, else a word of the answer."""
    shape = SHAPES[shape_name]
    kind = shape["type"]
    for wrong in WRONG_TYPES[kind]:
        yield f"json type {type(wrong).__name__} {wrong!r}", wrong, "SerializationException"
    if kind == "string":
        yield from string_variants(shape_name, shape)
    elif kind == "integer":
        for number, good in ((shape["min"], True), (shape["max"], True), (shape["min"] - 1, False),
                             (shape["max"] + 1, False), (-5, False), (2**31 - 1, False)):
            yield f"number {number}", number, None if good else "Member must have value"
    elif kind == "boolean":
        yield "true", True, None
        yield "false", False, None
    elif kind == "timestamp":
        for moment in (0, 1700000000, 1700000000.123, 4102444800):
            yield f"moment {moment}", moment, None
    elif kind == "list":
        item = shape["member"]["shape"]
        for size, good in ((0, True), (1, True), (shape["max"], True), (shape["max"] + 1, False)):
            items = [distinct(item, i) for i in range(size)]
            yield f"{size} items", items, None if good else "Member must have length"


def distinct(shape_name, number):
    """A valid list item that differs from the others."""
    if SHAPES[shape_name]["type"] == "structure":
        return {"Key": f"key{number}", "Value": "value"}
    return f"key{number}"


def string_variants(shape_name, shape):
    if "enum" in shape:
        for word in shape["enum"]:
            yield f"enum {word}", word, None
        for word in ("", "nonsense", shape["enum"][0].swapcase(), shape["enum"][0] + " "):
            if word not in shape["enum"]:
                yield f"no enum {word!r}", word, "Member must satisfy enum value set"
        return
    low, high = shape.get("min"), shape.get("max")
    for label, letter in LETTERS.items():
        for size, good in ((low, True), (high, True), (low - 1 if low else None, False),
                           (high + 1 if high is not None else None, False)):
            stretch = STRETCH.get(shape_name)
            if size is None or stretch is None:
                continue
            text = stretch(size, letter)
            if text is None or (size == 0 and good and shape_name == "S3Uri"):
                continue
            yield f"length {size} {label}", text, None if good else "Member must have length"
    for text in BREAK.get(shape_name, []):
        yield f"pattern {text[:40]!r}", text, "Member must satisfy regular expression pattern"


def walk(shape_name, request, parts, place):
    """All variants below one member: `place(value)` makes the request with that value there."""
    shape = SHAPES[shape_name]
    yield from ((parts, what, place(value), expected)
                for what, value, expected in variants_of(shape_name, request))
    if shape["type"] == "structure":
        whole = minimal(shape_name)
        for name, member in shape["members"].items():
            inner = minimal(member["shape"])
            yield from walk(member["shape"], inner, parts + [name],
                            lambda v, n=name: place({**whole, n: v}))
        for name in shape.get("required", []):
            without = {k: v for k, v in whole.items() if k != name}
            yield parts + [name], "absent", place(without), "Member must not be null"
            yield parts + [name], "null", place({**whole, name: None}), "Member must not be null"
        if shape.get("union"):
            yield parts, "no member of a union", place({}), "failed to satisfy constraint"
    elif shape["type"] == "list":
        item = shape["member"]["shape"]
        yield from walk(item, minimal(item), parts + ["1", "member"], lambda v: place([v]))


def operation_variants(name):
    shape_name = MODEL["operations"][name]["input"]["shape"]
    for parts, what, request, expected in walk(shape_name, minimal(shape_name), [], lambda v: v):
        yield name, aws_path(parts), what, request, expected


ALL = {name: list(operation_variants(name)) for name in MODEL["operations"]}


def test_there_are_at_least_a_thousand_variants(capsys):
    count = sum(len(variants) for variants in ALL.values())
    with capsys.disabled():
        print(f"\n{count} constraint variants over {len(ALL)} operations")
    assert count >= 1000


@pytest.mark.parametrize("operation", sorted(ALL))
def test_constraints_of(operation, make_server):
    server = make_server()
    parts = urllib.parse.urlsplit(server.base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    wrong = []
    for name, path, what, request, expected in ALL[operation]:
        connection.request("POST", "/", body=json.dumps(request),
                           headers={"X-Amz-Target": f"HealthLake.{name}",
                                    "Content-Type": "application/x-amz-json-1.0"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        kind, message = body.get("__type", ""), body.get("Message", "")
        if expected is None:
            # What the request asks for need not exist; the constraints must have let it pass.
            good = answer.status < 500 and "SerializationException" != kind and (
                "failed to satisfy constraint" not in message)
        elif expected == "SerializationException":
            good = answer.status == 400 and kind == expected
        else:
            good = (answer.status == 400 and kind == "ValidationException" and expected in message
                    and f"at '{path}'" in message)
        if not good:
            wrong.append(f"{path}: {what}: expected {expected}, got {answer.status} {kind} {message[:300]}")
    assert not wrong, f"{len(wrong)} of {len(ALL[operation])}:\n" + "\n".join(wrong[:20])
