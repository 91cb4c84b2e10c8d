"""Load by wrk, whose one thread is faster than any server measured here."""

import pathlib
import re
import subprocess

SCRIPT = pathlib.Path(__file__).with_name("load.lua")
CONNECTIONS = 32


def wrk(port, path, connections=CONNECTIONS, seconds=4, script=()):
    """Requests/s; every answer must be a success."""
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s",
                           *(["-s", SCRIPT] if script else []), f"http://127.0.0.1:{port}{path}",
                           *(["--", *script] if script else [])],
                          capture_output=True, text=True, check=True)
    wrong = re.search(r"(Non-2xx.*|Socket errors.*)", done.stdout)
    assert not wrong, f"{path} {script}: {wrong.group(1)}"
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1))


class Requests:
    """Requests of which wrk sends one after the other by chance, kept in a file."""

    def __init__(self, path):
        self.path = path
        self.count = 0
        self.file = path.open("w")

    def add(self, method, target, body=""):
        assert "\n" not in body and "\t" not in target
        self.file.write(f"{method}\t{target}\t{body}\n")
        self.count += 1

    def rate(self, port, connections=CONNECTIONS, seconds=4):
        self.file.flush()
        return wrk(port, "/", connections, seconds, [str(self.path)])
