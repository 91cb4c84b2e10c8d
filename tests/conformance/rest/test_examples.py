"""Every official R4 example through all interactions of one resource, byte by byte."""

import collections
import concurrent.futures
import json
import re

import pytest
from emulator import Server
from examples import members, minified, object_of, without
from tables import FHIR_JSON, Session

THREADS = 4
INSTANCES = 5306
# Examples that break R4's own rules, as tests/conformance/fhir/official_examples.cpp lists them.
UNSOUND = re.compile(
    r"^(DeviceMetric-example|DeviceUseStatement-example|MedicationRequest-medrx0301|Observation-clinical-gender"
    r"|Questionnaire-qs1|Bundle-dataelements|ImplementationGuide-fhir|ig-r4"
    r"|SearchParameter-(codesystem|valueset)-extensions-(CodeSystem|ValueSet)-(author|effective|end|keyword|workflow)"
    r"|SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject)\.json$")
SERVERS_OWN = ("versionId", "lastUpdated")
TIME = re.compile(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"')


@pytest.fixture(scope="module")
def roomy_server(tmp_path_factory):
    """R4 with room for the largest example."""
    folder = tmp_path_factory.mktemp("roomy")
    (folder / "s3").mkdir()
    server = Server(folder / "data", folder / "s3", "--compat", "r4", "--body-limit", "120MiB").start()
    yield server
    assert server.stop() == 0


def instances(folder):
    for path in sorted(folder.glob("*.json")):
        if path.name not in ("package.json", ".index.json"):
            yield path


def check_meta(sent, got, version):
    """The server's version and time are put into the client's meta, of which the rest stays."""
    kept = without(SERVERS_OWN, sent) if sent else []
    assert without(SERVERS_OWN, got) == kept
    own = dict(members(got))
    assert own["versionId"] == f'"{version}"'
    assert TIME.fullmatch(own["lastUpdated"])


def check_kept(sent, got, version):
    """`got` holds every member of `sent` in its order and with its bytes; id and meta apart."""
    got_members = members(got)
    assert [m for m in got_members if m[0] not in ("id", "meta")] == [m for m in sent if m[0] not in ("id", "meta")]
    check_meta(dict(sent).get("meta"), dict(got_members)["meta"], version)


def round_trip(session, path):
    """Returns what went wrong, or nothing."""
    text = minified(path.read_bytes()).decode()
    sent = members(text)
    known = {name: json.loads(value) for name, value in sent if name in ("resourceType", "id")}
    where = f"{session.prefix}/{known['resourceType']}/{known['id']}"
    # Without Accept R4 has a Binary answered with what it holds.
    headers = {"Content-Type": FHIR_JSON, "Accept": FHIR_JSON}

    made = session.exchange("PUT", where, path.read_bytes().removeprefix(b"\xef\xbb\xbf"), headers)
    if UNSOUND.match(path.name):
        assert made.status == 400, f"{made.status} for an example that is not sound"
        return
    assert made.status == 201, made.body[:300]
    first = made.body
    check_kept(sent, first.decode(), 1)
    assert session.exchange("GET", where, headers=headers).body == first
    assert session.exchange("GET", f"{where}/_history/1", headers=headers).body == first

    changed = [m for m in sent if m[0] != "language"] + [("language", '"fy"')]
    updated = session.exchange("PUT", where, object_of(changed).encode(), headers)
    assert updated.status == 200, updated.body[:300]
    second = updated.body
    check_kept(changed, second.decode(), 2)
    assert session.exchange("GET", where, headers=headers).body == second
    assert session.exchange("GET", f"{where}/_history/1", headers=headers).body == first

    assert session.exchange("DELETE", where).status == 204
    assert session.exchange("GET", where).status == 410
    history = session.exchange("GET", f"{where}/_history")
    assert history.status == 200
    assert history.body.count(b'"request":') >= 3
    assert history.body.index(b'"DELETE"') < history.body.index(second) < history.body.index(first)


def run(server, store, paths):
    session, wrong = Session(server, store), []
    for path in paths:
        try:
            round_trip(session, path)
        except Exception as error:  # noqa: BLE001  (each example is told of by its name)
            wrong.append(f"{path.name}: {type(error).__name__} {str(error)[:300]}")
            session.close()
    return wrong


def test_every_official_example_survives_its_whole_life(roomy_server, examples):
    paths = list(instances(examples))
    assert len(paths) == INSTANCES
    assert sum(bool(UNSOUND.match(path.name)) for path in paths) == 19
    # One thread a name, as two files may hold the same resource.
    shares = collections.defaultdict(list)
    for path in paths:
        head = path.read_bytes()[:4000]
        name = re.search(rb'"id"\s*:\s*"([^"]*)"', head)
        shares[hash(name.group(1).lower() if name else path.name) % THREADS].append(path)
    store = Session(roomy_server).variables["store"]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        wrong = [fault for faults in pool.map(lambda share: run(roomy_server, store, share), shares.values())
                 for fault in faults]
    assert not wrong, f"{len(wrong)} examples:\n" + "\n".join(wrong[:40])
