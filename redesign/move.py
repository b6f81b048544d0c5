"""What a move is: one change to a procedure, asked for by a finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from analysis.findings import Finding, Saving

#: What tells a move from others: its name, its finding, its steps, its material.
MoveKey = tuple[str, str, tuple[str, ...], str]


@dataclass(frozen=True, kw_only=True)
class Move:
    """One change. What it does to time and papers stands in docs/reference/moves.md."""

    #: Its name: "share-material", "remove-step" …
    move: str
    #: The name of the finding it answers.
    finding: str
    #: The steps of the finding, in path order.
    steps: tuple[str, ...]
    #: What the finding says beside its steps: material, order, which steps go …
    details: Mapping[str, Any] = field(default_factory=dict, compare=False)
    #: What it saves alone; None before it is measured.
    saving: Saving | None = field(default=None, compare=False)

    @property
    def material(self) -> str:
        """The material it is about; empty for none."""
        return str(self.details.get("material", ""))

    @property
    def key(self) -> MoveKey:
        """What tells it from other moves of the same procedure."""
        return self.move, self.finding, self.steps, self.material

    def evolve(self, **changes: Any) -> Self:
        """The same move with other values."""
        return replace(self, **changes)


def move_of(finding: Finding) -> Move | None:
    """The move a finding asks for; none where it is only shown."""
    if not finding.move:
        return None
    return Move(
        move=finding.move,
        finding=finding.finding,
        steps=finding.steps,
        details=finding.evidence,
        saving=finding.saving,
    )
