"""What somebody decided beside what the program proposes: the four cuts of both, from the same procedure as it is."""

from __future__ import annotations

from dataclasses import dataclass

from reports import cuts
from reports.study import Study


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One of the four cuts of both."""

    name: str
    unit: str
    before: str
    decided: str
    decided_cut: str
    proposed: str
    proposed_cut: str


def beside(study: Study) -> tuple[Figures, ...]:
    """The four cuts of the decided redesign and of the proposal; none where there are not both."""
    if not study.is_decided or study.proposed is None:
        return ()
    return tuple(
        Figures(
            name=decided.name,
            unit=decided.unit,
            before=decided.before,
            decided=decided.after,
            decided_cut=_cut(decided),
            proposed=proposed.after,
            proposed_cut=_cut(proposed),
        )
        for decided, proposed in zip(cuts.cards(study), cuts.cards(study.proposed), strict=True)
    )


def _cut(card: cuts.Card) -> str:
    """What was cut, and its per cent of what was before."""
    return f"{card.change} ({card.percent})"
