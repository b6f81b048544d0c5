"""The chain of records: canonical, linked, salted, and never running backwards."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.history import KINDS, Record
from store.chain import Head, canonical, hasher, link, mark_of, prefix, recorded
from store.errors import NoAlgorithm, UnknownAlgorithm

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def counted() -> Callable[[int], bytes]:
    """Salts that are all different and always the same."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size)


def record(kind: str = "claimed", *, at: datetime = NINE, **fields: object) -> Record:
    return Record(case="c1", kind=kind, at=at, **fields)


def test_a_body_is_canonical_json_with_a_foreseeable_beginning():
    rows, head = link(
        Head(case="c1"), [record(element="审查"), record("completed", data={"b": 1, "a": "是"})], "sha256", counted()
    )

    for row in rows:
        assert row.body == json.dumps(json.loads(row.body), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        assert hashlib.sha256(row.body.encode()).hexdigest() == row.hash
    assert rows[0].body.startswith('{"algorithm":"sha256","case":"c1","previous":"","sequence":1,"was":{"at":"')
    assert rows[1].body.startswith(prefix("sha256", "c1", rows[0].hash, 2))
    assert (head.sequence, head.hash, head.at) == (2, rows[1].hash, NINE)


def test_a_chain_is_the_same_whether_it_grew_at_once_or_record_by_record():
    facts = [record(kind, at=NINE + timedelta(minutes=number)) for number, kind in enumerate(KINDS)]
    at_once, _ = link(Head(case="c1"), facts, "sha256", counted())

    head, one_by_one = Head(case="c1"), []
    for fact in facts:
        rows, head = link(head, [fact], "sha256", counted())
        one_by_one += rows

    assert one_by_one == at_once


def test_data_stand_beside_the_body_under_a_salt_of_their_own():
    same = {"姓名": "李四"}
    rows, _ = link(Head(case="c1"), [record(data=same), record(data=same), record()], "sha256", counted())

    marks = [json.loads(row.body)["was"].get("data") for row in rows]
    assert rows[0].data == rows[1].data == '{"姓名":"李四"}'
    assert marks[0] != marks[1]
    assert marks[0] == mark_of(rows[0].data, rows[0].salt, hasher("sha256"))
    assert (rows[2].data, rows[2].salt, marks[2]) == (None, None, None)
    assert "李四" not in rows[0].body


def test_time_never_runs_backwards_and_the_jump_is_noted():
    head = Head(case="c1", sequence=7, hash="ab", at=NINE)
    rows, after = link(head, [record(at=NINE - timedelta(hours=1)), record(at=NINE)], "sha256", counted())

    first, second = (json.loads(row.body)["was"] for row in rows)
    assert first["at"] == "2026-11-24T09:00:00.000000Z"
    assert first["clock"] == "2026-11-24T08:00:00.000000Z"
    assert "clock" not in second
    assert after.at == NINE


def test_one_moment_has_one_text_in_every_time_zone():
    shanghai = NINE.astimezone(timezone(timedelta(hours=8)))

    here, _ = link(Head(case="c1"), [record(at=NINE)], "sha256", counted())
    there, _ = link(Head(case="c1"), [record(at=shanghai)], "sha256", counted())

    assert here == there


def test_a_record_of_another_case_is_refused():
    with pytest.raises(ValueError, match="no part of the chain"):
        link(Head(case="c2"), [record()], "sha256", counted())


texts = st.text(max_size=8)


@given(
    element=texts, unit=texts, person=texts, flow=texts, data=st.dictionaries(texts, texts | st.integers() | st.none())
)
def test_what_was_recorded_is_read_back(element: str, unit: str, person: str, flow: str, data: dict[str, object]):
    told = record(
        "completed", element=element, unit=unit, person=person, flow=flow, version="v", process="p", data=data
    )

    (row,), _ = link(Head(case="c1"), [told], "sha256", counted())

    assert recorded(row.body, row.data) == told
    assert recorded(row.body, row.data).data == data


def test_half_characters_are_escaped_because_no_database_keeps_them():
    (row,), _ = link(Head(case="c1"), [record(person="a\ud800b", data={"x": "\udfff"})], "sha256", counted())

    assert row.body.encode()
    assert row.data == '{"x":"\\udfff"}'
    assert recorded(row.body, row.data).person == "a\ud800b"


def test_no_number_stands_for_what_is_none():
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})


@pytest.mark.parametrize(
    ("text", "hashed"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
    ids=["first vector of the standard", "second vector of the standard"],
)
def test_sm3_is_that_of_the_standard(text: bytes, hashed: str):
    assert hasher("sm3")(text) == hashed


def test_a_chain_may_be_hashed_with_sm3():
    rows, _ = link(Head(case="c1"), [record(data={"a": 1})], "sm3", counted())

    assert rows[0].body.startswith('{"algorithm":"sm3",')
    assert rows[0].hash == hashlib.new("sm3", rows[0].body.encode()).hexdigest()


def test_another_algorithm_is_refused():
    with pytest.raises(UnknownAlgorithm, match="sha256"):
        hasher("md5")


def test_an_algorithm_this_machine_lacks_is_named(monkeypatch: pytest.MonkeyPatch):
    def lacks(name: str, *_: bytes) -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", lacks)

    with pytest.raises(NoAlgorithm, match="sm3"):
        hasher("sm3")
