"""HealthLake's REST behaviour as tables of cases, each against the real binary."""

import pytest
from tables import Session, cases, load

CASES = list(cases())
ROWS = load("rows.json")


@pytest.mark.parametrize("mode,case", [(mode, case) for mode, _, case in CASES],
                         ids=[f"{file}: {case['name']} [{mode}]" for mode, file, case in CASES])
def test_case(servers, mode, case):
    session = Session(servers[mode])
    try:
        for step in case.get("given", []):
            session.prepare(step)
        for step in [case["when"] | {"then": case["then"]}, *case.get("after", [])]:
            session.check(step)
    finally:
        session.close()


def test_every_row_of_the_reference_is_claimed_by_a_case():
    rows = {f"{section} {row}" for section, names in ROWS.items() for row in names}
    claimed = {row for _, _, case in CASES for row in case["rows"]} | date_rows()
    assert claimed - rows == set(), "rows that the reference does not have"
    assert rows - claimed == set(), "rows that no case claims"


def test_names_tell_cases_apart():
    names = [(mode, file, case["name"]) for mode, file, case in CASES]
    assert len(names) == len(set(names))


def date_rows():
    """The rows that test_everything_dates.py goes through."""
    return {f"6.1 {row['type']} {row['element']}" for row in load("everything_dates.json")["rows"]}
