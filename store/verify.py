"""Does every chain hold, and does the database hold what the roots say of it?

All records are read in their order, page by page, each page with the rows of the cases that end in it as of one moment:
so work goes on meanwhile, and memory stays small. What does not hold at first sight is read again alone, and what
happened to it is named by `store/damage.py`. Against a root that was kept elsewhere even a last record that is gone, a
case that is gone, or a chain that was written anew to its end is seen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, tuple_

from store.archived import gone_astray, place_of
from store.chain import Hasher, hasher, mark_of, moment_text, prefix
from store.connect import Store
from store.damage import Damage, examine
from store.errors import NoSuchCase, NotARoot
from store.moments import to_moment
from store.reading import Reading
from store.roots import KeptRoot, Leaf, leaves_of, parsed, root_of, roots_of
from store.statements import Statement, given
from store.tables import archived, case, leaf, record

#: Records fetched at once.
PAGE = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What was read, the hash of the last root, and all damage."""

    cases: int
    records: int
    root: str
    damage: tuple[Damage, ...]


def verify(store: Store, roots: Iterable[KeptRoot] = ()) -> Verified:
    """Read the whole database and name all damage to its histories, also against roots that were kept elsewhere.

    Cost: about twice that of reading the records; memory: a page, the roots, and the leaves of the largest root.
    """
    kept = tuple(roots)
    pages = _Pages(store)
    damage: set[Damage] = set()
    for suspects in pages.suspects():
        damage.update(_examined(store, suspects, kept))
    last = ""
    for number, found in _stored_roots(store, damage):
        last = found or last
        damage.update(_examined(store, _astray(store, number), kept))
    for root in kept:
        damage.update(_against(store, root))
        damage.update(_examined(store, _unknown(store, root.leaves), kept))
    with store.reading() as reading:
        damage.update(gone_astray(reading))
    return Verified(cases=pages.cases, records=pages.records, root=last, damage=tuple(sorted(damage)))


class _Pages:
    """All records, page by page, and the cases whose chain or row does not hold at first sight."""

    def __init__(self, store: Store) -> None:
        self.cases = 0
        self.records = 0
        self._store = store
        self._digests: dict[str, Hasher] = {}
        #: The chain under way: its case, its last sequence and hash, and its first and last moment as texts.
        self._case = ""
        self._number = 0
        self._hash = ""
        self._first = self._last = self._body = ""
        #: The chains that ended since the last comparison with the rows of the cases, and up to which case that was.
        self._ended: dict[str, tuple[int, str, str, str, bool]] = {}
        self._compared = ""
        self._suspects: set[str] = set()

    def suspects(self) -> Iterator[set[str]]:
        """The suspicious cases of each page."""
        place: tuple[str, int] = ("", 0)
        is_last = False
        while not is_last:
            self._suspects = set()
            with self._store.reading() as reading:
                rows = reading.line.ask(_RECORDS, (*place, PAGE))
                is_last = len(rows) < PAGE
                self._take(rows)
                if is_last:
                    self._end()
                self._compare(reading, is_last)
            yield self._suspects
            place = rows[-1][:2] if rows else place
            self.records += len(rows)

    def _take(self, rows: Sequence[Sequence[Any]]) -> None:
        """Follow the chains through these rows."""
        name, number, previous, suspects = self._case, self._number, self._hash, self._suspects
        algorithm, digest, expected, body = "", hasher("sha256"), "", self._body
        for of, sequence, body, kept, salt, data in rows:
            if of != name or not algorithm:
                ...
