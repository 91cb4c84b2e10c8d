"""The process: start, stop, what it refuses at start, what it says of itself."""

import json
import os
import pathlib
import signal
import socket
import subprocess

import pytest

from emulator import BINARY, ROOT, Server
from fhir_client import Fhir, call


def run(*arguments, environment=None):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("HEALTHLAKE_", "AWS_"))}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=20,
                          check=False, env={**clean, **(environment or {})})


def test_health_is_told_on_three_routes(server):
    assert call(server.base, "GET", "/health").json["status"] == "ok"
    assert call(server.base, "GET", "/_localstack/health").json["services"]["healthlake"] == "running"
    told = call(server.base, "GET", "/_emulator/health").json
    assert told["s3Root"] == str(server.s3_root)
    head = call(server.base, "HEAD", "/health")
    assert head.status == 200 and head.body == b""


def test_a_reset_that_asks_for_nothing_known_is_refused(server, datastore):
    for query in ("?datastore=", "?data-store=" + datastore, "?all", "?datastore"):
        assert call(server.base, "POST", "/_emulator/reset" + query).status == 400, query
    assert Fhir(server, datastore).get("/metadata").status == 200


def test_a_route_of_the_emulator_says_which_methods_it_takes(server):
    for method, path, allowed in (("POST", "/health", "GET, HEAD"), ("GET", "/_emulator/reset", "POST"),
                                  ("DELETE", "/_emulator/jobs/x", "GET, HEAD")):
        answer = call(server.base, method, path)
        assert (answer.status, answer.headers["Allow"]) == (405, allowed)


def test_not_modified_says_what_the_answer_would_have_said_of_caching(server, datastore):
    fhir = Fhir(server, datastore)
    assert fhir.call("PUT", "/Patient/long", {"resourceType": "Patient", "id": "long",
                                              "name": [{"family": "x" * 3000}]}).status == 201
    assert fhir.get("/Patient/long").headers["Vary"] == "Accept-Encoding"
    unchanged = fhir.get("/Patient/long", {"If-None-Match": 'W/"1"'})
    assert (unchanged.status, unchanged.headers["Vary"]) == (304, "Accept-Encoding")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_on_a_signal_with_exit_code_zero(make_server, sent):
    server = make_server()
    server.process.send_signal(sent)
    assert server.process.wait(10) == 0
    assert not list(pathlib.Path(server.data_dir).rglob("*-wal")), "the WAL was checkpointed"


def test_what_was_written_is_there_after_a_restart_and_after_a_kill(make_server):
    server = make_server()
    client = server.client()
    store = client.create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    client.describe_fhir_datastore(DatastoreId=store)
    for number, end in enumerate((server.stop, server.kill)):
        written = Fhir(server, store).call("PUT", f"/Patient/p{number}",
                                           {"resourceType": "Patient", "id": f"p{number}"})
        assert written.status == 201
        end()
        server.start()
        assert Fhir(server, store).get(f"/Patient/p{number}").status == 200
    assert Fhir(server, store).total("Patient") == 2


