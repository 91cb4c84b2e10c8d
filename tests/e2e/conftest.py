"""The real binary, started on a free port, for real clients."""

import pathlib

import pytest

from emulator import Server


@pytest.fixture
def make_server(tmp_path):
    """Starts servers on folders of their own; ends them with the test."""
    made = []

    def make(*options, name="server", environment=None):
        server = Server(tmp_path / name / "data", tmp_path / name / "s3", *options,
                        environment=environment)
        pathlib.Path(server.s3_root).mkdir(parents=True, exist_ok=True)
        made.append(server)
        return server.start()

    yield make
    for server in made:
        if server.process.poll() is None:
            server.kill()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    (folder / "s3").mkdir()
    shared = Server(folder / "data", folder / "s3").start()
    yield shared
    assert shared.stop() == 0


@pytest.fixture
def client(server):
    return server.client()


@pytest.fixture
def datastore(client):
    """An ACTIVE data store's id, deleted afterwards."""
    created = client.create_fhir_datastore(DatastoreTypeVersion="R4", DatastoreName="test")
    yield created["DatastoreId"]
    status = client.describe_fhir_datastore(DatastoreId=created["DatastoreId"])
    if status["DatastoreProperties"]["DatastoreStatus"] == "ACTIVE":
        client.delete_fhir_datastore(DatastoreId=created["DatastoreId"])
