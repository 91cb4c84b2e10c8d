"""Import and export: layouts, records, refusals, interruption."""

import collections
import json
import os
import pathlib
import re

import pytest
from botocore.exceptions import ClientError

import jobs
from fhir_client import Fhir, call

GOOD = {"resourceType": "Patient", "id": "good"}


def test_output_follows_healthlakes_layout(server, client, datastore):
    source = server.bucket() / "layout"
    jobs.write_ndjson(source / "a.ndjson", [GOOD, {"resourceType": "Patient", "id": "p2"}])
    jobs.write_ndjson(source / "deep/er/b.ndjson", [{"resourceType": "Organization", "id": "o1", "name": "x"}])
    job = jobs.start_import(client, datastore, "s3://bucket/layout", "s3://bucket/layout-out")
    properties = jobs.finish_import(client, datastore, job)
    uri = properties["JobOutputDataConfig"]["S3Configuration"]["S3Uri"]
    assert uri == f"s3://bucket/layout-out/{datastore}-FHIR_IMPORT-{job}/"
    folder = jobs.folder_of(server, uri)
    names = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    assert names == ["Manifest.json", "SUCCESS/a.ndjson", "SUCCESS/deep/er/b.ndjson"]
    text = (folder / "SUCCESS/a.ndjson").read_text()
    assert text == ('{"lineId":1,"resourceType":"Patient","resourceId":"good","statusCode":201}\n'
                    '{"lineId":2,"resourceType":"Patient","resourceId":"p2","statusCode":201}')
    manifest = json.loads((folder / "Manifest.json").read_text())
    assert manifest["numberOfScannedFiles"] == 2
    assert manifest["numberOfFilesImported"] == 2
    assert manifest["numberOfResourcesScanned"] == 3
    assert manifest["numberOfResourcesImportedSuccessfully"] == 3
    assert manifest["numberOfResourcesWithCustomerError"] == 0
    size = sum(p.stat().st_size for p in source.rglob("*.ndjson"))
    assert manifest["sizeOfScannedFilesInMB"] == pytest.approx(round(size / 1e6, 6))
    report = properties["JobProgressReport"]
    assert report["TotalNumberOfScannedFiles"] == report["TotalNumberOfImportedFiles"] == 2
    assert report["TotalSizeOfScannedFilesInMB"] == pytest.approx(round(size / 1e6, 6))


def test_importing_again_makes_new_versions(server, client, datastore):
    jobs.write_ndjson(server.bucket() / "again/p.ndjson", [GOOD])
    for expected in (201, 200):
        job = jobs.start_import(client, datastore, "s3://bucket/again/")
        uri = jobs.finish_import(client, datastore, job)["JobOutputDataConfig"]["S3Configuration"]["S3Uri"]
        records = jobs.lines(jobs.folder_of(server, uri) / "SUCCESS/p.ndjson")
        assert [r["statusCode"] for r in records] == [expected]
    assert Fhir(server, datastore).get("/Patient/good").json["meta"]["versionId"] == "2"


BROKEN = [
    ("not JSON", b'{"resourceType":"Patient","id":"x"'),
    ("two values", b'{"resourceType":"Patient","id":"x"} {}'),
    ("an array", b'[{"resourceType":"Patient","id":"x"}]'),
    ("not UTF-8", b'{"resourceType":"Patient","id":"x","implicitRules":"\xff\xfe"}'),
    ("no id", b'{"resourceType":"Patient"}'),
    ("empty id", b'{"resourceType":"Patient","id":""}'),
    ("bad id", b'{"resourceType":"Patient","id":"a b"}'),
    ("id too long", b'{"resourceType":"Patient","id":"' + b"a" * 65 + b'"}'),
    ("unknown type", b'{"resourceType":"Patient123","id":"x"}'),
    ("no type", b'{"id":"x"}'),
    ("unknown element", b'{"resourceType":"Patient","id":"x","shoeSize":3}'),
    ("array for one", b'{"resourceType":"Patient","id":"x","gender":["male"]}'),
    ("one for array", b'{"resourceType":"Patient","id":"x","name":{"family":"S"}}'),
    ("missing element", b'{"resourceType":"Observation","id":"x","code":{"text":"c"}}'),
    ("number for text", b'{"resourceType":"Patient","id":"x","gender":1}'),
    ("too deep", b'{"resourceType":"Patient","id":"x","extension":' + b'[{"extension":' * 200
     + b"[]" + b"}]" * 200 + b"}"),
    ("too long", b'{"resourceType":"Patient","id":"x","implicitRules":"' + b"a" * 5_300_000 + b'"}'),
    ("name twice", b'{"resourceType":"Patient","id":"x","gender":"male","gender":"female"}'),
]


