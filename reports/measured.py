"""The JSON of `measure`: what the cases of one process took, as docs/reference/json.md says."""

from __future__ import annotations

from typing import Any

from analysis.logs.measure import LogMeasures
from analysis.measure import TimeResult
from reports.json import measure_json, time_json

#: What is said of cases by the one measure, beside what any log tells.
_TIMES = ("work_s", "waiting_s", "by_outcome", "outcomes", "limits", "materials_per_case", "visits_per_case")


def measured_json(log: LogMeasures, times: TimeResult | None, *, version: str) -> dict[str, Any]:
    """What was measured; what needs the drawing is left out where there is none."""
    told = time_json(times) if times is not None else {}
    return {
        "process": log.process,
        "version": version,
        "cases": log.cases,
        "under_way": log.under_way,
        "broken_off": log.broken_off,
        "records": log.records,
        "first": log.first.isoformat() if log.first is not None else None,
        "last": log.last.isoformat() if log.last is not None else None,
        "elapsed_working_s": measure_json(log.elapsed_working),
        "elapsed_calendar_s": measure_json(log.elapsed_calendar),
        **{name: told[name] for name in _TIMES if name in told},
        "activities": [
            {
                "id": one.id,
                "name": one.name,
                "unit": one.unit,
                "times_per_case": _rounded(one.times_per_case),
                "waiting_s": _rounded(one.waiting),
                "work_s": _rounded(one.work),
            }
            for one in log.activities
        ],
        "hand_overs": [
            {
                "from": one.giver,
                "to": one.taker,
                "times_per_case": _rounded(one.times_per_case),
                "gap_s": _rounded(one.gap),
            }
            for one in log.passings
        ],
        "variants": log.variants,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6) + 0.0
