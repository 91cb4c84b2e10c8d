"""Generated files are what their generators make of their inputs, byte for byte."""

import os
import pathlib
import subprocess
import sys

import botocore

ROOT = pathlib.Path(__file__).resolve().parents[2]


def check(generator, source):
    done = subprocess.run([sys.executable, str(generator), "--check", str(source)],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_aws_tables_are_fresh():
    folder = pathlib.Path(botocore.__file__).parent / "data/healthlake/2017-07-01"
    check(ROOT / "src/aws/model/generate.py", next(folder.glob("service-2.json*")))


def test_the_fhir_tables_are_fresh():
    check(ROOT / "src/fhir/r4/generate.py", os.environ["HEALTHLAKE_R4_EXAMPLES"])
