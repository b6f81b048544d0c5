"""Waiting against working, step by step: a mean case, before above after, the longest waits first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from analysis.measure import StepTime
from reports import charts
from reports import format as write
from reports.changes import labels
from reports.charts import HALF, Parts, PathRow
from reports.format import Scale
from reports.study import Study

#: Steps that are shown; the table of all steps holds the others.
SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Waits:
    """The chart, its unit, and how many steps wait at all."""

    chart: Markup
    unit: str
    note: str


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """Steps of both sides that stand for each other, seconds of a mean case."""

    name: str
    before: Parts | None
    after: Parts | None

    @property
    def waiting(self) -> float:
        """The longer of the two waits."""
        return max(side.queue + side.wait if side is not None else 0.0 for side in (self.before, self.after))


def waits(study: Study) -> Waits | None:
    """Draw the steps with the longest waits; None where nothing waits or nothing is known of it."""
    if study.is_untimed or any(result.overloaded for result in study.results):
        return None
    pairs = sorted((pair for pair in _pairs(study) if pair.waiting > 0), key=lambda pair: -pair.waiting)
    shown = pairs[:SHOWN]
    if not shown:
        return None
    longest = max(side.total for pair in shown for side in (pair.before, pair.after) if side is not None)
    scale = write.office_scale(longest, study.before.times.day_seconds)
    rows = [_row(pair, scale, is_pair=study.after is not None) for pair in shown]
    title = study.words("list.stop").join(
        f"{row.name} {row.before_text}{f'{write.ARROW}{row.after_text}' if row.after_text else ''}" for row in rows
    )
    chart = charts.path_bars(rows, title=title, unit=study.unit(scale), is_pair=study.after is not None, width=HALF)
    note = study.words("report.waits.note", shown=write.count(len(shown)), all=write.count(len(pairs)))
    return Waits(chart=Markup(chart), unit=study.unit(scale), note=note)


def _pairs(study: Study) -> list[_Pair]:
    """The steps as they are matched; each by itself where there is only one side."""
    old = {step.id: step for step in study.before.times.steps}
    if study.after is None or study.comparison is None:
        return [_Pair(name=step.name or step.id, before=_parts([step]), after=None) for step in old.values()]
    new = {step.id: step for step in study.after.times.steps}
    label = labels(study)
    found = []
    for place, match in enumerate(study.comparison.changes):
        before = [old[identity] for identity in match.before if identity in old]
        after = [new[identity] for identity in match.after if identity in new]
        name = _name(study, before or after)
        if label.get(place):
            name = f"{label[place]}\u00a0{name}"
        found.append(_Pair(name=name, before=_parts(before), after=_parts(after)))
    return found


def _name(study: Study, steps: Sequence[StepTime]) -> str:
    """The name of a step, or of the first of several with their number."""
    names = [step.name or step.id for step in steps]
    if len(names) < 2:
        return "".join(names)
    return study.words("report.waits.several", name=names[0], count=write.count(len(names)))


def _parts(steps: Sequence[StepTime]) -> Parts | None:
    """What steps take together; None where there are none."""
    if not steps:
        return None
    work, queue, wait = (sum(getattr(step, name) or 0.0 for step in steps) for name in ("work", "queue", "wait"))
    return Parts(work=work, queue=queue, wait=wait)


def _row(pair: _Pair, scale: Scale, *, is_pair: bool) -> PathRow:
    sides = [side and _scaled(side, scale) for side in (pair.before, pair.after)]
    texts = [write.number(side.total) if side is not None else write.UNKNOWN for side in sides]
    return PathRow(
        name=pair.name, before=sides[0], after=sides[1], before_text=texts[0], after_text=texts[1] if is_pair else ""
    )


def _scaled(parts: Parts, scale: Scale) -> Parts:
    return replace(parts, work=scale.value(parts.work), queue=scale.value(parts.queue), wait=scale.value(parts.wait))
