"""Does every chain hold, and does the database hold what the roots say of it?

All records are read in their order, page by page, each page with the rows of the cases that end in it as of one moment:
so work goes on meanwhile, and memory stays small. What does not hold at first sight is read again alone, and what
happened to it is named by `store/damage.py`. Against a root that was kept elsewhere even a last record that is gone, a
case that is gone, or a chain that was written anew to its end is seen.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Select, and_, cast, or_, select, tuple_

from store.archive import gone, unnoted
from store.chain import ADMINISTRATION, ALGORITHMS, hasher, prefix
from store.connect import Store
from store.damage import ENDINGS, GAPS, Damage, End, examine, number_of
from store.errors import NotARoot
from store.roots import KeptRoot, Leaf, leaves_of, parsed, root_of, roots_of
from store.rows import KeptRecord
from store.statements import SQLITE, Statement, given
from store.tables import archived, case, leaf, record

#: Records fetched at once.
PAGE = 5_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """What was read, the hash of the last root, and all damage."""

    cases: int
    records: int
    root: str
    damage: tuple[Damage, ...]


def verify(store: Store, roots: Iterable[KeptRoot] = ()) -> Verified:
    """Read the whole database and name all damage to its histories, also against roots that were kept elsewhere.

    Cost: two to three times that of reading the records. Memory: a page, the roots, the leaves of the largest one.
    """
    kept = tuple(roots)
    damage: set[Damage] = set()
    chains = _Chains()
    for page in _pages(store):
        damage.update(_examined(store, chains.suspects(page), kept))
    hashes = {}
    for number, hashed, is_whole in _stored_roots(store):
        hashes[number] = hashed
        damage.update(_examined(store, _astray(store, number), kept))
        if not is_whole:
            damage.add(Damage(case="", sequence=number, kind="root-changed"))
    damage.update(_of_roots(hashes, kept))
    for root in kept:
        damage.update(_examined(store, _unknown(store, root.leaves), kept))
    damage.update(unnoted(store))
    root_hash = hashes[max(hashes)] if hashes else ""
    return Verified(cases=chains.cases, records=chains.records, root=root_hash, damage=tuple(sorted(damage)))


class _Chain:
    """A chain as far as it was followed."""

    def __init__(self, case: str) -> None:
        self.case = case
        self.number = 0
        self.hash = ""
        #: The body of its first and of its last record.
        self.first = self.last = b""
        self._opening = ""
        self._new: Callable[[bytes], Any] = hashlib.sha256

    def follow(self, run: Iterable[Sequence[Any]]) -> bool:
        """Go on through these rows; does each follow the one before, with the data it was hashed with?"""
        number, previous, coded, is_whole = self.number, self.hash, self.last, True
        opening, new = self._opening, self._new
        for _, sequence, body, kept, salt, data in run:
            coded = body.encode() if body.__class__ is str else body
            if not number:
                self._open(coded)
                opening, new = self._opening, self._new
            number += 1
            expected = f'{opening}{previous}","sequence":{number},"was":'
            previous = new(coded).hexdigest()
            if previous != kept or sequence != number or not coded.startswith(expected.encode()):
                is_whole = False
            elif data is None:
                is_whole = is_whole and salt is None and b',"data":"' not in coded
            elif not self._fit(coded, salt, data):
                is_whole = False
        self.number, self.hash, self.last = number, previous, coded
        return is_whole

    def _open(self, body: bytes) -> None:
        """A chain keeps to the algorithm of its first record; one that changed it is read again alone."""
        found = [name for name in ALGORITHMS if body.startswith(b'{"algorithm":"%s",' % name.encode())]
        algorithm = found[0] if found else ALGORITHMS[0]
        self.first = body
        hasher(algorithm)  # refused by name where this machine has it not
        self._new = hashlib.sha256 if algorithm == "sha256" else partial(hashlib.new, algorithm)
        self._opening = prefix(algorithm, self.case, "", 0).rpartition('","sequence":')[0]

    def _fit(self, body: bytes, salt: Any, data: Any) -> bool:
        try:
            coded = data.encode() if data.__class__ is str else data
            return b',"data":"%s"' % self._new(bytes.fromhex(salt) + coded).hexdigest().encode() in body
        except (TypeError, ValueError):
            return False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """Records in their order, and the rows of the cases that end among them, as of one moment."""

    rows: Sequence[Sequence[Any]]
    ends: Sequence[Sequence[Any]]
    is_last: bool


def _pages(store: Store) -> Iterator[_Page]:
    """All records, page by page."""
    place: tuple[Any, ...] = ("", 0)
    compared, is_last = "", False
    while not is_last:
        with store.reading() as reading:
            rows = reading.line.ask(_RECORDS, (*place, PAGE))
            is_last = len(rows) < PAGE
            if is_last:
                ends = reading.line.ask(_ENDS_BEHIND, (compared,))
            else:
                before, compared = compared, _last_ended(rows, place[0], compared)
                ends = reading.line.ask(_ENDS_BETWEEN, (before, compared))
        yield _Page(rows=rows, ends=ends, is_last=is_last)
        place = rows[-1][:2] if rows else place


def _last_ended(rows: Sequence[Sequence[Any]], under_way: str, compared: str) -> str:
    """The last case that surely ends on a page: that of the last row may go on."""
    last = rows[-1][0]
    return next((row[0] for row in reversed(rows) if row[0] != last), compared if under_way == last else under_way)


class _Chains:
    """All chains, followed page by page."""

    def __init__(self) -> None:
        self.cases = 0
        self.records = 0
        self._chain = _Chain("")

    def suspects(self, page: _Page) -> set[str]:
        """The cases of a page whose chain or row does not hold at first sight."""
        suspects: set[str] = set()
        ended: dict[str, _Chain] = {}
        for name, run in groupby(page.rows, key=itemgetter(0)):
            if name != self._chain.case:
                ended[self._chain.case] = self._chain
                self._chain = _Chain(name)
            if not self._chain.follow(run):
                suspects.add(name)
        if page.is_last:
            ended[self._chain.case] = self._chain
        ended.pop("", None)
        for name, *row in page.ends:
            if not _agree(_end_of(row), ended.pop(name, None)):
                suspects.add(name)
        self.records += len(page.rows)
        self.cases += sum(row[0] != ADMINISTRATION for row in page.ends)
        return suspects | ended.keys()


def _agree(row: End, chain: _Chain | None) -> bool:
    """Is the row of a case what its chain says, as far as its first and last record tell?"""
    if chain is None or row.is_hidden:
        return row.sequence == 0 and not row.is_hidden
    is_ended = any(b',"kind":"%s"' % kind.encode() in chain.last for kind in ENDINGS)
    moments = (number_of(_moment_in(chain.first)), number_of(_moment_in(chain.last)))
    same = (row.sequence, row.head, row.started, row.latest) == (chain.number, chain.hash, *moments)
    return same and is_ended == (row.ended is not None)


def _moment_in(body: bytes) -> str:
    """The text of the moment a body tells of, which is the first thing it says."""
    begin = body.find(b',"was":{"at":"') + 14
    return body[begin : begin + 27].decode(errors="replace")


def _examined(store: Store, suspects: Iterable[str], kept: Sequence[KeptRoot]) -> Iterator[Damage]:
    """All damage of the suspicious cases, each read again as of one moment."""
    for name in sorted(suspects):
        leaves = {found for root in kept for found in root.leaves if found.case == name}
        with store.reading() as reading:
            row = reading.line.one(_END, (name,))
            rows = reading.line.ask(_ALL, (name,))
            leaves |= {Leaf(case=name, sequence=at, hash=head) for at, head in reading.line.ask(_LEAVES, (name,))}
            end = _end_of(row[1:]) if row else None
            yield from examine(name, end, [_kept(found) for found in rows], leaves, gone(reading, name))


def _stored_roots(store: Store) -> Iterator[tuple[int, str, bool]]:
    """Number and hash of each root of the database, and whether it is what it and its leaves say."""
    with store.reading() as reading:
        rows = roots_of(reading)
    last, previous = 0, ""
    for number, body, hashed in rows:
        with store.reading() as reading:
            leaves = leaves_of(reading, number)
        yield number, hashed, _is_whole_root(body, hashed, number, leaves, previous if number == last + 1 else None)
        last, previous = number, hashed


def _is_whole_root(body: str, hashed: str, number: int, leaves: Sequence[Leaf], previous: str | None) -> bool:
    try:
        root = parsed(body)
    except NotARoot:
        return False
    before = root.previous if previous is None else previous
    same = root_of(leaves, number=number, at=root.at, previous=before, algorithm=root.algorithm)
    return root == same and root.hash == hashed and root.body == body


def _of_roots(hashes: dict[int, str], kept: Sequence[KeptRoot]) -> Iterator[Damage]:
    """Roots that are gone from between the others, and those that were kept elsewhere and are others here."""
    before = 0
    for number in sorted(hashes):
        for missing in range(max(before + 1, number - GAPS), number):
            yield Damage(case="", sequence=missing, kind="root-missing")
        before = number
    for root in (found.root for found in kept):
        if root.number not in hashes:
            yield Damage(case="", sequence=root.number, kind="root-missing")
        elif hashes[root.number] != root.hash:
            yield Damage(case="", sequence=root.number, kind="root-changed")


def _astray(store: Store, number: int) -> list[str]:
    """Cases whose chain does not lead through what a root of the database knows of them."""
    with store.reading() as reading:
        return [name for (name,) in reading.line.ask(_ASTRAY, (number,))]


def _unknown(store: Store, leaves: Sequence[Leaf]) -> Iterator[str]:
    """Cases whose chain does not lead through these leaves."""
    for begin in range(0, len(leaves), PAGE):
        with store.reading() as reading:
            for found in leaves[begin : begin + PAGE]:
                row = reading.line.one(_HASH, (found.case, found.sequence))
                if row is None or row[0] != found.hash:
                    yield found.case


def _kept(row: Sequence[Any]) -> KeptRecord:
    """A record with texts, also where what stands there is no text any more."""
    name, sequence, body, hashed, salt, data = row
    texts = [found.decode(errors="replace") if isinstance(found, bytes) else found for found in (body, data)]
    return KeptRecord(case=name, sequence=sequence, body=texts[0], hash=hashed, data=texts[1], salt=salt)


def _end_of(row: Sequence[Any]) -> End:
    sequence, head, started, ended, latest, changed, root = row
    is_hidden = not changed and root is None
    return End(sequence=sequence, head=head, started=started, ended=ended, latest=latest, is_hidden=is_hidden)


def _columns(kind: str) -> Select[Any]:
    """Records. SQLite keeps whatever is written into it: taken as bytes, nothing can be unreadable."""
    texts = [record.c.body, record.c.data]
    body, data = [cast(text, LargeBinary) for text in texts] if kind == SQLITE else texts
    return select(record.c.case, record.c.sequence, body, record.c.hash, record.c.salt, data)


def _ends(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The rows of cases, each with the root that knows its head."""
    known = and_(leaf.c.case == case.c.id, leaf.c.sequence == case.c.sequence)
    names = (case.c.id, case.c.sequence, case.c.head, case.c.started, case.c.ended, case.c.latest, case.c.changed)
    return select(*names, leaf.c.root).join_from(case, leaf, known, isouter=True).where(*conditions)


