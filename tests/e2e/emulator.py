"""The real binary as a process."""

import os
import pathlib
import resource
import subprocess
import sys

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("HEALTHLAKE_BINARY", ROOT / "build/release/healthlake-local"))
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/HealthLakeData"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


class Server:
    """One process of the emulator; `base` is its URL."""

    def __init__(self, data_dir, s3_root, *options, environment=None):
        self.data_dir = data_dir
        self.s3_root = s3_root
        self.options = options
        self.environment = environment or {}
        self.process = None
        self.base = None

    def start(self, file_limit=None):
        """`file_limit` bytes is as far as any file may grow: to the process, a disk that is full."""
        command = [BINARY, "serve", "--port", "0", "--data-dir", self.data_dir,
                   "--s3-root", self.s3_root, "--log-level", "warning", *self.options]
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("HEALTHLAKE_", "AWS_"))}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sys.stderr, text=True,
                                        env={**clean, **self.environment},
                                        preexec_fn=file_limit and (lambda: resource.setrlimit(
                                            resource.RLIMIT_FSIZE, (file_limit, file_limit))))
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://"), f"not ready: {line!r}"
        self.base = line.split()[-1]
        return self

    def stop(self, timeout=12):
        """Asks politely; returns the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout)

    def kill(self):
        self.process.kill()
        self.process.wait(5)

    def client(self, account=ACCOUNT, region="us-east-1", validate=True):
        return boto3.client(
            "healthlake", endpoint_url=self.base, region_name=region,
            aws_access_key_id=account, aws_secret_access_key="secret",
            config=Config(retries={"max_attempts": 0}, parameter_validation=validate),
        )

    def bucket(self, name="bucket"):
        folder = pathlib.Path(self.s3_root) / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def create_store(self):
        """An ACTIVE data store's id."""
        client = self.client()
        created = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
        client.describe_fhir_datastore(DatastoreId=created)
        return created
