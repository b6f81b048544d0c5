"""Records and histories of cases."""

from datetime import UTC, datetime, timedelta

import pytest

from bpmn.history import History, Record, histories

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def record(case: str, kind: str, hours: float = 0, **values: str) -> Record:
    return Record(case=case, kind=kind, at=NINE + timedelta(hours=hours), **values)


def test_records_are_gathered_by_case_in_the_order_of_time():
    found = histories(
        [record("b", "started", 1), record("a", "ended", 3), record("a", "started"), record("b", "ended", 2)]
    )

    assert list(found) == ["b", "a"]
    assert [item.kind for item in found["a"].records] == ["started", "ended"]
    assert (found["b"].start, found["b"].end) == (NINE + timedelta(hours=1), NINE + timedelta(hours=2))


def test_records_of_one_moment_keep_their_order():
    kinds = ["offered", "claimed", "work-started"]

    assert [item.kind for item in histories(record("a", kind) for kind in kinds)["a"].records] == kinds


def test_a_case_under_way_has_no_end():
    history = History(case="a").append(record("a", "started")).append(record("a", "offered", 1, element="check"))

    assert history.end is None
    assert [item.kind for item in history.of("check")] == ["offered"]


@pytest.mark.parametrize(
    "records",
    [(record("b", "started"),), (record("a", "started", 1), record("a", "ended"))],
    ids=["of another case", "backwards"],
)
def test_a_history_is_of_one_case_and_never_runs_backwards(records):
    with pytest.raises(ValueError, match="case"):
        History(case="a", records=records)


def test_a_record_is_of_a_known_kind_and_at_a_moment_of_a_zone():
    with pytest.raises(ValueError, match="kind"):
        record("a", "vanished")
    with pytest.raises(ValueError, match="zone"):
        Record(case="a", kind="started", at=datetime(2026, 3, 2, 9))
