"""What is asked of the engine, and what it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Self

from engine.spiff.values import canonical

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One thing somebody wants done. Sent again with the same key it takes effect once and is answered the same."""

    #: An operation of `engine.lifecycle`.
    do: str
    #: Who asks.
    by: str = ""
    #: Made by whoever asks, another one for each command; empty where nothing is to be remembered.
    key: str = ""
    #: To start a case: a process, the name of a procedure, or the digest of one of its versions.
    procedure: str = ""
    case: str = ""
    item: str = ""
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    reason: str = ""
    #: Of a message or signal: its name, and what it is about, by name.
    name: str = ""
    correlation: Mapping[str, Any] = field(default_factory=dict, hash=False)
    #: Of a failure: the code of the error that the procedure may catch.
    code: str = ""
    #: The step it goes to, or the start it begins at.
    to: str = ""
    #: The version of the item, or of the case, that was seen when it was asked; none where nothing was looked at.
    version: int | None = None

    def evolve(self, **changes: Any) -> Self:
        """The same command with other values."""
        return replace(self, **changes)

    @property
    def why(self) -> dict[str, str]:
        """The reason as the data of a record; nothing where none was given."""
        return {"reason": self.reason} if self.reason else {}

    @property
    def digest(self) -> str:
        """What tells whether two commands ask for the same; their keys are left out."""
        said = {name: getattr(self, name) for name in _ASKED}
        return sha256(canonical(said).encode(errors="surrogatepass")).hexdigest()


_ASKED = tuple(name for name in Command.__dataclass_fields__ if name != "key")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a command, kept under its key word for word.

    `said` holds `case`, `process`, `version` (counted from 1), `digest`, `state`, `records` (the sequences of what was
    written) and `items` (the work that was offered or changed and is open).
    """

    text: str

    @cached_property
    def said(self) -> dict[str, Any]:
        """The answer by name."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def case(self) -> str:
        """The case it was about; empty where it was about several."""
        return str(self.said.get("case", ""))

    @property
    def items(self) -> list[dict[str, Any]]:
        """The work items it names."""
        found: list[dict[str, Any]] = self.said.get("items", [])
        return found


def answer(said: Mapping[str, Any]) -> Answer:
    """An answer in its one wording."""
    return Answer(text=_written(said))