def test_broken_lines_are_refused_one_by_one_and_the_rest_is_imported(server, client, datastore):
    path = server.bucket() / "broken/p.ndjson"
    path.parent.mkdir(parents=True)
    rows = [json.dumps(GOOD).encode()]
    for index, (_, line) in enumerate(BROKEN):
        rows += [line, b"", json.dumps({"resourceType": "Patient", "id": f"g{index}"}).encode()]
    path.write_bytes(b"\r\n".join(rows))
    job = jobs.start_import(client, datastore, "s3://bucket/broken/")
    properties = jobs.finish_import(client, datastore, job)
    assert properties["JobStatus"] == "COMPLETED_WITH_ERRORS"
    report = properties["JobProgressReport"]
    assert report["TotalNumberOfResourcesImported"] == len(BROKEN) + 1
    assert report["TotalNumberOfResourcesWithCustomerError"] == len(BROKEN)
    assert report["TotalNumberOfImportedFiles"] == 1
    folder = jobs.folder_of(server, properties["JobOutputDataConfig"]["S3Configuration"]["S3Uri"])
    failures = jobs.lines(folder / "FAILURE/p.ndjson")
    expected = {3 * i + 2: what for i, (what, _) in enumerate(BROKEN)}
    assert {f["lineId"] for f in failures} == set(expected), (
        [what for line, what in expected.items() if line not in {f["lineId"] for f in failures}])
    for failure in failures:
        response = failure["UpdateResourceResponse"]
        assert response["statusCode"] == 400
        assert response["jsonBlob"]["resourceType"] == "OperationOutcome"
        assert response["jsonBlob"]["issue"][0]["diagnostics"]
    assert Fhir(server, datastore).total("Patient") == len(BROKEN) + 1


@pytest.mark.parametrize("source,names", [
    ("s3://bucket/no/such/prefix/", "no/such/prefix"),
    ("s3://no-such-bucket/x", "no-such-bucket"),
    ("s3://bucket/../../etc/", ".."),
    ("s3://bucket/link/", "link"),
])
def test_an_input_that_cannot_be_read_fails_the_job_and_names_it(server, client, datastore, source, names):
    outside = pathlib.Path(server.s3_root).parent / "outside"
    outside.mkdir(exist_ok=True)
    jobs.write_ndjson(outside / "secret.ndjson", [GOOD])
    link = server.bucket() / "link"
    if not link.is_symlink():
        link.symlink_to(outside)
    try:
        job = jobs.start_import(client, datastore, source)
    except ClientError as refused:
        assert refused.response["Error"]["Code"] == "ValidationException"
        assert names in refused.response["Error"]["Message"]
        return
    properties = jobs.import_properties(client, datastore, job)
    assert properties["JobStatus"] == "FAILED"
    assert names in properties["Message"]
    assert re.fullmatch(r"[\w .:/=+\-%@]*", properties["Message"])
    assert Fhir(server, datastore).total("Patient") == 0


def test_an_input_file_that_cannot_be_read_is_told_and_the_rest_is_imported(server, client, datastore):
    folder = server.bucket() / "unreadable"
    jobs.write_ndjson(folder / "good.ndjson", [GOOD])
    (folder / "out.ndjson").symlink_to("/etc/passwd")
    job = jobs.start_import(client, datastore, "s3://bucket/unreadable/")
    properties = jobs.finish_import(client, datastore, job)
    assert properties["JobStatus"] == "COMPLETED_WITH_ERRORS"
    assert properties["Message"].startswith("1 of 2 input files could not be read.")
    report = properties["JobProgressReport"]
    assert report["TotalNumberOfFilesReadWithCustomerError"] == 1
    assert report["TotalNumberOfResourcesImported"] == 1


