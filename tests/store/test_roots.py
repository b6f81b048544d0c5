"""Roots over the heads of all cases: one hash, proofs for one case, files to keep."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from store.chain import hasher
from store.errors import NotARoot
from store.roots import Leaf, Root, holds, merkle, prove, read, root_of, written

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def leaves(size: int) -> list[Leaf]:
    return [Leaf(case=f"案-{number}", sequence=number + 1, hash=f"{number:064x}") for number in range(size)]


def root(size: int, algorithm: str = "sha256") -> Root:
    return root_of(leaves(size), number=1, at=NOON, previous="", algorithm=algorithm)


def hashed(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def recursive(found: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it stands there."""
    if len(found) == 1:
        return found[0]
    half = 1 << (len(found) - 1).bit_length() - 1
    return hashed(b"\x01", recursive(found[:half]), recursive(found[half:]))


@pytest.mark.parametrize("size", [*range(1, 18), 100])
def test_the_tree_is_that_of_the_standard(size: int):
    ends = [
        hashed(
            b"\x00",
            json.dumps([leaf.case, leaf.sequence, leaf.hash], ensure_ascii=False, separators=(",", ":")).encode(),
        )
        for leaf in leaves(size)
    ]

    assert merkle(leaves(size), hasher("sha256")) == recursive(ends).hex()


def test_the_order_in_which_cases_are_found_does_not_matter():
    backwards = root_of(reversed(leaves(9)), number=1, at=NOON, previous="", algorithm="sha256")

    assert backwards == root(9)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13])
@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_each_case_is_proved_by_few_hashes(size: int, algorithm: str):
    for leaf in leaves(size):
        proof = prove(leaves(size), leaf.case, algorithm)

        assert proof is not None
        assert len(proof.steps) <= (size - 1).bit_length()
        assert holds(proof, root(size, algorithm))


def test_a_proof_holds_for_no_other_root_and_no_other_head():
    proof = prove(leaves(8), "案-3", "sha256")
    assert proof is not None

    assert not holds(proof, root(9))
    forged = Leaf(case="案-3", sequence=4, hash="f" * 64)
    assert not holds(type(proof)(leaf=forged, steps=proof.steps), root(8))


def test_a_case_that_is_not_below_the_root_has_no_proof():
    assert prove(leaves(8), "案-9", "sha256") is None


@pytest.mark.parametrize("named", [False, True], ids=["small", "with leaves"])
def test_a_root_is_read_back_from_its_file(named: bool):
    text = written(root(5), leaves(5) if named else ())

    kept = read(text)

    assert kept.root == root(5)
    assert list(kept.leaves) == (leaves(5) if named else [])


def test_the_file_without_leaves_is_small_whatever_is_below_it():
    assert len(written(root(1000))) < 500


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "no json", '{"number": 1}', "[" * 100_000, "9" * 5000], ids=str.__len__
)
def test_what_is_no_root_is_refused(text: str):
    with pytest.raises(NotARoot):
        read(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"cases": 5', '"cases": 4'),
        ('"number": 1', '"number": 2'),
        (leaves(5)[2].hash, "0" * 64),
        ("sha256", "sm3"),
        ("sha256", "md5"),
    ],
)
def test_a_root_file_that_was_changed_is_refused(before: str, after: str):
    text = written(root(5), leaves(5))
    assert before in text

    with pytest.raises(NotARoot):
        read(text.replace(before, after))
