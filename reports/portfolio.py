"""All procedures of a library on one sheet: what each was cut, against the target of its class.

A class has its target: procedures inside one office and between levels cut the mean time by so much; of those across
offices a case needs at most one visit, and so many of all these procedures must reach that. Both ways of summing up
are told: the ratio of the sums, in which long procedures weigh more, and the mean of the ratios, in which all weigh
the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from reports.comparison import Comparison, Cut
from reports.format import HOUR
from reports.json import cuts_json
from reports.words import Words

#: The classes in their order; a file may name none.
CLASSES = ("internal", "vertical", "cross", "")
#: By class how many per cent of the mean time have to go.
TIME_TARGETS: Mapping[str, float] = {"internal": 50.0, "vertical": 60.0}
#: How often the applicant may have to come in a procedure across offices, and how many per cent must reach that.
MOST_VISITS, ONCE_TARGET = 1, 70.0
#: The cuts that are summed up.
SUMMED = ("steps", "time", "materials", "visits")

#: What stands after: what somebody decided, what the program proposes, or nothing that pays.
Kind = Literal["decided", "proposed", "none"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One procedure that was studied."""

    #: Its name in the library: the folder of its own report.
    name: str
    title: str
    #: Its class; empty where the file names none.
    kind: str
    what: Kind
    #: The cuts of what stands after; none where nothing does.
    cuts: Mapping[str, Cut]
    #: The cuts of the program's own proposal, where somebody decided something else.
    proposed: Mapping[str, Cut]
    comparable: bool
    findings: int
    moves: int

    @property
    def percent(self) -> float | None:
        """By how many per cent the mean time is cut; None where it is not known or may not be compared."""
        cut = self.cuts.get("time")
        return cut.percent if cut is not None and self.comparable else None

    @property
    def is_met(self) -> bool | None:
        """Whether it reaches the target of its class; None where that cannot be said."""
        if self.kind in TIME_TARGETS:
            return None if self.percent is None else self.percent >= TIME_TARGETS[self.kind]
        visits = self.cuts.get("visits")
        if self.kind != "cross" or visits is None or visits.after is None:
            return None
        return visits.after <= MOST_VISITS


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A procedure that could not be studied, and why."""

    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Total:
    """One of the cuts over several procedures."""

    cut: str
    #: Procedures in which both figures are known and may be compared.
    n: int
    #: Sums; seconds of time, else counts.
    before: float
    after: float
    #: The mean over the procedures of the per cents of each that has one, and how many these are.
    mean_of_ratios: float | None
    ratios: int

    @property
    def ratio_of_sums(self) -> float | None:
        """What was cut of the sum, in per cent."""
        return 100.0 * (self.before - self.after) / self.before if self.before else None


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """All procedures with what they were cut, and those that could not be studied."""

    words: Words
    entries: tuple[Entry, ...]
    failed: tuple[Failed, ...]
    day: date
    version: str
    cases: int
    seed: int
    command: str = ""

    def of(self, kind: str) -> tuple[Entry, ...]:
        """The procedures of a class, those that miss its target first, then by how little of their time was cut."""
        found = [entry for entry in self.entries if entry.kind == kind]
        return tuple(sorted(found, key=lambda entry: (entry.is_met is not False, _order(entry), entry.name)))

    @property
    def met(self) -> tuple[int, int]:
        """How many reach the target of their class, and of how many that can be said."""
        return counted(self.entries)


def counted(entries: Sequence[Entry]) -> tuple[int, int]:
    """How many reach their target, and of how many that can be said."""
    known = [entry.is_met for entry in entries if entry.is_met is not None]
    return sum(known), len(known)


def _order(entry: Entry) -> float:
    return entry.percent if entry.percent is not None else 101.0


def entry_of(
    *, name: str, title: str, kind: str, pair: Comparison | None, is_proposed: bool, proposed: Comparison | None,
    findings: int, moves: int,
) -> Entry:  # fmt: skip
    """The entry of one study: of a comparison with what was decided or proposed, or of nothing that pays."""
    return Entry(
        name=name,
        title=title,
        kind=kind if kind in CLASSES else "",
        what="none" if pair is None else "proposed" if is_proposed else "decided",
        cuts=pair.cuts if pair is not None else {},
        proposed=proposed.cuts if proposed is not None and not is_proposed else {},
        comparable=pair is None or pair.comparable,
        findings=findings,
        moves=moves,
    )


def totals(entries: Sequence[Entry]) -> tuple[Total, ...]:
    """The cuts summed up over procedures; those that cannot be compared are left out."""
    return tuple(_total(name, [entry.cuts[name] for entry in entries if _counts(entry, name)]) for name in SUMMED)


def _counts(entry: Entry, name: str) -> bool:
    cut = entry.cuts.get(name)
    return cut is not None and cut.cut is not None and entry.comparable


def _total(name: str, cuts: Sequence[Cut]) -> Total:
    ratios = [cut.percent for cut in cuts if cut.percent is not None]
    return Total(
        cut=name,
        n=len(cuts),
        before=sum(cut.before or 0.0 for cut in cuts),
        after=sum(cut.after or 0.0 for cut in cuts),
        mean_of_ratios=sum(ratios) / len(ratios) if ratios else None,
        ratios=len(ratios),
    )


def hours(total: Total) -> tuple[float, float]:
    """The sums of a cut as people read them: working hours of time, else counts."""
    size = HOUR if total.cut == "time" else 1.0
    return total.before / size, total.after / size


def portfolio_json(portfolio: Portfolio) -> dict[str, Any]:
    """The sheet as data: portfolio.json."""
    return {
        "procedures": [
            {
                "name": entry.name,
                "title": entry.title,
                "class": entry.kind,
                "after": entry.what,
                "comparable": entry.comparable,
                "met": entry.is_met,
                "cuts": cuts_json(entry.cuts),
                "proposal": cuts_json(entry.proposed) if entry.proposed else None,
                "findings": entry.findings,
                "moves": entry.moves,
            }
            for entry in portfolio.entries
        ],
        "failed": [{"name": one.name, "reason": one.reason} for one in portfolio.failed],
        "classes": [_class_json(portfolio, kind) for kind in CLASSES if portfolio.of(kind)],
        "all": [_total_json(total) for total in totals(portfolio.entries)],
        "cases": portfolio.cases,
        "seed": portfolio.seed,
    }


def _class_json(portfolio: Portfolio, kind: str) -> dict[str, Any]:
    entries = portfolio.of(kind)
    met, known = counted(entries)
    return {
        "class": kind,
        "target": _target(kind),
        "met": met,
        "known": known,
        "procedures": len(entries),
        "sums": [_total_json(total) for total in totals(entries)],
    }


def _target(kind: str) -> dict[str, float] | None:
    if kind in TIME_TARGETS:
        return {"time_percent": TIME_TARGETS[kind]}
    return {"visits": MOST_VISITS, "share_percent": ONCE_TARGET} if kind == "cross" else None


def _total_json(total: Total) -> dict[str, Any]:
    return {
        "cut": total.cut,
        "n": total.n,
        "before": _rounded(total.before),
        "after": _rounded(total.after),
        "ratio_of_sums": _rounded(total.ratio_of_sums),
        "mean_of_ratios": _rounded(total.mean_of_ratios),
        "ratios": total.ratios,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
