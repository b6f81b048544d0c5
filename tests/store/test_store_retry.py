"""What is tried again, how long one waits, and what never is."""

import random
import sqlite3
from collections.abc import Callable

import pytest

from store import Store, Writing
from store.errors import Busy, Damaged, DiskFull, Locked, NoDatabase, NotAdmitted, ReadOnly, StoreError, Taken
from store.retry import meaning, wait_before
from tests.store.samples import new_case

psycopg = pytest.importorskip("psycopg")


@pytest.mark.parametrize(
    ("code", "kind", "may_repeat"),
    [
        ("40001", Busy, True),
        ("40P01", Busy, True),
        ("55P03", Locked, True),
        ("08006", Busy, True),
        ("57P01", Busy, True),
        ("57P02", Busy, True),
        ("57P03", Busy, True),
        ("57014", Busy, False),
        ("53100", DiskFull, False),
        ("25006", ReadOnly, False),
        ("23505", Taken, False),
        ("42601", StoreError, False),
        ("42P01", NoDatabase, False),
        ("28P01", NotAdmitted, False),
        ("XX001", Damaged, False),
    ],
)
def test_what_a_server_says_is_tried_again_only_where_it_was_not_answered(
    code: str, kind: type[StoreError], may_repeat: bool
) -> None:
    error = psycopg.errors.lookup(code)("no")

    found = meaning(error)

    assert (type(found), found.may_repeat) == (kind, may_repeat)


@pytest.mark.parametrize(
    ("text", "kind", "may_repeat"),
    [
        ("server closed the connection unexpectedly", Busy, True),
        ('connection failed: FATAL:  database "x" does not exist', NoDatabase, False),
        ('FATAL:  数据库 "x" 不存在', NoDatabase, False),
        ('FATAL:  password authentication failed for user "x"', NotAdmitted, False),
        ("FATAL:  the database system is starting up", Busy, True),
    ],
)
def test_a_line_that_broke_or_never_stood_tells_by_its_words(
    text: str, kind: type[StoreError], may_repeat: bool
) -> None:
    found = meaning(psycopg.OperationalError(text))

    assert (type(found), found.may_repeat) == (kind, may_repeat)


def test_a_server_that_says_nothing_is_not_asked_again_at_once() -> None:
    assert not meaning(psycopg.OperationalError("server closed the connection"), silent=True).may_repeat
    assert not meaning(psycopg.errors.ConnectionTimeout("timeout")).may_repeat


def test_a_busy_file_is_tried_again_and_a_wrong_statement_is_not() -> None:
    busy, wrong = sqlite3.OperationalError("database is locked"), sqlite3.OperationalError("syntax error")
    busy.sqlite_errorcode, wrong.sqlite_errorcode = sqlite3.SQLITE_BUSY, sqlite3.SQLITE_ERROR

    assert (type(meaning(busy)), meaning(busy).may_repeat) == (Busy, True)
    assert (type(meaning(wrong)), meaning(wrong).may_repeat) == (StoreError, False)


def test_the_waits_are_random_and_grow_to_a_limit() -> None:
    chance = random.Random(7)
    for attempt in range(1, 12):
        waits = [wait_before(attempt, chance) for _ in range(200)]
        limit = min(2.0, 0.01 * 2**attempt)
        assert 0 <= min(waits) < 0.2 * limit
        assert 0.8 * limit < max(waits) <= limit


def failing(times: int, error: Callable[[], Exception]) -> tuple[Callable[[Writing], str], list[int]]:
    """Work that fails so many times and counts how often it was tried."""
    tried: list[int] = []

    def work(writing: Writing) -> str:
        tried.append(len(tried))
        writing.save(new_case(f"C{len(tried)}"))
        if len(tried) <= times:
            raise error()
        return "kept"

    return work, tried


def busy_again() -> Busy:
    return Busy.to_repeat("somebody else")


def test_work_is_tried_three_times_and_only_the_last_is_kept(kept: Store) -> None:
    work, tried = failing(2, busy_again)

    assert kept.perform(work) == "kept"

    with kept.reading() as reading:
        assert [case.id for case in reading.cases()] == ["C3"]
    assert len(tried) == 3


@pytest.mark.parametrize(
    ("times", "error", "tries", "within", "expected"),
    [
        (9, busy_again, 3, 5.0, 3),
        (9, busy_again, 8, 5.0, 8),
        (9, busy_again, 8, 0.0, 1),
        (9, lambda: Taken("x"), 3, 5.0, 1),
        (9, lambda: KeyError("x"), 3, 5.0, 1),
    ],
    ids=["as often as allowed", "workers", "no time left", "refused by the database", "an error of the work"],
)
def test_work_is_given_up(
    kept: Store, times: int, error: Callable[[], Exception], tries: int, within: float, expected: int
) -> None:
    work, tried = failing(times, error)

    with pytest.raises(type(error())):
        kept.perform(work, tries=tries, within=within)

    assert len(tried) == expected
    with kept.reading() as reading:
        assert reading.cases() == []
