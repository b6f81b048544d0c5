"""What the program itself says of a procedure: findings, a proposed redesign, and what a decided one leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.findings import Finding
from redesign import Redesign
from redesign.shapley import Share
from reports.comparison import Comparison


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The findings and the redesign of a procedure as it is."""

    #: Of the procedure as it is, each with what its own move saves alone.
    findings: tuple[Finding, ...]
    made: Redesign
    #: As it is against as proposed; None where no move pays.
    comparison: Comparison | None
    #: What each move brings to the cut of time; they sum to it.
    shares: tuple[Share, ...] = ()
    #: Of the to-be file somebody decided: what a move would still better in it. None where nothing was decided.
    left: tuple[Finding, ...] | None = None

    @property
    def numbers(self) -> dict[int, int]:
        """The number of each finding in every list and drawing, by its place."""
        return {place: place + 1 for place in range(len(self.findings))}


def summing_to(shares: Sequence[Share], saved: float | None) -> tuple[Share, ...]:
    """Shares made of fewer cases, brought to the cut the report prints, each in proportion."""
    known = sum(share.elapsed_working_s or 0.0 for share in shares)
    if saved is None or not known:
        return tuple(shares)
    factor = saved / known

    def scaled(value: float | None) -> Any:
        return None if value is None else value * factor

    return tuple(
        replace(
            share,
            elapsed_working_s=scaled(share.elapsed_working_s),
            low=scaled(share.low),
            high=scaled(share.high),
        )
        for share in shares
    )


def still_to_gain(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of a decided redesign whose move would better one cut and worsen none: what it leaves."""
    return tuple(finding for finding in findings if finding.sure and not finding.protected and _pays(finding))


def _pays(finding: Finding) -> bool:
    saving = finding.saving
    if saving is None or not finding.move:
        return False
    counted = (saving.steps, saving.materials, saving.visits)
    is_faster = saving.low is not None and saving.low > 0
    is_slower = saving.high is not None and saving.high < 0
    return min(counted) >= 0 and not is_slower and (max(counted) > 0 or is_faster)
