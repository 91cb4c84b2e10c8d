"""Builds what the tests need, runs them all, counts every single case, and says so in one line."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    "HEALTHLAKE_R4_EXAMPLES": str(ROOT / "build/r4-examples/package"),
    "ASAN_OPTIONS": "strict_string_checks=1:detect_stack_use_after_return=1:"
    "check_initialization_order=1:detect_leaks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "second_deadlock_stack=1:halt_on_error=1:suppressions="
    + str(ROOT / "tests/tsan.supp"),
}
# What the thread sanitizer looks at under --long: the rooms that share memory between threads.
TSAN_TESTS = ["core", "http", "store", "index", "datastore", "jobs", "control", "integration",
              "search_property"]
FUZZ_SECONDS = 30


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = []

    def add(self, passed, failed):
        self.passed += passed
        self.failed += failed


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


def build(preset, *targets):
    started = time.monotonic()
    say(f"building {preset}")
    done = subprocess.run([ROOT / "scripts/build", preset, *targets], cwd=ROOT, check=False)
    say(f"built {preset} in {time.monotonic() - started:.0f} s")
    return done.returncode == 0


def run_gtest(binary, tally):
    """Runs one GoogleTest executable; a crash counts as one failure of its own."""
    name = f"{binary.parents[0].name}/{binary.name}"
    say(f"running {name}")
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        done = subprocess.run(
            [binary, "--gtest_brief=1", f"--gtest_output=json:{report}"],
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT},
            check=False,
        )
        if not report.exists():
            tally.add(0, [f"{name}: ended with {done.returncode} before its report"])
            return
        suites = json.loads(report.read_text())["testsuites"]
    cases = [(suite["name"], case) for suite in suites for case in suite["testsuite"]]
    failed = [f"{suite}.{case['name']}" for suite, case in cases if case.get("failures")]
    if done.returncode != 0 and not failed:
        failed = [f"{name}: ended with {done.returncode}"]
    if not cases:
        failed = [f"{name}: holds no test"]
    tally.add(len(cases) - len(failed), failed)


def install_node_client():
    """The npm packages that tests/e2e/node drives, in the versions of its lock file; once per lock file."""
    source, target = ROOT / "tests/e2e/node", ROOT / "build/node"
    lock = source / "package-lock.json"
    stamp = target / "installed.json"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    say("installing fhir-kit-client")
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "package.json", target)
    shutil.copy(lock, target)
    subprocess.run(["npm", "ci", "--omit=dev", "--no-audit", "--no-fund", "--silent"],
                   cwd=target, stdout=sys.stderr, check=True)
    shutil.copy(lock, stamp)


def run_pytest(folder, tally):
    say(f"running tests/{folder}")
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch) / "report.xml"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x" if os.environ.get("CI") else "-q",
             "-p", "no:cacheprovider", f"--junitxml={report}", str(ROOT / "tests" / folder)],
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=sys.stderr,
            check=False,
        )
        if not report.exists():
            tally.add(0, [f"tests/{folder}: pytest ended with {done.returncode}"])
            return
        cases = xml.etree.ElementTree.parse(report).getroot().iter("testcase")
    passed, failed = 0, []
    for case in cases:
        bad = case.find("failure") is not None or case.find("error") is not None
        if bad or case.find("skipped") is not None:
            failed.append(f"{case.get('classname')}::{case.get('name')}")
        else:
            passed += 1
    if done.returncode != 0 and not failed:
        failed = [f"tests/{folder}: pytest ended with {done.returncode}"]
    tally.add(passed, failed)


def run_preset(preset, only, tally):
    if not build(preset):
        tally.add(0, [f"the {preset} build"])
        return
    for binary in sorted((ROOT / "build" / preset).glob("tests/**/healthlake_*_test")):
        room = binary.name.removeprefix("healthlake_").removesuffix("_test")
        if only is None or room in only:
            run_gtest(binary, tally)


def run_clang_tidy(tally):
    """Over every source of ours; the compile commands come from the dev preset."""
    subprocess.run(["cmake", "--preset", "dev"], cwd=ROOT, check=True, stdout=sys.stderr)
    commands = json.loads((ROOT / "build/dev/compile_commands.json").read_text())
    sources = sorted({c["file"] for c in commands if "/src/" in c["file"]})
    say(f"clang-tidy over {len(sources)} files")
    done = subprocess.run(
        ["xargs", "-P", str(os.cpu_count()), "-n", "1",
         "clang-tidy-14", "--quiet", "-p", str(ROOT / "build/dev")],
        input="\n".join(sources), text=True, cwd=ROOT, stdout=sys.stderr, check=False,
    )
    tally.add(int(done.returncode == 0), [] if done.returncode == 0 else ["clang-tidy"])


def run_fuzz(tally):
    """The short form; tests/fuzz/README.md tells of the long one."""
    if not build("fuzz", "healthlake_validate_fuzz", "healthlake_fhirpath_fuzz", "healthlake_patch_fuzz",
                 "healthlake_search_fuzz"):
        tally.add(0, ["the fuzz build"])
        return
    for target in ("validate", "fhirpath", "patch", "search"):
        say(f"fuzzing {target} for {FUZZ_SECONDS} s")
        done = subprocess.run(
            [sys.executable, ROOT / "tests/fuzz/run.py", "--seconds", str(FUZZ_SECONDS), target],
            cwd=ROOT, stdout=sys.stderr, check=False,
        )
        tally.add(int(done.returncode == 0), [] if done.returncode == 0 else [f"fuzz {target}"])


def main():
    tally = Tally()
    if build("release", "healthlake-local"):
        install_node_client()
        run_pytest("e2e", tally)
        run_pytest("conformance/rest", tally)
    else:
        tally.add(0, ["the release build"])
    run_pytest("architecture", tally)
    if "--long" in sys.argv[1:]:
        ENVIRONMENT["HEALTHLAKE_SEARCH_QUERIES"] = "30000"
    run_preset("asan", None, tally)
    ENVIRONMENT.pop("HEALTHLAKE_SEARCH_QUERIES", None)
    if "--long" in sys.argv[1:]:
        run_preset("tsan", TSAN_TESTS, tally)
        run_clang_tidy(tally)
        run_fuzz(tally)
    for name in tally.failed:
        print(f"FAILED {name}")
    print(f"{tally.passed} passed, {len(tally.failed)} failed", flush=True)
    return 1 if tally.failed or tally.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
