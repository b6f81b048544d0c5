"""Findings and moves as rows for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bpmn import Model
from reports import findings as telling
from reports.format import number, plain, visible
from zaizao.cli.text import Column, table
from zaizao.cli.worded import Call

if TYPE_CHECKING:
    from analysis.findings import Finding, Saving


#: The columns of what is saved, by their words.
SAVED = ("days", "count-of-steps", "papers", "comings")


def finding_table(
    call: Call, model: Model, found: Sequence[Finding], *, first: int, cells: int, reasons: bool = False
) -> list[str]:
    """One row a finding: its number, name and steps, and what it saves or why it is not used."""
    if not found:
        return []
    columns = [
        Column(right=True),
        Column(head=call.say("find.finding")),
        Column(head=call.say("find.steps"), shrinks=True),
    ]
    if reasons:
        columns += [Column(dim=True, shrinks=True)]
        rows = [[*_head(call, model, number, one), why(call, model, one)] for number, one in enumerate(found, first)]
    else:
        day = day_of(model)
        columns += saved_columns(call)
        rows = [
            [*_head(call, model, number, one), *saved_cells(one.saving, day)] for number, one in enumerate(found, first)
        ]
    return table(columns, rows, cells=cells)


def _head(call: Call, model: Model, place: int, finding: Finding) -> list[str]:
    steps = telling.steps_text(call.words, model, finding.steps)
    return [str(place), telling.title(call.words, finding.finding), steps or "—"]


def day_of(model: Model) -> float:
    """The seconds of a working day."""
    return float(sum(end - start for start, end in model.procedure.hours))


def saved_columns(call: Call) -> list[Column]:
    """The columns of what is saved."""
    return [Column(head=call.say(f"find.{name}"), right=True) for name in SAVED]


def saved_cells(saving: Saving | None, day_seconds: float) -> list[str]:
    """Working days, steps, papers and visits saved."""
    if saving is None:
        return ["—"] * len(SAVED)
    elapsed = saving.elapsed_working_s
    days = plain(number(None if elapsed is None else elapsed / day_seconds, 2))
    return [days, str(saving.steps), str(saving.materials), str(saving.visits)]


def why(call: Call, model: Model, finding: Finding) -> str:
    """Why a finding is not used: the law, what is missing, that a person chooses, that it is only shown."""
    if finding.protected:
        reason = call.say("find.protected")
        law = call.words("list.separator").join(telling.bases(model, finding))
        return f"{reason}{call.words('list.colon')}{visible(law)}" if law else reason
    if finding.missing:
        what = call.words("list.separator").join(telling.lacking(call.words, finding))
        return call.say("find.missing", what=what)
    if not finding.certain:
        return call.say("find.uncertain")
    if not finding.move:
        return call.say("find.shown")
    if finding.move in telling.BY_HAND:
        return call.say("find.chooses")
    return call.say("find.no-move")