def test_an_output_that_cannot_be_written_fails_the_job(server, client, datastore):
    jobs.write_ndjson(server.bucket() / "ok/p.ndjson", [GOOD])
    (server.bucket() / "file-not-folder").write_text("")
    job = jobs.start_import(client, datastore, "s3://bucket/ok/", "s3://bucket/file-not-folder/out")
    properties = jobs.import_properties(client, datastore, job)
    assert properties["JobStatus"] == "FAILED" and "file-not-folder" in properties["Message"]


# Official examples that break R4's own rules; tests/conformance lists them.
MOST_UNSOUND = 20


def test_every_official_example_goes_in_and_comes_out(make_server):
    """All examples of HealthLake's types: counts by type and bodies (but meta) are the same."""
    folder = pathlib.Path(os.environ["HEALTHLAKE_R4_EXAMPLES"])
    server = make_server("--compat", "r4")
    client = server.client()
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=store)
    wanted, order = {}, []
    for path in sorted(folder.glob("*.json")):
        text = path.read_text(encoding="utf-8-sig")
        if len(text) > 4_000_000:
            continue
        resource = json.loads(text, parse_float=str)
        if "resourceType" not in resource or not re.fullmatch(r"[A-Za-z0-9.-]{1,64}",
                                                              resource.get("id", "")):
            continue
        if resource["resourceType"] in ("OperationOutcome", "Parameters"):
            continue
        key = (resource["resourceType"], resource["id"])
        if key not in wanted:
            order.append(json.dumps(json.loads(text), separators=(",", ":")))
        wanted.setdefault(key, json.loads(order[-1], parse_float=str))
    assert len(wanted) > 2000
    (server.bucket() / "in").mkdir()
    (server.bucket() / "in/all.ndjson").write_text("\n".join(order))
    job = jobs.start_import(client, store, "s3://bucket/in/", ValidationLevel="structure-only")
    properties = jobs.import_properties(client, store, job)
    output = jobs.folder_of(server, properties["JobOutputDataConfig"]["S3Configuration"]["S3Uri"])
    refused = [record for path in output.glob("FAILURE/*.ndjson") for record in jobs.lines(path)]
    assert len(refused) <= MOST_UNSOUND, refused[:5]
    for record in refused:
        resource = json.loads(order[record["lineId"] - 1])
        del wanted[(resource["resourceType"], resource["id"])]
    fhir = Fhir(server, store)
    for resource_type, count in collections.Counter(t for t, _ in wanted).items():
        assert fhir.total(resource_type) == count, resource_type
    export = jobs.finish_export(client, store, jobs.start_export(client, store))
    files = jobs.folder_of(server, export["OutputDataConfig"]["S3Configuration"]["S3Uri"])
    got = {}
    for path in files.rglob("*.ndjson"):
        assert re.fullmatch(r"([A-Za-z]+)-\d+-\d+-\d+\.ndjson", path.name)
        assert path.name.split("-")[0] == path.parent.name
        for line in path.read_text().splitlines():
            resource = json.loads(line, parse_float=str)
            assert resource["resourceType"] == path.parent.name
            got[(resource["resourceType"], resource["id"])] = resource
    assert got.keys() == wanted.keys()
    for key, resource in wanted.items():
        kept = {k: v for k, v in resource.get("meta", {}).items() if k not in ("versionId", "lastUpdated")}
        back = {k: v for k, v in got[key]["meta"].items() if k not in ("versionId", "lastUpdated")}
        assert jobs.without_meta(got[key]) == jobs.without_meta(resource), key
        assert back == kept, key


