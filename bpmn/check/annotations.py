"""Annotations that can be read and yet cannot be true together: shares, units, times, orders in law."""

from collections.abc import Iterator

from bpmn.annotation import Duration, GovStep, GovTime, GovUnit
from bpmn.check.rules import found
from bpmn.check.structure import TOLERANCE
from bpmn.gov import PARAMETERS
from bpmn.model import Model, Node, SequenceFlow
from bpmn.problem import Problem

#: The attributes of `gov:time` behind those fields.
_WRITTEN = {"low": "min", "high": "max"}


def annotations(model: Model) -> Iterator[Problem]:
    """Everything the values of a file's annotations contradict."""
    yield from _procedures(model)
    yield from _units(model)
    yield from _shares(model)
    for node in model.nodes:
        if node.step is not None:
            yield from _step(model, node, node.step)
        if node.times:
            yield from _times(model, node)
        if node.repeat is not None and node.loop is None:
            yield _warning(model, "repeat-without-loop", node.id)
    yield from _orders(model)


def _wrong(model: Model, rule: str, element: str, *, line: int = 0, **details: str) -> Problem:
    return found(model, ("bad-annotation", rule), element, line=line, **details)


def _warning(model: Model, rule: str, element: str, *, line: int = 0, **details: str) -> Problem:
    return found(model, ("bad-annotation", rule), element, severity="warning", line=line, **details)


def number(value: float) -> str:
    """A number as people write it."""
    return f"{value:.6g}"


# The procedure and its units.


def _procedures(model: Model) -> Iterator[Problem]:
    carrying = [process for process in model.processes if process.procedure is not None]
    for process in carrying[1:]:
        yield _wrong(model, "several-procedures", process.id, first=carrying[0].name or carrying[0].id)
    for process in carrying:
        procedure = process.procedure
        if procedure is None:
            continue
        if process.id in model.applicant_processes:
            yield _warning(model, "applicant-procedure", process.id, line=procedure.line)
        legal, promised = procedure.legal_limit, procedure.promised_limit
        if legal is not None and promised is not None and promised > legal:
            limits = {"legal": number(legal), "promised": number(promised), "unit": procedure.limit_unit}
            yield _warning(model, "promise-over-law", process.id, line=procedure.line, **limits)
        for attribute, hours in (("hours", procedure.hours), ("arrivalHours", procedure.arrival_hours)):
            if hours is not None and not _is_open(hours):
                yield _wrong(model, "never-open", process.id, line=procedure.line, attribute=attribute)


def _is_open(hours: tuple[tuple[int, int], ...]) -> bool:
    return any(end > start for start, end in hours)


def _units(model: Model) -> Iterator[Problem]:
    """Two values for one unit, and units that never open."""
    known: dict[tuple[str, str], tuple[str, str]] = {}
    places = [(pool.id, pool.name, pool.unit) for pool in model.pools]
    places += [(lane.id, lane.name, lane.unit) for lane in model.lanes]
    for element, name, unit in places:
        if unit is None:
            continue
        if unit.hours is not None and not _is_open(unit.hours):
            yield _wrong(model, "never-open", element, line=unit.line, attribute="hours")
        if unit.staff is not None and unit.staff < 1:
            yield _wrong(model, "no-staff", element, line=unit.line, value=str(unit.staff))
        key = model.unit_at[element].key if element in model.unit_at else unit.code or name or element
        for attribute, value in _said(unit):
            other, first = known.setdefault((key, attribute), (value, element))
            if other != value:
                details = {"attribute": attribute, "value": value, "other": other, "first": first}
                yield _wrong(model, "two-values", element, line=unit.line, **details)


def _said(unit: GovUnit) -> Iterator[tuple[str, str]]:
    if unit.staff is not None:
        yield "staff", str(unit.staff)
    if unit.level:
        yield "level", unit.level
    if unit.hours is not None:
        yield "hours", ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in unit.hours)


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"


# Shares of branches.


def _shares(model: Model) -> Iterator[Problem]:
    for flow in model.flows:
        share = flow.probability
        if share is not None and not 0 <= share <= 1:
            yield _wrong(model, "share-range", flow.id, value=number(share))
    if any(flow.probability is not None for flow in model.flows):
        for node in model.nodes:
            flows = model.outgoing[node.id]
            if any(flow.probability is not None for flow in flows):
                yield from _branches(model, node, flows)
    for host, events in model.boundary_events.items():
        first = (flow for event in events if event.interrupting for flow in model.outgoing[event.id][:1])
        total = sum(flow.probability or 0.0 for flow in first)
        if total > 1 + TOLERANCE:
            yield _wrong(model, "boundary-sum", host, value=number(total))


def _branches(model: Model, node: Node, flows: tuple[SequenceFlow, ...]) -> Iterator[Problem]:
    if node.kind == "boundaryEvent":
        return
    if node.kind == "eventBasedGateway":
        timers = [flow for flow in flows if _waits_for_time(model, flow)]
        for flow in timers:
            if flow.probability is not None:
                yield _warning(model, "share-of-timer", flow.id)
        yield from _sum(model, node, tuple(flow for flow in flows if flow not in timers))
    elif len(flows) < 2 or node.kind == "parallelGateway":
        for flow in flows:
            if flow.probability is not None and flow.probability != 1:
                yield _warning(model, "share-unused", flow.id, value=number(flow.probability))
    elif node.kind == "exclusiveGateway":
        yield from _sum(model, node, flows)


