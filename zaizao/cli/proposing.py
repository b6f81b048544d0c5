"""What a study does of itself: find, redesign, prove, weigh the proposal, and look at what a decided one leaves."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from bpmn import Model
from zaizao.cli.find import findings
from zaizao.cli.progress import progress
from zaizao.cli.redesign import content_of
from zaizao.cli.simulating import compared
from zaizao.cli.worded import Call

if TYPE_CHECKING:
    from analysis.findings import Finding
    from redesign import Redesign
    from reports.proposal import Proposal

#: The name of the file a proposal is written to.
PROPOSAL = "proposal.bpmn"


def proposal(
    call: Call, found: tuple[Finding, ...], redesign: Redesign, *, cases: int, seed: int, file: str
) -> Proposal:
    """The proposal with its comparison and what each move brings to it."""
    from redesign.shapley import shapley
    from reports.proposal import Proposal, summing_to, with_one_figure

    if not redesign.moves:
        return Proposal(findings=found, made=redesign, comparison=None)
    comparison = compared(call, redesign.before, redesign.after, cases=cases, seed=seed, files=(file, PROPOSAL))
    # The digest is that of the file that is written, which carries the one before.
    digest = sha256(content_of(redesign)).hexdigest()
    comparison = replace(comparison, after=replace(comparison.after, digest=digest))
    with progress(call.say("study.split")) as bar:
        shares = shapley(redesign.before, redesign.moves, seed=seed, progress=bar)
    made = Proposal(
        findings=found,
        made=redesign,
        comparison=comparison,
        shares=summing_to(shares, comparison.cuts["time"].cut),
    )
    return with_one_figure(made)


def with_left(call: Call, proposed: Proposal, decided: Model) -> Proposal:
    """The same, with what the decided redesign leaves on the table."""
    from reports.proposal import still_to_gain

    return replace(proposed, left=still_to_gain(findings(call, decided)))