def test_a_job_killed_in_the_middle_ends_as_if_nothing_had_happened(make_server):
    count = 60_000
    def fill(server):
        path = server.bucket() / "big/p.ndjson"
        path.parent.mkdir(parents=True)
        with path.open("w") as out:
            for i in range(count):
                odd = {"shoeSize": i} if i % 50 == 49 else {}
                out.write(json.dumps({"resourceType": "Patient", "id": f"p{i}", "gender": "other",
                                      "name": [{"family": f"Family{i % 97}"}], **odd}) + "\n")
                if i % 1000 == 999:
                    out.write("broken\n")

    def outputs(server, properties):
        folder = jobs.folder_of(server, properties["JobOutputDataConfig"]["S3Configuration"]["S3Uri"])
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.ndjson")}

    calm = make_server(name="calm")
    fill(calm)
    client = calm.client()
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=store)
    reference = outputs(calm, jobs.finish_import(
        client, store, jobs.start_import(client, store, "s3://bucket/big/", ValidationLevel="minimal")))
    assert len(reference) == 3

    rough = make_server("--describe-wait", "0", name="rough")
    fill(rough)
    client = rough.client()
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=store)
    job = jobs.start_import(client, store, "s3://bucket/big/", ValidationLevel="minimal")
    for end in (rough.kill, rough.stop, rough.kill):
        for _ in range(2000):
            properties = jobs.import_properties(client, store, job)
            done = properties.get("JobProgressReport", {}).get("TotalNumberOfResourcesScanned", 0)
            if done > 0 or properties["JobStatus"].startswith("COMPLETED"):
                break
        end()
        rough.start()
        client = rough.client()
    rough.stop()
    rough.options = ()
    rough.start()
    client = rough.client()
    properties = jobs.finish_import(client, store, job)
    assert properties["JobStatus"] == "COMPLETED_WITH_ERRORS"
    assert outputs(rough, properties) == reference
    assert Fhir(rough, store).total("Patient") == count
    assert Fhir(rough, store).total("Patient?family=Family5") == len(range(5, count, 97)) + sum(
        len(range(n, count, 97)) for n in range(50, 60))
    steps = call(rough.base, "GET", f"/_emulator/jobs/{job}").json["transitions"]
    assert [s["status"] for s in steps] == [
        "SUBMITTED", "QUEUED", "IN_PROGRESS", "COMPLETED_WITH_ERRORS"]


def test_deleting_the_store_ends_its_jobs(make_server):
    server = make_server("--describe-wait", "0")
    client = server.client()
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=store)
    jobs.write_ndjson(server.bucket() / "in/p.ndjson",
                      [{"resourceType": "Patient", "id": f"p{i}"} for i in range(50_000)])
    started = [jobs.start_import(client, store, "s3://bucket/in/") for _ in range(3)]
    client.delete_fhir_datastore(DatastoreId=store)
    for job in started:
        status = jobs.import_properties(client, store, job)["JobStatus"]
        assert status in ("FAILED", "COMPLETED")
    assert jobs.import_properties(client, store, started[-1])["JobStatus"] == "FAILED"


def test_a_full_disk_fails_the_job_and_leaves_the_store_intact(make_server):
    server = make_server()
    client = server.client()
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=store)
    Fhir(server, store).call("PUT", "/Patient/before", {**GOOD, "id": "before"})
    assert server.stop() == 0
    jobs.write_ndjson(server.bucket() / "in/p.ndjson", [
        {"resourceType": "Patient", "id": f"p{i}", "name": [{"family": os.urandom(40).hex()}]}
        for i in range(60_000)])

    server.start(file_limit=2_000_000)
    client = server.client()
    job = jobs.start_import(client, store, "s3://bucket/in/")
    properties = jobs.import_properties(client, store, job)
    assert properties["JobStatus"] == "FAILED"
    assert re.fullmatch(r"[\w .:/=+\-%@]+", properties["Message"])
    before = Fhir(server, store).total("Patient")
    assert before >= 1 and Fhir(server, store).get("/Patient/before").status == 200
    server.stop()

    server.start()
    client = server.client()
    assert Fhir(server, store).total("Patient") == before
    assert Fhir(server, store).get("/Patient/before").status == 200
    again = jobs.finish_import(client, store, jobs.start_import(client, store, "s3://bucket/in/"))
    assert again["JobStatus"] == "COMPLETED"
    assert Fhir(server, store).total("Patient") == 60_001
