"""What became of every step: the two diagrams, the reckoning beside them and the numbered list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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

    #: Its letter in the diagrams, or the numbers of the findings it comes of; empty where nothing changed.
    label: str
    kind: str
    before: str
    after: str
    #: The units concerned: those of the steps before, and those after where they differ.
    units: str
    #: How the two were matched.
    by: str


def note(study: Study) -> str:
    """What the marks of the list are, and how steps were matched."""
    return study.words("report.changes.note-proposed" if study.is_proposed else "report.changes.note")


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


def labels(study: Study) -> Mapping[int, str]:
    """What the matches in which something changed bear in the list and in the diagrams, by place among all matches.

    Numbers are those of findings, everywhere: where the program proposes the change, it bears the numbers of the
    findings it comes of. Where somebody decided it, it bears a letter.
    """
    matches = study.comparison.changes if study.comparison is not None else ()
    if study.proposal is None or not study.is_proposed:
        changed = [place for place, match in enumerate(matches) if match.kind != "kept"]
        return {place: write.letters(number) for number, place in enumerate(changed, start=1)}
    found = study.proposal.by_step(made=True)
    return {
        place: numbered(number for step in (*match.before, *match.after) for number in found.get(step, ()))
        for place, match in enumerate(matches)
    }


def numbered(numbers: Iterable[int], *, most: int | None = None) -> str:
    """Numbers of findings as one label; beyond so many, of which the first count most, the rest is told by …

    >>> numbered([7, 3, 7]), numbered([4, 1, 2, 3], most=3)
    ('3,7', '1,2,4…')
    """
    found = list(dict.fromkeys(numbers))
    text = ",".join(map(str, sorted(found[:most])))
    return f"{text}…" if most is not None and len(found) > most else text


def changes(study: Study) -> list[Change]:
    """The list: what changed one by one, then all that was kept in one line."""
    comparison = study.comparison
    if comparison is None:
        return []
    label = labels(study)
    listed = [
        _change(study, match, label[place]) for place, match in enumerate(comparison.changes) if match.kind != "kept"
    ]
    kept = [match for match in comparison.changes if match.kind == "kept"]
    return [*listed, *([_kept(study, kept)] if kept else [])]


def _change(study: Study, match: Match, label: str) -> Change:
    assert study.after is not None
    before, after = study.before.model, study.after.model
    join = study.words("list.separator").join
    old = dict.fromkeys(unit_name(before, identity) for identity in match.before)
    new = dict.fromkeys(unit_name(after, identity) for identity in match.after)
    units = [join(filter(None, side)) or write.UNKNOWN for side in (old, new) if side]
    return Change(
        label=label,
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
        label="",
        kind="kept",
        before=names,
        after=study.words.counted("report.changes.same", len(kept)),
        units="",
        by=join(by),
    )
