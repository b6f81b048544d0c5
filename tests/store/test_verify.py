"""Every damage to a history is seen and named."""

import json
from datetime import UTC, datetime

import pytest

import store.verify
from store import Store, Writing
from store.chain import hasher
from store.roots import KeptRoot, keep, leaves_of, read, written
from store.verify import Verified, verify
from tests.store.histories import begin, filled, go_on, told

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def kept_root(kept: Store, *, leaves: bool = False) -> KeptRoot:
    """A root as it was carried away in a file."""
    root = keep(kept, NOON)
    assert root is not None
    with kept.reading() as reading:
        return read(written(root, leaves_of(reading, root.number) if leaves else ()))


def kinds(kept: Store, *roots: KeptRoot) -> list[tuple[str, int, str]]:
    return [(found.case, found.sequence, found.kind) for found in verify(kept, roots).damage]


def test_a_whole_database_has_no_damage(kept: Store):
    filled(kept)
    root = kept_root(kept, leaves=True)
    go_on(kept, "案-1")

    found = verify(kept, [root])

    assert found.damage == ()
    assert (found.cases, found.records) == (4, 4 * 9 + 2 + 3)
    assert found.root == root.root.hash


def test_an_empty_database_has_no_damage(kept: Store):
    assert verify(kept) == Verified(cases=0, records=0, root="", damage=())


def swap(case: str, one: int, other: int) -> list[str]:
    """Two records change places."""
    steps = ((one, -1), (other, one), (-1, other))
    return [f"UPDATE record SET sequence = {new} WHERE \"case\" = '{case}' AND sequence = {old}" for old, new in steps]


def at(case: str, sequence: int, change: str) -> str:
    return f"UPDATE record SET {change} WHERE \"case\" = '{case}' AND sequence = {sequence}"


def without(case: str, condition: str, table: str = "record", key: str = "case") -> str:
    return f"DELETE FROM {table} WHERE \"{key}\" = '{case}' AND {condition}"


def copied(case: str, sequence: int, columns: str) -> str:
    """A record once more, with another sequence and perhaps another body."""
    selected = f'SELECT "case", {columns}, hash, salt, data FROM record'
    return f'INSERT INTO record ("case", sequence, body, hash, salt, data) {selected} ' + (
        f"WHERE \"case\" = '{case}' AND sequence = {sequence}"
    )


MEANWHILE = "body = replace(body, '王芳', '王方')"


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ([at("案-1", 4, MEANWHILE)], [("案-1", 4, "changed")]),
        ([at("案-1", 1, MEANWHILE)], [("案-1", 1, "changed")]),
        ([at("案-1", 9, MEANWHILE)], [("案-1", 9, "changed")]),
        ([at("案-1", 4, "body = body || ' '")], [("案-1", 4, "changed")]),
        ([at("案-1", 4, "body = 'nothing'")], [("案-1", 4, "changed")]),
        ([at("案-1", 4, "body = '[]'")], [("案-1", 4, "changed")]),
        ([at("案-1", 4, f"hash = '{'0' * 64}'")], [("案-1", 4, "changed")]),
        ([without("案-1", "sequence = 4")], [("案-1", 4, "missing")]),
        ([without("案-1", "sequence = 1")], [("案-1", 1, "missing")]),
        ([without("案-1", "sequence IN (4, 5)")], [("案-1", 4, "missing"), ("案-1", 5, "missing")]),
        ([without("案-1", "sequence = 9")], [("案-1", 9, "tail-missing")]),
        ([without("案-1", "sequence > 3")], [("案-1", 4, "tail-missing")]),
        ([without("案-1", "true")], [("案-1", 1, "tail-missing")]),
        (swap("案-1", 3, 4), [("案-1", 3, "reordered"), ("案-1", 4, "reordered")]),
        (swap("案-1", 2, 9), [("案-1", 2, "reordered"), ("案-1", 9, "reordered")]),
        ([at("案-1", 9, "sequence = 12")], [("案-1", 12, "reordered")]),
        ([copied("案-1", 9, "10, body")], [("案-1", 10, "added")]),
        ([at("案-1", 5, "data = replace(data, '李四', '李五')")], [("案-1", 5, "data-changed")]),
        ([at("案-1", 5, "data = NULL, salt = NULL")], [("案-1", 5, "data-changed")]),
        ([at("案-1", 5, "salt = 'ab'")], [("案-1", 5, "data-changed")]),
        ([at("案-1", 5, "salt = 'no salt'")], [("案-1", 5, "data-changed")]),
        ([at("案-1", 4, "data = '{}', salt = 'ab'")], [("案-1", 4, "data-changed")]),
        ([without("案-1", "true", '"case"', "id")], [("案-1", 0, "case-missing")]),
        (["UPDATE \"case\" SET ended = NULL WHERE id = '案-2'"], [("案-2", 10, "state-differs")]),
        (["UPDATE \"case\" SET ended = latest WHERE id = '案-1'"], [("案-1", 9, "state-differs")]),
        (["UPDATE \"case\" SET started = 0 WHERE id = '案-1'"], [("案-1", 9, "state-differs")]),
        (["UPDATE \"case\" SET latest = latest + 1 WHERE id = '案-1'"], [("案-1", 9, "state-differs")]),
        (["UPDATE \"case\" SET changed = 0 WHERE id = '案-1'"], [("案-1", 9, "state-differs")]),
        (["UPDATE \"case\" SET sequence = 8 WHERE id = '案-1'"], [("案-1", 8, "rewritten"), ("案-1", 9, "added")]),
    ],
)  # fmt: skip
def test_each_damage_is_named(kept: Store, texts: list[str], named: list[tuple[str, int, str]]):
    filled(kept)

    for text in texts:
        told(kept, text)

    assert kinds(kept) == named


