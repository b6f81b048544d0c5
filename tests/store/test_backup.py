"""Backups while work goes on, and their way back."""

import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bpmn.history import Record
from store import Store, Writing, connect
from store.backup import backup, inspect, release, restore
from store.chain import ADMINISTRATION
from store.errors import DamagedBackup, NewerBackup, NoSuchCase, NotEmpty, OtherKind, Taken, Unwritable
from store.jobs import claim, is_withheld
from store.roots import keep
from store.rows import Effects, JobRow
from store.verify import verify
from tests.store.histories import begin, filled, go_on

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
_NUMBERS = count(1)


@pytest.fixture
def empty(kept: Store, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of a place of the same kind where nothing stands yet."""
    if kept.kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'new place.db'}"
        return
    administer: Callable[[str], None] = request.getfixturevalue("administer")
    name = f"restored_{next(_NUMBERS)}"
    administer(f"CREATE DATABASE {name}")
    try:
        yield make_url(kept.place.url).set(database=name).render_as_string(hide_password=False)
    finally:
        administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def bundle(kept: Store, tmp_path: Path) -> Path:
    """Give a backup of a filled database."""
    filled(kept)
    keep(kept, NOON)
    path = tmp_path / "tonight.backup"
    backup(kept, path, NOON)
    return path


def test_what_was_backed_up_comes_back(kept: Store, bundle: Path, empty: str):
    with kept.reading() as reading:
        before = [row for name in ("案-1", "案-2") for row in reading.records(name)]
        items, values = reading.items(), reading.values("案-1", 0)

    restored = restore(bundle, empty, NOON, "王芳")

    assert restored.verified.damage == ()
    assert restored.verified.root == verify(kept).root
    assert restored.aside == ""
    with connect(empty) as again, again.reading() as reading:
        assert [row for name in ("案-1", "案-2") for row in reading.records(name)] == before
        assert (reading.items(), reading.values("案-1", 0)) == (items, values)


def test_a_restored_copy_goes_on_and_says_that_it_was_restored(bundle: Path, empty: str):
    restore(bundle, empty, NOON, "王芳")

    with connect(empty) as again:
        go_on(again, "案-1")

        assert verify(again).damage == ()
        with again.reading() as reading:
            (note,) = reading.records(ADMINISTRATION)
        assert '"kind":"restored","person":"王芳"' in note.body


def test_outgoing_work_is_kept_back_until_it_is_released(bundle: Path, empty: str):
    restored = restore(bundle, empty, NOON, "王芳")
    assert restored.withheld == 4

    with connect(empty) as again:
        begin(again, "案-9")  # what is asked for afterwards is kept back too
        assert claim(again, ["call"]) == []

        assert release(again, NOON, "王芳") == 5
        assert len(claim(again, ["call"])) == 5
        with again.reading() as reading:
            assert not is_withheld(reading.line)


def test_timers_of_a_restored_copy_go_on(kept: Store, tmp_path: Path, empty: str):
    begin(kept, "案-1")
    timer = JobRow(id="案-1:Timer:2", case="案-1", kind="timer", run_at=datetime(2026, 3, 2, tzinfo=UTC))
    kept.perform(lambda writing: writing.save(Effects(case=writing.case("案-1"), jobs=[timer])))
    backup(kept, tmp_path / "b", NOON)

    restore(tmp_path / "b", empty, NOON, "王芳")

    with connect(empty) as again:
        assert [row.id for row in claim(again, ["timer", "call"])] == ["案-1:Timer:2"]


def test_every_command_answered_before_the_backup_began_is_in_it(kept: Store, tmp_path: Path, empty: str):
    begin(kept, "案-1")
    answered, stop = [0], threading.Event()

    def work() -> None:
        while not stop.is_set():
            go_on(kept, "案-1", 1)
            answered[0] += 1

    clerk = threading.Thread(target=work)
    clerk.start()
    try:
        promised = []
        for number in range(5):
            while answered[0] < (promised[-1] + 3 if promised else 3):
                stop.wait(0.001)
            promised.append(answered[0])
            backup(kept, tmp_path / f"{number}.backup", NOON)
    finally:
        stop.set()
        clerk.join()

    last = restore(tmp_path / "4.backup", empty, NOON, "王芳")
    assert last.verified.damage == ()
    assert last.verified.records >= 6 + promised[-1]
    with connect(empty) as again, again.reading() as reading:
        assert reading.case("案-1").sequence == last.verified.records - 1  # one says that it was restored


@pytest.mark.parametrize("place", [0.0, 0.3, 0.7, 0.99])
def test_a_backup_with_one_wrong_byte_is_refused(bundle: Path, empty: str, place: float):
    with zipfile.ZipFile(bundle) as parts:
        largest = max(parts.infolist(), key=lambda part: part.compress_size)
    content = bytearray(bundle.read_bytes())
    begin_of_data = largest.header_offset + 60 + len(largest.filename)
    content[begin_of_data + int(place * (largest.compress_size - 60))] ^= 0x10
    bundle.write_bytes(content)

    with pytest.raises(DamagedBackup):
        restore(bundle, empty, NOON, "王芳")


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", None])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes | None):
    path = tmp_path / "b"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DamagedBackup):
        inspect(path)


def rewritten(path: Path, **changes: object) -> None:
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["backup.json"] = json.dumps(json.loads(parts["backup.json"]) | changes).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


@pytest.mark.parametrize("changes", [{"layout": 2}, {"schema": "9999"}])
def test_a_backup_of_a_newer_version_is_refused(bundle: Path, empty: str, changes: dict[str, object]):
    rewritten(bundle, **changes)

    with pytest.raises(NewerBackup):
        restore(bundle, empty, NOON, "王芳")


@pytest.mark.parametrize(
    "changes", [{"parts": {}}, {"parts": {"../../zaizao.db": "0"}}, {"kind": "other"}, {"parts": []}, {"at": "noon"}]
)
def test_a_backup_that_names_something_else_is_refused(bundle: Path, changes: dict[str, object]):
    rewritten(bundle, **changes)

    with pytest.raises(DamagedBackup):
        inspect(bundle)


def test_a_backup_of_the_other_kind_of_database_is_refused(kept: Store, bundle: Path, tmp_path: Path):
    other = "postgresql://nobody@localhost/none" if kept.kind == "sqlite" else f"sqlite:///{tmp_path / 'x.db'}"

    with pytest.raises(OtherKind, match=kept.kind):
        restore(bundle, other, NOON, "王芳")


def test_a_database_with_cases_is_left_alone(kept: Store, bundle: Path, url: str):
    before = verify(kept)

    with pytest.raises(NotEmpty):
        restore(bundle, url, NOON, "王芳")

    assert verify(kept) == before


def test_by_force_the_database_that_stood_there_is_kept_aside(kept: Store, bundle: Path, url: str):
    begin(kept, "案-new")
    kept.close()

    restored = restore(bundle, url, NOON, "王芳", force=True)

    assert restored.verified.damage == ()
    with connect(url) as again, again.reading() as reading, pytest.raises(NoSuchCase):
        reading.case("案-new")
    if restored.aside.startswith("/"):
        with connect(f"sqlite:///{restored.aside}") as old, old.reading() as reading:
            assert reading.case("案-new").sequence == 6
    else:
        with connect(url) as again, again.reading() as reading:
            kept_aside = reading.line.say(f'SELECT count(*) FROM "{restored.aside}"."case" WHERE id = \'案-new\'')
            assert kept_aside.fetchone() == (1,)


def test_no_file_is_overwritten(kept: Store, tmp_path: Path):
    (tmp_path / "b").write_text("something of yours")

    with pytest.raises(Taken):
        backup(kept, tmp_path / "b", NOON)

    assert (tmp_path / "b").read_text() == "something of yours"


def test_a_folder_that_is_not_there_is_named(kept: Store, tmp_path: Path):
    with pytest.raises(Unwritable, match="nowhere"):
        backup(kept, tmp_path / "nowhere" / "b", NOON)


def test_a_backup_leaves_nothing_but_itself(kept: Store, bundle: Path):
    assert not [path.name for path in bundle.parent.iterdir() if path.name.startswith(bundle.name + ".")]
    assert bundle.stat().st_mode & 0o777 == 0o600


def test_a_note_of_a_command_is_kept_with_its_chain(kept: Store):
    def work(writing: Writing) -> None:
        writing.save(Effects(case=writing.case("案-1"), records=[Record(case="案-1", kind="claimed", at=NOON)]))

    begin(kept, "案-1")
    kept.perform(work)

    assert verify(kept).damage == ()
