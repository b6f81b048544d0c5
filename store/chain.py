"""The chain of a case: each record's text holds the hash of the one before, so none can be changed in silence.

A body is canonical JSON: keys sorted, UTF-8, no spaces, empty fields left out. Its keys are `algorithm`, `case`,
`previous`, `sequence` and `was`; so it begins with a text that everybody can foresee, and what was recorded follows.
Its hash is that of its bytes. Data, which may be personal, stand beside it: `was.data` is their hash under a salt of
their own, so that they can be erased and the chain still holds.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring as quoted
from typing import Any

from bpmn.history import Record
from store.errors import NoAlgorithm, UnknownAlgorithm
from store.rows import KeptRecord

#: The case whose chain holds what was done to the database as a whole: erasures, archives, restores.
ADMINISTRATION = "-"
#: What may be set; sm3 is the state's own (GB/T 32905), for where it is asked for.
ALGORITHMS = ("sha256", "sm3")
#: Bytes of a salt: too many to be tried out.
SALT = 16

#: Gives the hash of some bytes, in hexadecimal.
Hasher = Callable[[bytes], str]
#: Gives so many random bytes.
Salts = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """Where a chain ends: what the next record is linked to. A new case has sequence 0 and no hash."""

    case: str
    sequence: int = 0
    hash: str = ""
    #: When its last record was written; none of them lies before it.
    at: datetime | None = None


def hasher(algorithm: str) -> Hasher:
    """The function that hashes by that algorithm; refused where nobody or only this machine does not have it."""
    if algorithm not in ALGORITHMS:
        raise UnknownAlgorithm(algorithm)
    try:
        hashlib.new(algorithm)
    except ValueError:
        raise NoAlgorithm(algorithm) from None
    if algorithm == "sha256":
        return lambda text: hashlib.sha256(text).hexdigest()
    return lambda text: hashlib.new(algorithm, text).hexdigest()


def link(head: Head, records: Iterable[Record], algorithm: str, salts: Salts) -> tuple[list[KeptRecord], Head]:
    """The records of one case as they are kept, in their order, behind the head of its chain; and its new head.

    Time never runs backwards in a case: a record whose moment lies before the last one is kept at the last one's, and
    `was.clock` says what its own clock had said.
    """
    digest = hasher(algorithm)
    previous, latest = head.hash, head.at
    kept: list[KeptRecord] = []
    for sequence, record in enumerate(records, head.sequence + 1):
        if record.case != head.case:
            raise ValueError(f"a record of case {record.case!r} is no part of the chain of {head.case!r}")
        at = record.at if latest is None else max(latest, record.at)
        data, salt, mark = _beside(record.data, digest, salts)
        was = _was(record, at, mark)
        body, coded = _encoded(f"{prefix(algorithm, head.case, previous, sequence)}{was}}}")
        previous, latest = digest(coded), at
        kept.append(KeptRecord(case=head.case, sequence=sequence, body=body, hash=previous, data=data, salt=salt))
    return kept, Head(case=head.case, sequence=head.sequence + len(kept), hash=previous, at=latest)


def prefix(algorithm: str, case: str, previous: str, sequence: int) -> str:
    """What the body at this place of a chain must begin with, up to what was recorded."""
    return f'{{"algorithm":"{algorithm}","case":{quoted(case)},"previous":"{previous}","sequence":{sequence},"was":'


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces; half characters, which UTF-8 cannot say, as escapes."""
    return _encoded(_json(value))[0]


def mark_of(data: str, salt: str, digest: Hasher) -> str:
    """What stands in the body for data kept beside it: their hash under their salt."""
    return digest(bytes.fromhex(salt) + data.encode())


def recorded(body: str, data: str | None = None) -> Record:
    """The record a body tells of, with the data beside it."""
    text = json.loads(body)
    was = text["was"]
    return Record(
        case=text["case"],
        kind=was["kind"],
        at=datetime.fromisoformat(was["at"]),
        process=was.get("process", ""),
        version=was.get("version", ""),
        element=was.get("element", ""),
        unit=was.get("unit", ""),
        person=was.get("person", ""),
        flow=was.get("flow", ""),
        data=json.loads(data) if data else {},
    )


_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":")).encode


def _beside(data: Mapping[str, Any], digest: Hasher, salts: Salts) -> tuple[str | None, str | None, str]:
    """The text and the salt of a record's data, and what the body says of them."""
    if not data:
        return None, None, ""
    text, salt = canonical(dict(data)), salts(SALT).hex()
    return text, salt, mark_of(text, salt, digest)


def _was(record: Record, at: datetime, mark: str) -> str:
    """What was recorded, as canonical JSON: its keys in the order of the alphabet, each where it says something."""
    clock = moment_text(record.at) if at != record.at else ""
    return (
        f'{{"at":"{moment_text(at)}"{_said("clock", clock)}{_said("data", mark)}'
        f"{_said('element', record.element)}{_said('flow', record.flow)}{_said('kind', record.kind)}"
        f"{_said('person', record.person)}{_said('process', record.process)}{_said('unit', record.unit)}"
        f"{_said('version', record.version)}}}"
    )


def _said(key: str, text: str) -> str:
    return f',"{key}":{quoted(text)}' if text else ""


def moment_text(at: datetime) -> str:
    """A moment in UTC to the microsecond, always of one length."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _encoded(text: str) -> tuple[str, bytes]:
    """JSON text and its bytes; half characters, which UTF-8 cannot say, become JSON's own escapes."""
    try:
        return text, text.encode()
    except UnicodeEncodeError:
        coded = text.encode("utf-8", "backslashreplace")
        return coded.decode(), coded
