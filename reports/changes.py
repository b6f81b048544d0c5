"""What became of every step: the two diagrams, the reckoning beside them and the numbered list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bpmn.model import Model
from reports import format as write
from reports.matching import Match
from reports.study import Study, step_name, unit_name

#: The kinds of change in the order of the reckoning.
KINDS = ("kept", "moved", "merged", "removed", "new")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """A line of the reckoning: how many steps of each side are of a kind."""

    kind: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """The lines of the reckoning; the columns add up to the steps of each side."""

    lines: tuple[Tally, ...]
    before: int
    after: int

    @property
    def sums(self) -> tuple[str, str]:
        """Both columns as sums: 24 = 4 + 4 + 10 + 6."""
        before = [tally.before for tally in self.lines if tally.before]
        after = [tally.after for tally in self.lines if tally.after]
        return _sum(self.before, before), _sum(self.after, after)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A line of the list: steps of one side that stand for steps of the other."""

    #: The number it also has in the diagrams; 0 where nothing changed.
    number: int
    kind: str
    before: str
    after: str
    #: The units concerned: those of the steps before, and those after where they differ.
    units: str
    #: How the two were matched.
    by: str


def reckon(matches: Sequence[Match]) -> Reckoning:
    """Count the steps of both sides by what became of them."""
    lines = tuple(
        Tally(
            kind=kind,
            before=sum(len(match.before) for match in matches if match.kind == kind),
            after=sum(len(match.after) for match in matches if match.kind == kind),
        )
        for kind in KINDS
    )
    return Reckoning(lines=lines, before=sum(line.before for line in lines), after=sum(line.after for line in lines))


def _sum(total: int, parts: Sequence[int]) -> str:
    return f"{total} = {' + '.join(map(str, parts))}" if parts else str(total)


def numbers(matches: Sequence[Match]) -> Mapping[int, int]:
    """Number the matches in which something changed, in their order; by place among all matches."""
    changed = [place for place, match in enumerate(matches) if match.kind != "kept"]
    return {place: number for number, place in enumerate(changed, start=1)}


def changes(study: Study) -> list[Change]:
    """The list: what changed one by one, then all that was kept in one line."""
    comparison = study.comparison
    if comparison is None:
        return []
    number = numbers(comparison.changes)
    listed = [_change(study, match, number[place]) for place, match in enumerate(comparison.changes) if place in number]
    kept = [match for match in comparison.changes if match.kind == "kept"]
    return [*listed, *([_kept(study, kept)] if kept else [])]


def _change(study: Study, match: Match, number: int) -> Change:
    assert study.after is not None
    before, after = study.before.model, study.after.model
    join = study.words("list.separator").join
    old = dict.fromkeys(unit_name(before, identity) for identity in match.before)
    new = dict.fromkeys(unit_name(after, identity) for identity in match.after)
    units = [join(filter(None, side)) or write.UNKNOWN for side in (old, new) if side]
    return Change(
        number=number,
        kind=match.kind,
        before=join(_names(before, match.before)) or write.UNKNOWN,
        after=join(_names(after, match.after)) or write.UNKNOWN,
        units=" → ".join(dict.fromkeys(units)),
        by=study.words(f"by.{match.by}") if match.by else write.UNKNOWN,
    )


def _names(model: Model, identities: Sequence[str]) -> list[str]:
    """The names of steps; one that several of them bear is said once, with their number."""
    counts = Counter(step_name(model, identity) for identity in identities)
    return [name if count == 1 else f"{name} ×{count}" for name, count in counts.items()]


def _kept(study: Study, kept: Sequence[Match]) -> Change:
    join = study.words("list.separator").join
    names = join(_names(study.before.model, [identity for match in kept for identity in match.before]))
    by = dict.fromkeys(study.words(f"by.{match.by}") for match in kept if match.by)
    return Change(
        number=0,
        kind="kept",
        before=names,
        after=study.words.counted("report.changes.same", len(kept)),
        units="",
        by=join(by),
    )
