"""What a finding is: a place where a procedure could be better, with its evidence and what mending it would save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Missing:
    """An annotation a finding needs and the file lacks, or holds only as a suggestion nobody accepted yet."""

    #: The step, gateway or flow.
    element: str
    #: "kind", "materials", "post", "level", "basis", "probability", "purpose" …
    annotation: str


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What the move of one finding saves when it is made alone; positive is less than before."""

    steps: int
    #: Means of a case, in seconds; None where the procedure cannot be timed.
    elapsed_working_s: float | None
    work_s: float | None
    #: Hand-ins and visits of the case that meets most of them.
    materials: int
    visits: int
    #: Where the times come from: "exact" or "simulated"; empty where there are none.
    source: str = ""
    #: The 95 % interval of the elapsed working seconds saved; equal to the mean where it is exact.
    low: float | None = None
    high: float | None = None

    def evolve(self, **changes: Any) -> Self:
        """The same saving with other values."""
        return replace(self, **changes)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One place that could be better. Evidence is data; its sentences are made by who shows it.

    `finding` is its name (docs/reference/findings/), `steps` the activities it speaks of in path order.
    """

    finding: str
    steps: tuple[str, ...] = ()
    #: Materials, units, flows, probabilities, paths …: JSON values by name.
    evidence: Mapping[str, Any] = field(default_factory=dict)
    #: The law demands every step its move could remove, merge, re-assign or weaken: told, never applied.
    protected: bool = False
    #: What is missing for the finding to be sure.
    missing: tuple[Missing, ...] = ()
    #: Whether it would be sure with all of that: some findings only point at a place to look at.
    certain: bool = True
    #: The name of the move that would mend it; empty where it is only shown.
    move: str = ""
    #: Measured by `redesign`; None before that, or where nothing can be moved.
    saving: Saving | None = None

    @property
    def sure(self) -> bool:
        """Whether it holds for certain and all it rests on is written in the file and accepted."""
        return self.certain and not self.missing

    def evolve(self, **changes: Any) -> Self:
        """The same finding with other values."""
        return replace(self, **changes)
