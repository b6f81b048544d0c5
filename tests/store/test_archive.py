"""Cases that ended long ago go into files and stay provable."""

import builtins
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars
import pytest

import store.archive
from bpmn.history import Record
from store import Store
from store.archive import archive, check, histories
from store.chain import ADMINISTRATION
from store.errors import DamagedArchive, NoPolars, NoSuchCase, Stale
from store.roots import keep, leaves_of, read, written
from store.rows import Effects
from store.verify import verify
from tests.store.histories import BEGIN, filled, told

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def over(kept: Store) -> Store:
    """Give a store with six cases, three of them over, whose outgoing work is done."""
    filled(kept, 6)
    told(kept, "UPDATE job SET state = 'done'")
    return kept


def test_cases_that_are_over_go_into_a_file_and_the_others_stay(over: Store, tmp_path: Path):
    (made,) = archive(over, NOON, tmp_path, NOON, "王芳")

    assert (made.number, made.cases, made.records) == (1, 3, 30)
    assert made.path.name == "archive-000001.parquet"
    assert [row.id for row in cases(over)] == ["案-1", "案-3", "案-5"]
    assert [history.case for history in histories(made.path)] == ["案-2", "案-4", "案-6"]


def cases(over: Store) -> list[object]:
    with over.reading() as reading:
        return [row for row in reading.cases() if row.id != ADMINISTRATION]


def test_histories_come_back_as_they_were(over: Store, tmp_path: Path):
    with over.reading() as reading:
        before = [store.archive.recorded(row.body, row.data) for row in reading.records("案-2")]

    (made,) = archive(over, NOON, tmp_path, NOON, "王芳")

    first = next(histories(made.path))
    assert list(first.records) == before
    assert [dict(record.data) for record in first.records] == [dict(record.data) for record in before]
    assert first.end is not None


def test_a_case_stays_where_it_ended_later_or_has_work_under_way(over: Store, tmp_path: Path):
    told(over, "UPDATE job SET state = 'stuck' WHERE \"case\" = '案-4'")

    made = list(archive(over, BEGIN + timedelta(hours=5), tmp_path, NOON, "王芳"))

    assert [history.case for one in made for history in histories(one.path)] == ["案-2"]


def test_the_database_still_holds_and_its_roots_too(over: Store, tmp_path: Path):
    root = keep(over, NOON)
    assert root is not None
    with over.reading() as reading:
        known = read(written(root, leaves_of(reading, 1)))

    list(archive(over, NOON, tmp_path, NOON, "王芳"))
    keep(over, NOON)

    found = verify(over, [known])
    assert found.damage == ()
    assert found.records == 3 * 9 + 1


def test_nothing_of_an_archived_case_is_left_behind(over: Store, tmp_path: Path):
    list(archive(over, NOON, tmp_path, NOON, "王芳"))

    with over.reading() as reading:
        with pytest.raises(NoSuchCase):
            reading.case("案-2")
        assert list(reading.records("案-2")) == []
        assert reading.items(case="案-2", states=["offered"]) == []
        assert reading.values("案-2", 0) == {}
        assert reading.jobs(["done"], case="案-2") == []


def test_many_cases_go_into_many_files(over: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store.archive, "CASES", 2)

    made = list(archive(over, NOON, tmp_path, NOON, "王芳"))

    assert [(one.number, one.cases) for one in made] == [(1, 2), (2, 1)]
    assert verify(over).damage == ()
    assert list(archive(over, NOON, tmp_path, NOON, "王芳")) == []


def test_killed_before_the_removal_nothing_is_lost(over: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store.archive, "note", killed)
        with pytest.raises(KeyboardInterrupt):
            list(archive(over, NOON, tmp_path, NOON, "王芳"))
    assert len(cases(over)) == 6
    assert verify(over).damage == ()

    (made,) = archive(over, NOON, tmp_path, NOON, "王芳")

    assert made.path == tmp_path / "archive-000001.parquet"
    assert check(made.path) == []
    assert verify(over).damage == ()


def test_a_case_that_changed_meanwhile_is_not_removed(over: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def changing(path: Path) -> list[object]:
        at = datetime(2026, 6, 1, tzinfo=UTC)
        late = Record(case="案-2", kind="message-received", at=at)
        over.perform(lambda writing: writing.save(Effects(case=writing.case("案-2"), records=[late])))
        return []

    monkeypatch.setattr(store.archive, "check", changing)

    with pytest.raises(Stale):
        list(archive(over, NOON, tmp_path, NOON, "王芳"))

    assert len(cases(over)) == 6
    assert verify(over).damage == ()


def test_a_case_removed_and_called_archived_is_seen(over: Store, tmp_path: Path):
    list(archive(over, NOON, tmp_path, NOON, "王芳"))
    for table, key in (("record", "case"), ("case", "id")):
        told(over, f'DELETE FROM "{table}" WHERE "{key}" = \'案-1\'')
    told(over, f"INSERT INTO archived VALUES ('案-1', 1, 9, '{'0' * 64}')")
    assert (ADMINISTRATION, 1, "state-differs") in named(over)

    told(over, "UPDATE archived SET archive = 2 WHERE \"case\" = '案-1'")
    assert ("案-1", 0, "case-missing") in named(over)


def named(over: Store) -> list[tuple[str, int, str]]:
    return [(one.case, one.sequence, one.kind) for one in verify(over).damage]


def test_a_file_that_was_changed_is_seen(over: Store, tmp_path: Path):
    (made,) = archive(over, NOON, tmp_path, NOON, "王芳")
    frame = polars.read_parquet(made.path)
    body = polars.col("body").str.replace("王芳", "王方")

    frame.with_columns(body).write_parquet(made.path)
    assert {damage.kind for damage in check(made.path)} == {"changed"}

    frame.filter(polars.col("sequence") != 10).write_parquet(made.path)
    assert {(damage.sequence, damage.kind) for damage in check(made.path)} == {(10, "tail-missing")}


@pytest.mark.parametrize("content", [b"", b"PAR1 nothing", b"no parquet"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "a.parquet").write_bytes(content)

    with pytest.raises(DamagedArchive):
        check(tmp_path / "a.parquet")


def test_parquet_of_something_else_is_refused(tmp_path: Path):
    polars.DataFrame({"case": ["a"]}).write_parquet(tmp_path / "a.parquet")

    with pytest.raises(DamagedArchive, match="body"):
        next(histories(tmp_path / "a.parquet"))


def test_where_the_extra_is_missing_a_sentence_says_so(over: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "polars":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(NoPolars, match="logs"):
        list(archive(over, NOON, tmp_path, NOON, "王芳"))
    assert len(cases(over)) == 6
