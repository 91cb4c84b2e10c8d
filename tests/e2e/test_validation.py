"""Validation as a client sees it: levels by REST and by import, profiles, $validate."""

import json
import subprocess

import pytest

import jobs
import packages
from emulator import BINARY
from fhir_client import Fhir, call

LEVEL = "x-amzn-healthlake-fhir-validation-level"
ISSUES = "x-amzn-healthlake-validation-issues"
EXTENSION = "http://healthlake.amazonaws.com/fhir/StructureDefinition/validation-issue"
FLAGGED = "SUCCESS_WITH_SEARCH_VALIDATION_FAILURES"
VALID = {"resourceType": "OperationOutcome", "issue": [
    {"severity": "information", "code": "informational", "diagnostics": "Validation successful"}]}

SOUND = {"resourceType": "Patient", "id": "sound", "gender": "male", "name": [{"family": "Smit"}]}
# Against the base specification.
ODD = {"resourceType": "Patient", "id": "odd", "gender": "male", "shoeSize": 44}
# Against a profile that nobody knows, and nothing else.
CLAIMING = {"resourceType": "Patient", "id": "claiming", "gender": "male",
            "meta": {"profile": [packages.UNKNOWN]}}

# What each level stores, and whether it flags it.
OUTCOMES = {
    "strict": {"sound": "stored", "odd": "refused", "claiming": "refused"},
    "structure-only": {"sound": "stored", "odd": "refused", "claiming": "stored"},
    "minimal": {"sound": "stored", "odd": "flagged", "claiming": "stored"},
}


def is_flagged(resource):
    return any(e["url"] == EXTENSION for e in resource.get("extension", []))


def errors(answer):
    outcome = answer.json
    assert outcome["resourceType"] == "OperationOutcome"
    return [issue for issue in outcome["issue"] if issue["severity"] in ("error", "fatal")]


# --- Levels --------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [None, *OUTCOMES])
def test_each_level_takes_flags_or_refuses_a_write(server, datastore, level):
    fhir = Fhir(server, datastore)
    headers = {LEVEL: level} if level else {}
    for resource in (SOUND, ODD, CLAIMING):
        expected = OUTCOMES[level or "strict"][resource["id"]]
        for method, path in (("POST", "/Patient"), ("PUT", f"/Patient/{resource['id']}")):
            answer = fhir.call(method, path, resource, headers)
            if expected == "refused":
                assert answer.status == 400, answer.body
                assert errors(answer)
                continue
            assert answer.status == 201, answer.body
            assert answer.headers.get(ISSUES) == ("true" if expected == "flagged" else None)
            assert is_flagged(answer.json) == (expected == "flagged")
            assert fhir.get(f"/Patient/{answer.json['id']}").json == answer.json
            if expected == "flagged":
                assert answer.json["shoeSize"] == 44
    assert fhir.total("Patient?gender=male") == 2 * sum(
        outcome != "refused" for outcome in OUTCOMES[level or "strict"].values())


@pytest.mark.parametrize("level", [None, *OUTCOMES])
def test_each_level_takes_flags_or_refuses_a_line(server, client, datastore, level):
    source = f"levels-{level}"
    jobs.write_ndjson(server.bucket() / source / "deep/p.ndjson", [SOUND, ODD, CLAIMING])
    more = {"ValidationLevel": level} if level else {}
    job = jobs.start_import(client, datastore, f"s3://bucket/{source}", f"s3://bucket/{source}-out", **more)
    properties = jobs.import_properties(client, datastore, job)
    folder = jobs.folder_of(server, properties["JobOutputDataConfig"]["S3Configuration"]["S3Uri"])
    expected = OUTCOMES[level or "strict"]
    places = {"stored": "SUCCESS", "flagged": FLAGGED, "refused": "FAILURE"}
    for number, name in enumerate(expected, start=1):
        for outcome, place in places.items():
            path = folder / place / "deep/p.ndjson"
            records = jobs.lines(path) if path.exists() else []
            assert (number in [r["lineId"] for r in records]) == (expected[name] == outcome), (name, place)
    refused = sum(outcome == "refused" for outcome in expected.values())
    assert properties["JobStatus"] == ("COMPLETED_WITH_ERRORS" if refused else "COMPLETED")
    assert properties["ValidationLevel"] == (level or "strict")
    report = properties["JobProgressReport"]
    assert report["TotalNumberOfResourcesImported"] == 3 - refused
    assert report["TotalNumberOfResourcesWithCustomerError"] == refused
    manifest = json.loads((folder / "Manifest.json").read_text())
    assert manifest["numberOfResourcesImportedSuccessfully"] == 3 - refused
    fhir = Fhir(server, datastore)
    for name, outcome in expected.items():
        answer = fhir.get(f"/Patient/{name}")
        assert answer.status == (404 if outcome == "refused" else 200)
        assert outcome == "refused" or is_flagged(answer.json) == (outcome == "flagged")


