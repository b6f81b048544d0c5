"""The tables of the first version.

They are written out here, apart from `store/tables.py`, which goes on: a migration never changes once it was released.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables and their indexes."""
    _procedures()
    _cases()
    _items()
    _work()
    _histories()


def downgrade() -> None:
    """Remove all tables."""
    for name in (
        *("procedure", "library", "start", "case", "token", "value", "item", "wait", "job", "command"),
        *("record", "root", "leaf", "archived", "setting"),
    ):
        op.drop_table(name)


def _procedures() -> None:
    op.create_table(
        "procedure",
        _key("digest"),
        _text("process"),
        _number("version"),
        _text("name"),
        _moment("installed"),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="procedure_key"),
    )
    op.create_index("procedure_version", "procedure", ["process", "version"], unique=True)
    op.create_table(
        "library",
        _key("procedure"),
        _key("name"),
        sa.Column("source", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("procedure", "name", name="library_key"),
    )
    op.create_table(
        "start",
        *map(_key, ("process", "element", "kind", "name")),
        _text("procedure"),
        sa.PrimaryKeyConstraint("process", "element", "kind", "name", name="start_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("start_name", "start", ["kind", "name"])


def _cases() -> None:
    op.create_table(
        "case",
        _key("id"),
        *map(_text, ("procedure", "process", "state")),
        _moment("started"),
        sa.Column("ended", sa.BigInteger),
        _text("outcome"),
        _number("sequence"),
        _text("head"),
        _number("tokens"),
        _number("version"),
        _moment("latest"),
        _number("changed", "1"),
        sa.PrimaryKeyConstraint("id", name="case_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("case_state", "case", ["state", "id"])
    op.create_index("case_changed", "case", ["id"], **_where("changed = 1"))
    op.create_table(
        "token",
        _key("case"),
        _key("id", sa.Integer),
        _text("body"),
        sa.PrimaryKeyConstraint("case", "id", name="token_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "value",
        _key("case"),
        _key("scope", sa.Integer),
        _key("key"),
        _text("value"),
        sa.PrimaryKeyConstraint("case", "scope", "key", name="value_key"),
        sqlite_with_rowid=False,
    )


def _items() -> None:
    op.create_table(
        "item",
        _key("case"),
        _key("token", sa.Integer),
        *map(_text, ("element", "name", "unit", "unit_name", "post", "candidates", "state", "person")),
        _moment("since"),
        sa.Column("due", sa.BigInteger),
        sa.Column("ended", sa.BigInteger),
        _text("draft"),
        _number("attempts"),
        _number("version"),
        sa.PrimaryKeyConstraint("case", "token", name="item_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("item_unit", "item", ["unit", "since"], **_where("ended IS NULL"))
    op.create_index("item_person", "item", ["person", "since"], **_where("ended IS NULL AND person != ''"))
    op.create_table(
        "wait",
        _key("case"),
        _key("token", sa.Integer),
        _key("kind"),
        _key("name"),
        _text("element"),
        _text("correlation"),
        sa.PrimaryKeyConstraint("case", "token", "kind", "name", name="wait_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("wait_name", "wait", ["kind", "name", "correlation"])


def _work() -> None:
    op.create_table(
        "job",
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
        sa.PrimaryKeyConstraint("case", "id", name="job_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("job_due", "job", ["free_at"], **_where("state IN ('ready', 'held')"))
    op.create_index("job_rest", "job", ["state", "free_at"], **_where("(state NOT IN ('ready', 'held'))"))
    op.create_table(
        "command",
        _key("caller"),
        _key("key"),
        _text("digest"),
        _moment("at"),
        _text("answer"),
        sa.PrimaryKeyConstraint("caller", "key", name="command_key"),
        sqlite_with_rowid=False,
    )
    op.create_table("setting", _key("name"), _text("value"), sa.PrimaryKeyConstraint("name", name="setting_key"))


def _histories() -> None:
    op.create_table(
        "record",
        _key("case"),
        _key("sequence", sa.Integer),
        _text("body"),
        _text("hash"),
        sa.Column("salt", sa.Text),
        sa.Column("data", sa.Text),
        sa.PrimaryKeyConstraint("case", "sequence", name="record_key"),
    )
    op.create_table(
        "root",
        _key("number", sa.Integer),
        _moment("at"),
        _text("body"),
        _text("hash"),
        sa.PrimaryKeyConstraint("number", name="root_key"),
    )
    op.create_table(
        "leaf",
        _key("case"),
        _key("sequence", sa.Integer),
        _text("hash"),
        _number("root"),
        sa.PrimaryKeyConstraint("case", "sequence", name="leaf_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("leaf_root", "leaf", ["root", "case"])
    op.create_table(
        "archived",
        _key("case"),
        _number("archive"),
        _number("sequence"),
        _text("head"),
        sa.PrimaryKeyConstraint("case", name="archived_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("archived_archive", "archived", ["archive", "case"])


def _key(name: str, kind: type[sa.String] | type[sa.Integer] = sa.String) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False, autoincrement=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _number(name: str, default: str = "0") -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def _moment(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
