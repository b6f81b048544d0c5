"""What each step of each side takes: as its file gives it, and in a mean case."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.measure import StepTime
from reports import format as write
from reports.format import Scale
from reports.study import Study, step_name, unit_name
from reports.table import Row
from reports.trust import given_times


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


def step_lists(study: Study) -> list[StepTable]:
    """The same with the times the file gives and where they are from; events and the applicant's times too."""
    parts = [study.words(f"part.{name}") for name in ("work", "wait")]
    tables = []
    for (key, side), table in zip(study.sides, step_tables(study), strict=True):
        given = given_times(study, side)
        rows = [
            Row(head=row.head, note=row.note, cells=(*given.pop(step.id, (write.UNKNOWN,) * 3), *row.cells))
            for step, row in zip(side.times.steps, table.rows, strict=True)
        ]
        rows += [
            Row(
                head=step_name(side.model, node),
                note=unit_name(side.model, node),
                cells=(*cells, *(write.UNKNOWN for _ in table.heads)),
            )
            for node, cells in given.items()
        ]
        heads = (*parts, study.words("report.unproved.source"), *table.heads)
        tables.append(StepTable(side=study.side_name(key), unit=table.unit, heads=heads, rows=tuple(rows)))
    return tables
