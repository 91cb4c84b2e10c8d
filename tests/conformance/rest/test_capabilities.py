"""What `metadata` says of each type is what the server does: each interaction named is tried, each other too."""

import json

import pytest
from tables import MODES, Session

PATCH = {"headers": {"Content-Type": "application/json-patch+json"}, "text": "[]"}
PROBES = {
    "read": {"request": "GET /{type}/x"},
    "vread": {"request": "GET /{type}/x/_history/1"},
    "update": {"request": "PUT /{type}/x", "text": "{}"},
    "patch": {"request": "PATCH /{type}/x", **PATCH},
    "delete": {"request": "DELETE /{type}/x"},
    "history-instance": {"request": "GET /{type}/x/_history"},
    "history-type": {"request": "GET /{type}/_history"},
    "create": {"request": "POST /{type}", "text": "{}"},
    "search-type": {"request": "GET /{type}"},
}
FLAGS = {
    "conditionalCreate": ({"request": "POST /{type}", "headers": {"If-None-Exist": "_id=x"}, "text": "{}"}, (True,)),
    "conditionalUpdate": ({"request": "PUT /{type}?_id=x", "text": "{}"}, (True,)),
    "conditionalDelete": ({"request": "DELETE /{type}?_id=x"}, ("single", "multiple")),
}
# A PUT makes an AuditEvent and never changes one, so HealthLake's statement may leave it out.
ONLY_MADE = "AuditEvent"


@pytest.fixture(params=MODES)
def session(servers, request):
    session = Session(servers[request.param])
    yield session
    session.close()


def refused(session, probe, name):
    step = {**probe, "request": probe["request"].replace("{type}", name)}
    answer = session.send(step)
    if answer.status < 400:
        return False
    return json.loads(answer.body)["issue"][0]["code"] == "not-supported"


def told(session):
    return json.loads(session.send({"request": "GET /metadata"}).body)["rest"][0]


def test_each_type_has_the_interactions_that_are_told_of_it(session):
    wrong = []
    for resource in told(session)["resource"]:
        codes = {interaction["code"] for interaction in resource["interaction"]}
        assert codes <= set(PROBES), resource["type"]
        for code, probe in PROBES.items():
            if resource["type"] == ONLY_MADE and code == "update":
                continue
            if (code in codes) == refused(session, probe, resource["type"]):
                wrong.append(f"{resource['type']} {code}: {'told' if code in codes else 'not told'}")
    assert not wrong, wrong


def test_each_type_has_the_conditional_interactions_that_are_told_of_it(session):
    wrong = []
    for resource in told(session)["resource"]:
        for flag, (probe, values) in FLAGS.items():
            if resource["type"] == ONLY_MADE and flag == "conditionalUpdate":
                continue
            if (resource.get(flag) in values) == refused(session, probe, resource["type"]):
                wrong.append(f"{resource['type']} {flag}: {resource.get(flag)}")
    assert not wrong, wrong


def test_every_operation_that_is_told_of_is_there(session):
    rest = told(session)
    operations = [("", one["name"]) for one in rest.get("operation", [])]
    operations += [(f"/{resource['type']}", one["name"])
                   for resource in rest["resource"] for one in resource.get("operation", [])]
    assert ("/Patient", "everything") in operations
    for path, name in operations:
        step = ({"request": f"GET {path}/x/${name}"} if name == "everything"
                else {"request": f"POST {path}/${name}", "text": "{}"})
        body = json.loads(session.send(step).body)
        assert body["issue"][0]["code"] != "not-supported", f"{path}/${name}"


def test_bundles_and_the_history_of_all_are_told_of(session):
    codes = {one["code"] for one in told(session)["interaction"]}
    assert codes - {"search-system"} == {"transaction", "batch", "history-system"}
    found = session.send({"request": "GET /?_id=none"})
    assert found.status == (200 if "search-system" in codes else 400)