def _sum(model: Model, node: Node, flows: tuple[SequenceFlow, ...]) -> Iterator[Problem]:
    """The shares of an exclusive choice sum to one; what is not written is what the others leave."""
    given = [flow.probability for flow in flows if flow.probability is not None]
    total = sum(given)
    if given and (total > 1 + TOLERANCE or (len(given) == len(flows) and total < 1 - TOLERANCE)):
        yield _wrong(model, "share-sum", node.id, value=number(total), line=node.line)


def _waits_for_time(model: Model, flow: SequenceFlow) -> bool:
    target = model.node.get(flow.target)
    return target is not None and target.event("timer") is not None


# Steps.


def _step(model: Model, node: Node, step: GovStep) -> Iterator[Problem]:
    if step.rejects is not None and not 0 <= step.rejects <= 1:
        yield _wrong(model, "rejects-range", node.id, line=step.line, value=number(step.rejects))
    if step.clock_stop and not step.stops_clock:
        yield _warning(model, "clock-stop-without-basis", node.id, line=step.line, value=step.clock_stop)
    if step.mandatory and not step.basis:
        yield _warning(model, "mandatory-without-basis", node.id, line=step.line)
    if step.limit is not None and step.limit < 0:
        yield _wrong(model, "negative-limit", node.id, line=step.line, value=number(step.limit))


def _orders(model: Model) -> Iterator[Problem]:
    """Orders in law that name nothing, the step itself, or each other in a circle."""
    told = {(fault.element, fault.details.get("value")) for fault in model.faults if fault.rule == "step-order"}
    after: dict[str, list[str]] = {}
    for node in model.nodes:
        if node.step is None:
            continue
        for attribute, named in (("after", node.step.after), ("separateFrom", node.step.separate_from)):
            for other in named:
                details = {"attribute": attribute, "value": other}
                if other == node.id:
                    yield _wrong(model, "order-itself", node.id, line=node.step.line, **details)
                elif other in model.node:
                    if not model.node[other].is_step:
                        yield _warning(model, "order-no-step", node.id, line=node.step.line, **details)
                    if attribute == "after":
                        after.setdefault(node.id, []).append(other)
                elif (node.id, other) not in told:
                    yield found(model, ("missing-reference", "step-order"), node.id, line=node.step.line, **details)
    yield from _circles(model, after)


def _circles(model: Model, after: dict[str, list[str]]) -> Iterator[Problem]:
    """Steps each of which must come after the other: what is left when steps without open order are taken away."""
    earlier: dict[str, list[str]] = {}
    open_orders = {step: len(named) for step, named in after.items()}
    for step, named in after.items():
        for other in named:
            earlier.setdefault(other, []).append(step)
    ready = [other for other in earlier if not open_orders.get(other)]
    while ready:
        for step in earlier.get(ready.pop(), ()):
            open_orders[step] -= 1
            if not open_orders[step]:
                ready.append(step)
    circle = [step for step, count in open_orders.items() if count]
    if circle:
        yield _wrong(model, "order-circle", circle[0], value=",".join(circle))


# Times.


def _times(model: Model, node: Node) -> Iterator[Problem]:
    parts: set[str] = set()
    for time in node.times:
        if time.part in parts:
            yield _wrong(model, "time-twice", node.id, line=time.line, part=time.part)
        parts.add(time.part)
        yield from _time(model, node, time)


def _time(model: Model, node: Node, time: GovTime) -> Iterator[Problem]:
    """A distribution that lacks what it is made of, is negative or reversed."""
    needed = PARAMETERS.get(time.distribution)
    if needed is None:
        yield _wrong(model, "distribution", node.id, line=time.line, value=time.distribution)
        return
    says_clock_only = node.event("timer") is not None and time.distribution == "fixed" and time.mean is None
    if says_clock_only:
        return
    for name in needed:
        if not getattr(time, name):
            details = {"attribute": _WRITTEN.get(name, name), "distribution": time.distribution}
            yield _wrong(model, "time-parameter", node.id, line=time.line, **details)
    given = [value for value in (time.mean, time.sd, time.low, time.mode, time.high, *time.values) if value is not None]
    if any(_is_negative(value) for value in given):
        yield _wrong(model, "time-negative", node.id, line=time.line)
    elif time.distribution in ("uniform", "triangular") and _is_reversed(time):
        yield _wrong(model, "time-reversed", node.id, line=time.line)


def _is_negative(value: Duration) -> bool:
    return min(value.weeks, value.days, value.seconds) < 0


def _is_reversed(time: GovTime) -> bool:
    """Whether min, mode, max decrease on the clock they go by; the working day is taken as seven hours."""
    day, week = (86_400.0, 7) if time.clock == "calendar" else (25_200.0, 5)
    points = [p.on(day_seconds=day, week_days=week) for p in (time.low, time.mode, time.high) if p is not None]
    return points != sorted(points)
