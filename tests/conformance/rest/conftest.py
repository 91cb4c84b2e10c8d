"""One server of each mode for all cases; every case has a data store of its own."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e"))

from emulator import Server  # noqa: E402  (the folder of the real clients holds it)


@pytest.fixture(scope="session")
def examples():
    """The folder of the official R4 examples."""
    return pathlib.Path(os.environ.get(
        "HEALTHLAKE_R4_EXAMPLES", pathlib.Path(__file__).resolve().parents[3] / "build/r4-examples/package"))


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    """By mode."""
    started = {}
    for mode in ("healthlake", "r4"):
        folder = tmp_path_factory.mktemp(mode)
        (folder / "s3").mkdir()
        started[mode] = Server(folder / "data", folder / "s3", "--compat", mode).start()
    yield started
    for server in started.values():
        assert server.stop() == 0
