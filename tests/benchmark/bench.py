"""The figures that the project promises, measured on the release binary from outside.

Every figure stands beside the limit measured in the same run on the same machine: what the kernel,
SQLite or a server that does nothing can do. Run through scripts/bench.
"""

import argparse
import collections
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import limits
import rest_figures
from emulator_process import BUILD, ROOT, Process

VALIDATION = BUILD / "tests/benchmark/healthlake_validation_bench"
SEARCH = BUILD / "tests/benchmark/healthlake_search_bench"
EXAMPLES = ROOT / "build/r4-examples/package"
# Examples that refer to types that R4 does not allow there.
UNSOUND = ("MedicationRequest-medrx0301.json", "Observation-clinical-gender.json")


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
        if not text.startswith("{") or len(text) > 200_000 or path.name in UNSOUND:
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


def examples_once(folder):
    """Every official example that a store takes, one after the other."""
    folder.mkdir(parents=True)
    with (folder / "examples.ndjson").open("w") as out:
        for path in sorted(EXAMPLES.glob("*.json")):
            text = path.read_text(encoding="utf-8-sig")
            if not text.startswith("{") or len(text) > 50_000 or path.name in UNSOUND:
                continue
            resource = json.loads(text)
            if "id" in resource:
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
    store = server.create_store()
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


def print_start(scratch):
    ready, null, idle = measure_start(scratch)
    rows_of("Start", [
        ("figure", "measured", "limit in this run", "target"),
        ("start to ready, ms (median of 11)", f"{ready:.1f}", f"{null:.1f} (/bin/true)", "< 100, aim 20"),
        ("idle RSS, MB", f"{idle:.1f}", "", "< 30"),
    ])


def print_import(server, store, files, counts, scratch):
    total, size = sum(counts.values()), sum(p.stat().st_size for p in files)
    shown, seconds = run_import(server, store)
    peak = server.memory("VmHWM")
    assert shown["JobStatus"] == "COMPLETED", shown
    copy, raw = limits.floor_copy(files, scratch), limits.floor_sqlite(files, scratch)
    wrong = [t for t, n in counts.items()
             if server.get(f"/datastore/{store}/r4/{t}?_total=accurate&_count=1")["total"] != n]
    assert not wrong, wrong
    rows_of(f"Import of {total} resources, {size / 1e6:.1f} MB, {len(files)} files", [
        ("figure", "measured", "limit in this run", "target"),
        ("resources/s, searchable", f"{total / seconds:,.0f}",
         f"{total / copy:,.0f} (copy of the files), {total / raw:,.0f} (SQLite, raw, no index)", ">= 40,000"),
        ("peak RSS, MB", f"{peak:.0f}", "", "< 300"),
        ("peak RSS, MB, import of 60 lines of 4.9 MB", f"{measure_large_lines(scratch):.0f}", "", "< 300"),
    ])


def print_requests(server, store, scratch):
    base = f"/datastore/{store}/r4"
    common, hits = max(
        ((q, server.get(f"{base}/{q}&_total=accurate&_count=1").get("total", 0))
         for q in ("Observation?status=final", "Claim?status=active",
                   "Observation?category=laboratory")), key=lambda pair: pair[1])
    some = server.get(f"{base}/Observation?_count=1")["entry"][0]["resource"]
    health = median_us(server, "/health", 2000)
    count_us = median_us(server, f"{base}/{common}&_total=accurate&_count=1", 1000)
    page_us = median_us(server, f"{base}/{common}&_count=1", 1000)
    read_us = median_us(server, f"{base}/Observation/{some['id']}", 2000)
    put_us = median_put_us(server, store, some, 1000)
    commit_us = limits.floor_commit(scratch)
    rows_of("Requests (median of one connection in Python, which is itself part of the time)", [
        ("figure", "measured", "limit in this run"),
        (f"exact total of {common} ({hits} hits), us", f"{count_us:.0f}",
         f"{page_us:.0f} (the same page without total), {health:.0f} (/health)"),
        ("read, us", f"{read_us:.0f}", f"{health:.0f} (/health)"),
        ("PUT of a changed resource, us", f"{put_us:.0f}",
         f"{health + commit_us:.0f} (/health + one SQLite commit of {commit_us:.0f})"),
    ])


def print_rest(server, store, files, scratch):
    rows_of("FHIR REST under load (wrk -t1, 32 connections, 4 for Bundles; of $everything one in Python)",
            rest_figures.rows(server, store, files, scratch))


def print_disk(folder, files):
    size = sum(p.stat().st_size for p in files)
    rows_of("Disk", [
        ("figure", "measured", "limit in this run", "target"),
        ("database bytes per NDJSON byte", f"{database_bytes(folder) / size:.3f}", "", "<= 0.4"),
    ])


def print_validation(files, profiles):
    print("\nParsing, extraction and validation of one resource; target <= 10 x simdjson, aim 5,000 ns;"
          "\nwith US Core <= 20,000 ns", flush=True)
    subprocess.run([VALIDATION, *(["--profiles", profiles] if profiles else []), *files], check=True)


def print_search(options, scratch):
    """In the process; without data of a realistic spread the million would tell nothing."""
    data = options.data
    if not data:
        data = scratch / "examples"
        examples_once(data)
    sizes = options.search_sizes or ("100000,1000000" if options.data else "100000")
    print(f"\nSearch inside the process, --compat r4, two threads, {sizes} resources, microseconds",
          flush=True)
    subprocess.run([SEARCH, "--data", data, "--sizes", sizes, "--folder",
                    options.search_folder or scratch / "search"], check=True)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="folder with *.ndjson to import")
    parser.add_argument("--resources", type=int, default=53_000, help="copies when there is no --data")
    parser.add_argument("--profiles", help="folder with packages (*.tgz) to validate against")
    parser.add_argument("--only", choices=["rest", "search"],
                        help="this part alone, with the import that it needs")
    parser.add_argument("--search-sizes", help="resources in the stores that are searched: 100000,1000000")
    parser.add_argument("--search-folder", help="keeps these stores, and finds them again")
    return parser.parse_args()


def main():
    options = parse_options()
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()).group(1)
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} x {cpu}, {platform.system()} {platform.release()}")
    with tempfile.TemporaryDirectory(prefix="healthlake-bench-") as scratch:
        scratch = pathlib.Path(scratch)
        if options.only == "search":
            return print_search(options, scratch)
        if not options.only:
            print_start(scratch)
        folder = scratch / "main"
        files, counts = find_data(options, folder / "s3/bucket/in")
        with Process(folder) as server:
            store = server.create_store()
            print_import(server, store, files, counts, scratch)
            if not options.only:
                print_requests(server, store, scratch)
            server.stop()
        # What follows writes, so the size on disk is taken before.
        print_disk(folder, files)
        with Process(folder) as server:
            print_rest(server, store, files, scratch)
            server.stop()
        if not options.only:
            print_validation(files, options.profiles)
            print_search(options, scratch)


if __name__ == "__main__":
    sys.exit(main())