def renumbered(kept: Store, case: str, behind: int, by: int) -> None:
    """The records behind a place move up or down."""
    told(kept, f"UPDATE record SET sequence = sequence + 1000 WHERE \"case\" = '{case}' AND sequence > {behind}")
    told(kept, f"UPDATE record SET sequence = sequence - 1000 + {by} WHERE \"case\" = '{case}' AND sequence > 1000")


def test_a_record_whose_gap_was_closed_is_missing_all_the_same(kept: Store):
    filled(kept)

    told(kept, without("案-1", "sequence = 4"))
    renumbered(kept, "案-1", 4, -1)

    assert kinds(kept) == [("案-1", 4, "missing")]


def test_a_record_put_in_between_is_the_one_that_was_added(kept: Store):
    filled(kept)

    renumbered(kept, "案-1", 3, 1)
    told(kept, copied("案-1", 3, "4, replace(body, 'Step', 'Stop')"))

    assert kinds(kept) == [("案-1", 4, "added")]


def rewrite(kept: Store, case: str, first: int, last: int, *, head: bool = False) -> None:
    """Somebody who knows how chains are made writes records anew, each linked to the one before."""

    def work(writing: Writing) -> None:
        rows = list(writing.records(case))
        previous = rows[first - 2].hash if first > 1 else ""
        for row in rows[first - 1 : last]:
            said = json.loads(row.body)
            said["previous"] = previous
            said["was"]["person"] = "王方"
            body = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            previous = hasher("sha256")(body.encode())
            writing.line.say(at(case, row.sequence, f"body = '{body}', hash = '{previous}'"))
        if head:
            writing.line.say(f"UPDATE \"case\" SET head = '{previous}' WHERE id = '{case}'")

    kept.perform(work)


@pytest.mark.parametrize(("first", "last", "named"), [(4, 4, 4), (1, 1, 1), (3, 6, 6), (9, 9, 9), (1, 9, 9)])
def test_a_record_written_anew_with_its_hash_is_seen_by_the_one_after_it(
    kept: Store, first: int, last: int, named: int
):
    filled(kept)

    rewrite(kept, "案-1", first, last)

    assert kinds(kept) == [("案-1", named, "rewritten")]


def test_a_chain_written_anew_to_its_end_is_seen_by_no_chain_but_by_a_root(kept: Store):
    filled(kept)
    rewrite(kept, "案-2", 4, 10, head=True)
    assert kinds(kept) == []

    root = kept_root(kept)
    rewrite(kept, "案-1", 4, 9, head=True)

    assert kinds(kept) == kinds(kept, root) == [("案-1", 9, "rewritten")]


