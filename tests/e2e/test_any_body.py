"""Whatever bytes are sent as a body, the answer is the resource or an OperationOutcome."""

import http.client
import json
import random
import time
import urllib.parse

import pytest

import jobs

LEVEL = "x-amzn-healthlake-fhir-validation-level"
SEEDS = [
    {"resourceType": "Patient", "id": "p", "meta": {"profile": ["http://example.org/p"]}, "active": True,
     "extension": [{"url": "http://example.org/e", "valueDecimal": 1.50}], "gender": "male",
     "name": [{"family": "Smit", "given": ["Ann", None], "_given": [None, {"id": "x"}]}],
     "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x &amp; y</p></div>"},
     "contained": [{"resourceType": "Organization", "id": "o", "name": "x"}],
     "managingOrganization": {"reference": "#o"}, "birthDate": "2000-02-29"},
    {"resourceType": "Observation", "id": "p", "status": "final", "subject": {"reference": "Patient/p"},
     "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2"}]},
     "valueQuantity": {"value": 1e2, "unit": "cm"}, "effectiveDateTime": "2020-01-01T10:00:00.5+01:00"},
    {"resourceType": "Parameters", "parameter": [
        {"name": "resource", "resource": {"resourceType": "Patient", "id": "p", "gender": "male"}},
        {"name": "mode", "valueCode": "create"}]},
]
SCALARS = [None, True, 0, -1.5e300, "", " ", "x" * 5000, "#", "urn:uuid:x", "2020-13-45", "\u0000", "<div>", [], {}]


def places(value, found):
    for key in (value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()):
        found.append((value, key))
        places(value[key], found)
    return found


def damaged_tree(dice):
    resource = json.loads(json.dumps(dice.choice(SEEDS)))
    for _ in range(dice.randint(1, 3)):
        found = places(resource, [])
        if not found:
            break
        holder, key = dice.choice(found)
        kind = dice.randrange(5)
        if kind == 0:
            holder[key] = dice.choice(SCALARS)
        elif kind == 1:
            holder[key] = [holder[key], holder[key]]
        elif kind == 2:
            holder[key] = {"value": holder[key], "extension": holder[key]}
        elif kind == 3 and isinstance(holder, dict):
            holder["_" + key if dice.random() < 0.5 else key.upper()] = holder.pop(key)
        else:
            del holder[key]
    return json.dumps(resource).encode()


def damaged_bytes(dice):
    text = bytearray(json.dumps(dice.choice(SEEDS)).encode())
    for _ in range(dice.randint(1, 4)):
        at, length = dice.randrange(len(text)), dice.randint(0, 20)
        kind = dice.randrange(4)
        if kind == 0:
            text[at:at + length] = dice.randbytes(length)
        elif kind == 1:
            del text[at:at + length]
        elif kind == 2:
            text[at:at] = text[at:at + length] * dice.randint(1, 30)
        else:
            text[at:at] = dice.choice((b"{", b"[", b"\"", b"\\u", b"\\ud800", b"1e999999", b",", b"\0")) * length
        text = text or bytearray(b"x")
    return bytes(text)


def noise(dice):
    return dice.randbytes(dice.randint(0, 300))


def nested(dice):
    depth = dice.choice((10, 250, 255, 256, 257, 5000, 100_000))
    opening, closing = dice.choice(((b"[", b"]"), (b'{"extension":[', b"]}"), (b'{"contact":', b"}")))
    return b'{"resourceType":"Patient","id":"p","extension":' + opening * depth + closing * depth + b"}"


def test_any_body_gets_an_answer_that_is_fhir(server, datastore):
    dice = random.Random(20_261)
    parts = urllib.parse.urlsplit(server.base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    base = f"/datastore/{datastore}/r4"
    targets = [("POST", "/{}"), ("PUT", "/{}/p"), ("POST", "/{}/$validate"), ("POST", "/{}/p/$validate")]
    makers = [damaged_tree] * 8 + [damaged_bytes] * 3 + [noise, nested]
    seen, slowest = {}, 0.0
    for turn in range(4000):
        method, path = dice.choice(targets)
        body = dice.choice(makers)(dice)
        path = path.format("Observation" if b"Observation" in body else "Patient")
        level = dice.choice(("strict", "structure-only", "minimal"))
        started = time.monotonic()
        connection.request(method, base + path, body=body,
                           headers={"Content-Type": "application/fhir+json", LEVEL: level})
        response = connection.getresponse()
        answer = json.loads(response.read())
        slowest = max(slowest, time.monotonic() - started)
        told = f"turn {turn}: {method} {path} {body[:300]!r} gave {response.status} {answer}"
        assert response.status in (200, 201, 400, 404), told
        if response.status >= 400 or "$validate" in path:
            assert answer["resourceType"] == "OperationOutcome", told
            assert 1 <= len(answer["issue"]) <= 102, told
            if response.status >= 400:
                assert any(issue["severity"] == "error" for issue in answer["issue"]), told
        seen[response.status] = seen.get(response.status, 0) + 1
    assert slowest < 5
    assert min(seen.get(200, 0), seen.get(201, 0), seen.get(400, 0)) > 100, seen


@pytest.mark.parametrize("level", ["strict", "minimal"])
def test_any_line_gets_a_record(server, client, datastore, level):
    dice = random.Random(4711)
    lines = [dice.choice((damaged_tree, damaged_tree, damaged_bytes, noise))(dice) for _ in range(3000)]
    # As the cursor sees them: no line break inside, and blank lines are no resources.
    lines = [line.replace(b"\n", b" ").replace(b"\r", b" ") for line in lines]
    lines = [line for line in lines if line.strip(b" \t")]
    path = server.bucket() / f"any-{level}/p.ndjson"
    path.parent.mkdir()
    path.write_bytes(b"\n".join(lines))
    job = jobs.start_import(client, datastore, f"s3://bucket/any-{level}/", ValidationLevel=level)
    properties = jobs.import_properties(client, datastore, job)
    assert properties["JobStatus"] == "COMPLETED_WITH_ERRORS"
    folder = jobs.folder_of(server, properties["JobOutputDataConfig"]["S3Configuration"]["S3Uri"])
    files = ("SUCCESS", "FAILURE") + (("SUCCESS_WITH_SEARCH_VALIDATION_FAILURES",) if level == "minimal" else ())
    records = {name: jobs.lines(folder / name / "p.ndjson") for name in files}
    assert sorted(r["lineId"] for file in records.values() for r in file) == list(range(1, len(lines) + 1))
    assert all(len(file) > 10 for file in records.values()), {name: len(file) for name, file in records.items()}
    report = properties["JobProgressReport"]
    assert report["TotalNumberOfResourcesScanned"] == len(lines)
    assert report["TotalNumberOfResourcesWithCustomerError"] == len(records["FAILURE"])
