"""Asynchronous transactions (reference 4.10): accepted, polled, and done exactly once though the
process is killed."""

import http.client
import random
import threading
import time
import urllib.parse

import pytest

from fhir_client import Fhir, call

ASYNC = {"Prefer": "respond-async"}
ENTRIES = 120  # more than a synchronous transaction may have
DEADLINE = 60


def patient(identifier, **more):
    return {"resourceType": "Patient", "identifier": [{"system": "urn:batch", "value": identifier}],
            **more}


def entry(method, url, resource, **request):
    return {"resource": resource, "request": {"method": method, "url": url, **request}}


def transaction(entries):
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def writes(name, count=ENTRIES):
    """Half creates, half updates: done twice, the creates would be too many, the updates have a
    second version."""
    creates = [entry("POST", "Patient", patient(name)) for _ in range(count // 2)]
    updates = [entry("PUT", f"Patient/{name}-{i}", patient(name, id=f"{name}-{i}"))
               for i in range(count // 2)]
    return transaction(creates + updates)


def submit(fhir, bundle):
    """The path of the answer, which holds whatever the server's port will be."""
    answer = fhir.call("POST", "/", bundle, ASYNC)
    assert answer.status == 202, answer.body
    return urllib.parse.urlsplit(answer.headers["Content-Location"]).path


def poll(server, path):
    """The answer once it has ended."""
    deadline = time.monotonic() + DEADLINE
    while True:
        answer = call(server.base, "GET", path)
        if answer.status != 202:
            return answer
        issue = answer.json["issue"][0]
        assert answer.json["id"] == path.rsplit("/", 1)[1]
        assert issue["diagnostics"] in ("SUBMITTED", "IN_PROGRESS"), answer.body
        assert time.monotonic() < deadline, "the transaction does not end"
        time.sleep(0.01)


def check_done_once(fhir, name, count=ENTRIES):
    found = list(fhir.pages(f"Patient?identifier=urn:batch|{name}&_count=100"))
    assert len(found) == count, name
    assert {resource["meta"]["versionId"] for resource in found} == {"1"}, name


def test_an_accepted_transaction_is_polled_to_its_answer(server, datastore):
    fhir = Fhir(server, datastore)
    answer = fhir.call("POST", "", writes("first"), ASYNC)
    assert answer.status == 202
    url = answer.headers["content-location"]
    assert url.startswith(f"{server.base}{fhir.prefix}/Transaction/")
    issue = answer.json["issue"][0]
    assert issue["diagnostics"] == "Submitted Asynchronous Bundle Transaction"
    assert issue["location"] == [url]

    done = poll(server, urllib.parse.urlsplit(url).path)
    assert done.status == 200
    assert done.json["type"] == "transaction-response"
    assert [item["response"]["status"] for item in done.json["entry"]] == ["201"] * ENTRIES
    check_done_once(fhir, "first")
    again = poll(server, urllib.parse.urlsplit(url).path)
    assert again.body == done.body


def test_a_transaction_that_fails_says_why_and_stores_nothing(server, datastore):
    fhir = Fhir(server, datastore)
    assert fhir.call("PUT", "/Patient/taken", patient("x", id="taken")).status == 201
    bundle = writes("failing", 10)
    bundle["entry"].append(entry("PUT", "Patient/taken", patient("failing", id="taken"),
                                 ifMatch='W/"7"'))
    failed = poll(server, submit(fhir, bundle))
    assert failed.status == 412
    assert failed.json["issue"][0]["code"] == "exception"
    assert failed.json["issue"][0]["diagnostics"] == (
        "Transaction failed: conflict detected on resource Patient/taken")
    assert fhir.total("Patient?identifier=urn:batch|failing") == 0
    assert fhir.get("/Patient/taken").headers["ETag"] == 'W/"1"'


def test_an_answer_belongs_to_its_store(server, client, datastore):
    path = submit(Fhir(server, datastore), writes("mine", 2))
    assert poll(server, path).status == 200
    other = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=other)
    assert call(server.base, "GET", path.replace(datastore, other)).status == 404
    assert call(server.base, "GET", path + "0").status == 404
    client.delete_fhir_datastore(DatastoreId=other)


def test_a_deleted_store_takes_its_transactions_with_it(server, client):
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=store)
    fhir = Fhir(server, store)
    paths = [submit(fhir, writes(f"gone{i}")) for i in range(8)]
    client.delete_fhir_datastore(DatastoreId=store)
    assert {call(server.base, "GET", path).status for path in paths} == {404}
    assert call(server.base, "GET", "/_emulator/health").status == 200


def test_a_polite_stop_loses_nothing(make_server):
    server = make_server()
    store = server.create_store()
    fhir = Fhir(server, store)
    paths = {f"stop{i}": submit(fhir, writes(f"stop{i}")) for i in range(12)}
    assert server.stop() == 0
    server.start()
    for name, path in paths.items():
        assert poll(server, path).status == 200
        check_done_once(fhir, name)


def test_a_full_disk_only_delays_what_was_accepted(make_server):
    server = make_server()
    store = server.create_store()
    assert server.stop() == 0
    # The Bundle packs well, as its texts repeat far apart; the resources do not.
    dice = random.Random(1)
    texts = [dice.randbytes(1500).hex() for _ in range(30)]
    bundle = transaction([entry("PUT", f"Patient/d{i}", patient("full", id=f"d{i}",
                                                               name=[{"text": texts[i % 30]}]))
                          for i in range(300)])
    server.start(file_limit=300_000)
    fhir = Fhir(server, store)
    path = submit(fhir, bundle)
    time.sleep(1)
    assert call(server.base, "GET", path).json["issue"][0]["diagnostics"] == "IN_PROGRESS"
    assert fhir.total("Patient?identifier=urn:batch|full") == 0
    assert server.stop() == 0
    server.start()
    assert poll(server, path).status == 200
    check_done_once(fhir, "full", 300)


class Submitter(threading.Thread):
    """Submits until the server is gone."""

    def __init__(self, fhir, prefix):
        super().__init__()
        self.fhir = fhir
        self.prefix = prefix
        self.accepted = {}
        self.unanswered = []
        self.first = threading.Event()

    def run(self):
        for number in range(1000):
            name = f"{self.prefix}-{number}"
            try:
                self.accepted[name] = submit(self.fhir, writes(name))
            except (OSError, http.client.HTTPException):
                self.unanswered.append(name)
                return
            self.first.set()


@pytest.mark.parametrize("moment", [0, 0.01, 0.03, 0.06, 0.1, 0.2, 0.4])
def test_what_was_accepted_is_done_once_though_the_process_is_killed(make_server, moment):
    server = make_server()
    store = server.create_store()
    fhir = Fhir(server, store)
    for round_number in range(3):
        submitters = [Submitter(fhir, f"r{round_number}s{i}") for i in range(2)]
        for submitter in submitters:
            submitter.start()
        submitters[0].first.wait(DEADLINE)
        time.sleep(moment)
        server.kill()
        for submitter in submitters:
            submitter.join()
        server.start()
        for submitter in submitters:
            for name, path in submitter.accepted.items():
                done = poll(server, path)
                assert done.status == 200, done.body
                check_done_once(fhir, name)
            for name in submitter.unanswered:
                # Nobody knows whether it was accepted; half of it is out of the question.
                assert fhir.total(f"Patient?identifier=urn:batch|{name}") in (0, ENTRIES)
