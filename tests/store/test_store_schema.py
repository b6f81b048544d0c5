"""The tables: the same whether made at once or by migrations, brought up while work goes on."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

import store
from store import schema
from store.errors import NewerSchema, NoDatabase
from tests.store.samples import count_up, new_case

NEXT = '''
"""A column more, which the version before does without."""

import sqlalchemy as sa
from alembic import op

revision = "0002_serves_0001"
down_revision = "0001"


def upgrade():
    op.add_column("case", sa.Column("urgent", sa.Integer, nullable=False, server_default="0"))


def downgrade():
    op.drop_column("case", "urgent")
'''


@pytest.fixture
def further(tmp_path: Path) -> Path:
    """Give a folder of migrations with one more than ours."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in ("env.py", "versions/0001.py"):
        (folder / path).write_text((schema.MIGRATIONS / path).read_text("utf-8"), "utf-8")
    (folder / "versions" / "0002.py").write_text(NEXT, "utf-8")
    return folder


def told(index: Any) -> str:
    """Tell what an index is over, and which rows it holds."""
    options = {name: str(option) for name, option in index.get("dialect_options", {}).items()}
    return str((index["name"], index["column_names"], index["unique"], options))


def shape(url: str) -> dict[str, Any]:
    """Tell the columns, keys and indexes of all tables."""
    engine = create_engine(url, poolclass=NullPool)
    found = inspect(engine)
    tables = {
        name: (
            [(column["name"], str(column["type"]), column["nullable"], column["default"]) for column in columns],
            found.get_pk_constraint(name),
            sorted(map(told, found.get_indexes(name))),
            found.get_table_options(name),
        )
        for name in found.get_table_names()
        for columns in [found.get_columns(name)]
    }
    engine.dispose()
    return tables


def test_migrations_make_the_same_tables_as_the_program(url: str) -> None:
    made = shape(url)
    schema.upgrade(url, to="base")
    assert list(shape(url)) == ["alembic_version"]
    assert not store.exists(url)

    schema.upgrade(url)

    assert shape(url) == made
    assert schema.current(url) == schema.HEAD
    store.connect(url).close()


def test_the_newest_migration_is_what_the_program_works_with() -> None:
    names = sorted(path.stem for path in (schema.MIGRATIONS / "versions").glob("*.py"))
    assert names[-1] == schema.HEAD


def test_up_and_down_again_keeps_what_is_there(url: str, further: Path) -> None:
    with store.connect(url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
    made = shape(url)

    schema.upgrade(url, migrations=further)
    assert [column[0] for column in shape(url)["case"][0]][-1] == "urgent"
    with store.connect(url) as kept:
        assert kept.perform(lambda writing: count_up(writing, "C")) == 1
        kept.perform(lambda writing: writing.save(new_case("D")))
    schema.upgrade(url, to="0001", migrations=further)

    assert shape(url) == made
    with store.connect(url) as kept, kept.reading() as reading:
        assert [case.id for case in reading.cases()] == ["C", "D"]


def test_work_goes_on_while_the_tables_change(url: str, further: Path) -> None:
    with store.connect(url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        longest, stop = [0.0], threading.Event()

        def work() -> None:
            while not stop.is_set():
                begin = time.monotonic()
                kept.perform(lambda writing: count_up(writing, "C"))
                longest[0] = max(longest[0], time.monotonic() - begin)
                stop.wait(0.002)

        clerk = threading.Thread(target=work)
        clerk.start()
        try:
            schema.upgrade(url, migrations=further)
            schema.upgrade(url, to="0001", migrations=further)
        finally:
            stop.set()
            clerk.join()

        with kept.reading() as reading:
            case = reading.case("C")
            assert str(case.sequence - 2) == reading.value("C", 0, "count")
    assert longest[0] < 0.5


@pytest.mark.postgres
def test_a_change_lets_others_go_first_and_waits_for_a_long_report(server_url: str, further: Path) -> None:
    with store.connect(server_url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        with kept.reading() as report:
            report.cases()
            change = threading.Thread(target=schema.upgrade, args=(server_url,), kwargs={"migrations": further})
            change.start()
            waits = []
            for _ in range(5):
                begin = time.monotonic()
                kept.perform(lambda writing: count_up(writing, "C"))
                waits.append(time.monotonic() - begin)
            assert change.is_alive()
        change.join()

    assert max(waits) < 0.5
    assert schema.current(server_url) == "0002_serves_0001"


def test_tables_of_an_unknown_version_are_not_touched(url: str, further: Path) -> None:
    schema.upgrade(url, migrations=further)

    with pytest.raises(NewerSchema):
        schema.upgrade(url)


def test_a_database_that_is_not_there_is_not_brought_up(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        schema.upgrade(store.url_of(str(tmp_path / "zaizao.db")))
