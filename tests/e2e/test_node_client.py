"""fhir-kit-client from npm, as a user of Node would write; node/scenarios.js holds what it does."""

import os
import pathlib
import re
import subprocess

import pytest
from emulator import ROOT

FOLDER = pathlib.Path(__file__).parent / "node"
MODULES = ROOT / "build/node/node_modules"
SCENARIOS = re.findall(r"^  async (\w+)\(", (FOLDER / "scenarios.js").read_text(), re.MULTILINE)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_fhir_kit_client(server, datastore, scenario):
    assert (MODULES / "fhir-kit-client").is_dir(), "tests/run.py installs it"
    done = subprocess.run(
        ["node", FOLDER / "scenarios.js", f"{server.base}/datastore/{datastore}/r4", scenario],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "NODE_PATH": str(MODULES)})
    assert done.returncode == 0, done.stderr


def test_every_scenario_is_run():
    assert {"crud", "search", "bundles", "history", "patch", "conditional"} <= set(SCENARIOS)
