"""One command, one transaction: its key, what it writes at once, and what is read back."""

import sqlite3
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import store
from bpmn.history import Record
from store import Store, Writing
from store.errors import KeyReused, NoSuchCase, NoSuchItem, Stale, Taken, Unkeepable
from store.rows import Effects, WaitRow
from tests.store.samples import DIGEST, NOW, item_of, job_of, new_case


class Refused(Exception):
    """What a command raises that is refused."""


def test_what_is_not_there_is_named(kept: Store) -> None:
    with pytest.raises(NoSuchCase, match="C-7"):
        kept.perform(lambda writing: writing.case("C-7"))
    with pytest.raises(NoSuchItem, match="C-7-1"):
        kept.perform(lambda writing: writing.locked("C-7-1"))


@pytest.mark.parametrize("id_", ["", "-", "C", "C-", "-1", "C-x", "C--1", "C-１", "C-99999999999999999999"])
def test_an_id_that_is_none_is_not_found(kept: Store, id_: str) -> None:
    with pytest.raises(NoSuchItem), kept.reading() as reading:
        reading.item(id_)


def test_a_command_is_kept_as_a_whole(kept: Store) -> None:
    effects = new_case("2026-1")
    effects.values = {(0, "姓名"): '"王芳"', (1, "n"): "3"}
    effects.waits = [WaitRow(case="2026-1", token=1, element="reply", kind="message", name="复函", correlation="7")]
    effects.jobs = [job_of(1, case="2026-1")]

    sequences = kept.perform(lambda writing: writing.save(effects))

    with kept.reading() as reading:
        case = reading.case("2026-1")
        assert sequences == range(1, 3)
        assert (case.sequence, case.version, case.started, case.latest) == (2, 1, NOW, NOW)
        assert reading.tokens("2026-1") == [(1, '{"at":"accept"}')]
        assert reading.values("2026-1", 0) == {"姓名": '"王芳"'}
        assert reading.value("2026-1", 1, "n") == "3"
        assert reading.value("2026-1", 2, "n") is None
        assert reading.items() == [item_of("2026-1", 1, version=1)]
        assert reading.waits("2026-1") == effects.waits
        assert reading.jobs() == effects.jobs
        kinds = [record.body.split('"kind":"')[1].split('"')[0] for record in reading.records("2026-1")]
        assert kinds == ["started", "offered"]
        assert list(reading.records("2026-1"))[-1].hash == case.head


def test_a_later_command_changes_only_what_it_names(kept: Store) -> None:
    first = new_case("2026-1")
    first.values = {(0, "a"): "1", (0, "b"): "2", (5, "c"): "3"}
    first.waits = [WaitRow(case="2026-1", token=1, element="x", kind="signal", name="stop")]
    first.jobs = [job_of(1, case="2026-1")]
    kept.perform(lambda writing: writing.save(first))

    def complete(writing: Writing) -> range:
        case, item = writing.locked("2026-1-1")
        return writing.save(
            Effects(
                case=case.evolve(tokens=2),
                tokens={2: "{}"},
                gone=[1],
                values={(0, "a"): "9", (0, "b"): None},
                scopes_gone=[5],
                changed_items=[item.evolve(state="completed", person="王芳", ended=NOW)],
                waits_gone=[1],
                jobs_gone=[1],
                records=[Record(case="2026-1", kind="completed", at=NOW, data={"批": "同意"})],
            )
        )

    assert kept.perform(complete) == range(3, 4)
    with kept.reading() as reading:
        assert reading.tokens("2026-1") == [(2, "{}")]
        assert (reading.values("2026-1", 0), reading.values("2026-1", 5)) == ({"a": "9"}, {})
        assert reading.items(case="2026-1") == reading.waits("2026-1") == reading.jobs() == []
        assert reading.item("2026-1-1") == item_of("2026-1", 1, state="completed", person="王芳", ended=NOW, version=2)
        assert [record.data for record in reading.records("2026-1", after=2)] == ['{"批":"同意"}']


