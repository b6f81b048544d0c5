"""Personal data can be erased, and the history still proves itself."""

from datetime import UTC, datetime

import pytest

from store import Store
from store.chain import ADMINISTRATION
from store.errors import NoSuchCase, StillOpen
from store.personal import erase
from store.roots import keep, leaves_of, read, written
from store.tables import metadata
from store.verify import verify
from tests.store.histories import filled, told

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def over(kept: Store) -> Store:
    """Give a store whose case 案-2 is over, with its outgoing work done."""
    filled(kept)
    told(kept, "UPDATE job SET state = 'done'")
    return kept


def everything(kept: Store) -> str:
    """All that stands in the database about 案-2, in every table."""
    found = []
    with kept.reading() as reading:
        for name, table in metadata.tables.items():
            key = next((key for key in ("case", "id") if key in table.c), None)
            if key:
                found += reading.line.say(f'SELECT * FROM "{name}" WHERE "{key}" = \'案-2\'').fetchall()
    return repr([tuple(row) for row in found])


def test_no_table_holds_the_data_any_more(over: Store):
    told(over, "UPDATE item SET draft = '李四'")
    told(over, "UPDATE job SET error = '申请人 = 李四'")
    assert "李四" in everything(over)

    assert erase(over, "案-2", NOON, "王芳", "撤回同意") == 1

    assert "李四" not in everything(over)
    assert "登记机关" not in everything(over)


def test_other_cases_keep_theirs(over: Store):
    erase(over, "案-2", NOON, "王芳", "撤回同意")

    with over.reading() as reading:
        assert [row.data for row in reading.records("案-1") if row.data]
        assert reading.values("案-1", 0)


def test_the_chain_and_the_roots_still_hold(over: Store):
    root = keep(over, NOON)
    assert root is not None
    with over.reading() as reading:
        known = read(written(root, leaves_of(reading, 1)))

    erase(over, "案-2", NOON, "王芳", "撤回同意")
    keep(over, NOON)

    assert verify(over, [known]).damage == ()


def test_who_did_it_and_why_is_recorded_in_the_case_and_by_the_administration(over: Store):
    erase(over, "案-2", NOON, "王芳", "撤回同意")

    with over.reading() as reading:
        *_, last = reading.records("案-2")
        (note,) = reading.records(ADMINISTRATION)
    assert '"kind":"erased","person":"王芳"' in last.body
    assert last.data == '{"reason":"撤回同意"}'
    assert note.data == '{"case":"案-2","reason":"撤回同意","records":1}'


def test_erased_twice_is_erased_and_both_reasons_stay(over: Store):
    erase(over, "案-2", NOON, "王芳", "撤回同意")
    assert erase(over, "案-2", NOON, "王芳", "再次申请") == 0

    assert verify(over).damage == ()
    with over.reading() as reading:
        reasons = [row.data for row in reading.records("案-2") if row.data]
    assert reasons == ['{"reason":"撤回同意"}', '{"reason":"再次申请"}']


def test_data_that_vanish_without_a_note_are_damage(over: Store):
    told(over, "UPDATE record SET data = NULL, salt = NULL WHERE \"case\" = '案-2'")

    assert [(one.case, one.kind) for one in verify(over).damage] == [("案-2", "data-changed")]


@pytest.mark.parametrize("case", ["案-1", "案-4"], ids=["under way", "with outgoing work"])
def test_a_case_that_still_needs_its_data_keeps_them(over: Store, case: str):
    told(over, "UPDATE job SET state = 'stuck' WHERE \"case\" = '案-4'")

    with pytest.raises(StillOpen, match=case):
        erase(over, case, NOON, "王芳", "撤回同意")

    assert verify(over).damage == ()


def test_a_case_that_is_not_there_is_named(over: Store):
    with pytest.raises(NoSuchCase):
        erase(over, "案-9", NOON, "王芳", "撤回同意")
