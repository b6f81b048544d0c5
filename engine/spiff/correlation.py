"""What messages are correlated by: the keys of their conversations and what processes subscribe to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bpmn.expression import Expression

if TYPE_CHECKING:
    from engine.spiff.places import Places
    from engine.spiff.token import Token


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """The correlation properties of a file: by message, the expressions that find them in what it carries."""

    properties: Mapping[str, Mapping[str, Expression]] = field(default_factory=dict)

    def of_message(self, token: Token, reference: str, data: Mapping[str, Any]) -> str:
        """The correlation of a message that is sent."""
        return ""

    def expected(self, token: Token, reference: str) -> str:
        """The correlation of the message a token waits for."""
        return ""


def correlation_of(made: Iterable[Places]) -> Correlation:
    """Read the correlation properties of the files of a program."""
    return Correlation()
