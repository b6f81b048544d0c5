"""The tables, the same on SQLite and PostgreSQL.

Everything about a case is keyed by the case's id first, and no key leads from one case to another: a large database can
be divided by the hash of the case. Moments are whole microseconds since 1970 in UTC, data are JSON text made by us:
both are equal on every database. On SQLite small rows lie in the tree of their key; records, which are longer, lie in
their order of arrival. There is an index only where a question of every day needs one, for each costs every command.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    and_,
)

metadata = MetaData(
    naming_convention={"pk": "%(table_name)s_key", "uq": "%(table_name)s_%(column_0_N_name)s_once"},
)


def _key(name: str, kind: type[String] | type[Integer] = String) -> Column[Any]:
    """A part of the primary key."""
    return Column(name, kind, primary_key=True, autoincrement=False)


def _text(name: str) -> Column[str]:
    """A text that is never missing."""
    return Column(name, Text, nullable=False, server_default="")


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _moment(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _late(name: str) -> Column[int]:
    """A moment that may not have come yet."""
    return Column(name, BigInteger)


def _where(condition: ColumnElement[bool]) -> dict[str, Any]:
    """An index that holds only the rows that fulfil a condition."""
    return {"sqlite_where": condition, "postgresql_where": condition}


#: Each version of each procedure, once.
procedure = Table(
    "procedure",
    metadata,
    _key("digest"),
    _text("process"),
    _number("version"),
    _text("name"),
    _moment("installed"),
    Column("source", LargeBinary, nullable=False),
    Index("procedure_version", "process", "version", unique=True),
)

#: The further files of a procedure: called processes, decisions.
library = Table(
    "library",
    metadata,
    _key("procedure"),
    _key("name"),
    Column("source", LargeBinary, nullable=False),
)

#: What a message, a signal or a timer of that name starts; only of the newest version of each process.
start = Table(
    "start",
    metadata,
    _key("process"),
    _key("element"),
    _key("kind"),
    _key("name"),
    _text("procedure"),
    Index("start_name", "kind", "name"),
    sqlite_with_rowid=False,
)

#: Cases. `changed` is 1 while the head of the chain stands in no root yet.
case = Table(
    "case",
    metadata,
    _key("id"),
    _text("procedure"),
    _text("process"),
    _text("state"),
    _moment("started"),
    _late("ended"),
    _text("outcome"),
    _number("sequence"),
    _text("head"),
    _number("tokens"),
    _number("version"),
    _moment("latest"),
    Column("changed", Integer, nullable=False, server_default="1"),
    sqlite_with_rowid=False,
)
Index("case_state", case.c.state, case.c.id)
Index("case_changed", case.c.id, **_where(case.c.changed == 1))

#: The live tokens of cases under way.
token = Table("token", metadata, _key("case"), _key("id", Integer), _text("body"), sqlite_with_rowid=False)

#: The data of cases, by scope (a token's id, 0 the case) and key, as JSON text.
value = Table(
    "value",
    metadata,
    _key("case"),
    _key("scope", Integer),
    _key("key"),
    _text("value"),
    sqlite_with_rowid=False,
)

#: Work items, open and over. Their id is CASE-TOKEN.
item = Table(
    "item",
    metadata,
    _key("case"),
    _key("token", Integer),
    _text("element"),
    _text("name"),
    _text("unit"),
    _text("unit_name"),
    _text("post"),
    _text("candidates"),
    _text("state"),
    _text("person"),
    _moment("since"),
    _late("due"),
    _late("ended"),
    _text("draft"),
    _number("attempts"),
    _number("version"),
    sqlite_with_rowid=False,
)
Index("item_unit", item.c.unit, item.c.since, **_where(item.c.ended.is_(None)))
Index("item_person", item.c.person, item.c.since, **_where(and_(item.c.ended.is_(None), item.c.person != "")))

#: Tokens that wait for a message or a signal.
wait = Table(
    "wait",
    metadata,
    _key("case"),
    _key("token", Integer),
    _key("kind"),
    _key("name"),
    _text("element"),
    _text("correlation"),
    Index("wait_name", "kind", "name", "correlation"),
    sqlite_with_rowid=False,
)

#: Work for workers. Anybody may take it at `free_at`: its moment while it is ready, the end of its lease while held.
job = Table(
    "job",
    metadata,
    _key("case"),
    _key("id"),
    _number("token"),
    _text("kind"),
    _moment("run_at"),
    _text("state"),
    _moment("free_at"),
    _number("fence"),
    _number("attempts"),
    _text("error"),
    _text("body"),
    sqlite_with_rowid=False,
)
Index("job_due", job.c.free_at, **_where(job.c.state.in_(("ready", "held"))))
Index("job_rest", job.c.state, job.c.free_at, **_where(job.c.state.not_in(("ready", "held"))))

#: The keys of commands and their answers, kept for thirty days; `digest` tells whether the same was asked.
command = Table(
    "command",
    metadata,
    _key("caller"),
    _key("key"),
    _text("digest"),
    _moment("at"),
    _text("answer"),
    sqlite_with_rowid=False,
)

#: Histories, only ever added to. `data` and its `salt` stand beside the hashed body and may be erased.
record = Table(
    "record",
    metadata,
    _key("case"),
    _key("sequence", Integer),
    _text("body"),
    _text("hash"),
    Column("salt", Text),
    Column("data", Text),
)

#: Roots over the heads of all cases that changed, chained among themselves.
root = Table(
    "root",
    metadata,
    _key("number", Integer),
    _moment("at"),
    _text("body"),
    _text("hash"),
)

#: What each root stands over: a case, and its last sequence and hash at that time.
leaf = Table(
    "leaf",
    metadata,
    _key("case"),
    _key("sequence", Integer),
    _text("hash"),
    _number("root"),
    Index("leaf_root", "root", "case"),
    sqlite_with_rowid=False,
)

#: Cases that went to a file, so that nobody takes them for lost: the number of the archive, and the end of the chain.
archived = Table(
    "archived",
    metadata,
    _key("case"),
    _number("archive"),
    _number("sequence"),
    _text("head"),
    Index("archived_archive", "archive", "case"),
    sqlite_with_rowid=False,
)

#: What the database knows of itself: whether outgoing work is withheld, which cases were archived.
setting = Table("setting", metadata, _key("name"), _text("value"))
