"""What each step of each side takes."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.measure import StepTime
from reports import format as write
from reports.format import Scale
from reports.study import Study
from reports.table import Row


@dataclass(frozen=True, kw_only=True)
class StepTable:
    """What each step of one side takes."""

    side: str
    unit: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def step_tables(study: Study) -> list[StepTable]:
    """What each step takes in a mean case, all rounds together; the applicant's too."""
    heads = [*(study.words(f"part.{name}") for name in ("work", "queue", "wait")), study.words("report.steps.times")]
    tables = []
    for key, side in study.sides:
        longest = max(
            (part or 0.0 for step in side.times.steps for part in (step.work, step.wait, step.queue)), default=0.0
        )
        scale = write.office_scale(longest, side.times.day_seconds)
        rows = tuple(_step_row(step, scale) for step in side.times.steps)
        tables.append(StepTable(side=study.side_name(key), unit=study.unit(scale), heads=tuple(heads), rows=rows))
    return tables


def _step_row(step: StepTime, scale: Scale) -> Row:
    cells = [scale.text(value, 2) for value in (step.work, step.queue, step.wait)]
    return Row(head=step.name or step.id, note=step.unit, cells=(*cells, write.number(step.times_per_case, 2)))
