"""The JSON of `time`, `compare` and `study`, in the shapes of docs/reference/json.md.

Times are seconds, rounded to the microsecond; shares, per cents and counts are rounded to twelve digits, so that a
report made twice is equal to the byte.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.agreement import Agreement
from analysis.measure import CaseTimes, LimitShare, Measure, PathTime, StepTime, TimeResult
from analysis.sensitivity import Sensitivity
from analysis.timing import ExactTime
from reports.comparison import Comparison, Cut, Side
from reports.findings import finding_json
from reports.matching import Match
from reports.proposal import Proposal
from reports.redesign import redesign_json
from reports.sensitivity import sensitivity_json

#: Decimal places of a time: microseconds.
_PLACES = 6
#: Significant digits of everything else.
_DIGITS = 12


def time_json(result: TimeResult) -> dict[str, Any]:
    """What `zaizao time --json` prints."""
    return {
        "process": result.process,
        "cases": result.cases,
        "seed": result.seed,
        "start": result.start.isoformat(),
        "warm_up": result.warm_up,
        **_case_times(result.times),
        "by_outcome": {outcome: _case_times(times) for outcome, times in sorted(result.by_outcome.items())},
        "outcomes": {
            "shares": {outcome: _number(share) for outcome, share in sorted(result.outcome_shares.items())},
            "exact": result.outcome_shares_exact,
        },
        "overloaded": [
            {"unit": item.unit, "use": _number(item.use), "staff": item.staff, "needed": item.needed}
            for item in result.overloaded
        ],
        "not_annotated": list(result.not_annotated),
        "materials_per_case": measure_json(result.materials_per_case),
        "visits_per_case": measure_json(result.visits_per_case),
        "steps": [_step(step) for step in result.steps],
        "path": _path(result.path),
        "limits": [_limit(limit) for limit in result.limits],
        "day_s": _seconds(result.day_seconds),
        "other_hours": list(result.other_hours),
        "estimated_years": {str(year): _number(share) for year, share in sorted(result.estimated_years.items())},
        "notes": list(result.notes),
        "exact": _exact(result.exact) if result.exact is not None else None,
    }


def trial_json(run: Agreement) -> dict[str, Any]:
    """What `zaizao trial --json` prints: the times of a trial, and whether they agree with the simulation."""
    return {
        **time_json(run.trial),
        "agrees": {
            "simulated": measure_json(run.simulated.times.elapsed_working),
            "trial": measure_json(run.trial.times.elapsed_working),
            "within": run.is_within,
            "same": run.same,
        },
    }


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """What `zaizao compare --json` prints; `moves` names the moves of a redesign, which two files do not tell."""
    return {
        "before": side_json(comparison.before),
        "after": side_json(comparison.after),
        "comparable": comparison.comparable,
        "why_not": list(comparison.why_not),
        "seed": comparison.seed,
        "cases": comparison.cases,
        "cuts": cuts_json(comparison.cuts),
        "changes": changes_json(comparison.changes),
        "moves": [],
        "notes": list(comparison.notes),
    }


def study_json(  # the keys of the contract, one argument each
    *,
    procedure: str,
    as_is: TimeResult,
    comparison: Comparison | None,
    files: Sequence[str],
    sensitivity: Sensitivity | None = None,
    proposal: Proposal | None = None,
    trials: Mapping[str, Agreement | None] | None = None,
) -> dict[str, Any]:
    """What `zaizao study --json` prints and `report.json` holds."""
    compared = comparison_json(comparison) if comparison is not None else None
    return {
        "procedure": procedure,
        "as_is": time_json(as_is),
        "to_be": time_json(comparison.after.times) if comparison is not None else None,
        "compare": compared,
        "cuts": compared["cuts"] if compared is not None else None,
        "findings": _findings(proposal) if proposal is not None else [],
        "redesign": _proposal(proposal) if proposal is not None else None,
        "sensitivity": {
            "as_is": sensitivity_json(sensitivity),
            "to_be": sensitivity_json(comparison.after.sensitivity) if comparison is not None else None,
        },
        **({"trial": {name: trial_json(run) if run else None for name, run in trials.items()}} if trials else {}),
        "files": list(files),
        "not_built": [],
    }


def _findings(proposal: Proposal) -> list[dict[str, Any]]:
    """The findings, each with its number in every list and drawing."""
    return [
        {"number": item.number, **finding_json(item.finding)} for item in proposal.items if item.finding is not None
    ]


def _proposal(proposal: Proposal) -> dict[str, Any]:
    """The redesign the program proposes, its cuts, what each move brings, and what a decided one leaves."""
    compared = proposal.comparison
    made = redesign_json(proposal.made, before="", after="")
    return {
        **made,
        "cuts": cuts_json(compared.cuts) if compared is not None else None,
        "shares": [
            {
                "move": share.move.move,
                "finding": share.move.finding,
                "steps": list(share.move.steps),
                "elapsed_working_s": _seconds(share.elapsed_working_s),
                "low": _seconds(share.low),
                "high": _seconds(share.high),
            }
            for share in proposal.shares
        ],
        "left": None if proposal.left is None else [finding_json(finding) for finding in proposal.left],
    }


def measure_json(measure: Measure) -> dict[str, Any]:
    """A measure: seconds where it is a time, else a count or a share."""
    show = _number if measure.basis in ("hand-ins", "visits", "share") else _seconds
    return {
        "mean": show(measure.mean),
        "low": show(measure.low),
        "high": show(measure.high),
        "median": show(measure.median),
        "p90": show(measure.p90),
        "p95": show(measure.p95),
        "n": measure.n,
        "basis": measure.basis,
        "source": measure.source,
    }


def side_json(side: Side) -> dict[str, Any]:
    """One of two compared files, with all its figures."""
    return {
        "file": side.file,
        "title": side.title,
        "digest": side.digest,
        "steps": side.steps,
        "materials": side.materials,
        "distinct": side.distinct_materials,
        "visits": side.visits,
        "bounds": list(side.bounds),
        "time": time_json(side.times),
    }


def cuts_json(cuts: Mapping[str, Cut]) -> dict[str, Any]:
    """The cuts by name; the different materials stand inside the hand-ins."""
    shown = {name: _cut(cut) for name, cut in cuts.items() if name != "distinct"}
    if "materials" in shown and "distinct" in cuts:
        shown["materials"]["distinct"] = _cut(cuts["distinct"])
    return shown


def changes_json(changes: Sequence[Match]) -> dict[str, Any]:
    """What became of the steps: ids where one side has none, pairs of ids where both have some."""
    paired: dict[str, Any] = {kind: [] for kind in ("merged", "moved", "kept")}
    alone: dict[str, list[str]] = {"removed": [], "new": []}
    for change in changes:
        if change.kind in alone:
            alone[change.kind] += [*change.before, *change.after]
        else:
            item = {"before": list(change.before), "after": list(change.after), "by": change.by}
            paired[change.kind].append(item)
    return {**alone, **paired}


def _cut(cut: Cut) -> dict[str, Any]:
    show = _seconds if cut.unit == "s" else _number
    shown: dict[str, Any] = {
        "before": show(cut.before),
        "after": show(cut.after),
        "cut": show(cut.cut),
        "percent": _number(cut.percent),
        "low": show(cut.low),
        "high": show(cut.high),
        "basis": cut.basis,
        "unit": cut.unit,
    }
    return shown if cut.n is None else {**shown, "n": cut.n}


def _exact(found: ExactTime) -> dict[str, Any]:
    """What a case takes if it waits for nobody, and why that is not, or not known to be, what happens."""
    return {
        "elapsed_working_s": measure_json(found.elapsed_working),
        "work_s": measure_json(found.work),
        "by_outcome": {outcome: measure_json(part) for outcome, part in sorted(found.by_outcome.items())},
        "holds": found.holds,
        "queueless": found.queueless,
        "why_not": [{"reason": why.reason, "element": why.element} for why in found.why_not],
    }


def _case_times(times: CaseTimes) -> dict[str, Any]:
    return {
        "work_s": measure_json(times.work),
        "elapsed_working_s": measure_json(times.elapsed_working),
        "elapsed_calendar_s": measure_json(times.elapsed_calendar),
        "waiting_s": measure_json(times.waiting),
    }


def _step(step: StepTime) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": step.name,
        "unit": step.unit,
        "work_s": _seconds(step.work),
        "wait_s": _seconds(step.wait),
        "queue_s": _seconds(step.queue),
        "times_per_case": _number(step.times_per_case),
    }


def _path(path: PathTime) -> dict[str, Any]:
    return {
        "work_s": _seconds(path.work),
        "wait_s": _seconds(path.wait),
        "queue_s": _seconds(path.queue),
        "closed_s": _seconds(path.closed),
        "other_s": _seconds(path.other),
        "units": [
            {
                "unit": unit.unit,
                "work_s": _seconds(unit.work),
                "wait_s": _seconds(unit.wait),
                "queue_s": _seconds(unit.queue),
            }
            for unit in path.units
        ],
    }


def _limit(limit: LimitShare) -> dict[str, Any]:
    return {
        "clock": limit.clock,
        "limit": _number(limit.limit),
        "unit": limit.unit,
        "inside": limit.inside,
        "n": limit.n,
        "low": _number(limit.low),
        "high": _number(limit.high),
        "span": limit.span,
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), _PLACES) + 0.0


def _number(value: float | None) -> float | int | None:
    """A plain number; whole ones without a point."""
    if value is None or not math.isfinite(value):
        return None
    rounded = float(f"{float(value):.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
