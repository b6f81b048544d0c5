"""A chain that was tampered with in any way does not hold, whatever was done to it and how often."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.history import Record
from store.chain import Head, link
from store.damage import GAPS, KINDS, Damage, End, examine
from store.moments import to_number
from store.roots import Leaf
from store.rows import KeptRecord

SIZE = 8
AT = datetime(2026, 3, 2, tzinfo=UTC)


def chain(case: str = "c", data: object = "李四") -> tuple[list[KeptRecord], End]:
    facts = [
        Record(
            case=case, kind="completed", at=AT + timedelta(minutes=number), data={"name": data} if number % 2 else {}
        )
        for number in range(SIZE)
    ]
    rows, head = link(Head(case=case), facts, "sha256", lambda size: bytes(range(size)))
    assert head.at is not None
    return rows, End(sequence=SIZE, head=head.hash, started=to_number(AT), ended=None, latest=to_number(head.at))


ROWS, END = chain()
OTHERS, _ = chain("other")
FORGED, FORGED_END = chain(data="王五")
LEAVES = [Leaf(case="c", sequence=number, hash=ROWS[number - 1].hash) for number in (3, SIZE)]

places = st.integers(0, SIZE - 1)
changes = st.one_of(
    st.tuples(st.just("drop"), places),
    st.tuples(st.just("swap"), places, places),
    st.tuples(st.just("move"), places, st.integers(-3, SIZE + 3)),
    st.tuples(st.just("copy"), places, st.integers(SIZE + 1, SIZE + 3)),
    st.tuples(st.just("other"), places),
    st.tuples(st.just("forge"), places),
    st.tuples(st.just("edit"), places, st.sampled_from(["body", "hash", "data", "salt"]), st.integers(0, 60)),
    st.tuples(st.just("forget"), places, st.sampled_from(["data", "salt"])),
)


def tamper(rows: list[KeptRecord], change: tuple[object, ...]) -> list[KeptRecord]:
    """The rows after one change of somebody who may write into the table; two never stand at one place."""
    what, place, *rest = change
    if place >= len(rows):
        return rows
    row, found = rows[place], list(rows)
    match what:
        case "drop":
            del found[place]
        case "swap" if rest[0] < len(rows):
            other = rows[rest[0]]
            found[place], found[rest[0]] = replace(other, sequence=row.sequence), replace(row, sequence=other.sequence)
        case "move":
            found[place] = replace(row, sequence=rest[0])
        case "copy":
            found.append(replace(row, sequence=rest[0]))
        case "other":
            found[place] = replace(OTHERS[place], case="c", sequence=row.sequence)
        case "forge":
            found[place] = replace(FORGED[place], sequence=row.sequence)
        case "edit":
            text = getattr(row, rest[0]) or ""
            found[place] = replace(row, **{rest[0]: text[: rest[1]] + "x" + text[rest[1] + 1 :]})
        case "forget":
            found[place] = replace(row, **{rest[0]: None})
    by_place = {one.sequence: one for one in reversed(found)}
    return [by_place[number] for number in sorted(by_place)]


def test_a_whole_chain_has_no_damage():
    assert examine("c", END, ROWS, LEAVES) == []


@given(st.lists(changes, min_size=1, max_size=6))
def test_whatever_was_done_to_the_rows_is_seen(done: list[tuple[object, ...]]):
    rows = ROWS
    for change in done:
        rows = tamper(rows, change)

    found = examine("c", END, rows, LEAVES)

    assert bool(found) == (rows != ROWS)
    assert {damage.kind for damage in found} <= set(KINDS)


@given(changes)
def test_one_change_is_named_at_its_place(change: tuple[object, ...]):
    rows = tamper(ROWS, change)
    touched = {row.sequence for row in {*rows} ^ {*ROWS}}

    found = examine("c", END, rows, LEAVES)

    assert {damage.sequence for damage in found} <= touched
    assert bool(found) == bool(touched)


@pytest.mark.parametrize("first", range(1, SIZE + 1))
def test_a_chain_written_anew_to_its_end_is_named_by_the_first_root_that_knows_better(first: int):
    before = Head(case="c", sequence=first - 1, hash=ROWS[first - 2].hash if first > 1 else "")
    moments = [AT + timedelta(minutes=number) for number in range(first - 1, SIZE)]
    rows, head = link(before, [Record(case="c", kind="returned", at=at) for at in moments], "sha256", bytes)
    end = replace(END, head=head.hash)

    found = examine("c", end, [*ROWS[: first - 1], *rows], LEAVES)

    assert found == [Damage(case="c", sequence=3 if first <= 3 else SIZE, kind="rewritten")]


def test_only_the_row_of_the_case_was_changed_where_a_root_knows_the_head():
    changed = replace(END, head="0" * 64)

    assert examine("c", changed, ROWS, LEAVES) == [Damage(case="c", sequence=SIZE, kind="state-differs")]
    assert examine("c", changed, ROWS, []) == [Damage(case="c", sequence=SIZE, kind="rewritten")]


def test_data_may_go_where_a_later_record_says_they_were_erased():
    note = Record(case="c", kind="erased", at=AT + timedelta(days=1), data={"reason": "撤回同意"})
    head = Head(case="c", sequence=SIZE, hash=END.head, at=AT)
    (last,), after = link(head, [note], "sha256", bytes)
    end = replace(END, sequence=SIZE + 1, head=after.hash, latest=to_number(note.at))
    erased = [replace(row, data=None, salt=None) for row in ROWS]

    assert examine("c", end, [*erased, last], LEAVES) == []
    without_reason = replace(last, data=None, salt=None)
    assert [damage.kind for damage in examine("c", end, [*erased, without_reason], LEAVES)] == ["data-changed"]


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        (Leaf(case="c", sequence=SIZE, hash=END.head), []),
        (Leaf(case="c", sequence=SIZE + 1, hash="1" * 64), []),
        (Leaf(case="c", sequence=SIZE, hash="1" * 64), [(SIZE, "rewritten")]),
        (Leaf(case="c", sequence=5, hash="1" * 64), [(SIZE, "tail-missing")]),
        (None, [(0, "case-missing")]),
    ],
    ids=["as the root knows it", "grew on", "another", "shorter", "not archived at all"],
)
def test_an_archived_case_is_no_damage_as_far_as_roots_know_it(gone: Leaf | None, named: list[tuple[int, str]]):
    assert [(one.sequence, one.kind) for one in examine("c", None, [], LEAVES, gone)] == named


def test_a_case_nobody_ever_knew_is_no_damage():
    assert examine("c", None, [], []) == []


@pytest.mark.parametrize(
    ("kind", "element", "is_over"),
    [("ended", "End_1", True), ("cancelled", "", True), ("terminated", "", True), ("terminated", "End_1", False)],
)
def test_a_case_is_over_where_its_records_say_so(kind: str, element: str, is_over: bool):
    rows, head = link(Head(case="c"), [Record(case="c", kind=kind, at=AT, element=element)], "sha256", bytes)
    end = End(sequence=1, head=head.hash, started=to_number(AT), ended=to_number(AT), latest=to_number(AT))

    assert (examine("c", end, rows, []) == []) == is_over
    assert (examine("c", replace(end, ended=None), rows, []) == []) != is_over


def test_numbers_out_of_all_measure_take_no_time():
    far = replace(ROWS[-1], sequence=10**12)
    wide = replace(END, sequence=10**12)

    assert Damage(case="c", sequence=10**12, kind="reordered") in examine("c", END, [*ROWS[:-1], far], [])
    assert len(examine("c", wide, [*ROWS[:-1], far], [])) <= GAPS + SIZE
