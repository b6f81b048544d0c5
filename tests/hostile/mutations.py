"""Small damage to a file, as tools and enemies do it: bytes flipped, parts dropped, doubled, moved, renamed."""

import random
import re
from collections.abc import Callable

_ELEMENT = re.compile(rb"<(?:[\w:.-]+)(?:\s[^<>]*)?(?:/>|>)")
_TAG = re.compile(rb"</?([\w:.-]+)")
_VALUE = re.compile(rb"\"([^\"<>]*)\"")

#: What takes the place of a name or a value.
TAGS = (b"task", b"subProcess", b"startEvent", b"boundaryEvent", b"parallelGateway", b"lane", b"process", b"laneSet")
VALUES = (
    b"",
    b"-1",
    b"1e400",
    b"NaN",
    b"9" * 5_000,
    b"PT1e999S",
    b"P99999999999Y",
    b"true",
    b"&#x202E;",
    b"javascript:alert(1)",
    b"=1+1",
    b"../../etc/passwd",
    "\uff1d1".encode(),
)


def mutate(data: bytes, chance: random.Random, most: int = 4) -> bytes:
    """The same file after one to `most` accidents."""
    for _ in range(chance.randint(1, most)):
        data = chance.choice(ACCIDENTS)(data, chance)
    return data


def flip(data: bytes, chance: random.Random) -> bytes:
    """Change one byte."""
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def cut(data: bytes, chance: random.Random) -> bytes:
    """Leave out a piece."""
    place = chance.randrange(len(data) + 1)
    return data[:place] + data[place + chance.randint(1, 200) :]


def _part(data: bytes, chance: random.Random) -> tuple[int, int]:
    """Where an element begins and ends, with all that is in it where that is short."""
    tags = list(_ELEMENT.finditer(data))
    if not tags:
        return 0, 0
    begun = chance.choice(tags)
    if begun.group().endswith(b"/>"):
        return begun.span()
    name = begun.group()[1:].split(b">")[0].split()[0]
    end = data.find(b"</" + name + b">", begun.end())
    return begun.start(), (end + len(name) + 3 if end >= 0 else begun.end())


def drop(data: bytes, chance: random.Random) -> bytes:
    """Leave out an element."""
    start, end = _part(data, chance)
    return data[:start] + data[end:]


def double(data: bytes, chance: random.Random) -> bytes:
    """Say an element twice."""
    start, end = _part(data, chance)
    return data[:end] + data[start:end] + data[end:]


def move(data: bytes, chance: random.Random) -> bytes:
    """Put an element elsewhere."""
    start, end = _part(data, chance)
    part, rest = data[start:end], data[:start] + data[end:]
    tags = list(_ELEMENT.finditer(rest))
    place = chance.choice(tags).end() if tags else 0
    return rest[:place] + part + rest[place:]


def swap(data: bytes, chance: random.Random) -> bytes:
    """Let one value take the place of another: ids, references, numbers."""
    values = list(_VALUE.finditer(data))
    if len(values) < 2:
        return data
    goal, other = chance.choice(values), chance.choice(values)
    return data[: goal.start(1)] + other.group(1) + data[goal.end(1) :]


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Let something odd take the place of a value."""
    values = list(_VALUE.finditer(data))
    if not values:
        return data
    goal = chance.choice(values)
    return data[: goal.start(1)] + chance.choice(VALUES) + data[goal.end(1) :]


def rename(data: bytes, chance: random.Random) -> bytes:
    """Give an element another name, at both its ends where it has two."""
    tags = list(_TAG.finditer(data))
    if not tags:
        return data
    old = chance.choice(tags).group(1)
    prefix, colon, _ = old.rpartition(b":")
    new = prefix + colon + chance.choice(TAGS)
    return re.sub(rb"(</?)" + re.escape(old) + rb"(?=[\s/>])", rb"\g<1>" + new, data, count=chance.choice((2, 0)))


Accident = Callable[[bytes, random.Random], bytes]

#: Everything that can happen to a file.
ACCIDENTS: tuple[Accident, ...] = (flip, cut, drop, double, move, swap, spoil, rename)