def cut(kept: Store, case: str, last: int) -> None:
    """Somebody who knows how chains are made takes the last record away, and sets the case back to the one before."""
    told(kept, without(case, f"sequence > {last}"))
    with kept.reading() as reading:
        rows = list(reading.records(case))
    latest = datetime.fromisoformat(json.loads(rows[-1].body)["was"]["at"])
    micros = int(latest.timestamp() * 1_000_000)
    told(
        kept, f"UPDATE \"case\" SET sequence = {last}, head = '{rows[-1].hash}', latest = {micros} WHERE id = '{case}'"
    )


def test_the_last_record_removed_is_seen_by_no_chain_but_by_a_root(kept: Store):
    filled(kept)
    cut(kept, "案-1", 8)
    assert kinds(kept) == []

    root = kept_root(kept)
    cut(kept, "案-1", 7)

    assert kinds(kept) == kinds(kept, root) == [("案-1", 8, "tail-missing")]


def remove(kept: Store, case: str) -> None:
    told(kept, without(case, "true"))
    told(kept, without(case, "true", '"case"', "id"))


def test_a_whole_case_removed_is_seen_by_no_chain_but_by_a_root(kept: Store):
    filled(kept)
    remove(kept, "案-3")
    assert kinds(kept) == []

    root = kept_root(kept)
    remove(kept, "案-1")

    assert kinds(kept) == kinds(kept, root) == [("案-1", 0, "case-missing")]


def forget(kept: Store, case: str) -> None:
    """Somebody who knows how roots are made takes a case out of them too, and makes all of them anew."""
    remove(kept, case)
    told(kept, without(case, "true", "leaf"))
    told(kept, "DELETE FROM root")
    told(kept, 'UPDATE "case" SET changed = 1')
    told(kept, "DELETE FROM leaf")
    keep(kept, NOON)


def test_against_roots_that_were_made_anew_only_one_kept_elsewhere_helps(kept: Store):
    filled(kept)
    small = kept_root(kept)
    with kept.reading() as reading:
        full = KeptRoot(root=small.root, leaves=tuple(leaves_of(reading, 1)))

    forget(kept, "案-1")

    assert kinds(kept) == []
    assert kinds(kept, small) == [("", 1, "root-changed")]
    assert kinds(kept, full) == [("", 1, "root-changed"), ("案-1", 0, "case-missing")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("DELETE FROM root WHERE number = 1", ("", 1, "root-missing")),
        (
            "UPDATE root SET body = replace(body, '\"cases\":4', '\"cases\":3') WHERE number = 1",
            ("", 1, "root-changed"),
        ),
        ("UPDATE root SET body = 'nothing' WHERE number = 1", ("", 1, "root-changed")),
        (f"UPDATE root SET hash = '{'0' * 64}' WHERE number = 1", ("", 1, "root-changed")),
        ("DELETE FROM leaf WHERE root = 1 AND \"case\" = '案-2'", ("", 1, "root-changed")),
    ],
)
def test_damage_to_the_roots_themselves_is_named(kept: Store, text: str, named: tuple[str, int, str]):
    filled(kept)
    keep(kept, NOON)
    go_on(kept, "案-1")
    keep(kept, NOON)
    assert kinds(kept) == []

    told(kept, text)

    assert named in kinds(kept)


def test_a_root_newer_than_the_database_is_missing_in_it(kept: Store):
    filled(kept)
    root = kept_root(kept)

    told(kept, "DELETE FROM root")
    told(kept, "DELETE FROM leaf")

    assert ("", 1, "root-missing") in kinds(kept, root)


def test_pages_that_cut_through_chains_change_nothing(kept: Store, monkeypatch: pytest.MonkeyPatch):
    filled(kept, 6)
    begin(kept, "空", 0)
    told(kept, at("案-3", 4, MEANWHILE))
    told(kept, without("案-5", "true"))

    for page in (1, 2, 3, 7, 9, 10, 19):
        monkeypatch.setattr(store.verify, "PAGE", page)
        found = verify(kept)
        assert [(one.case, one.sequence, one.kind) for one in found.damage] == [
            ("案-3", 4, "changed"),
            ("案-5", 1, "tail-missing"),
        ]
        assert (found.cases, found.records) == (7, 9 + 10 + 9 + 10 + 10)
