"""What the program itself says of a procedure: findings, a proposed redesign, and what a decided one leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.findings import Finding
from redesign import Move, Redesign, Refused, move_of
from redesign.shapley import Share
from reports.comparison import Comparison
from reports.findings import is_usable


@dataclass(frozen=True, kw_only=True)
class Item:
    """A finding with its number, and what became of it."""

    #: The same in every list and drawing.
    number: int
    #: None of a move that answers what only the moves before it brought about.
    finding: Finding | None
    #: The move that mends it in the proposal; None where it was not made.
    move: Move | None = None
    #: What that move brings.
    share: Share | None = None
    #: Why it was not made, where the search says so.
    refused: Refused | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps it speaks of."""
        return self.finding.steps if self.finding is not None else self.move.steps if self.move is not None else ()

    @property
    def name(self) -> str:
        """The name of the finding."""
        return self.finding.finding if self.finding is not None else self.move.finding if self.move is not None else ""


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

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every finding with its number: those that can be used come first, then the others, as `find` lists them.

        Moves that answer what only other moves brought about follow.
        """
        moves = {move.key: move for move in self.made.moves}
        shares = {share.move.key: share for share in self.shares}
        refused = {one.key: one for one in self.made.refused}
        found: list[Item] = []
        for number, finding in enumerate(in_order(self.findings), start=1):
            asked = move_of(finding)
            move = moves.pop(asked.key, None) if asked is not None else None
            material = str(finding.evidence.get("material", ""))
            why = None if move is not None else refused.get((finding.finding, finding.steps, material))
            share = shares.get(move.key) if move is not None else None
            found.append(Item(number=number, finding=finding, move=move, share=share, refused=why))
        for number, move in enumerate(moves.values(), start=len(found) + 1):
            found.append(Item(number=number, finding=None, move=move, share=shares.get(move.key)))
        return tuple(found)

    def by_step(self, *, made: bool) -> Mapping[str, Sequence[int]]:
        """The numbers of the findings at each step, those that were mended first; only these where `made`."""
        found: dict[str, list[int]] = defaultdict(list)
        for item in sorted(self.items, key=lambda item: item.move is None):
            for step in item.steps if item.move is not None or not made else ():
                found[step].append(item.number)
        return found


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings as they are numbered: those whose move can be used, then the others, each in their order."""
    return tuple(sorted(findings, key=lambda finding: not is_usable(finding)))


def with_one_figure(proposal: Proposal) -> Proposal:
    """The same, with one number for what a lone move saves by itself and as the whole proposal.

    What it saves alone was found with fewer cases than the proposal was compared with.
    """
    pair, moves = proposal.comparison, proposal.made.moves
    cut = pair.cuts["time"] if pair is not None else None
    if cut is None or cut.cut is None or len(moves) != 1 or moves[0].saving is None:
        return proposal
    saving = moves[0].saving.evolve(elapsed_working_s=cut.cut, low=cut.low, high=cut.high)
    asked = {id(finding): move_of(finding) for finding in proposal.findings}

    def told(finding: Finding) -> Finding:
        move = asked[id(finding)]
        return finding.evolve(saving=saving) if move is not None and move.key == moves[0].key else finding

    return replace(
        proposal,
        findings=tuple(map(told, proposal.findings)),
        made=replace(proposal.made, moves=(moves[0].evolve(saving=saving),)),
    )


def summing_to(shares: Sequence[Share], saved: float | None) -> tuple[Share, ...]:
    """Shares made of fewer cases, brought to the cut the report prints, each in proportion."""
    known = sum(share.elapsed_working_s or 0.0 for share in shares)
    if saved is None or not known:
        return tuple(shares)
    factor = saved / known

    def scaled(value: float | None) -> float | None:
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