def test_a_record_of_a_flagged_line_tells_its_faults(server, client, datastore):
    jobs.write_ndjson(server.bucket() / "flagged/p.ndjson", [ODD])
    job = jobs.start_import(client, datastore, "s3://bucket/flagged", ValidationLevel="minimal")
    uri = jobs.finish_import(client, datastore, job)["JobOutputDataConfig"]["S3Configuration"]["S3Uri"]
    folder = jobs.folder_of(server, uri)
    assert (folder / "SUCCESS/p.ndjson").read_text() == ""
    assert not (folder / "FAILURE").exists()
    [record] = jobs.lines(folder / FLAGGED / "p.ndjson")
    assert record["lineId"] == 1
    assert record["UpdateResourceResponse"]["statusCode"] == 201
    assert "shoeSize" in record["UpdateResourceResponse"]["jsonBlob"]["issue"][0]["diagnostics"]


def test_the_extension_is_healthlakes_and_goes_with_the_fault(server, datastore):
    fhir = Fhir(server, datastore)
    mine = {"url": "http://example.org/mine", "valueString": "kept"}
    body = {**ODD, "extension": [mine]}
    stored = fhir.call("PUT", "/Patient/odd", body, {LEVEL: "minimal"}).json
    assert stored["extension"][0] == mine
    added = stored["extension"][1]
    # The body that HealthLake's guide prints.
    text = "FHIR resource in payload failed FHIR validation rules."
    assert json.loads(added["valueString"]) == {"resourceType": "OperationOutcome", "issue": [
        {"severity": "error", "code": "processing", "details": {"text": text}, "diagnostics": text}]}
    again = fhir.call("PUT", "/Patient/odd", stored, {LEVEL: "minimal"}).json
    assert again["extension"] == stored["extension"]
    del again["shoeSize"]
    mended = fhir.call("PUT", "/Patient/odd", again)
    assert mended.status == 200 and ISSUES not in mended.headers
    assert mended.json["extension"] == [mine]


def test_a_level_that_there_is_not_is_refused_by_name(server, datastore):
    answer = Fhir(server, datastore).call("POST", "/Patient", SOUND, {LEVEL: "relaxed"})
    assert answer.status == 400
    assert "strict, structure-only or minimal" in errors(answer)[0]["diagnostics"]


def test_minimal_refuses_what_nothing_can_be_written_into(server, datastore):
    fhir = Fhir(server, datastore)
    for more in ({"extension": "x"}, {"extension": {}}, {"meta": []}, {"meta": "x"}):
        assert fhir.call("POST", "/Patient", {"resourceType": "Patient", **more}, {LEVEL: "minimal"}).status == 400
    for body in ({"resourceType": "Patience"}, {"resourceType": 1}, {}, [], "[", "\"x\""):
        assert fhir.call("POST", "/Patient", body, {LEVEL: "minimal"}).status == 400


def test_unsound_resources_are_found_updated_deleted_and_exported(server, client, datastore):
    fhir = Fhir(server, datastore)
    strange = [
        {"resourceType": "Patient", "id": "s1", "name": "Smit", "gender": "female"},
        {"resourceType": "Patient", "id": "s2", "name": {"family": "Smit"}, "gender": ["female"]},
        {"resourceType": "Patient", "id": "s3", "birthDate": 7, "gender": "female", "active": None},
    ]
    for resource in strange:
        path = f"/Patient/{resource['id']}"
        assert fhir.call("PUT", path, resource, {LEVEL: "minimal"}).status == 201
    found = {r["id"] for r in fhir.pages("Patient?gender=female")}
    assert found >= {"s1", "s3"}
    job = jobs.start_export(client, datastore)
    uri = jobs.finish_export(client, datastore, job)["OutputDataConfig"]["S3Configuration"]["S3Uri"]
    exported = [r for p in jobs.folder_of(server, uri).rglob("*.ndjson") for r in jobs.lines(p)]
    assert {r["id"] for r in exported} == {"s1", "s2", "s3"} and all(map(is_flagged, exported))
    for resource in strange:
        path = f"/Patient/{resource['id']}"
        assert fhir.call("PUT", path, {"resourceType": "Patient", "id": resource["id"], "gender": "other"}).status == 200
    assert fhir.total("Patient?gender=female") == 0
    assert fhir.total("Patient?gender=other") == 3
    assert fhir.call("DELETE", "/Patient/s1").status == 204
    assert fhir.total("Patient") == 2