def test_a_refusal_leaves_nothing_behind(kept: Store) -> None:
    def refuse(writing: Writing) -> None:
        writing.keyed("office", "k", DIGEST, NOW)
        writing.save(new_case("2026-1"))
        raise Refused

    with pytest.raises(Refused):
        kept.perform(refuse)

    with kept.reading() as reading:
        assert reading.cases() == []
    assert kept.perform(lambda writing: writing.keyed("office", "k", DIGEST, NOW)) is None


def test_a_key_gives_the_answer_of_then(kept: Store) -> None:
    def command(writing: Writing) -> str:
        stored = writing.keyed("office", "k", DIGEST, NOW)
        if stored is None:
            writing.answered("office", "k", '{"案":1}')
        return stored or "done now"

    assert [kept.perform(command) for _ in range(3)] == ["done now", '{"案":1}', '{"案":1}']
    assert kept.perform(lambda writing: writing.keyed("another", "k", DIGEST, NOW)) is None
    with pytest.raises(KeyReused):
        kept.perform(lambda writing: writing.keyed("office", "k", "e" * 64, NOW))


def test_what_somebody_else_changed_meanwhile_is_stale(kept: Store) -> None:
    kept.perform(lambda writing: writing.save(new_case("2026-1")))
    with kept.reading() as reading:
        seen, item = reading.case("2026-1"), reading.item("2026-1-1")
    kept.perform(lambda writing: writing.save(Effects(case=writing.case("2026-1"), changed_items=[item])))

    with pytest.raises(Stale):
        kept.perform(lambda writing: writing.save(Effects(case=seen)))
    with pytest.raises(Stale):
        kept.perform(lambda writing: writing.save(Effects(case=writing.case("2026-1"), changed_items=[item])))


def test_an_error_of_the_database_cannot_be_swallowed(kept: Store) -> None:
    kept.perform(lambda writing: writing.save(new_case("2026-1")))

    def swallow(writing: Writing) -> None:
        writing.save(new_case("2026-2"))
        with pytest.raises(Taken):
            writing.save(new_case("2026-1"))

    with pytest.raises(Taken):
        kept.perform(swallow)
    with kept.reading() as reading:
        assert [case.id for case in reading.cases()] == ["2026-1"]


@pytest.mark.parametrize("text", ["\ud800", "a\x00b"], ids=["half a character", "an empty one"])
def test_a_text_no_database_keeps_is_refused_or_kept_whole(kept: Store, text: str) -> None:
    effects = new_case("2026-1")
    effects.values = {(0, "name"): text}
    try:
        kept.perform(lambda writing: writing.save(effects))
    except Unkeepable:
        return
    with kept.reading() as reading:
        assert reading.value("2026-1", 0, "name") == text


def test_moments_come_back_aware_and_in_utc(kept: Store) -> None:
    shanghai = timezone(timedelta(hours=8))
    nine = datetime(2026, 10, 1, 9, 0, 0, 123456, tzinfo=shanghai)

    kept.perform(lambda writing: writing.save(new_case("2026-1", started=nine)))

    with kept.reading() as reading:
        started = reading.case("2026-1").started
    assert started.isoformat() == "2026-10-01T01:00:00.123456+00:00"


