"""The figures that the project promises, measured on the release binary from outside.

Every figure stands beside the limit measured in the same run on the same machine: what the kernel,
SQLite or a server that does nothing can do. Run through scripts/bench.
"""

import argparse
import collections
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "build/release/healthlake-local"
FLOOR = ROOT / "build/release/tests/benchmark/healthlake_http_floor"
VALIDATION = ROOT / "build/release/tests/benchmark/healthlake_validation_bench"
EXAMPLES = ROOT / "build/r4-examples/package"
TARGETS = "application/x-amz-json-1.0"


class Process:
    """A server in a folder of its own."""

    def __init__(self, folder, *options):
        self.folder = folder
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", "0", "--data-dir", folder / "data", "--s3-root", folder / "s3",
             "--log-level", "warning", *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.ready_seconds = time.perf_counter() - started
        self.port = int(line.rsplit(":", 1)[1])

    def memory(self, field):
        """VmRSS or VmHWM in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{field}:\s+(\d+)", status).group(1)) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(15) == 0

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=3600)

    def aws(self, operation, **members):
        connection = self.connect()
        connection.request("POST", "/", json.dumps(members),
                           {"X-Amz-Target": f"HealthLake.{operation}", "Content-Type": TARGETS})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200, body
        return body

    def get(self, path):
        connection = self.connect()
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())


def rows_of(title, rows):
    print(f"\n{title}")
    width = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  " + "  ".join(str(cell).ljust(width[i]) for i, cell in enumerate(row)).rstrip())


def examples_data(folder, count):
    """The official examples, copied under new ids until there are `count` resources."""
    resources = []
    for path in sorted(EXAMPLES.glob("*.json")):
        text = path.read_text(encoding="utf-8-sig")
        if not text.startswith("{") or len(text) > 200_000:
            continue
        resource = json.loads(text)
        if resource.get("resourceType") in ("Patient", "Observation", "Encounter", "Condition",
                                            "MedicationRequest", "Procedure", "DiagnosticReport",
                                            "AllergyIntolerance", "Immunization", "CarePlan"):
            resource.pop("text", None)
            resources.append(resource)
    folder.mkdir(parents=True)
    with (folder / "examples.ndjson").open("w") as out:
        for number in range(count):
            resource = dict(resources[number % len(resources)])
            resource["id"] = f"r{number}"
            out.write(json.dumps(resource, separators=(",", ":")) + "\n")


def find_data(options, folder):
    if options.data:
        for path in sorted(pathlib.Path(options.data).rglob("*.ndjson")):
            target = folder / path.name
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    else:
        examples_data(folder, options.resources)
    files = sorted(folder.rglob("*.ndjson"))
    counts = collections.Counter()
    for path in files:
        with path.open("rb") as lines:
            for line in lines:
                counts[re.search(rb'"resourceType"\s*:\s*"(\w+)"', line).group(1).decode()] += 1
    return files, counts


def floor_copy(files, folder):
    """Seconds to copy the input, read and written once."""
    started = time.perf_counter()
    for path in files:
        shutil.copyfile(path, folder / "copy")
    seconds = time.perf_counter() - started
    (folder / "copy").unlink()
    return seconds


def floor_sqlite(files, folder):
    """Seconds to put every line into SQLite as it is, in transactions of 20,000, without any index."""
    database = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                           "CREATE TABLE body(id INTEGER PRIMARY KEY, data BLOB)")
    started = time.perf_counter()
    for path in files:
        with path.open("rb") as lines:
            while batch := [(line,) for _, line in zip(range(20_000), lines)]:
                database.execute("BEGIN IMMEDIATE")
                database.executemany("INSERT INTO body(data) VALUES (?)", batch)
                database.execute("COMMIT")
    seconds = time.perf_counter() - started
    database.close()
    return seconds


def floor_commit(folder):
    """Microseconds of one small transaction in SQLite (WAL, NORMAL)."""
    database = sqlite3.connect(folder / "commit.sqlite", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                           "CREATE TABLE body(id INTEGER PRIMARY KEY, data BLOB)")
    times = []
    for _ in range(2000):
        started = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO body(data) VALUES (?)", (b"x" * 400,))
        database.execute("COMMIT")
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6


def measure_start(folder):
    times, idle = [], 0.0
    for number in range(11):
        server = Process(folder / f"start{number}")
        times.append(server.ready_seconds)
        idle = server.memory("VmRSS")
        server.stop()
    null = []
    for _ in range(11):
        started = time.perf_counter()
        subprocess.run(["/bin/true"], check=True)
        null.append(time.perf_counter() - started)
    return statistics.median(times) * 1e3, statistics.median(null) * 1e3, idle


def measure_large_lines(scratch):
    """Peak RSS in MB of an import of 60 lines of 4.9 MB, each a name with its narrative."""
    folder = scratch / "large"
    source = folder / "s3/bucket/in"
    source.mkdir(parents=True)
    with (source / "large.ndjson").open("w") as out:
        for number in range(60):
            text = "".join(f"{number * 7919 + word * 2654435761 & 0xffffffff:08x} " for word in range(430_000))
            out.write(json.dumps({
                "resourceType": "Patient", "id": f"large{number}",
                "name": [{"family": text[:1_000_000]}],  # a string has at most 2^20 characters
                "text": {"status": "generated",
                         "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'}}) + "\n")
    server = Process(folder)
    store = server.aws("CreateFHIRDatastore", DatastoreTypeVersion="R4")["DatastoreId"]
    server.aws("DescribeFHIRDatastore", DatastoreId=store)
    shown, _ = run_import(server, store)
    peak = server.memory("VmHWM")
    server.stop()
    shutil.rmtree(folder)
    assert shown["JobStatus"] == "COMPLETED", shown
    return peak


def run_import(server, store):
    job = server.aws("StartFHIRImportJob", DatastoreId=store, InputDataConfig={"S3Uri": "s3://bucket/in/"},
                     JobOutputDataConfig={"S3Configuration": {"S3Uri": "s3://bucket/out", "KmsKeyId": "k"}},
                     DataAccessRoleArn="arn:aws:iam::000000000000:role/bench")["JobId"]
    while True:
        shown = server.aws("DescribeFHIRImportJob", DatastoreId=store, JobId=job)["ImportJobProperties"]
        if shown["JobStatus"] not in ("SUBMITTED", "QUEUED", "IN_PROGRESS"):
            break
    steps = {s["status"]: s["time"] for s in server.get(f"/_emulator/jobs/{job}")["transitions"]}
    moment = lambda text: time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) + float(text[19:-1])
    return shown, moment(steps[shown["JobStatus"]]) - moment(steps["IN_PROGRESS"])


def database_bytes(folder):
    return sum(p.stat().st_size for p in (folder / "data/stores").glob("*.sqlite*"))


def median_us(server, path, repeats):
    connection = server.connect()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        connection.request("GET", path)
        connection.getresponse().read()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6


def median_put_us(server, store, resource, repeats):
    connection = server.connect()
    path = f"/datastore/{store}/r4/{resource['resourceType']}/{resource['id']}"
    times = []
    for number in range(repeats):
        resource["language"] = "en" if number % 2 else "nl"
        body = json.dumps(resource)
        started = time.perf_counter()
        connection.request("PUT", path, body, {"Content-Type": "application/fhir+json"})
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - started)
        assert answer.status == 200, answer.status
    return statistics.median(times) * 1e6


def wrk(port, path, connections=32, seconds=4):
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
                           f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="folder with *.ndjson to import")
    parser.add_argument("--resources", type=int, default=53_000, help="copies when there is no --data")
    parser.add_argument("--profiles", help="folder with packages (*.tgz) to validate against")
    options = parser.parse_args()
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()).group(1)
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} x {cpu}, {platform.system()} {platform.release()}")

    with tempfile.TemporaryDirectory(prefix="healthlake-bench-") as scratch:
        scratch = pathlib.Path(scratch)
        ready, null, idle = measure_start(scratch)
        rows_of("Start", [
            ("figure", "measured", "limit in this run", "target"),
            ("start to ready, ms (median of 11)", f"{ready:.1f}", f"{null:.1f} (/bin/true)", "< 100, aim 20"),
            ("idle RSS, MB", f"{idle:.1f}", "", "< 30"),
        ])

        folder = scratch / "main"
        files, counts = find_data(options, folder / "s3/bucket/in")
        total, size = sum(counts.values()), sum(p.stat().st_size for p in files)
        server = Process(folder)
        store = server.aws("CreateFHIRDatastore", DatastoreTypeVersion="R4")["DatastoreId"]
        server.aws("DescribeFHIRDatastore", DatastoreId=store)
        shown, seconds = run_import(server, store)
        peak = server.memory("VmHWM")
        assert shown["JobStatus"] == "COMPLETED", shown
        copy, raw = floor_copy(files, scratch), floor_sqlite(files, scratch)
        base = f"/datastore/{store}/r4"
        wrong = [t for t, n in counts.items()
                 if server.get(f"{base}/{t}?_total=accurate&_count=1")["total"] != n]
        assert not wrong, wrong
        rows_of(f"Import of {total} resources, {size / 1e6:.1f} MB, {len(files)} files", [
            ("figure", "measured", "limit in this run", "target"),
            ("resources/s, searchable", f"{total / seconds:,.0f}",
             f"{total / copy:,.0f} (copy of the files), {total / raw:,.0f} (SQLite, raw, no index)", ">= 40,000"),
            ("peak RSS, MB", f"{peak:.0f}", "", "< 300"),
            ("peak RSS, MB, import of 60 lines of 4.9 MB", f"{measure_large_lines(scratch):.0f}", "", "< 300"),
        ])

        common, hits = max(
            ((q, server.get(f"{base}/{q}&_total=accurate&_count=1").get("total", 0))
             for q in ("Observation?status=final", "Claim?status=active",
                       "Observation?category=laboratory")), key=lambda pair: pair[1])
        some = server.get(f"{base}/Observation?_count=1")["entry"][0]["resource"]
        read = f"{base}/Observation/{some['id']}"
        health = median_us(server, "/health", 2000)
        count_us = median_us(server, f"{base}/{common}&_total=accurate&_count=1", 1000)
        page_us = median_us(server, f"{base}/{common}&_count=1", 1000)
        read_us = median_us(server, read, 2000)
        put_us = median_put_us(server, store, some, 1000)
        commit_us = floor_commit(scratch)
        read_rate, health_rate = wrk(server.port, read), wrk(server.port, "/health")
        floor_rate = measure_floor()
        rows_of("Requests (median of one connection in Python, which is itself part of the time)", [
            ("figure", "measured", "limit in this run"),
            (f"exact total of {common} ({hits} hits), us", f"{count_us:.0f}",
             f"{page_us:.0f} (the same page without total), {health:.0f} (/health)"),
            ("read, us", f"{read_us:.0f}", f"{health:.0f} (/health)"),
            ("PUT of a changed resource, us", f"{put_us:.0f}",
             f"{health + commit_us:.0f} (/health + one SQLite commit of {commit_us:.0f})"),
            ("reads/s, wrk -t1 -c32", f"{read_rate:,.0f}",
             f"{health_rate:,.0f} (/health), {floor_rate} (bare Beast server)"),
        ])
        server.stop()
        print_validation(files, options.profiles)
        stored = database_bytes(folder)
        rows_of("Disk", [
            ("figure", "measured", "limit in this run", "target"),
            ("database bytes per NDJSON byte", f"{stored / size:.3f}", "", "<= 0.4"),
        ])


def print_validation(files, profiles):
    print("\nParsing, extraction and validation of one resource; target <= 10 x simdjson, aim 5,000 ns;"
          "\nwith US Core <= 20,000 ns", flush=True)
    subprocess.run([VALIDATION, *(["--profiles", profiles] if profiles else []), *files], check=True)


def measure_floor():
    if not FLOOR.exists():
        return "not built"
    process = subprocess.Popen([FLOOR, "0"], stdout=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline().rsplit(":", 1)[1])
        return f"{wrk(port, '/'):,.0f}"
    finally:
        process.kill()


if __name__ == "__main__":
    sys.exit(main())
