"""What FHIR's interactions cost over HTTP, beside a bare server with the same requests and SQLite alone."""

import json
import random
import statistics
import time

import limits
from load import Requests

UPDATED = 500       # resources that the updates go round
ENTRIES = 100       # of a transaction and of a batch
EVERYTHING = 1000   # resources of the patient whose $everything is asked for
HOT = 1_000  # resources that are read again and again
ROUNDS = 200


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def sample(files, count):
    """Resources of the input, one of `count` parts each."""
    lines = []
    for path in files:
        with path.open() as source:
            lines += [line for line in source if len(line) < 20_000]
    chosen = random.Random(3447).sample(lines, min(count, len(lines)))
    return [json.loads(line) for line in chosen]


def observation(number, subject):
    return {
        "resourceType": "Observation", "status": "final", "subject": {"reference": subject},
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category",
                                  "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "2339-0", "display": "Glucose"}]},
        "effectiveDateTime": f"2020-01-{number % 28 + 1:02}T08:00:00Z",
        "valueQuantity": {"value": number / 10, "unit": "mg/dL", "system": "http://unitsofmeasure.org",
                          "code": "mg/dL"},
    }


def transaction():
    """A patient and observations that refer to it by its urn."""
    urn = "urn:uuid:0f4b2c1e-6f0a-4a52-9b3a-5f1c7a9e2d10"
    entries = [{"fullUrl": urn, "resource": {"resourceType": "Patient", "name": [{"family": "Smit"}]},
                "request": {"method": "POST", "url": "Patient"}}]
    entries += [{"resource": observation(number, urn), "request": {"method": "POST", "url": "Observation"}}
                for number in range(1, ENTRIES)]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def bundle_of_reads(targets):
    return {"resourceType": "Bundle", "type": "batch",
            "entry": [{"request": {"method": "GET", "url": target}} for target in targets]}


class Bench:
    """Each figure is a row: name, measured, limit in this run, target."""

    def __init__(self, server, store, files, folder):
        self.server, self.base = server, f"/datastore/{store}/r4"
        self.folder, self.rows = folder, []
        self.resources = sample(files, 10_000)
        self.targets = [f"{one['resourceType']}/{one['id']}" for one in sample(files, 60_000)]

    def requests(self, name, lines):
        made = Requests(self.folder / name)
        for method, target, body in lines:
            made.add(method, target, body)
        return made

    def against_bare(self, requests, connections=32):
        """Requests/s of the server and of one that only reads them and answers."""
        measured = requests.rate(self.server.port, connections)
        with limits.bare_server() as port:
            return measured, requests.rate(port, connections)

    def row(self, name, measured, limit, target=""):
        self.rows.append((name, measured, limit, target))

    def reads(self):
        """Ids by chance: of a set that is in use, and of the whole store, where most are met once."""
        chance = random.Random(3447)
        some = chance.sample(self.targets, min(HOT, len(self.targets)))
        for name, targets in (("some", some), ("reads", self.targets)):
            lines = [("GET", f"{self.base}/{target}", "") for target in targets]
            self.read_rate, bare = self.against_bare(self.requests(name, lines))
            self.row(f"GET by id, any of {len(lines):,}", f"{self.read_rate:,.0f}/s",
                     f"{bare:,.0f} (bare Beast), {self.read_rate / bare:.2f} of it", ">= 0.6 of it")

    def updates(self, commit_us):
        lines = []
        for resource in self.resources[:UPDATED]:
            for language in ("en", "nl"):
                lines.append(("PUT", f"{self.base}/{resource['resourceType']}/{resource['id']}",
                              compact({**resource, "language": language})))
        rate, bare = self.against_bare(self.requests("updates", lines))
        self.row("PUT of a changed resource", f"{rate:,.0f}/s",
                 f"{bare:,.0f} (bare Beast, same bodies), {1e6 / commit_us:,.0f} (SQLite, small commits)")

    def creates(self, commit_us):
        lines = [("POST", f"{self.base}/{resource['resourceType']}", compact(resource))
                 for resource in self.resources[:UPDATED]]
        rate, bare = self.against_bare(self.requests("creates", lines))
        self.row("POST of a resource", f"{rate:,.0f}/s",
                 f"{bare:,.0f} (bare Beast, same bodies), {1e6 / commit_us:,.0f} (SQLite, small commits)")

    def transactions(self):
        bundle = transaction()
        rate, bare = self.against_bare(
            self.requests("transactions", [("POST", self.base, compact(bundle))]), connections=4)
        bodies = [compact(entry["resource"]).encode() for entry in bundle["entry"]]
        floor = limits.floor_transactions(bodies, self.folder)
        self.row(f"transaction of {ENTRIES} creates", f"{rate * ENTRIES:,.0f} resources/s",
                 f"{floor:,.0f} (SQLite, raw rows), {bare * ENTRIES:,.0f} (bare Beast)", ">= 10,000")

    def batches(self):
        chance = random.Random(3447)
        lines = [("POST", self.base, compact(bundle_of_reads(chance.sample(self.targets, ENTRIES))))
                 for _ in range(200)]
        rate, bare = self.against_bare(self.requests("batches", lines), connections=4)
        self.row(f"batch of {ENTRIES} reads", f"{rate * ENTRIES:,.0f} resources/s",
                 f"{self.read_rate:,.0f} (one GET each), {bare * ENTRIES:,.0f} (bare Beast)")

    def everything(self):
        connection = self.server.connect()
        patient = {"resourceType": "Patient", "id": "everything", "name": [{"family": "Smit"}]}
        resources = [patient] + [{**observation(number, "Patient/everything"), "id": f"everything-{number}"}
                                 for number in range(1, EVERYTHING)]
        for start in range(0, EVERYTHING, ENTRIES):
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
                for one in resources[start:start + ENTRIES]]}
            connection.request("POST", self.base, compact(bundle), {"Content-Type": "application/fhir+json"})
            answer = connection.getresponse()
            told = answer.read()
            assert answer.status == 200, told[:300]
        first, whole = self.times(connection, f"{self.base}/Patient/everything/$everything")
        null, _ = self.times(connection, "/health")
        self.row(f"$everything of {EVERYTHING:,} resources, first byte", f"{first:.2f} ms",
                 f"{null:.2f} ms (/health); the first page whole in {whole:.2f} ms", "<= 5 ms")

    @staticmethod
    def times(connection, path):
        """Milliseconds to the first byte and to the last, medians."""
        first, whole = [], []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            connection.request("GET", path)
            answer = connection.getresponse()
            first.append(time.perf_counter() - started)
            body = answer.read()
            whole.append(time.perf_counter() - started)
            assert answer.status == 200, body[:300]
        return statistics.median(first) * 1e3, statistics.median(whole) * 1e3


def rows(server, store, files, folder):
    bench = Bench(server, store, files, folder)
    commit_us = limits.floor_commit(folder)
    bench.reads()
    bench.batches()
    bench.everything()
    bench.updates(commit_us)
    bench.creates(commit_us)
    bench.transactions()
    return [("figure", "measured", "limit in this run", "target"), *bench.rows]
