"""Opening a database: what is refused, with which sentence, and what settings hold afterwards."""

import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import store
from store.errors import (
    BadAddress,
    DiskFull,
    Gone,
    NetworkFile,
    NewerSchema,
    NoDatabase,
    NotADatabase,
    NotAdmitted,
    OlderSchema,
    ReadOnly,
    StoreError,
    Unreachable,
    UnsafeSettings,
)
from store.place import file_system
from tests.store.samples import count_up, new_case


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give the file of an empty database of ours."""
    path = tmp_path / "zaizao.db"
    store.create(store.url_of(str(path)))
    return path


def url(path: Path) -> str:
    return store.url_of(str(path))


def write(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


def test_every_error_is_a_sentence_that_ends_with_what_to_do() -> None:
    def below(kind: type[StoreError]) -> list[type[StoreError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    for kind in below(StoreError):
        assert (kind.__doc__ or "").count(".") >= 2, kind
        assert str(kind("the file")).endswith("(the file)")


@pytest.mark.parametrize("address", ["", "zaizao.db", "mysql://localhost/x", "http://a/b", "sqlite:/x", "://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        store.connect(address)


def test_a_password_in_a_wrong_address_is_not_repeated() -> None:
    with pytest.raises(BadAddress) as refused:
        store.connect("mysql://clerk:secret@host/x")
    assert "secret" not in str(refused.value)


def test_a_database_is_made_only_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "zaizao.db"
    with pytest.raises(NoDatabase):
        store.connect(url(path))
    assert not store.exists(url(path))
    assert not path.exists()

    store.create(url(path))
    store.create(url(path))

    assert store.exists(url(path))
    store.connect(url(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_no_database_of_ours_is_refused_and_stays_as_it_was(tmp_path: Path) -> None:
    text, foreign, empty = tmp_path / "text", tmp_path / "foreign.db", tmp_path / "empty.db"
    text.write_text("a letter, not a database, that is longer than the header of one: " * 4, "utf-8")
    write(foreign, "CREATE TABLE other (x)")
    empty.touch()
    before = {path: path.read_bytes() for path in (text, foreign, empty)}

    for path, kind in ((text, NotADatabase), (foreign, NoDatabase), (empty, NoDatabase), (tmp_path, NotADatabase)):
        with pytest.raises(kind):
            store.connect(url(path))

    assert {path: path.read_bytes() for path in before} == before


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadAddress, match="no such folder"):
        store.create(url(tmp_path / "missing" / "zaizao.db"))


@pytest.mark.parametrize(
    ("revision", "refusal"),
    [
        ("9999", NewerSchema),
        ("5f3a_of_somebody", NewerSchema),
        ("0000", OlderSchema),
        ("0002_serves_0002", NewerSchema),
    ],
)
def test_tables_of_another_version_are_refused(file: Path, revision: str, refusal: type[StoreError]) -> None:
    write(file, f"UPDATE alembic_version SET version_num = '{revision}'")

    with pytest.raises(refusal):
        store.connect(url(file))


def test_a_newer_version_that_serves_this_one_is_welcome(file: Path) -> None:
    write(file, "UPDATE alembic_version SET version_num = '0007_serves_0001'")

    store.connect(url(file)).close()


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.rename(path.with_name("moved.db"))])
def test_a_file_that_is_taken_away_while_it_is_open_is_noticed(file: Path, change: Callable[[Path], object]) -> None:
    with store.connect(url(file)) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        change(file)

        with pytest.raises(Gone):
            kept.perform(lambda writing: count_up(writing, "C"))
        with pytest.raises(Gone), kept.reading():
            pass


def test_a_file_that_may_only_be_read_can_be_read(file: Path) -> None:
    with store.connect(url(file)) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        kept.perform(lambda writing: writing.line.say("PRAGMA query_only = on") and None)

        with pytest.raises(ReadOnly):
            kept.perform(lambda writing: count_up(writing, "C"))
        with kept.reading() as reading:
            assert reading.case("C").sequence == 2


def test_a_full_disk_is_said_so_and_work_goes_on_once_there_is_room(file: Path) -> None:
    with store.connect(url(file)) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))

        def limit(pages: int) -> None:
            kept.perform(lambda writing: writing.line.say(f"PRAGMA max_page_count = {pages}").fetchone() and None)

        limit(1)
        big = new_case("B")
        big.values = {(0, "paper"): '"' + "文" * 100_000 + '"'}
        with pytest.raises(DiskFull):
            kept.perform(lambda writing: writing.save(big))
        with kept.reading() as reading:
            assert [case.id for case in reading.cases()] == ["C"]

        limit(1_000_000)
        kept.perform(lambda writing: writing.save(big))
        kept.perform(lambda writing: count_up(writing, "C"))


@pytest.mark.parametrize(("is_durable", "level"), [(True, 2), (False, 1)], ids=["full", "normal"])
def test_what_was_answered_is_synced_by_default(file: Path, is_durable: bool, level: int) -> None:
    def setting(name: str) -> object:
        return kept.perform(lambda writing: writing.line.say(f"PRAGMA {name}").fetchone()[0])

    with store.connect(url(file), durable=is_durable) as kept:
        assert setting("synchronous") == level
        assert setting("journal_mode") == "wal"
        assert (setting("foreign_keys"), setting("trusted_schema")) == (1, 0)


def test_whoever_writes_has_the_turn_from_the_beginning(file: Path) -> None:
    """A plain BEGIN would take it at the first change only, when what was read may be stale already."""
    with store.connect(url(file)) as kept:

        def look(writing: store.Writing) -> None:
            writing.cases()
            another = sqlite3.connect(file, timeout=0, isolation_level=None)
            try:
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    another.execute("BEGIN IMMEDIATE")
            finally:
                another.close()

        kept.perform(look)


def test_a_database_in_memory_is_one_for_all_threads_and_gone_at_the_end() -> None:
    with store.connect("sqlite://") as kept, store.connect("sqlite://") as another:
        kept.perform(lambda writing: writing.save(new_case("C")))
        assert kept.perform(lambda writing: count_up(writing, "C")) == 1
        with kept.reading() as reading, another.reading() as elsewhere:
            assert (len(reading.cases()), len(elsewhere.cases())) == (1, 0)


MOUNTS = r"""
/dev/sda1 / ext4 rw 0 0
server:/office /srv/office nfs4 rw 0 0
//server/share /srv/share\040of\040all cifs rw 0 0
/dev/sdb1 /srv/office/local ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/office/zaizao.db", "nfs4"),
        ("/srv/share of all/zaizao.db", "cifs"),
        ("/srv/office/local/zaizao.db", "ext4"),
        ("/srv/officer/zaizao.db", "ext4"),
        ("/srv/zaizao.db", "ext4"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_innermost_mount(path: str, kind: str) -> None:
    assert file_system(path, lambda: MOUNTS) == kind


def test_a_file_on_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.place.NETWORK", {file_system(str(tmp_path))})
    for attempt in (store.create, store.connect):
        with pytest.raises(NetworkFile):
            attempt(url(tmp_path / "zaizao.db"))
    assert os.listdir(tmp_path) == []


@pytest.mark.postgres
def test_a_server_whose_answers_do_not_last_is_refused(server_url: str, administer: Callable[[str], None]) -> None:
    name = server_url.split("?")[0].rsplit("/", 1)[1]
    administer(f"ALTER DATABASE {name} SET synchronous_commit = off")

    with pytest.raises(UnsafeSettings, match="synchronous_commit"):
        store.connect(server_url)
    store.connect(server_url, durable=False).close()


@pytest.mark.postgres
@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_breaks_in_a_crash_is_refused(
    server_url: str, administer: Callable[[str], None], setting: str
) -> None:
    try:
        administer(f"ALTER SYSTEM SET {setting} = off")
        administer("SELECT pg_reload_conf()")
        administer("SELECT pg_sleep(0.2)")
        for is_durable in (True, False):
            with pytest.raises(UnsafeSettings, match=setting):
                store.connect(server_url, durable=is_durable)
    finally:
        administer(f"ALTER SYSTEM RESET {setting}")
        administer("SELECT pg_reload_conf()")


@pytest.mark.postgres
def test_a_server_gets_its_limits(server_url: str) -> None:
    def setting(name: str) -> object:
        return kept.perform(lambda writing: writing.line.say(f"SHOW {name}").fetchone()[0])

    with store.connect(server_url, wait=5) as kept:
        limits = [setting("lock_timeout"), setting("statement_timeout"), setting("idle_in_transaction_session_timeout")]
        assert limits == ["1900ms", "30s", "30s"]
        assert (setting("timezone"), setting("synchronous_commit")) == ("UTC", "on")


@pytest.mark.postgres
def test_what_is_not_there_on_a_server_is_said_so(server_url: str) -> None:
    name = server_url.split("?")[0].rsplit("/", 1)[1]
    with pytest.raises(NoDatabase):
        store.connect(server_url.replace(f"/{name}", "/nothing"))
    with pytest.raises(NoDatabase):
        store.connect(server_url.replace(f"/{name}", "/template1"))
    with pytest.raises(NotAdmitted):
        store.connect(server_url.replace("//", "//nobody@").replace("nobody@postgres:@", "nobody@"))
    with pytest.raises(Unreachable):
        store.connect("postgresql+psycopg://127.0.0.1:1/zaizao")
