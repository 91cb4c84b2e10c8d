"""The whole main job with boto3 and its own waiters: create, import, read, search, export, delete."""

import json
import time

import pytest
from botocore.exceptions import ClientError

import jobs
from emulator import ACCOUNT
from fhir_client import Fhir

PATIENT = {"resourceType": "Patient", "id": "p1", "active": True, "birthDate": "1970-03-01",
           "name": [{"family": "Smit", "given": ["Eva"]}],
           "identifier": [{"system": "urn:mrn", "value": "42"}]}
OBSERVATION = {"resourceType": "Observation", "id": "o1", "status": "final",
               "code": {"coding": [{"system": "http://loinc.org", "code": "8302-2"}]},
               "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2020-05-01T10:00:00Z",
               "valueQuantity": {"value": 170.50, "unit": "cm", "code": "cm",
                                 "system": "http://unitsofmeasure.org"}}


def test_the_main_job_takes_seconds_with_botos_waiters(make_server):
    server = make_server()
    client = server.client()
    started = time.monotonic()

    created = client.create_fhir_datastore(DatastoreTypeVersion="R4", DatastoreName="main")
    store = created["DatastoreId"]
    assert created["DatastoreStatus"] == "CREATING"
    assert created["DatastoreArn"] == (
        f"arn:aws:healthlake:us-east-1:{ACCOUNT}:datastore/fhir/{store}")
    client.get_waiter("fhir_datastore_active").wait(DatastoreId=store)

    jobs.write_ndjson(server.bucket() / "in/all.ndjson", [PATIENT, OBSERVATION])
    job = jobs.start_import(client, store, "s3://bucket/in/", JobName="first")
    properties = jobs.finish_import(client, store, job)
    assert properties["JobStatus"] == "COMPLETED"
    assert properties["JobProgressReport"]["TotalNumberOfResourcesImported"] == 2

    fhir = Fhir(server, store)
    read = fhir.get("/Patient/p1")
    assert (read.status, read.headers["ETag"]) == (200, 'W/"1"')
    assert jobs.without_meta(read.json) == PATIENT
    assert b"170.5" in fhir.get("/Observation/o1").body
    for query in ("Patient?name=smit", "Patient?identifier=urn:mrn|42", "Patient?birthdate=1970",
                  "Observation?code=http://loinc.org|8302-2&subject=Patient/p1",
                  "Observation?value-quantity=gt170", "Observation?date=ge2020-05-01"):
        assert fhir.total(query) == 1, query
    assert fhir.total("Patient?name=jansen") == 0

    export = jobs.start_export(client, store)
    properties = jobs.finish_export(client, store, export)
    assert properties["JobStatus"] == "COMPLETED"
    folder = jobs.folder_of(server, properties["OutputDataConfig"]["S3Configuration"]["S3Uri"])
    exported = {r["id"]: r for path in folder.rglob("*.ndjson") for r in jobs.lines(path)}
    assert jobs.without_meta(exported["p1"]) == PATIENT
    assert jobs.without_meta(exported["o1"]) == OBSERVATION

    client.delete_fhir_datastore(DatastoreId=store)
    client.get_waiter("fhir_datastore_deleted").wait(DatastoreId=store)
    assert fhir.get("/Patient/p1").status == 404
    # A waiter that misses once sleeps 60 or 120 s: below that, none has.
    assert time.monotonic() - started < 55


def test_every_transition_is_kept_with_its_time(server, client, datastore):
    jobs.write_ndjson(server.bucket() / "steps/p.ndjson", [PATIENT])
    job = jobs.start_import(client, datastore, "s3://bucket/steps")
    jobs.finish_import(client, datastore, job)
    shown = Fhir(server, datastore)
    from fhir_client import call
    told = call(server.base, "GET", f"/_emulator/jobs/{job}").json
    assert [step["status"] for step in told["transitions"]] == [
        "SUBMITTED", "QUEUED", "IN_PROGRESS", "COMPLETED"]
    times = [step["time"] for step in told["transitions"]]
    assert times == sorted(times) and all(t.endswith("Z") for t in times)
    told = call(server.base, "GET", f"/_emulator/datastores/{datastore}").json
    assert [step["status"] for step in told["transitions"]] == ["CREATING", "ACTIVE"]
    assert shown.get("/Patient/p1").status == 200


def test_owners_do_not_see_each_other(server, client, datastore):
    for other in (server.client(account="999999999999"), server.client(region="eu-west-1")):
        with pytest.raises(ClientError) as failure:
            other.describe_fhir_datastore(DatastoreId=datastore)
        assert failure.value.response["Error"]["Code"] == "ResourceNotFoundException"
        listed = other.list_fhir_datastores()["DatastorePropertiesList"]
        assert datastore not in [item["DatastoreId"] for item in listed]


def test_reset_forgets_everything(make_server):
    from fhir_client import call
    server = make_server()
    client = server.client()
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=store)
    fhir = Fhir(server, store)
    assert fhir.call("PUT", "/Patient/p1", PATIENT).status == 201
    assert call(server.base, "POST", "/_emulator/reset").status == 200
    assert fhir.get("/Patient/p1").status == 404
    assert client.list_fhir_datastores()["DatastorePropertiesList"] == []
    with pytest.raises(ClientError):
        client.describe_fhir_datastore(DatastoreId=store)
    assert call(server.base, "POST", "/_emulator/reset?datastore=" + store).status == 404


def test_reset_of_one_store_leaves_the_others(server, client):
    from fhir_client import call
    gone, kept = (client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
                  for _ in range(2))
    client.describe_fhir_datastore(DatastoreId=kept)
    assert Fhir(server, kept).call("PUT", "/Patient/p1", PATIENT).status == 201
    assert call(server.base, "POST", f"/_emulator/reset?datastore={gone}").status == 200
    assert Fhir(server, gone).get("/Patient/p1").status == 404
    assert Fhir(server, kept).get("/Patient/p1").status == 200


def test_paging_neither_repeats_nor_loses(server, client, datastore):
    many = [{**PATIENT, "id": f"p{i}"} for i in range(257)]
    jobs.write_ndjson(server.bucket() / "many/p.ndjson", many)
    jobs.finish_import(client, datastore, jobs.start_import(client, datastore, "s3://bucket/many/"))
    seen = [r["id"] for r in Fhir(server, datastore).pages("Patient?active=true&_count=10")]
    assert seen == [p["id"] for p in many]


def test_bytes_are_kept(server, datastore):
    fhir = Fhir(server, datastore)
    body = ('{"resourceType":"Observation","id":"b1","status":"final","code":{"text":"caf\\u00e9"},'
            '"valueQuantity":{"unit":"mg","value":1.00}}')
    answer = fhir.call("PUT", "/Observation/b1", body.replace(",", " ,\n "),
                       {"Content-Type": "application/fhir+json"})
    assert answer.status == 201
    text = fhir.get("/Observation/b1").body.decode()
    assert text.startswith(body[:-1])
    assert json.loads(text)["meta"]["versionId"] == "1"
