"""Versions of procedures: kept once, numbered, found by their files, their process, or what starts them."""

import threading
from collections.abc import Iterable

import pytest

import store
from store import Store
from store.errors import NoSuchProcedure
from store.rows import ProcedureRow, StartRow
from tests.store.samples import NOW


def version(digest: str, process: str = "permit") -> ProcedureRow:
    files = {"称重.dmn": b"<definitions/>", "b.bpmn": b"\x00\xff"}
    return ProcedureRow(
        digest=digest, process=process, version=0, name="许可", installed=NOW, source=digest.encode(), library=files
    )


def starting(digest: str, name: str, process: str = "permit") -> StartRow:
    return StartRow(procedure=digest, process=process, element="begin", kind="message", name=name)


def install(kept: Store, row: ProcedureRow, starts: Iterable[StartRow] = ()) -> ProcedureRow:
    return kept.perform(lambda writing: writing.install(row, starts))


def test_a_version_is_kept_whole_and_once(kept: Store) -> None:
    first = install(kept, version("a"))
    again = install(kept, version("a"))

    assert first == again
    assert (first.version, first.library) == (1, version("a").library)
    with kept.reading() as reading:
        assert reading.procedure("a") == first
        with pytest.raises(NoSuchProcedure, match="b"):
            reading.procedure("b")


def test_versions_are_counted_by_process(kept: Store) -> None:
    rows = [install(kept, version(*row)) for row in (("a",), ("b",), ("c", "licence"))]

    assert [row.version for row in rows] == [1, 2, 1]
    with kept.reading() as reading:
        assert reading.newest("permit") == rows[1]
        assert [(row.process, row.version) for row in reading.procedures()] == [("licence", 1), ("permit", 2)]
        with pytest.raises(NoSuchProcedure):
            reading.newest("another")


def test_a_message_starts_the_newest_version_only(kept: Store) -> None:
    install(kept, version("a"), [starting("a", "apply"), starting("a", "ask")])
    install(kept, version("b"), [starting("b", "apply")])
    install(kept, version("c", "licence"), [starting("c", "apply", "licence")])

    with kept.reading() as reading:
        assert [row.procedure for row in reading.starts("message", "apply")] == ["c", "b"]
        assert reading.starts("message", "ask") == reading.starts("signal", "apply") == []


def test_several_who_install_at_once_get_one_number_each(url: str) -> None:
    with store.connect(url, wait=30) as kept:
        at_once = threading.Barrier(4)

        def work(number: int) -> None:
            at_once.wait()
            kept.perform(lambda writing: writing.install(version(f"file {number}")), tries=20, within=20)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with kept.reading() as reading:
            assert sorted(reading.procedure(f"file {number}").version for number in range(4)) == [1, 2, 3, 4]
