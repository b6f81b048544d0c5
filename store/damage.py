"""What happened to a chain that does not hold: which record, and what was done to it.

The end of a chain is known from the row of its case, and each record names the hash of the one before: so the chain is
walked from its end to its beginning. Where no record has the hash that is asked for, the one that stands at that place
was changed, or is gone; the walk goes on below it. Whatever the walk never meets was added.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.chain import ALGORITHMS, hasher, mark_of
from store.moments import to_number
from store.roots import Leaf
from store.rows import KeptRecord

#: What can be wrong with a case. "changed": a body is not what was hashed. "rewritten": a body and its hash were
#: written anew, and the record after it, a root or the case knows another. "missing", "tail-missing", "case-missing":
#: a record in between, at the end, or the whole is gone. "added": nothing leads to it. "reordered": it stands at
#: another's place. "data-changed": the data beside a body are others, or gone without a note. "state-differs": the row
#: of the case is not what its records say. Of the roots themselves: "root-changed", "root-missing".
KINDS = (
    "changed",
    "missing",
    "added",
    "reordered",
    "rewritten",
    "tail-missing",
    "case-missing",
    "data-changed",
    "state-differs",
    "root-changed",
    "root-missing",
)
#: What records say of a case that is over.
ENDINGS = ("ended", "cancelled", "terminated")
#: Gaps of one case that are listed one by one.
GAPS = 1000


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Damage:
    """One thing that is wrong: where, and what was done."""

    case: str
    #: Of the record; 0 the case as a whole. Of a root, whose case is empty, its number.
    sequence: int
    #: One of `KINDS`.
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """What the row of a case says of its chain, as it is kept: moments are numbers."""

    sequence: int
    head: str
    started: int
    ended: int | None
    latest: int
    #: Marked as known to a root, though no root knows its head: so that no root would ever see it.
    is_hidden: bool = False


@dataclass(slots=True)
class _Row:
    """A record as it stands in the database, and what its body says of itself."""

    place: int
    kept: str
    data: str | None
    salt: str | None
    #: The hash of the body as it is; what the body says, nothing where it is no body.
    true: str = ""
    algorithm: str = "sha256"
    own: int = 0
    previous: str = ""
    was: dict[str, Any] = field(default_factory=dict)


def examine(
    case: str, row: End | None, records: Sequence[KeptRecord], leaves: Iterable[Leaf], gone: Leaf | None = None
) -> list[Damage]:
    """All that is wrong with one case: its row, its records and the leaves that roots have of it.

    `gone` is the end of its chain where it went to an archive.
    """
    leaves = sorted(leaves, key=lambda leaf: leaf.sequence)
    if row is None and not records:
        return list(_of_absent(case, leaves, gone))
    found = _Walk(case, row, [_parsed(case, record) for record in records], leaves)
    found.walk()
    found.weigh_order()
    found.weigh_data()
    found.weigh_leaves()
    found.weigh_state()
    return sorted(found.damage)


def _of_absent(case: str, leaves: Sequence[Leaf], gone: Leaf | None) -> Iterator[Damage]:
    """A case that is not there: either it went to an archive as far as any root knows it, or it was removed."""
    if gone is None:
        if leaves:
            yield Damage(case=case, sequence=0, kind="case-missing")
        return
    for leaf in leaves:
        if leaf.sequence > gone.sequence:
            yield Damage(case=case, sequence=leaf.sequence, kind="tail-missing")
        elif leaf.sequence == gone.sequence and leaf.hash != gone.hash:
            yield Damage(case=case, sequence=leaf.sequence, kind="rewritten")


def _parsed(case: str, record: KeptRecord) -> _Row:
    """A row with what its body says; where that is no body of this case it says nothing."""
    row = _Row(place=record.sequence, kept=record.hash, data=record.data, salt=record.salt)
    coded = record.body.encode("utf-8", "backslashreplace")
    try:
        said = json.loads(record.body)
        algorithm, own, previous, was = said["algorithm"], said["sequence"], said["previous"], said["was"]
        fits = algorithm in ALGORITHMS and said["case"] == case and isinstance(own, int) and isinstance(was, dict)
    except (ValueError, TypeError, KeyError, RecursionError):
        fits = False
    if not fits:
        row.true = hasher(row.algorithm)(coded)
        return row
    row.algorithm, row.own, row.previous, row.was = algorithm, own, str(previous), was
    row.true = hasher(algorithm)(coded)
    return row


class _Walk:
    """The walk along one chain, and what it met."""

    def __init__(self, case: str, row: End | None, rows: list[_Row], leaves: Sequence[Leaf]) -> None:
        self.case = case
        self.row = row
        self.rows = rows
        self.leaves = leaves
        self.damage: set[Damage] = set()
        #: The record at each place of the chain.
        self.chain: dict[int, _Row] = {}
        # A copy of a record never stands for the record itself.
        self._by_hash = {row.true: row for row in sorted(rows, key=lambda row: row.place == row.own)}
        self._by_place = {row.place: row for row in rows}
        self._by_own = {row.own: row for row in rows if row.true == row.kept}
        self._places = sorted({place for row in rows for place in (row.place, row.own) if place > 0})
        self._met: set[int] = set()

    def walk(self) -> None:
        """Walk from the end to the beginning."""
        wanted, place = self._end()
        while place > 0:
            row = self._next(wanted, place)
            if row is None:
                wanted, place = None, self._gap(place)
                continue
            self.chain[place] = row
            self._met.add(row.place)
            is_sure = row.true == wanted or row.previous in self._by_hash
            wanted = row.previous if is_sure else None
            place -= 1
        if wanted:
            self._say(1, "rewritten")
        for row in self.rows:
            if row.place not in self._met:
                self._say(row.place, "added")
        for place, row in self.chain.items():
            if row.true != row.kept:
                self._say(place, "changed")

    def weigh_order(self) -> None:
        """Do the records stand in the order in which they say they were written?"""
        own = {row.place: place for place, row in self.chain.items()}
        places = sorted(own)
        highest, lowest = 0, len(self.rows) + max(own.values(), default=0) + 1
        high, low = {}, {}
        for place in places:
            high[place], highest = highest, max(highest, own[place])
        for place in reversed(places):
            low[place], lowest = lowest, min(lowest, own[place])
        for place in places:
            if place != own[place] and (high[place] > own[place] or low[place] < own[place]):
                self._say(place, "reordered")
        if not self.damage:
            for place in places:
                if place != own[place]:
                    self._say(place, "reordered")

    def weigh_data(self) -> None:
        """Are the data beside the bodies those that were hashed, or erased and noted so?"""
        erased = max((place for place, row in self.chain.items() if row.was.get("kind") == "erased"), default=0)
        for place, row in self.chain.items():
            if row.own == place and not _has_its_data(row, place < erased):
                self._say(place, "data-changed")

    def weigh_leaves(self) -> None:
        """Does the chain lead through what the roots know of it?"""
        named = {damage.sequence for damage in self.damage}
        for leaf in self.leaves:
            row = self.chain.get(leaf.sequence)
            if row is None:
                if leaf.sequence > max(self.chain, default=0) and not self._has("tail-missing", "missing"):
                    self._say(max(self.chain, default=0) + 1, "tail-missing")
            elif row.true != leaf.hash and leaf.sequence not in named:
                self._say(leaf.sequence, "rewritten")
                return  # whatever follows had to be rewritten too

    def weigh_state(self) -> None:
        """Is the row of the case what its records say?"""
        if self.row is None:
            self._say(0, "case-missing")
            return
        last = self.chain.get(self.row.sequence)
        if self.damage or last is None:
            return
        ended = any(_ends(row.was) for row in self.chain.values())
        moments = (number_of(self.chain[1].was.get("at")), number_of(last.was.get("at")))
        if (
            self.row.is_hidden
            or moments != (self.row.started, self.row.latest)
            or ended != (self.row.ended is not None)
        ):
            self._say(self.row.sequence, "state-differs")

    def _end(self) -> tuple[str | None, int]:
        """What the last record must be, and its place: by the row of the case, else as far as anything goes."""
        if self.row is not None:
            return self.row.head, self.row.sequence
        return None, max((row.own or row.place for row in self.rows), default=0)

    def _next(self, wanted: str | None, place: int) -> _Row | None:
        """The record at a place of the chain: the one asked for, else the one that stands there, with its blame."""
        row = self._by_hash.get(wanted) if wanted else None
        if row is not None and row.own == place:
            return row
        row = self._unmet(self._by_own.get(place)) or self._unmet(self._by_place.get(place))
        if row is None or (row.true == row.kept and row.own not in (0, place)):
            return None  # what stands here is a whole record of another place
        if row.true != row.kept or not row.own:
            self._say(place, "changed")
        elif wanted is not None:
            self._say(place, "state-differs" if self._is_known(place, row) else "rewritten")
        return row

    def _unmet(self, row: _Row | None) -> _Row | None:
        return None if row is None or row.place in self._met else row

    def _is_known(self, place: int, row: _Row) -> bool:
        """Does a root know the last record as it is? Then it is the row of the case that was changed."""
        at_end = self.row is not None and self.row.sequence == place
        return at_end and any(leaf.sequence == place and leaf.hash == row.true for leaf in self.leaves)

    def _gap(self, place: int) -> int:
        """Name what is missing from a place downwards; the next place where something stands."""
        above = bisect_left(self._places, place)
        lower = self._places[above - 1] if above else 0
        if not self.chain:
            self._say(lower + 1, "tail-missing")
            return lower
        for missing in range(max(lower + 1, place - GAPS), place + 1):
            self._say(missing, "missing")
        return lower

    def _has(self, *kinds: str) -> bool:
        return any(damage.kind in kinds for damage in self.damage)

    def _say(self, sequence: int, kind: str) -> None:
        self.damage.add(Damage(case=self.case, sequence=sequence, kind=kind))


def number_of(moment: Any) -> int:
    """The number a moment's text stands for; -1 where it is none."""
    try:
        return to_number(datetime.fromisoformat(moment))
    except (ValueError, TypeError):
        return -1


def _ends(was: dict[str, Any]) -> bool:
    """Does it say that the case is over? Inside a case, what is cancelled or terminated stands at an element."""
    return was.get("kind") == "ended" or (was.get("kind") in ENDINGS and "element" not in was)


def _has_its_data(row: _Row, may_be_erased: bool) -> bool:
    mark = row.was.get("data")
    if row.data is None:
        return row.salt is None and (mark is None or may_be_erased)
    if mark is None or row.salt is None:
        return False
    try:
        return bool(mark == mark_of(row.data, row.salt, hasher(row.algorithm)))
    except ValueError:
        return False
