"""Every row of the table does what it says, in every state it names; every other state refuses by name."""

import pytest

from bpmn.build import Builder, build
from bpmn.history import KINDS
from engine.errors import EngineError
from engine.lifecycle import CASE, ENGINE, HOLDER, ITEM, OPEN_ITEM, REFUSALS, STATES, TRANSITIONS, Transition, allowed
from engine.operations import ON_CASE, ON_ITEM
from tests.engine.offices import Town

ROWS = [row for row in TRANSITIONS if row.who != ENGINE]
#: How an item of the second step gets into each state, and by whom.
WAYS: dict[str, list[tuple[str, dict[str, str]]]] = {
    "offered": [],
    "claimed": [("claim", {})],
    "started": [("begin", {})],
    "suspended": [("claim", {}), ("suspend", {})],
    "failed": [("fail", {})],
    "completed": [("complete", {})],
    "withdrawn": [("claim", {}), ("cancel", {})],
}
CASE_WAYS = {"active": "", "suspended": "suspend", "cancelled": "cancel", "terminated": "terminate"}


def permit() -> Builder:
    return build("permit").lane("窗口").start().step("accept", kind="accept").step("decide", kind="decide").end()


def item_in(office: Town, state: str) -> tuple[str, object]:
    case = office.start(permit())
    office.do("complete", item=office.item(case).id)
    item = office.item(case)
    for what, fields in WAYS[state]:
        place = {"case": case} if what in ON_CASE else {"item": item.id}
        office.do(what, **place, **fields)
    with office.store.reading() as reading:
        return case, reading.item(item.id)


def given(row: Transition) -> dict[str, str]:
    return {"to": "accept"} if row.operation == "return" else {}


@pytest.mark.parametrize(
    ("row", "state"), [(row, state) for row in ROWS if row.of == ITEM for state in row.states], ids=str
)
def test_an_item_moves_as_the_table_says(office: Town, row: Transition, state: str) -> None:
    case, item = item_in(office, state)

    office.do(row.operation, item=item.id, **given(row))

    held = "claimed" if (row.who, state) == (HOLDER, "offered") else state
    with office.store.reading() as reading:
        assert reading.item(item.id).state == row.follows(held, is_held=True)
    kinds = office.kinds(case, "decide")
    assert row.record in kinds
    assert ("claimed" in kinds) == (state != "offered" or row.who == HOLDER or row.operation == "claim")


@pytest.mark.parametrize(
    ("row", "state"),
    [(row, state) for row in ROWS if row.of == ITEM for state in STATES[ITEM] if state not in row.states],
    ids=str,
)
def test_an_item_is_refused_in_every_other_state(office: Town, row: Transition, state: str) -> None:
    case, item = item_in(office, state)
    before = office.case(case)

    with pytest.raises(EngineError) as refusal:
        office.do(row.operation, item=item.id, by="李强", **given(row))

    with pytest.raises(EngineError) as told:
        allowed(ITEM, row.operation, state)
    assert type(refusal.value) is type(told.value)
    assert office.case(case) == before


@pytest.mark.parametrize("state", CASE_WAYS)
@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.of == CASE and row.operation in ("suspend", "resume", "cancel", "terminate")],
    ids=str,
)
def test_a_case_moves_as_the_table_says(office: Town, row: Transition, state: str) -> None:
    case = office.start(permit())
    if CASE_WAYS[state]:
        office.do(CASE_WAYS[state], case=case)

    if state not in row.states:
        with pytest.raises(REFUSALS.get((CASE, state), EngineError)):
            office.do(row.operation, case=case)
        return
    office.do(row.operation, case=case)

    assert office.case(case).state == row.follows(state)
    assert row.record in office.kinds(case)


def test_every_row_that_can_be_asked_for_has_its_file_and_no_file_is_without_row() -> None:
    assert {row.operation for row in ROWS if row.of == ITEM} == set(ON_ITEM)
    assert {row.operation for row in ROWS if row.of == CASE} == set(ON_CASE)


def test_every_record_of_the_table_is_one_of_history() -> None:
    assert {row.record for row in TRANSITIONS if row.record} <= set(KINDS)


def test_no_open_state_is_without_a_way_out() -> None:
    for state in OPEN_ITEM:
        assert any(state in row.states and row.follows(state) != state for row in TRANSITIONS if row.of == ITEM)
