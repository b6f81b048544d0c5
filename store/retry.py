"""What the drivers' errors mean, and how long to wait before the same is tried again.

Only what was not answered is tried again: a database that is busy, a line that broke. What the database refused it
would refuse again.
"""

import random
import re
import sqlite3
from collections.abc import Mapping

from store.errors import (
    Busy,
    Damaged,
    DiskFull,
    Gone,
    Locked,
    NoDatabase,
    NotADatabase,
    NotAdmitted,
    ReadOnly,
    StoreError,
    Taken,
    Unkeepable,
    Unreachable,
)

#: The first wait is a random part of this, in seconds; each further one of twice as much.
FIRST_WAIT = 0.01
LONGEST_WAIT = 2.0

_SQLITE: Mapping[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: Busy,
    sqlite3.SQLITE_LOCKED: Busy,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_READONLY: ReadOnly,
    sqlite3.SQLITE_PERM: ReadOnly,
    sqlite3.SQLITE_CANTOPEN: NoDatabase,
    sqlite3.SQLITE_NOTADB: NotADatabase,
    sqlite3.SQLITE_CORRUPT: Damaged,
    sqlite3.SQLITE_CONSTRAINT: Taken,
    sqlite3.SQLITE_READONLY_DBMOVED: Gone,
}
#: SQLSTATE by its whole code, else by its class.
_POSTGRESQL: Mapping[str, type[StoreError]] = {
    "40001": Busy,
    "40P01": Busy,
    "55P03": Locked,
    "57P01": Busy,
    "57P02": Busy,
    "57P03": Busy,
    "57014": Busy,
    "53300": Busy,
    "25P03": Busy,
    "08": Busy,
    "53100": DiskFull,
    "25006": ReadOnly,
    "42501": ReadOnly,
    "3D000": NoDatabase,
    "42P01": NoDatabase,
    "28": NotAdmitted,
    "22": Unkeepable,
    "23": Taken,
    "XX001": Damaged,
    "XX002": Damaged,
}
#: What is not tried again though the database was only busy: it took its time already, or has no place for us.
_FINAL = frozenset({"57014", "53300", "25P03"})


def meaning(error: Exception, *, silent: bool = False) -> StoreError:
    """The driver's error as one of ours; `silent` where the line was cut because the database did not answer."""
    if isinstance(error, UnicodeError):
        return Unkeepable(str(error))
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    return _of_postgresql(error, silent)


def wait_before(attempt: int, chance: random.Random) -> float:
    """Seconds to wait before a further attempt, the first of which is 1; random, so that two do not meet again."""
    return min(LONGEST_WAIT, chance.uniform(0, FIRST_WAIT * 2.0**attempt))


def _of_sqlite(error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0)
    detail = str(error)
    if code == sqlite3.SQLITE_ERROR and detail.startswith("no such table"):
        return NoDatabase(detail)
    kind = _SQLITE.get(code) or _SQLITE.get(code & 0xFF, StoreError)
    found = kind(detail)
    found.may_repeat = kind is Busy
    return found


def _of_postgresql(error: Exception, silent: bool) -> StoreError:
    code: str | None = getattr(error, "sqlstate", None)
    detail = " ".join(str(error).split())[:300]
    if code is None:
        silent = silent or type(error).__name__ == "ConnectionTimeout"
        found = _without_code(error, detail)
    else:
        found = (_POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2], StoreError))(detail)
    found.may_repeat = isinstance(found, Busy) and not silent and code not in _FINAL
    return found


def _without_code(error: Exception, detail: str) -> StoreError:
    """The line broke, or there was none: then the words are all there is, in the language of the server."""
    if type(error).__name__ not in _LINE_ERRORS:
        return Unkeepable(detail) if type(error).__name__ == "DataError" else StoreError(detail)
    return next((kind(detail) for kind, words in _WORDS if words.search(detail)), Busy(detail))


_LINE_ERRORS = frozenset({"OperationalError", "ConnectionTimeout", "InterfaceError", "TimeoutError"})
_WORDS: tuple[tuple[type[StoreError], re.Pattern[str]], ...] = (
    (NoDatabase, re.compile(r"(?i)database .* does not exist|数据库.*不存在")),
    (
        NotAdmitted,
        re.compile(r"(?i)authentication failed|no password|role .* does not exist|认证失败|角色.*不存在|pg_hba"),
    ),
    (Unreachable, re.compile(r"(?i)refused|resolve|translate host|no such file|拒绝")),
)
