"""Sets of numbers kept as the bits of one number, which are joined and compared at once."""

from collections.abc import Iterable, Iterator, Sequence


def bits(mask: int) -> Iterator[int]:
    """The numbers in a set, the lowest first.

    >>> list(bits(0b1101))
    [0, 2, 3]
    """
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(numbers: Iterable[int]) -> int:
    """The set of some numbers.

    >>> mask_of((0, 2, 3)) == 0b1101
    True
    """
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def union(sets: Iterable[int]) -> int:
    """What is in any of some sets."""
    found = 0
    for known in sets:
        found |= known
    return found


def common(sets: Sequence[int]) -> int:
    """What is in all of some sets; nothing where there are none.

    >>> common((0b110, 0b011)), common(())
    (2, 0)
    """
    found = -1
    for known in sets:
        found &= known
    return found if sets else 0