# --- $validate -----------------------------------------------------------------------------------


def parameters(**named):
    values = {"mode": "valueCode", "profile": "valueUri", "resource": "resource"}
    return {"resourceType": "Parameters",
            "parameter": [{"name": name, values[name]: value} for name, value in named.items()]}


def test_validate_tells_the_valid_from_the_invalid_and_stores_nothing(server, datastore):
    fhir = Fhir(server, datastore)
    for form in (lambda r: r, lambda r: parameters(resource=r), lambda r: parameters(mode="create", resource=r)):
        good = fhir.call("POST", "/Patient/$validate", form(SOUND))
        assert (good.status, good.json) == (200, VALID)
        bad = fhir.call("POST", "/Patient/$validate", form(ODD))
        assert bad.status == 200
        [issue] = errors(bad)
        assert "shoeSize" in issue["diagnostics"] and issue["expression"] == ["Patient"]
    assert fhir.total("Patient") == 0


def test_validate_tells_every_fault_at_once(server, datastore):
    body = {"resourceType": "Patient", "gender": "x", "birthDate": "2020-02-30", "active": "yes",
            "contact": [{}, {"gender": "male", "relationship": [{"coding": [{"code": " x"}]}]}]}
    found = errors(Fhir(server, datastore).call("POST", "/Patient/$validate", body))
    places = {issue["expression"][0] for issue in found}
    assert places >= {"Patient.gender", "Patient.birthDate", "Patient.active", "Patient.contact[0]"}
    many = {"resourceType": "Patient", **{f"x{n}": 1 for n in range(500)}}
    refused = Fhir(server, datastore).call("POST", "/Patient", many)
    assert refused.status == 400 and len(refused.json["issue"]) == 101
    assert "400 more" in refused.json["issue"][-1]["diagnostics"]


def test_validate_of_an_instance(server, datastore):
    fhir = Fhir(server, datastore)
    fhir.call("PUT", "/Patient/sound", SOUND)
    fhir.call("PUT", "/Patient/odd", ODD, {LEVEL: "minimal"})
    assert fhir.call("POST", "/Patient/sound/$validate").json == VALID
    assert errors(fhir.call("POST", "/Patient/odd/$validate"))
    assert fhir.call("POST", "/Patient/sound/$validate?mode=update", SOUND).json == VALID
    assert errors(fhir.call("POST", "/Patient/sound/$validate?mode=update", {**SOUND, "id": "other"}))
    assert fhir.call("POST", "/Patient/sound/$validate", parameters(mode="delete")).json == VALID
    assert fhir.call("POST", "/Patient/nobody/$validate", SOUND).status == 404
    assert fhir.get("/Patient/sound").headers["ETag"] == 'W/"1"'


def test_validate_refuses_malformed_requests(server, datastore):
    fhir = Fhir(server, datastore)
    for path, body in (("/Patient/$validate", "{"), ("/Patient/$validate", ""), ("/Patient/$validate", {}),
                       ("/Patient/$validate", parameters()), ("/Patient/$validate?mode=x", SOUND),
                       ("/Patient/$validate?mode=update", SOUND), ("/Group/$validate", SOUND)):
        answer = fhir.call("POST", path, body)
        assert answer.status == 400 and errors(answer), path


def test_a_json_error_is_told_with_line_and_column(server, datastore):
    fhir = Fhir(server, datastore)
    for path in ("/Patient", "/Patient/$validate"):
        answer = fhir.call("POST", path, '{"resourceType": "Patient",\n  "active": tru }')
        assert answer.status == 400
        first, second = answer.json["issue"]
        assert first == {"severity": "error", "code": "invalid", "diagnostics":
                         "The provided payload was invalid and could not be parsed correctly."}
        assert "line 2, column" in second["diagnostics"]


# --- Profiles ------------------------------------------------------------------------------------


