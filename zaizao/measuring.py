"""Measuring live cases: the histories of a database reduced to the one measure, procedure by procedure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from analysis.logs.measure import LogMeasures, LogMeasuring
from analysis.measure import TimeResult
from analysis.measured import Reduction
from analysis.time import time_of
from bpmn.history import History, Record
from bpmn.model import Model
from org import WorkTime, holidays

#: Gives the procedure of a version by its digest; none where it is not known.
Models = Callable[[str], Model | None]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What the cases of one process took."""

    log: LogMeasures
    #: The version in which a case ended last, of none yet the one that came last; none where no model is known.
    model: Model | None
    version: str
    #: The times of that version's cases; none before one has ended.
    times: TimeResult | None


@dataclass
class _Measuring:
    """One process while its cases are counted."""

    log: LogMeasuring
    reductions: dict[str, Reduction] = field(default_factory=dict)
    #: The versions in which a case has ended, the last to do so last.
    ended: dict[str, None] = field(default_factory=dict)


def measured(histories: Iterable[History], model_of: Models, names: Callable[[Record], str]) -> list[Measured]:
    """Every process of some histories, in the order in which they first appear.

    Elapsed times and what lies between steps are of all cases; what needs one drawing is of its newest version in which
    a case has ended.
    """
    found: dict[str, _Measuring] = {}
    for history in histories:
        if history.records:
            _add(found, history, model_of, names)
    return [_result(one, model_of) for one in found.values()]


def _add(found: dict[str, _Measuring], history: History, model_of: Models, names: Callable[[Record], str]) -> None:
    process = next((record.process for record in history.records if record.process), "")
    version = next((record.version for record in history.records if record.version), "")
    model = model_of(version) if version else None
    if process not in found:
        hours = _hours(model)
        found[process] = _Measuring(log=LogMeasuring(process=process, hours=hours, names=names))
    measuring = found[process]
    span = None
    if model is not None:
        if version not in measuring.reductions:
            measuring.reductions[version] = Reduction(model)
        span = measuring.reductions[version].add(history)
        if span is not None:
            measuring.ended.pop(version, None)
            measuring.ended[version] = None
    measuring.log.add(history, span)


def _hours(model: Model | None) -> WorkTime:
    if model is None:
        return WorkTime(holidays=holidays("CN"))
    return WorkTime(holidays=holidays(model.procedure.calendar), hours=model.procedure.hours)


def _result(measuring: _Measuring, model_of: Models) -> Measured:
    version = next(reversed(measuring.ended or measuring.reductions), "")
    model = model_of(version) if version else None
    times = None
    if model is not None and measuring.ended:
        times = time_of(model, measuring.reductions[version].columns(), source="measured")
    return Measured(log=measuring.log.measures(), model=model, version=version, times=times)
