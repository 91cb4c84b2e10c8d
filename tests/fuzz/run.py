"""Runs the libFuzzer targets of the preset `fuzz` on seeds and words of the official examples and the test tables.

tests/fuzz/run.py [--seconds N] [--build DIR] [TARGET ...]
A finding is kept in build/fuzz-findings and makes the exit code 1.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "build/r4-examples/package"
CASES = ROOT / "tests/conformance/fhir"
SEEDS_PER_TYPE = 3
LARGEST_SEED = 6_000
# An input that takes longer than a few milliseconds per kilobyte is a finding too.
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-malloc_limit_mb=512", "-max_len=16384", "-print_final_stats=1"]


def examples():
    """(path, minified text, resource) of each example that is small enough, the smallest first."""
    found = []
    for path in EXAMPLES.glob("*.json"):
        if path.stat().st_size > 3 * LARGEST_SEED:
            continue
        resource = json.loads(path.read_text(encoding="utf-8-sig"))
        text = json.dumps(resource, separators=(",", ":"), ensure_ascii=False)
        if "resourceType" in resource and len(text) <= LARGEST_SEED:
            found.append((path, text, resource))
    return sorted(found, key=lambda example: len(example[1]))


def names_in(value):
    if isinstance(value, dict):
        for name, child in value.items():
            yield name
            yield from names_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from names_in(child)


def resources():
    """Seeds: an example is taken when it has names that those before it lack."""
    seen, counts, words = set(), collections.Counter(), collections.Counter()
    seeds = []
    for _, text, resource in examples():
        names = set(names_in(resource))
        words.update(names)
        if names - seen or counts[resource["resourceType"]] < SEEDS_PER_TYPE:
            seeds.append(text)
            seen |= names
            counts[resource["resourceType"]] += 1
    words = [f'"{name}":' for name in sorted(words)]
    words += [f'"resourceType":"{name}"' for name in sorted(counts)]
    words += ['"_', "null", "{}", "[]", '""', "2021-02-30", "#", "urn:uuid:", "\\u0000", "1e9", "-0", "1.00"]
    return seeds, words


def expressions():
    """Seeds: all invariants and search parameters of the specification."""
    seeds = set()
    for bundle in ("Bundle-types.json", "Bundle-resources.json", "Bundle-searchParams.json"):
        for entry in json.loads((EXAMPLES / bundle).read_text(encoding="utf-8-sig"))["entry"]:
            resource = entry["resource"]
            seeds.add(resource.get("expression") or "")
            for element in resource.get("snapshot", {}).get("element", []):
                seeds.update(c.get("expression", "") for c in element.get("constraint", []))
    seeds.discard("")
    seeds |= {"1 'mg' + 2 days", "@2020-02-30T10:00:00Z - 1 month", "name[0].given.aggregate($total & $this, '')",
              "(1 | 2).repeat($this + 1)", "descendants().ofType(HumanName).select(given | family)", "{} and true"}
    words = sorted({word for text in seeds for word in re.findall(r"\w+\(?|[^\s\w]+", text)})
    return sorted(seeds), words


def patches():
    """Seeds: the cases of the conformance tables, as arrays of resource and patch."""
    seeds = []
    table = json.loads((CASES / "json_patch_cases.json").read_text(encoding="utf-8"))
    seeds += [[case["document"], case["patch"]] for case in table["cases"]]
    table = json.loads((CASES / "fhirpath_patch_cases.json").read_text(encoding="utf-8"))
    seeds += [[table["resources"][case["resource"]], parameters(case["patch"])] for case in table["cases"]]
    words = {f'"{name}"' for seed in seeds for name in names_in(seed)}
    words |= {f'"{op}"' for op in ("add", "remove", "replace", "move", "copy", "test", "insert", "delete")}
    words |= {'"/a/-"', '"/0"', '"~1"', '"Patient.name"', ".where(true)", "[0]", ".first()", '"_valueString"', "null,"}
    return [json.dumps(seed, separators=(",", ":"), ensure_ascii=False) for seed in seeds], sorted(words)


def parameters(operations):
    """The Parameters that a short form in the table stands for."""
    types = {"type": "valueCode", "path": "valueString", "name": "valueString",
             "index": "valueInteger", "source": "valueInteger", "destination": "valueInteger"}
    parameter = []
    for operation in operations:
        parts = [{"name": name, types[name]: value} for name, value in operation.items() if name in types]
        content = {name: value for name, value in operation.items() if name not in types}
        parts += [{"name": "value", **content}] if content else []
        parameter.append({"name": "operation", "part": parts})
    return {"resourceType": "Parameters", "parameter": parameter}


def searches():
    """Seeds: a value for each search parameter of the specification, and the forms that parameters can have."""
    values = {"number": "gt1.5", "date": "ge2010-01-01", "string": "x", "token": "s|c", "reference": "Patient/1",
              "composite": "s|c$lt60", "quantity": "5.4|http://unitsofmeasure.org|mg", "uri": "http://x",
              "special": "1|2|3|km"}
    seeds, words = set(), {"&", "&_sort=-", "&_count=", "&_has:", "&_include=", "&_revinclude:iterate=", "&_filter=",
                           "&_text=", "&_type=", "&_list=", "&_elements=", "&_summary=", "&_total=", "&page=", "%20",
                           "%2C", "%5C", "|", "$", "*", "_id", "_lastUpdated", "(a OR b) AND NOT c", ":Patient"}
    words |= {f":{name}" for name in ("missing", "exact", "contains", "not", "text", "identifier", "above", "below",
                                      "in", "not-in", "of-type", "iterate")}
    words |= {f" {name} " for name in ("eq", "ne", "co", "sw", "ew", "gt", "pr", "po", "ss", "sb", "in", "re", "and", "or")}
    bundle = json.loads((EXAMPLES / "Bundle-searchParams.json").read_text(encoding="utf-8-sig"))
    for resource in (entry["resource"] for entry in bundle["entry"]):
        words |= {resource["code"] + ".", resource["code"] + "="}
        base = next((base for base in resource["base"] if not base.endswith("Resource")), "Patient")
        seeds.add(f"{base}?{resource['code']}={values[resource['type']]}")
    seeds |= {"Patient?_has:Observation:patient:_has:AuditEvent:entity:agent-name=x&_sort=-birthdate,_id&_total=accurate",
              "Observation?subject:Patient.organization.partof.name:exact=x&_include=Observation:subject:Patient",
              "Patient?_filter=(given%20eq%20%22a%22%20or%20not(birthdate%20ge%202014))%20and%20organization.name%20co%20x",
              "?_type=Patient,Observation&_tag=s|c&_content=%22heart%20attack%22%20NOT%20old&_list=42&_summary=data",
              "Patient?identifier:of-type=s|MR|1&_revinclude=:patient&_elements=name,id&_count=5&page=x"}
    return sorted(seeds), sorted(words)


TARGETS = {"validate": resources, "fhirpath": expressions, "patch": patches, "search": searches}


def quoted(word):
    return '"' + "".join(c if 32 <= ord(c) < 127 and c not in '"\\' else "".join(f"\\x{b:02x}" for b in c.encode())
                         for c in word) + '"'


def run(target, seconds, build):
    folder = build / "corpus" / target
    seeds_folder = folder / "seeds"
    seeds_folder.mkdir(parents=True, exist_ok=True)
    (folder / "found").mkdir(exist_ok=True)
    findings = ROOT / "build/fuzz-findings"
    findings.mkdir(parents=True, exist_ok=True)
    seeds, words = TARGETS[target]()
    for number, seed in enumerate(seeds):
        (seeds_folder / f"{number:05}").write_text(seed, encoding="utf-8")
    (folder / "words").write_text("\n".join(quoted(word) for word in words if len(word) < 100) + "\n")
    print(f"{target}: {len(seeds)} seeds, {len(words)} words, {seconds} s", flush=True)
    done = subprocess.run(
        [build / f"tests/fuzz/healthlake_{target}_fuzz", f"-max_total_time={seconds}", *LIMITS,
         f"-artifact_prefix={findings}/{target}-", f"-dict={folder / 'words'}", folder / "found", seeds_folder],
        env={**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
             "ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=0"},
        stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    lines = done.stderr.splitlines()
    shown = [line for line in lines if line.startswith("stat::number_of") or line.startswith("Done ")]
    print("\n".join(shown if done.returncode == 0 else lines[-120:]), flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all by default")
    parser.add_argument("--seconds", type=int, default=30, help="for each target")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/fuzz")
    options = parser.parse_args()
    results = [run(target, options.seconds, options.build) for target in options.targets or TARGETS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
