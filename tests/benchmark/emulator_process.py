"""The release binary as a process, and what is asked of it."""

import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("HEALTHLAKE_BUILD", ROOT / "build/release"))
BINARY = BUILD / "healthlake-local"
AWS_JSON = "application/x-amz-json-1.0"


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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Whatever happened, no server is left behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

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
                           {"X-Amz-Target": f"HealthLake.{operation}", "Content-Type": AWS_JSON})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200, body
        return body

    def get(self, path):
        connection = self.connect()
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())

    def create_store(self):
        """An ACTIVE data store's id."""
        store = self.aws("CreateFHIRDatastore", DatastoreTypeVersion="R4")["DatastoreId"]
        self.aws("DescribeFHIRDatastore", DatastoreId=store)
        return store
