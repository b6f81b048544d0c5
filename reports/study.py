"""What a report tells of: one procedure, or the same one before and after, in one language and on one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from analysis.measure import TimeResult
from bpmn.model import Model
from flows import Procedure
from reports import format as write
from reports.comparison import Comparison, Side
from reports.format import Scale
from reports.proposal import Proposal
from reports.words import Words, load


@dataclass(frozen=True, kw_only=True)
class Study:
    """One report's matter: every section is made of it alone."""

    words: Words
    title: str
    before: Side
    #: None where there is no better procedure yet.
    after: Side | None
    #: None where there is nothing to compare with.
    comparison: Comparison | None
    #: The folder of the library it comes from, if any.
    procedure: Procedure | None
    #: What the program finds and proposes itself; None where it was not asked (a comparison of two files).
    proposal: Proposal | None
    version: str
    day: date
    #: The command line that makes the same report again.
    command: str = ""

    @property
    def sides(self) -> tuple[tuple[str, Side], ...]:
        """The sides there are, each with the key of its name."""
        if self.after is None:
            return (("only", self.before),)
        return (("before", self.before), ("after", self.after))

    @property
    def results(self) -> tuple[TimeResult, ...]:
        """The times of each side."""
        return tuple(side.times for _, side in self.sides)

    @property
    def is_measured(self) -> bool:
        """Whether the cases of a side were worked on and not simulated: then the sides are not of the same cases."""
        return "measured" in [result.times.elapsed_working.source for result in self.results]

    @property
    def cases(self) -> str:
        """Where the times of each side come from, and of how many cases they are."""
        told = []
        for result in self.results:
            key = "measured" if result.times.elapsed_working.source == "measured" else "simulated"
            told.append(self.words(f"report.lead.{key}", cases=self.words.counted("count.case", result.cases)))
        return write.ARROW.join(told)

    @property
    def is_proposed(self) -> bool:
        """Whether what stands after is what the program proposes, not what somebody decided."""
        return self.after is not None and self.proposal is not None and self.after.model is self.proposal.made.after

    @property
    def is_decided(self) -> bool:
        """Whether what stands after is what somebody decided."""
        return self.after is not None and not self.is_proposed

    @cached_property
    def proposed(self) -> Study | None:
        """The same matter with what the program proposes after; None where it proposes nothing."""
        if self.is_proposed:
            return self
        pair = self.proposal.comparison if self.proposal is not None else None
        return None if pair is None else replace(self, before=pair.before, after=pair.after, comparison=pair)

    @property
    def alone(self) -> Study:
        """The same matter of the procedure as it is, with nothing after it."""
        return replace(self, after=None, comparison=None)

    @property
    def kind(self) -> str:
        """What kind of report it is, in words."""
        if self.is_proposed:
            return self.words("report.kind-proposed")
        return self.words("report.kind" if self.after is not None else "report.kind-one")

    def side_name(self, key: str) -> str:
        """What a side is called."""
        return self.words("side.proposed" if key == "after" and self.is_proposed else f"side.{key}")

    @cached_property
    def scale(self) -> Scale:
        """The unit office time is told in, the same on every page."""
        means = [result.times.elapsed_working.mean or _middle(result) for result in self.results]
        return write.office_scale(max(means), self.before.times.day_seconds)

    @cached_property
    def calendar(self) -> Scale:
        """The unit calendar time is told in, the same on every page."""
        means = [result.times.elapsed_calendar.mean or 0.0 for result in self.results]
        return write.calendar_scale(max(means))

    def unit(self, scale: Scale | None = None) -> str:
        """The word for the unit of office time, or of another scale."""
        return self.words(f"unit.{(scale or self.scale).unit}")

    def amount(self, seconds: float | None, scale: Scale | None = None) -> str:
        """A duration with its unit; — where it is unknown."""
        scale = scale or self.scale
        return write.UNKNOWN if seconds is None else f"{scale.text(seconds)} {self.unit(scale)}"

    def limit(self, amount: float | None, unit: str) -> str:
        """A limit in its own unit."""
        if amount is None:
            return write.UNKNOWN
        return self.words.counted(f"limit.{unit}", amount)

    @property
    def whole(self) -> float:
        """How many units of the scale a working day has: where axes have their ticks. 0 where days say nothing."""
        per_day = self.before.times.day_seconds / self.scale.seconds
        return per_day if self.scale.unit == "hour" else 0.0

    @property
    def is_untimed(self) -> bool:
        """Whether a side says nothing of time, so that its 0 is no figure."""
        return any(
            result.times.elapsed_working.mean == 0 and not any(node.times for node in side.model.nodes)
            for (_, side), result in zip(self.sides, self.results, strict=True)
        )


def _middle(result: TimeResult) -> float:
    return result.sample[len(result.sample) // 2] if result.sample else 0.0


def step_name(model: Model, identity: str) -> str:
    """The name of an element, or its id where it has none."""
    node = model.node.get(identity)
    flow = model.flow.get(identity)
    return (node.name if node is not None else flow.name if flow is not None else "") or identity


def unit_name(model: Model, identity: str) -> str:
    """The name of the unit of an element; empty where it has none."""
    unit = model.unit_of.get(identity)
    return unit.name if unit is not None else ""


def study_of(
    content: Comparison | Side,
    *,
    language: str,
    title: str,
    procedure: Procedure | None = None,
    proposal: Proposal | None = None,
    version: str,
    day: date,
    command: str = "",
) -> Study:
    """The matter of a report of a comparison, or of one procedure alone."""
    pair = content if isinstance(content, Comparison) else None
    return Study(
        words=load(language),
        title=title,
        before=content.before if isinstance(content, Comparison) else content,
        after=pair.after if pair is not None else None,
        comparison=pair,
        procedure=procedure,
        proposal=proposal,
        version=version,
        day=day,
        command=command,
    )
