"""The FHIR endpoint as an AWS program calls it: requests signed by botocore, sent by requests."""

import json
import time
import urllib.parse

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from emulator import ACCOUNT

CREDENTIALS = Credentials(ACCOUNT, "secret")


class SignedFhir:
    """Every request carries a signature of the service healthlake."""

    def __init__(self, server, datastore):
        self.base = f"{server.base}/datastore/{datastore}/r4"
        self.session = requests.Session()

    def call(self, method, path, body=None, headers=None, status=200):
        url = path if path.startswith("http") else self.base + path
        data = json.dumps(body) if isinstance(body, (dict, list)) else body
        request = AWSRequest(method, url, data=data,
                             headers={"Content-Type": "application/fhir+json", **(headers or {})})
        SigV4Auth(CREDENTIALS, "healthlake", "us-east-1").add_auth(request)
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
        prepared = request.prepare()
        answer = self.session.send(requests.Request(
            prepared.method, prepared.url, headers=dict(prepared.headers), data=prepared.body).prepare())
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
def fhir(server, datastore):
    return SignedFhir(server, datastore)


def patient(**more):
    return {"resourceType": "Patient", "name": [{"family": "Smit"}], **more}


def test_create_read_update_vread_delete(fhir):
    made = fhir.call("POST", "/Patient", patient(), status=201)
    where = f"/Patient/{made.json()['id']}"
    assert made.headers["ETag"] == 'W/"1"' and "Location" not in made.headers
    assert fhir.call("GET", where).text == made.text
    updated = fhir.call("PUT", where, patient(id=made.json()["id"], active=True), {"If-Match": 'W/"1"'})
    assert updated.json()["meta"]["versionId"] == "2"
    fhir.call("PUT", where, patient(id=made.json()["id"]), {"If-Match": 'W/"1"'}, status=412)
    assert fhir.call("GET", f"{where}/_history/1").text == made.text
    fhir.call("DELETE", where, status=204)
    fhir.call("GET", where, status=410)


def test_page_tokens_survive_the_encoding_that_signing_needs(fhir):
    for number in range(7):
        fhir.call("PUT", f"/Patient/p{number}", patient(id=f"p{number}"), status=201)
    found, target = [], "/Patient?family=smit&_count=3"
    while target:
        bundle = fhir.call("GET", target).json()
        found += [entry["resource"]["id"] for entry in bundle["entry"]]
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        target = None
        if following:
            # What a program must do before it signs: the token's bare '=' become %3D.
            parts = urllib.parse.urlsplit(following[0])
            pairs = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
            assert any(name == "page" for name, _ in pairs)
            query = urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote)
            target = urllib.parse.urlunsplit(parts._replace(query=query))
    assert sorted(found) == [f"p{number}" for number in range(7)]


def test_transaction_and_batch(fhir):
    urn = "urn:uuid:0d6a7bd5-7a4c-4b8e-b0c7-3d6f0c3a1f10"
    entries = [
        {"fullUrl": urn, "resource": patient(), "request": {"method": "POST", "url": "Patient"}},
        {"resource": {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "c"},
                      "subject": {"reference": urn}}, "request": {"method": "PUT", "url": "Observation/o"}},
    ]
    done = fhir.call("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": entries}).json()
    assert [entry["response"]["status"] for entry in done["entry"]] == ["201", "201"]
    subject = fhir.call("GET", "/Observation/o").json()["subject"]["reference"]
    assert done["entry"][0]["response"]["location"] == f"{subject}/_history/1"
    entries[1]["resource"]["status"] = "nonsense"
    fhir.call("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": entries}, status=400)
    assert fhir.call("GET", "/Patient?_total=accurate").json()["total"] == 1
    batch = fhir.call("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": entries}).json()
    assert [entry["response"]["status"] for entry in batch["entry"]] == ["201", "400"]


def test_a_transaction_that_is_run_later_is_polled_by_a_signed_get(fhir):
    accepted = fhir.call("POST", "/", {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"resource": patient(id="later"), "request": {"method": "PUT", "url": "Patient/later"}}]},
        {"Prefer": "respond-async"}, status=202)
    where = accepted.headers["content-location"]
    until = time.monotonic() + 30
    while time.monotonic() < until:
        request = AWSRequest("GET", where)
        SigV4Auth(CREDENTIALS, "healthlake", "us-east-1").add_auth(request)
        answer = fhir.session.get(where, headers=dict(request.headers))
        if answer.status_code != 202:
            break
        assert answer.json()["issue"][0]["diagnostics"] in ("SUBMITTED", "IN_PROGRESS")
    assert answer.json()["type"] == "transaction-response"
    fhir.call("GET", "/Patient/later")


def test_history_of_one_of_a_type_and_of_all(fhir):
    fhir.call("PUT", "/Patient/h", patient(id="h"), status=201)
    fhir.call("PUT", "/Patient/h", patient(id="h", active=True))
    fhir.call("DELETE", "/Patient/h", status=204)
    for path in ("/Patient/h/_history", "/Patient/_history", "/_history"):
        bundle = fhir.call("GET", path).json()
        assert bundle["type"] == "history"
        assert [entry["request"]["method"] for entry in bundle["entry"]] == ["DELETE", "PUT", "PUT"]


