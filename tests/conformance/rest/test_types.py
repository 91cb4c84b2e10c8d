"""Which types HealthLake stores (reference 8.2, 4.2): others are refused, and `metadata` does not name them."""

import json

import pytest
from tables import Session, load

STORED = set(load("healthlake_types.json")["types"]) - set(load("healthlake_types.json")["not_stored"])


def types_of(session):
    answer = session.send({"request": "GET /metadata"})
    return {one["type"] for one in json.loads(answer.body)["rest"][0]["resource"]}


@pytest.fixture(scope="module")
def all_types(servers):
    """Every type of R4, as --compat r4 names them."""
    session = Session(servers["r4"])
    types = types_of(session)
    session.close()
    return types


def test_metadata_names_what_is_stored_and_nothing_else(servers, all_types):
    assert len(all_types) in (146, 148), "R4 has 148 types, two of them abstract"
    session = Session(servers["healthlake"])
    assert types_of(session) == STORED
    assert STORED < all_types
    session.close()


def test_types_that_are_not_stored_are_refused_by_every_interaction(servers, all_types):
    session = Session(servers["healthlake"])
    patch = {"headers": {"Content-Type": "application/json-patch+json"}, "body": []}
    for name in sorted(all_types - STORED):
        body = {"body": {"resourceType": name, "id": "a"}}
        bundle = {"body": {"resourceType": "Bundle", "type": "batch",
                           "entry": [{"resource": body["body"], "request": {"method": "PUT", "url": f"{name}/a"}}]}}
        for step in ({"request": f"POST /{name}", **body}, {"request": f"PUT /{name}/a", **body},
                     {"request": f"GET /{name}/a"}, {"request": f"GET /{name}/a/_history/1"},
                     {"request": f"GET /{name}/a/_history"}, {"request": f"GET /{name}/_history"},
                     {"request": f"GET /{name}"}, {"request": f"DELETE /{name}/a"},
                     {"request": f"DELETE /{name}?_id=a"}, {"request": f"PUT /{name}?_id=a", **body},
                     {"request": f"PATCH /{name}/a", **patch}):
            answer = session.send(step)
            assert answer.status in (400, 405, 501), f"{step['request']}: {answer.status}"
            assert json.loads(answer.body)["issue"][0]["code"] == "not-supported", step["request"]
        [entry] = json.loads(session.send({"request": "POST /", **bundle}).body)["entry"]
        assert entry["response"]["status"] in ("400", "405", "501"), name
        assert entry["response"]["outcome"]["issue"][0]["code"] == "not-supported", name
    session.close()
