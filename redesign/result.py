"""What a redesign is: the procedure before, the moves, the procedure after, and the proof that it is as good in law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.findings import Saving
from bpmn.model import Model
from redesign.move import Move
from redesign.staff import Staffing


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """One thing that has to hold of a redesign, with what shows it.

    `obligation` is its name: "option-to-complete", "proper-completion", "no-dead-step" (sound); "mandatory-step",
    "legal-order", "kept-apart", "clock-stop", "approval" (lawful); "material-available", "result-given",
    "reject-possible", "message-answered" (complete).
    """

    obligation: str
    holds: bool
    #: The step, material or message it speaks of; empty for the whole procedure.
    element: str = ""
    #: What shows it, as JSON values: the step that stands for it, the path, the steps before …
    witness: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Every obligation of a redesign."""

    obligations: tuple[Obligation, ...]

    @property
    def holds(self) -> bool:
        """Whether all of them hold."""
        return all(obligation.holds for obligation in self.obligations)

    @property
    def failed(self) -> tuple[Obligation, ...]:
        """Those that do not."""
        return tuple(obligation for obligation in self.obligations if not obligation.holds)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A finding whose move was not made."""

    finding: str
    steps: tuple[str, ...]
    #: The reason as a name: "protected", "not-sure", "person-chooses", "does-not-pay", "left-out", a reason of
    #: `CannotMove`, or "not-proved".
    why: str
    details: Mapping[str, Any] = field(default_factory=dict)
    #: The material the finding speaks of; empty where it speaks of none.
    material: str = ""

    @property
    def key(self) -> tuple[str, tuple[str, ...], str]:
        """The finding it is of."""
        return self.finding, self.steps, self.material


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A set of moves with what it saves."""

    #: Those that could be made, in their order.
    moves: tuple[Move, ...]
    #: Not drawn yet.
    model: Model
    saving: Saving
    #: The names of the cuts it betters and worsens: "steps", "time", "materials", "visits".
    betters: frozenset[str]
    worsens: frozenset[str]
    #: The people each unit would need; None where nobody says how many cases arrive.
    staff: tuple[Staffing, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Redesign:
    """A procedure before and after, and what lies between."""

    before: Model
    #: With its diagram drawn; the same as before where no move was made.
    after: Model
    #: In the order in which they were made.
    moves: tuple[Move, ...]
    refused: tuple[Refused, ...]
    proof: Proof
    saving: Saving
    #: The best proved sets by size: each saves more time than every smaller one, or as much with fewer people.
    line: tuple[Weighed, ...]
    #: Sets of one move that better one cut and worsen another: a person may choose them.
    trade_offs: tuple[Weighed, ...]
    #: Sets weighed, and whether all there are were looked at.
    tried: int
    complete: bool
    #: The elapsed working seconds that no set of these moves can save more than; None where they are not known.
    bound: float | None = None
    #: Whether the cut of time that was asked for is reached; None where none was.
    reached: bool | None = None
    #: The people each unit needs before and after; None where nobody says how many cases arrive.
    staff: tuple[Staffing, ...] | None = None
    staff_after: tuple[Staffing, ...] | None = None