def test_both_kinds_of_patch(fhir):
    fhir.call("PUT", "/Patient/p", patient(id="p"), status=201)
    json_patch = [{"op": "add", "path": "/name/0/given", "value": ["An"]}]
    patched = fhir.call("PATCH", "/Patient/p", json_patch, {"Content-Type": "application/json-patch+json"})
    assert patched.json()["name"] == [{"family": "Smit", "given": ["An"]}]
    fhirpath_patch = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
        {"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Patient.name.first().family"},
        {"name": "value", "valueString": "Jansen"}]}]}
    patched = fhir.call("PATCH", "/Patient/p", fhirpath_patch)
    assert patched.json()["name"] == [{"family": "Jansen", "given": ["An"]}]
    assert patched.headers["ETag"] == 'W/"3"'


def test_conditional_interactions(fhir):
    identifier = [{"system": "urn:s", "value": "1"}]
    once = {"If-None-Exist": "identifier=urn:s|1"}
    first = fhir.call("POST", "/Patient", patient(identifier=identifier), once, status=201).json()
    assert fhir.call("POST", "/Patient", patient(identifier=identifier), once).json()["id"] == first["id"]
    updated = fhir.call("PUT", "/Patient?identifier=urn%3As%7C1", patient(identifier=identifier, active=True))
    assert updated.json()["id"] == first["id"] and updated.json()["active"] is True
    fhir.call("DELETE", "/Patient?identifier=urn%3As%7C1", status=204)
    fhir.call("DELETE", "/Patient?identifier=urn%3As%7C1", status=404)


def test_everything_about_a_patient(fhir):
    fhir.call("PUT", "/Patient/p", patient(id="p"), status=201)
    fhir.call("PUT", "/Observation/o", {"resourceType": "Observation", "id": "o", "status": "final",
                                        "code": {"text": "c"}, "subject": {"reference": "Patient/p"}}, status=201)
    bundle = fhir.call("GET", "/Patient/p/$everything").json()
    assert [entry["resource"]["id"] for entry in bundle["entry"]] == ["o", "p"] and bundle["total"] == 2


def search_store(fhir):
    fhir.call("PUT", "/Patient/a", patient(id="a"), status=201)
    for number in range(5):
        fhir.call("PUT", f"/Observation/o{number}", {
            "resourceType": "Observation", "id": f"o{number}", "status": "final", "code": {"text": "pulse"},
            "subject": {"reference": "Patient/a"}, "effectiveDateTime": f"2024-01-0{number + 1}"}, status=201)


def ids(bundle):
    return [entry["resource"]["id"] for entry in bundle.get("entry", [])]


def follow(fhir, bundle, relation):
    """A page by its link, encoded as a program must that signs: the token's bare '=' become %3D."""
    url = next(link["url"] for link in bundle["link"] if link["relation"] == relation)
    parts = urllib.parse.urlsplit(url)
    query = urllib.parse.urlencode(urllib.parse.parse_qsl(parts.query), quote_via=urllib.parse.quote)
    return fhir.call("GET", urllib.parse.urlunsplit(parts._replace(query=query))).json()


def test_a_sorted_search_is_turned_page_by_page(fhir):
    search_store(fhir)
    first = fhir.call("GET", "/Observation?_sort=-date&_count=2&_include=Observation%3Asubject").json()
    assert ids(first) == ["o4", "o3", "a"]
    assert [entry["search"]["mode"] for entry in first["entry"]] == ["match", "match", "include"]
    second = follow(fhir, first, "next")
    assert ids(second) == ["o2", "o1", "a"]
    assert ids(follow(fhir, second, "next")) == ["o0", "a"]
    assert ids(follow(fhir, second, "previous")) == ids(first)
    assert ids(follow(fhir, second, "first")) == ids(first)


def test_a_search_is_posted_and_its_pages_are_got(fhir):
    search_store(fhir)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    found = fhir.call("POST", "/Observation/_search",
                      urllib.parse.urlencode({"subject": "Patient/a", "_count": "4"}), form).json()
    assert ids(found) == ["o0", "o1", "o2", "o3"]
    assert ids(follow(fhir, found, "next")) == ["o4"]
    fhir.call("POST", "/Observation/_search?_count=1", "subject=Patient/a", form, status=400)
    # As the official sample does it: JSON without a body.
    assert ids(fhir.call("POST", "/Observation/_search?_id=o3", "").json()) == ["o3"]


def test_a_page_token_outlives_writes_and_is_not_to_be_forged(fhir):
    search_store(fhir)
    first = fhir.call("GET", "/Observation?_count=2").json()
    fhir.call("PUT", "/Observation/o9", {"resourceType": "Observation", "id": "o9", "status": "final",
                                         "code": {"text": "pulse"}}, status=201)
    fhir.call("DELETE", "/Observation/o0", status=204)
    assert ids(follow(fhir, first, "next")) == ["o2", "o3"]
    token = urllib.parse.parse_qs(urllib.parse.urlsplit(
        next(link["url"] for link in first["link"] if link["relation"] == "next")).query)["page"][0]
    forged = urllib.parse.quote(("B" if token[0] == "A" else "A") + token[1:], safe="")
    fhir.call("GET", f"/Observation?_count=2&page={forged}", status=400)


def test_a_compartment_and_the_plan_of_a_search(fhir):
    search_store(fhir)
    assert len(ids(fhir.call("GET", "/Patient/a/Observation").json())) == 5
    plan = fhir.call("GET", fhir.base.replace("/datastore/", "/_emulator/explain/datastore/")
                     + "/Observation?subject=Patient%2Fa").json()
    assert plan["steps"] and plan["order"] and plan["microseconds"] >= 0
    explained = fhir.call("GET", "/Observation?subject=Patient%2Fa&_explain=true").json()
    assert explained["entry"][-1]["search"]["mode"] == "outcome"