def make_store(server):
    return Fhir(server, server.client().create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"])


@pytest.fixture
def guide(tmp_path):
    packages.pack(tmp_path / "guides/example.tgz", packages.NAMED_PATIENT)
    return tmp_path / "guides"


def test_a_package_says_what_its_profiles_ask_for(make_server, guide):
    server = make_server("--profiles", guide)
    told = call(server.base, "GET", "/_emulator/health").json
    assert told["packages"] == [{"name": "example.guide", "version": "1.2.0"}]
    fhir = make_store(server)
    named = {"resourceType": "Patient", "id": "n", "meta": {"profile": [packages.NAMED]}, "name": [{"text": "x"}]}
    nameless = {key: value for key, value in named.items() if key != "name"}
    assert fhir.call("PUT", "/Patient/n", named).status == 201
    refused = fhir.call("PUT", "/Patient/n", nameless)
    assert refused.status == 400
    [issue] = errors(refused)
    assert packages.NAMED in issue["diagnostics"] and "Patient.name" in issue["diagnostics"]
    stored = fhir.call("PUT", "/Patient/n", nameless, {LEVEL: "structure-only"})
    assert stored.status == 200 and not is_flagged(stored.json)
    # minimal does not look at profiles either.
    assert not is_flagged(fhir.call("PUT", "/Patient/n", nameless, {LEVEL: "minimal"}).json)
    wrong_version = {**named, "meta": {"profile": [packages.NAMED + "|9.9"]}}
    assert fhir.call("PUT", "/Patient/n", wrong_version).status == 400
    assert fhir.call("PUT", "/Patient/n", {**named, "meta": {"profile": [packages.NAMED + "|1.2.0"]}}).status == 200


def test_validate_checks_the_profile_that_is_asked_for(make_server, guide):
    fhir = make_store(make_server("--profiles", guide))
    plain = {"resourceType": "Patient", "gender": "male"}
    assert fhir.call("POST", "/Patient/$validate", plain).json == VALID
    for path, body in ((f"/Patient/$validate?profile={packages.NAMED}", plain),
                       ("/Patient/$validate", parameters(resource=plain, profile=packages.NAMED)),
                       (f"/Patient/$validate?mode=profile&profile={packages.NAMED}", plain)):
        answer = fhir.call("POST", path, body)
        assert answer.status == 200
        assert any(packages.NAMED in issue["diagnostics"] for issue in errors(answer)), answer.body
    assert errors(fhir.call("POST", f"/Patient/$validate?profile={packages.UNKNOWN}", plain))


def test_an_import_at_strict_checks_profiles(make_server, guide):
    server = make_server("--profiles", guide)
    client = server.client()
    datastore = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    meta = {"profile": [packages.NAMED]}
    jobs.write_ndjson(server.bucket() / "in/p.ndjson",
                      [{"resourceType": "Patient", "id": "a", "meta": meta},
                       {"resourceType": "Patient", "id": "b", "meta": meta, "name": [{"text": "x"}]}])
    for level, imported in (("strict", 1), ("structure-only", 2)):
        job = jobs.start_import(client, datastore, "s3://bucket/in", ValidationLevel=level)
        report = jobs.import_properties(client, datastore, job)["JobProgressReport"]
        assert report["TotalNumberOfResourcesImported"] == imported


@pytest.mark.parametrize("options, status", [
    ((), 400),
    (("--unknown-profiles", "refuse"), 400),
    (("--unknown-profiles", "allow"), 201),
    (("--compat", "r4"), 201),
    (("--compat", "r4", "--unknown-profiles", "refuse"), 400),
])
def test_an_unknown_profile_is_refused_or_let_pass_as_the_options_say(make_server, options, status):
    fhir = make_store(make_server(*options))
    answer = fhir.call("POST", "/Patient", CLAIMING)
    assert answer.status == status
    if status == 201:
        told = fhir.call("POST", "/Patient/$validate", CLAIMING).json["issue"]
        assert told[0] == VALID["issue"][0]
        assert any(packages.UNKNOWN in issue["diagnostics"] for issue in told[1:])


def start_error(tmp_path, folder):
    done = subprocess.run([BINARY, "--port", "0", "--data-dir", tmp_path / "data", "--profiles", folder],
                          capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1 and done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert last.startswith("healthlake-local: --profiles (HEALTHLAKE_PROFILES): ")
    return last


def test_a_folder_or_package_that_cannot_be_used_is_a_start_error(tmp_path):
    folder = tmp_path / "guides"
    assert str(folder) in start_error(tmp_path, folder)
    folder.mkdir()
    (folder / "notes.txt").write_text("no package")
    assert "no package (*.tgz)" in start_error(tmp_path, folder)
    packages.pack(folder / "a-good.tgz", packages.NAMED_PATIENT)
    whole = packages.pack(tmp_path / "whole.tgz", packages.NAMED_PATIENT, name="other.guide").read_bytes()
    for content in (b"", b"no gzip", whole[: len(whole) // 2], whole[:-8], whole[:-4] + b"xxxx"):
        (folder / "b-bad.tgz").write_bytes(content)
        assert "b-bad.tgz" in start_error(tmp_path, folder)
    (folder / "b-bad.tgz").unlink()
    (folder / "b-bad.tgz").mkdir()
    assert "b-bad.tgz" in start_error(tmp_path, folder)
