"""Statements: built once from the tables, their text compiled once for each kind of database and kept.

SQLAlchemy writes the text and the driver runs it: what SQLAlchemy does between the two at each execution costs more
than the whole statement costs SQLite.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    literal_column,
    make_url,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

#: The kinds of database; whatever differs between them is a function of one of these names.
SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"

#: What makes a statement for a kind of database.
Build = Callable[[str], Select[Any] | Insert | Update | Delete]


def _dialect(driver: str, paramstyle: str) -> Dialect:
    """How statements are written for a driver, with values by their places."""
    kind: Any = make_url(f"{driver}://").get_dialect()
    made: Dialect = kind(paramstyle=paramstyle)
    return made


def dialect_of(kind: str) -> Dialect:
    """How a kind of database is written for."""
    return _DIALECTS[kind]


_DIALECTS = {SQLITE: _dialect("sqlite", "qmark"), POSTGRESQL: _dialect("postgresql+psycopg", "format")}
_CLOCKS = {
    SQLITE: "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)",
    POSTGRESQL: "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
}


class Statement:
    """One statement by the names of what it takes, in their order; values are handed over in that order."""

    def __init__(self, takes: str, build: Build) -> None:
        self._takes = takes.split()
        self._build = build
        self._ready: dict[str, tuple[str, Callable[[Sequence[Any]], Sequence[Any]] | None]] = {}

    def on(self, kind: str) -> tuple[str, Callable[[Sequence[Any]], Sequence[Any]] | None]:
        """Its text on a kind of database, and what puts the values into the text's order; none where they are in it."""
        found = self._ready.get(kind)
        if found is None:
            found = self._ready[kind] = self._compiled(kind)
        return found

    def _compiled(self, kind: str) -> tuple[str, Callable[[Sequence[Any]], Sequence[Any]] | None]:
        built = self._build(kind).compile(dialect=_DIALECTS[kind], compile_kwargs={"render_postcompile": True})
        names: list[str] = list(getattr(built, "positiontup", None) or ())
        if names == self._takes:
            return str(built), None
        constants = [name for name in names if name not in self._takes]
        place = {name: number for number, name in enumerate([*self._takes, *constants])}
        if unused := [name for name in self._takes if name not in names]:
            raise ValueError(f"the statement does not use {unused}")
        fixed = tuple(built.params[name] for name in constants)
        return str(built), _arrange([place[name] for name in names], fixed)


def _arrange(places: list[int], fixed: tuple[Any, ...]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What picks values by their places, those given first and the fixed ones behind them."""
    if len(places) == 1:
        (only,) = places
        return lambda values: ((*values, *fixed)[only],)
    pick = itemgetter(*places)
    return lambda values: pick((*values, *fixed))


def given(name: str) -> BindParameter[Any]:
    """A value handed over by that name."""
    return bindparam(name, None)


def clock(kind: str) -> ColumnElement[int]:
    """What the database's own clock says, in microseconds: the one clock that several machines share."""
    return literal_column(_CLOCKS[kind])


def inserting(table: Table) -> Statement:
    """A new row: a value for each column of the table, in their order."""
    names = [column.name for column in table.columns]
    return Statement(" ".join(names), lambda _: table.insert().values({name: given(name) for name in names}))


def putting(table: Table) -> Statement:
    """A row that may be there already: then all but its key is replaced."""
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if column.name not in keys]

    def build(kind: str) -> Insert:
        made = _upsert(kind, table).values({column.name: given(column.name) for column in table.columns})
        return made.on_conflict_do_update(index_elements=keys, set_={name: made.excluded[name] for name in others})

    return Statement(" ".join([*keys, *others]), build)


def adding(table: Table) -> Statement:
    """A row that may be there already: then nothing happens, and no row is counted."""

    def build(kind: str) -> Insert:
        values = {column.name: given(column.name) for column in table.columns}
        return _upsert(kind, table).values(values).on_conflict_do_nothing()

    return Statement(" ".join(column.name for column in table.columns), build)


def changing(table: Table, by: str, names: str) -> Statement:
    """New values for the named columns of the rows that `by` names; the values first, then the key."""
    values = {name: given(f"new_{name}") for name in names.split()}

    def build(_: str) -> Update:
        return update(table).where(*(table.c[name] == given(name) for name in by.split())).values(values)

    return Statement(" ".join([*(f"new_{name}" for name in names.split()), *by.split()]), build)


def removing(table: Table, by: str) -> Statement:
    """The rows that have these values in the columns named go."""
    names = by.split()
    return Statement(by, lambda _: delete(table).where(*(table.c[name] == given(name) for name in names)))


@cache
def clock_reading() -> Statement:
    """The moment it is by the database."""
    return Statement("", lambda kind: Select(clock(kind)))


def _upsert(kind: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insertion that knows what to do about a row that is there: each database has its own."""
    return sqlite.insert(table) if kind == SQLITE else postgresql.insert(table)