def test_a_moment_without_zone_is_refused(kept: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        kept.perform(lambda writing: writing.save(new_case("2026-1", started=datetime(2026, 10, 1, 9))))


def test_time_does_not_run_backwards_in_a_case(kept: Store) -> None:
    kept.perform(lambda writing: writing.save(new_case("2026-1")))
    late = Record(case="2026-1", kind="saved", at=NOW - timedelta(hours=1))

    kept.perform(lambda writing: writing.save(Effects(case=writing.case("2026-1"), records=[late])))

    (history,) = kept.histories()
    assert [record.at for record in history.records] == [NOW, NOW, NOW]
    with kept.reading() as reading:
        assert reading.case("2026-1").latest == NOW


def test_histories_are_those_of_all_cases(kept: Store) -> None:
    for number in range(5):
        kept.perform(lambda writing, number=number: writing.save(new_case(f"2026-{number}")))

    found = list(kept.histories(page=2))

    assert [history.case for history in found] == [f"2026-{number}" for number in range(5)]
    assert {tuple(record.kind for record in history.records) for history in found} == {("started", "offered")}


def test_work_items_are_found_by_person_unit_and_state_page_by_page(kept: Store) -> None:
    def write(writing: Writing) -> None:
        for number in range(1, 7):
            effects = new_case(f"C{number}")
            effects.items = [
                item_of(f"C{number}", 1, unit="food" if number % 2 else "fire", person="王芳" if number < 3 else "")
            ]
            writing.save(effects)
        over = new_case("C9")
        over.items = [item_of("C9", 1, unit="food", state="completed", ended=NOW)]
        writing.save(over)

    kept.perform(write)

    with kept.reading() as reading:
        assert [item.case for item in reading.items(unit="food")] == ["C1", "C3", "C5"]
        assert [item.case for item in reading.items(person="王芳")] == ["C1", "C2"]
        assert [item.case for item in reading.items(person="王芳", unit="fire")] == ["C2"]
        assert [item.case for item in reading.items(states=["completed"])] == ["C9"]
        assert [item.case for item in reading.items(limit=4)] == ["C1", "C2", "C3", "C4"]
        assert [item.case for item in reading.items(limit=4, after="C4-1")] == ["C5", "C6"]
        assert [case.id for case in reading.cases(state="active", after="C5")] == ["C6", "C9"]
        counts = reading.counts()
    assert (counts.cases, counts.items, counts.jobs) == ({"active": 7}, {"offered": 6}, {})


def test_who_waits_for_a_message_is_found_by_name_and_correlation(kept: Store) -> None:
    def write(writing: Writing) -> None:
        for number, correlation in enumerate(["", "7", "8"]):
            effects = new_case(f"C{number}")
            effects.waits = [
                WaitRow(case=f"C{number}", token=1, element="x", kind="message", name="复函", correlation=correlation),
                WaitRow(case=f"C{number}", token=2, element="x", kind="signal", name="复函"),
            ]
            writing.save(effects)

    kept.perform(write)

    with kept.reading() as reading:
        assert [wait.case for wait in reading.waiting("message", "复函")] == ["C0", "C1", "C2"]
        assert [wait.case for wait in reading.waiting("message", "复函", "7")] == ["C0", "C1"]
        assert [wait.case for wait in reading.waiting("message", "复函", after="C1")] == ["C2"]
        assert reading.waiting("message", "another") == []


def test_however_many_wait_for_a_signal_all_are_found(kept: Store) -> None:
    def write(writing: Writing) -> None:
        effects = new_case("C1")
        effects.waits = [
            WaitRow(case="C1", token=token, element="x", kind="signal", name="停电") for token in range(1, 2_001)
        ]
        writing.save(effects)

    kept.perform(write)

    with kept.reading() as reading:
        assert len(reading.waiting("signal", "停电")) == 2_000


def test_chinese_text_stands_readable_in_the_file(tmp_path: Path) -> None:
    url = store.url_of(str(tmp_path / "案件 #1%20?.db"))
    store.create(url)
    effects = new_case("2026-1")
    effects.records.append(Record(case="2026-1", kind="saved", at=NOW, person="王芳", data={"意见": "同意"}))
    with store.connect(url) as kept:
        kept.perform(lambda writing: writing.save(effects))

    with sqlite3.connect(tmp_path / "案件 #1%20?.db") as plain:
        found = plain.execute("SELECT count(*) FROM record WHERE body LIKE '%王芳%' AND data LIKE '%同意%'").fetchone()
    plain.close()
    assert found == (1,)
