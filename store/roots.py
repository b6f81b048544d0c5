"""Roots: one hash over the heads of all cases that changed, kept where whoever runs the database cannot reach it.

A chain alone does not show that its last record, or a whole case, is gone, nor that it was written anew to its end.
A root does: it is the top of the Merkle tree (RFC 6962: leaves begin with the byte 00, nodes with 01) over a leaf for
each case whose chain grew since the root before, and it holds that root's hash. Whoever keeps one root can prove every
case below it and below all roots before it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import exists, literal_column, select, update

from store.cases import Writing
from store.chain import ALGORITHMS, Hasher, canonical, hasher
from store.connect import Store
from store.errors import NotARoot
from store.moments import to_number
from store.reading import Reading
from store.statements import Statement, given, inserting
from store.tables import case, leaf
from store.tables import root as root_table

_LEAF, _NODE = b"\x00", b"\x01"
#: Cases whose mark is taken off in one transaction: clerks wait no longer than for that.
_BATCH = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """How far one case had come: its last sequence and that record's hash."""

    case: str
    sequence: int
    hash: str

    def hashed(self, digest: Hasher) -> str:
        """The leaf of the tree."""
        return digest(_LEAF + canonical([self.case, self.sequence, self.hash]).encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class Root:
    """One root, and the one before it."""

    #: Counted from 1, without a gap.
    number: int
    at: datetime
    algorithm: str
    #: How many cases had changed.
    cases: int
    #: The hash of the root before; empty for the first.
    previous: str
    #: The Merkle root of the leaves, in the order of the cases' ids.
    tree: str

    @property
    def body(self) -> str:
        """The text that is hashed and kept."""
        return canonical(_said(self))

    @property
    def hash(self) -> str:
        """What stands for the whole: enough to be printed and signed."""
        return hasher(self.algorithm)(self.body.encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptRoot:
    """A root that was kept elsewhere, perhaps with its leaves: they name cases even where the database does not."""

    root: Root
    leaves: tuple[Leaf, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """That one case is part of a root: what to hash its leaf with, from the leaf up; "left" or "right" of it."""

    leaf: Leaf
    steps: tuple[tuple[str, str], ...]


def root_of(leaves: Iterable[Leaf], *, number: int, at: datetime, previous: str, algorithm: str) -> Root:
    """The root over these leaves, whatever their order."""
    ordered = in_order(leaves)
    tree = merkle(ordered, hasher(algorithm))
    return Root(number=number, at=at, algorithm=algorithm, cases=len(ordered), previous=previous, tree=tree)


def keep(store: Store, at: datetime) -> Root | None:
    """Make the next root over all cases whose chain grew since the last; none where none did.

    What a leaf says stays true whatever happens afterwards, so no case is locked; the mark that a case has to be looked
    at is taken off later, where it has not grown again.
    """
    made = store.perform(lambda writing: _next(writing, at))
    while store.perform(lambda writing: writing.line.tell(_UNMARK, (_BATCH,))) == _BATCH:
        pass
    return made


def roots_of(reading: Reading, after: int = 0) -> list[tuple[int, str, str]]:
    """Number, body and hash of each kept root behind a number, in their order."""
    return [(number, body, found) for number, body, found in reading.line.ask(_ROOTS, (after,))]


def leaves_of(reading: Reading, number: int) -> list[Leaf]:
    """What a root stands over."""
    return [Leaf(case=found, sequence=at, hash=head) for found, at, head in reading.line.ask(_LEAVES, (number,))]


def parsed(body: str) -> Root:
    """The root a kept body tells of; refused where it is none."""
    try:
        return _root(json.loads(body))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotARoot from None


def in_order(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Leaves in the order of the tree: by the characters of the case's id, the same on every database."""
    return sorted(leaves, key=lambda leaf: (leaf.case, leaf.sequence))


def merkle(leaves: Sequence[Leaf], digest: Hasher) -> str:
    """The hash at the top of the tree over leaves in their order; of no leaf at all the hash of nothing."""
    row = [leaf.hashed(digest) for leaf in leaves]
    while len(row) > 1:
        row = _above(row, digest)
    return row[0] if row else digest(b"")


def prove(leaves: Iterable[Leaf], case: str, algorithm: str) -> Proof | None:
    """What shows that the case is part of the root over these leaves; none where it is not. Cost: the leaves."""
    ordered, digest = in_order(leaves), hasher(algorithm)
    place = next((place for place, leaf in enumerate(ordered) if leaf.case == case), None)
    if place is None:
        return None
    leaf, steps = ordered[place], []
    row = [leaf.hashed(digest) for leaf in ordered]
    while len(row) > 1:
        beside = place ^ 1
        if beside < len(row):
            steps.append(("left" if beside < place else "right", row[beside]))
        row, place = _above(row, digest), place // 2
    return Proof(leaf=leaf, steps=tuple(steps))


def holds(proof: Proof, root: Root) -> bool:
    """Is the case of the proof part of the root? Nothing else is needed to tell: no database, no other case."""
    digest = hasher(root.algorithm)
    found = proof.leaf.hashed(digest)
    for side, other in proof.steps:
        found = _node(other, found, digest) if side == "left" else _node(found, other, digest)
    return found == root.tree


def written(root: Root, leaves: Iterable[Leaf] = ()) -> str:
    """The root as a small file to keep elsewhere: JSON, a field a line, so that it can be printed and read aloud.

    With the leaves, a line each, whatever is missing later can be named even where the database hides it.
    """
    fields = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in (_said(root) | {"hash": root.hash}).items()]
    lines = [canonical([leaf.case, leaf.sequence, leaf.hash]) for leaf in in_order(leaves)]
    if lines:
        fields.append('"leaves": [\n    ' + ",\n    ".join(lines) + "\n  ]")
    return "{\n  " + ",\n  ".join(fields) + "\n}\n"


def read(text: str) -> KeptRoot:
    """The root of such a file; refused where it is none, or is not what it was when it was written."""
    try:
        fields = json.loads(text)
        root = _root(fields)
        leaves = tuple(
            Leaf(case=str(case), sequence=int(sequence), hash=str(head))
            for case, sequence, head in fields.get("leaves", ())
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotARoot from None
    if root.hash != fields.get("hash") or (leaves and merkle(in_order(leaves), hasher(root.algorithm)) != root.tree):
        raise NotARoot("its hash is not that of what it says")
    return KeptRoot(root=root, leaves=leaves)


def _said(root: Root) -> dict[str, Any]:
    return {
        "algorithm": root.algorithm,
        "at": root.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "cases": root.cases,
        "number": root.number,
        "previous": root.previous,
        "tree": root.tree,
    }


def _root(fields: dict[str, Any]) -> Root:
    """The root of its fields; a ValueError where one of them cannot be."""
    if fields["algorithm"] not in ALGORITHMS:
        raise ValueError(fields["algorithm"])
    at = datetime.fromisoformat(fields["at"])
    if at.tzinfo is None:
        raise ValueError(fields["at"])
    return Root(
        number=int(fields["number"]),
        at=at,
        algorithm=fields["algorithm"],
        cases=int(fields["cases"]),
        previous=str(fields["previous"]),
        tree=str(fields["tree"]),
    )


def _above(row: list[str], digest: Hasher) -> list[str]:
    """The next row of the tree: each two under one node, a last one alone goes up as it is."""
    nodes = [_node(row[place], row[place + 1], digest) for place in range(0, len(row) - 1, 2)]
    return nodes + row[len(nodes) * 2 :]


def _node(left: str, right: str, digest: Hasher) -> str:
    return digest(_NODE + bytes.fromhex(left) + bytes.fromhex(right))


def _next(writing: Writing, at: datetime) -> Root | None:
    """The next root with its leaves, kept."""
    leaves = [Leaf(case=found, sequence=number, hash=head) for found, number, head in writing.line.ask(_CHANGED)]
    if not leaves:
        return None
    last = writing.line.one(_LAST)
    number, previous = (last[0] + 1, last[1]) if last else (1, "")
    root = root_of(leaves, number=number, at=at, previous=previous, algorithm=writing.algorithm)
    writing.line.tell(_NEW_ROOT, (number, to_number(at), root.body, root.hash))
    writing.line.tell_all(_NEW_LEAF, [(found.case, found.sequence, found.hash, number) for found in leaves])
    return root


_IS_LEAF = exists().where(leaf.c.case == case.c.id, leaf.c.sequence == case.c.sequence)
# Written out, so that the index of the few marked cases serves.
_IS_MARKED = case.c.changed == literal_column("1")
_CHANGED = Statement(
    "", lambda _: select(case.c.id, case.c.sequence, case.c.head).where(_IS_MARKED, case.c.sequence > 0, ~_IS_LEAF)
)
_UNMARK = Statement(
    "limit",
    lambda _: (
        update(case)
        .where(
            case.c.id.in_(select(case.c.id).where(_IS_MARKED, _IS_LEAF).limit(given("limit")).correlate(None)), _IS_LEAF
        )
        .values(changed=literal_column("0"))
    ),
)
_LAST = Statement(
    "", lambda _: select(root_table.c.number, root_table.c.hash).order_by(root_table.c.number.desc()).limit(1)
)
_ROOTS = Statement(
    "after",
    lambda _: (
        select(root_table.c.number, root_table.c.body, root_table.c.hash)
        .where(root_table.c.number > given("after"))
        .order_by(root_table.c.number)
    ),
)
_LEAVES = Statement(
    "root", lambda _: select(leaf.c.case, leaf.c.sequence, leaf.c.hash).where(leaf.c.root == given("root"))
)
_NEW_ROOT, _NEW_LEAF = inserting(root_table), inserting(leaf)