def test_a_port_in_use_is_one_line_and_exit_code_1(server, tmp_path):
    port = server.base.rsplit(":", 1)[1]
    done = run("serve", "--port", port, "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1
    assert port in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_data_directory_in_use_is_refused_and_untouched(server):
    before = {p: p.stat().st_mtime_ns for p in pathlib.Path(server.data_dir).rglob("*") if p.is_file()}
    done = run("serve", "--port", "0", "--data-dir", str(server.data_dir))
    assert done.returncode == 1 and "in use" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    after = {p: p.stat().st_mtime_ns for p in pathlib.Path(server.data_dir).rglob("*") if p.is_file()}
    assert before.keys() == after.keys()


def test_a_data_directory_of_another_version_is_refused_and_untouched(make_server):
    server = make_server()
    server.stop()
    markers = [p for p in pathlib.Path(server.data_dir).iterdir() if "version" in p.name.lower()]
    assert len(markers) == 1
    markers[0].write_text("999\n")
    done = run("serve", "--port", "0", "--data-dir", str(server.data_dir))
    assert done.returncode == 1 and "version" in done.stderr
    assert markers[0].read_text() == "999\n"


@pytest.mark.parametrize("arguments", [
    ["--port", "70000"], ["--port", "x"], ["--compat", "r5"], ["--nonsense"], ["--log-level", "loud"],
    ["--page-size", "0"], ["--s3-root", "/tmp/a", "--s3-endpoint", "http://127.0.0.1:9"], ["sing"],
])
def test_wrong_options_say_what_would_be_right(arguments):
    done = run("serve", *arguments) if arguments[0].startswith("--") else run(*arguments)
    assert done.returncode == 2
    assert arguments[0].lstrip("-") in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2


def test_a_flag_beats_its_variable(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(tmp_path / "d", tmp_path / "s", environment={
        "HEALTHLAKE_PORT": str(port), "HEALTHLAKE_PUBLIC_URL": "http://public.example:1"})
    server.start()
    try:
        assert server.base.endswith(f":{port}") is False, "--port 0 was given as a flag"
        created = server.client().create_fhir_datastore(DatastoreTypeVersion="R4")
        assert created["DatastoreEndpoint"].startswith("http://public.example:1/datastore/")
    finally:
        server.stop()


def test_health_and_version_are_sub_commands(server):
    port = server.base.rsplit(":", 1)[1]
    assert run("health", "--port", port).returncode == 0
    assert run("health", "--port", "1").returncode == 1
    assert run("version").stdout.strip().startswith("healthlake-local 0.")


def test_a_temporary_data_directory_is_removed_at_exit(tmp_path):
    environment = {"TMPDIR": str(tmp_path / "t")}
    (tmp_path / "t").mkdir()
    process = subprocess.Popen([BINARY, "serve", "--port", "0", "--s3-root", str(tmp_path / "s3")],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={**os.environ, **environment})
    assert process.stdout.readline().startswith("listening on ")
    assert list((tmp_path / "t").iterdir())
    process.terminate()
    assert process.wait(10) == 0
    assert not list((tmp_path / "t").iterdir())


def test_every_answer_has_a_request_id_and_no_log_line_has_patient_data(tmp_path):
    log = tmp_path / "log"
    with log.open("w") as err:
        process = subprocess.Popen(
            [BINARY, "serve", "--port", "0", "--data-dir", tmp_path / "d", "--s3-root", tmp_path / "s",
             "--log-level", "debug", "--log-format", "json"], stdout=subprocess.PIPE, stderr=err, text=True)
    server = Server(tmp_path / "d", tmp_path / "s")
    server.process = process
    server.base = process.stdout.readline().split()[-1]
    store = server.client().create_fhir_datastore(DatastoreTypeVersion="R4")["DatastoreId"]
    server.client().describe_fhir_datastore(DatastoreId=store)
    fhir = Fhir(server, store)
    secret = "Sekretarson"
    for answer in (fhir.call("PUT", "/Patient/p", {"resourceType": "Patient", "id": "p",
                                                   "name": [{"family": secret}]}),
                   fhir.get(f"/Patient?family={secret}"), fhir.get("/Patient/p"),
                   fhir.call("PUT", "/Patient/p", {"resourceType": "Patient", "id": "p", "x": secret}),
                   call(server.base, "GET", "/nowhere"), call(server.base, "POST", "/", b"{}")):
        assert len(answer.headers["x-amzn-requestid"]) == 36
    assert server.stop() == 0
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    requests = [row for row in rows if row["event"] == "request"]
    assert len(requests) >= 8
    assert all({"method", "path", "status", "request_id"} <= row.keys() for row in requests)
    assert secret not in log.read_text()


def test_the_readme_shows_the_options_and_operations_of_the_binary():
    readme = (ROOT / "README.md").read_text()
    table = readme.split("<!-- options -->")[1].split("<!-- /options -->")[0].strip()
    assert run("options").stdout.strip() == table
    from test_constraints import MODEL
    for operation in MODEL["operations"]:
        assert f"`{operation}`" in readme
