"""The table of reference 6.1: which element of a type `start` and `end` of $everything look at."""

import json

import pytest
from tables import MODES, Session, load

ROWS = load("everything_dates.json")["rows"]
DAY = "2021-06-15"
# Queries that hold the day, and queries that do not.
HOLDING = (f"start={DAY}", f"end={DAY}", f"start={DAY}&end={DAY}", "start=2021&end=2021", "")
MISSING = ("start=2021-06-16", "end=2021-06-14", "start=2022", "end=2020")


def dated(value):
    return json.loads(json.dumps(value).replace("${day}", DAY))


@pytest.fixture(scope="module", params=MODES)
def found(servers, request):
    """By query: the ids that $everything of a patient with one resource of each row gives."""
    session = Session(servers[request.param])
    session.prepare({"request": "PUT /Patient/a", "body": {"resourceType": "Patient", "id": "a"}})
    for number, row in enumerate(ROWS):
        if row.get("mode", request.param) != request.param or row["type"] == "Patient":
            continue
        body = {"resourceType": row["type"], "id": f"row{number}", **dated(row["resource"])}
        session.prepare({"request": f"PUT /{row['type']}/row{number}", "body": body})

    def ask(query):
        target, ids = f"/Patient/a/$everything?_count=100&{query}", set()
        while target:
            answer = session.send({"request": f"GET {target}"})
            assert answer.status == 200, answer.body
            bundle = json.loads(answer.body)
            ids |= {entry["resource"]["id"] for entry in bundle.get("entry", [])}
            target = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), None)
        return ids

    yield request.param, {query: ask(query) for query in HOLDING + MISSING}
    session.close()


@pytest.mark.parametrize("number", range(len(ROWS)),
                         ids=[f"{row['type']} {row['element']} {number}" for number, row in enumerate(ROWS)])
def test_start_and_end_look_at(found, number):
    mode, answers = found
    row = ROWS[number]
    if row.get("mode", mode) != mode:
        return  # a type that HealthLake does not list
    wanted = "a" if row["type"] == "Patient" else f"row{number}"
    for query in HOLDING:
        assert wanted in answers[query], query
    for query in MISSING:
        assert (wanted in answers[query]) == (row["element"] == "none"), query
