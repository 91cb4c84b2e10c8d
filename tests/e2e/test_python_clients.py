"""FHIR clients from PyPI, as their users would write: fhirpy and fhirclient."""

import pytest
from fhirclient.client import FHIRClient
from fhirclient.models import bundle, humanname, observation, patient
from fhirclient.server import FHIRNotFoundException
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound


@pytest.fixture
def base(server, datastore):
    return f"{server.base}/datastore/{datastore}/r4"


@pytest.fixture
def fhirpy_client(base):
    return SyncFHIRClient(base)


def entry(method, url, resource=None, **more):
    made = {"request": {"method": method, "url": url}, **more}
    return {**made, "resource": resource} if resource else made


def smit(**more):
    return {"resourceType": "Patient", "name": [{"family": "Smit"}], **more}


def test_fhirpy_creates_reads_updates_deletes(fhirpy_client):
    made = fhirpy_client.resource("Patient", name=[{"family": "Smit"}])
    made.save()
    assert made.id and made.meta.versionId == "1"
    made["active"] = True
    made.save()
    assert made.meta.versionId == "2"
    assert fhirpy_client.get("Patient", made.id)["active"] is True
    assert fhirpy_client.execute(f"Patient/{made.id}/_history/1", method="get").meta.versionId == "1"
    made.delete()
    with pytest.raises(ResourceNotFound):
        fhirpy_client.get("Patient", made.id)
    with pytest.raises(OperationOutcome):
        fhirpy_client.resource("Patient", gender="nonsense").save()


def test_fhirpy_searches_and_follows_pages(fhirpy_client):
    for number in range(5):
        fhirpy_client.resource("Patient", id=f"p{number}", name=[{"family": "Smit"}]).save()
    found = fhirpy_client.resources("Patient").search(family="smit").limit(2)
    assert len(found.fetch()) == 2
    assert sorted(one.id for one in found.fetch_all()) == [f"p{number}" for number in range(5)]
    assert fhirpy_client.resources("Patient").search(_id="p3").get().id == "p3"
    with pytest.raises(MultipleResourcesFound):
        fhirpy_client.resources("Patient").search(family="smit").get()


def test_fhirpy_sorts_includes_chains_and_counts(fhirpy_client):
    fhirpy_client.resource("Patient", id="p", name=[{"family": "Smit"}]).save()
    for number in range(5):
        fhirpy_client.resource("Observation", id=f"o{number}", status="final", code={"text": "pulse"},
                               subject={"reference": "Patient/p"},
                               effectiveDateTime=f"2024-01-0{number + 1}").save()
    observations = fhirpy_client.resources("Observation")
    assert [one.id for one in observations.sort("-date").limit(2).fetch_all()] == ["o4", "o3", "o2", "o1", "o0"]
    late = observations.search(subject__Patient__name="smit", date__ge="2024-01-04", _total="accurate")
    assert late.fetch_raw().total == 2
    bundle = observations.search(_id="o1").include("Observation", "subject").fetch_raw()
    assert [one.resource.resourceType for one in bundle.entry] == ["Observation", "Patient"]
    found = fhirpy_client.resources("Patient").has("Observation", "patient", status="final").fetch()
    assert [one.id for one in found] == ["p"]
    assert "subject" not in observations.elements("status").search(_id="o1").get()


def test_fhirpy_transaction_history_patch_everything(fhirpy_client):
    urn = "urn:uuid:2f0c1c53-8f0b-4c9e-9a52-2a6d1b8a3c01"
    about = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "c"},
             "subject": {"reference": urn}}
    done = fhirpy_client.execute("", data={"resourceType": "Bundle", "type": "transaction", "entry": [
        entry("POST", "Patient", smit(), fullUrl=urn), entry("PUT", "Observation/o", about)]})
    assert [one.response.status for one in done.entry] == ["201", "201"]
    subject = fhirpy_client.get("Observation", "o").subject.reference
    who = fhirpy_client.reference(reference=subject).to_resource()
    assert who.name[0].family == "Smit"

    patch = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
        {"name": "type", "valueCode": "add"}, {"name": "path", "valueString": "Patient"},
        {"name": "name", "valueString": "gender"}, {"name": "value", "valueCode": "female"}]}]}
    assert fhirpy_client.execute(subject, method="patch", data=patch).gender == "female"
    history = fhirpy_client.execute(f"{subject}/_history", method="get")
    assert [one.resource.meta.versionId for one in history.entry] == ["2", "1"]
    everything = who.execute("$everything", method="get")
    assert sorted(one.resource.resourceType for one in everything.entry) == ["Observation", "Patient"]


def test_fhirpy_writes_by_criteria(fhirpy_client):
    identifier = [{"system": "urn:s", "value": "1"}]
    by_criteria = fhirpy_client.resources("Patient").search(identifier="urn:s|1")
    first, created = by_criteria.update(fhirpy_client.resource("Patient", identifier=identifier))
    assert created
    again, created = by_criteria.update(fhirpy_client.resource("Patient", identifier=identifier, active=True))
    assert not created and again.id == first.id and again.meta.versionId == "2"
    _, status = by_criteria.delete()
    assert status == 204
    with pytest.raises(ResourceNotFound):
        fhirpy_client.get("Patient", first.id)


@pytest.fixture
def fhirclient_server(base):
    """Its models are strict: what the server says of itself must be sound R4."""
    client = FHIRClient(settings={"app_id": "tests", "api_base": base})
    client.prepare()
    assert client.server.capabilityStatement.fhirVersion.startswith("4.0")
    return client.server


def test_fhirclient_creates_reads_updates_deletes(fhirclient_server):
    one = patient.Patient({"name": [{"family": "Smit"}]})
    made = one.create(fhirclient_server)
    read = patient.Patient.read(made["id"], fhirclient_server)
    assert read.name[0].family == "Smit"
    read.name = [humanname.HumanName({"family": "Jansen"})]
    assert read.update(fhirclient_server)["meta"]["versionId"] == "2"
    read.delete()
    with pytest.raises(Exception, match="410|Gone|deleted"):
        patient.Patient.read(made["id"], fhirclient_server)
    with pytest.raises(FHIRNotFoundException):
        patient.Patient.read("nobody", fhirclient_server)


def test_fhirclient_searches_and_sends_bundles(fhirclient_server):
    sent = bundle.Bundle({"type": "transaction", "entry": [
        entry("PUT", f"Patient/p{number}", smit(id=f"p{number}")) for number in range(3)]})
    done = bundle.Bundle(fhirclient_server.post_json("", sent.as_json()).json())
    assert [one.response.status for one in done.entry] == ["201"] * 3
    found = patient.Patient.where({"family": "smit"}).perform_resources_iter(fhirclient_server)
    assert sorted(one.id for one in found) == ["p0", "p1", "p2"]
    about = observation.Observation.where({"subject": "Patient/p0"})
    assert not list(about.perform_resources_iter(fhirclient_server))
    history = bundle.Bundle(fhirclient_server.request_json("Patient/p0/_history"))
    assert history.type == "history" and history.entry[0].resource.id == "p0"
