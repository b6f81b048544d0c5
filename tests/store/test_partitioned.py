"""All tables of cases may be divided by the hash of the case, as docs/explanation/scale.md plans it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import Store, connect
from store.archive import archive
from store.backup import backup, inspect
from store.jobs import claim, finish
from store.personal import erase
from store.roots import keep
from store.verify import verify
from tests.store.histories import filled, go_on

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PARTS = 4
DIVIDED = {
    "case": "id",
    **dict.fromkeys(("token", "value", "item", "wait", "job", "record", "leaf", "archived"), "case"),
}


@pytest.fixture
def divided(server_url: str) -> Store:
    """Give a store on PostgreSQL whose tables are divided."""
    with connect(server_url) as whole:
        whole.perform(lambda writing: [writing.line.say(text) for text in dividing()])
        yield whole


def dividing() -> list[str]:
    texts = []
    for table, key in DIVIDED.items():
        texts.append(f'ALTER TABLE "{table}" RENAME TO "whole_{table}"')
        texts.append(f'CREATE TABLE "{table}" (LIKE "whole_{table}" INCLUDING ALL) PARTITION BY HASH ("{key}")')
        for part in range(PARTS):
            values = f"FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {part})"
            texts.append(f'CREATE TABLE "{table}_{part}" PARTITION OF "{table}" {values}')
        texts.append(f'DROP TABLE "whole_{table}"')
    return texts


@pytest.mark.postgres
def test_divided_tables_serve_as_whole_ones_do(divided: Store, tmp_path: Path):
    filled(divided, 12)
    root = keep(divided, NOON)
    for held in claim(divided, ["call"]):
        divided.perform(lambda writing, held=held: finish(writing, held))
    go_on(divided, "案-1")
    erase(divided, "案-2", NOON, "王芳", "撤回同意")
    backup(divided, tmp_path / "b", NOON)
    made = list(archive(divided, NOON, tmp_path, NOON, "王芳"))

    found = verify(divided)

    assert found.damage == ()
    assert root is not None
    assert [one.cases for one in made] == [6]
    assert (found.cases, found.records) == (6, 6 * 9 + 3 + 2)
    assert inspect(tmp_path / "b").kind == "postgresql"
    with divided.reading() as reading:
        used = [reading.line.say(f'SELECT count(*) FROM "record_{part}"').fetchone()[0] for part in range(PARTS)]
    assert sum(count > 0 for count in used) > 1