def _straying(_: str) -> Select[Any]:
    same = and_(record.c.case == leaf.c.case, record.c.sequence == leaf.c.sequence)
    further = or_(
        leaf.c.sequence > archived.c.sequence,
        and_(leaf.c.sequence == archived.c.sequence, leaf.c.hash != archived.c.head),
    )
    joined = leaf.outerjoin(record, same).outerjoin(archived, archived.c.case == leaf.c.case)
    return (
        select(leaf.c.case)
        .select_from(joined)
        .where(
            leaf.c.root == given("root"),
            or_(record.c.hash.is_(None), record.c.hash != leaf.c.hash),
            or_(archived.c.case.is_(None), further),
        )
    )


_PLACE = (record.c.case, record.c.sequence)
_RECORDS = Statement(
    "case sequence limit",
    lambda kind: (
        _columns(kind)
        .where(tuple_(*_PLACE) > tuple_(given("case"), given("sequence")))
        .order_by(*_PLACE)
        .limit(given("limit"))
    ),
)
_ALL = Statement("case", lambda kind: _columns(kind).where(record.c.case == given("case")).order_by(record.c.sequence))
_END = Statement("case", lambda _: _ends(case.c.id == given("case")))
_ENDS_BEHIND = Statement("after", lambda _: _ends(case.c.id > given("after")))
_ENDS_BETWEEN = Statement("after upto", lambda _: _ends(case.c.id > given("after"), case.c.id <= given("upto")))
_LEAVES = Statement("case", lambda _: select(leaf.c.sequence, leaf.c.hash).where(leaf.c.case == given("case")))
_HASH = Statement(
    "case sequence",
    lambda _: select(record.c.hash).where(record.c.case == given("case"), record.c.sequence == given("sequence")),
)
_ASTRAY = Statement("root", _straying)
