"""A model as the two files that Prosimos 2.1 reads: the flow as BPMN, and who does what in which time as JSON.

Prosimos knows tasks, not kinds of tasks; every unit becomes a pool of so many people, each of whom can do every step
of the unit. Only what the benchmarks hold is translated: one process, one start, work times, limited staff.
"""

import json
from typing import Any
from xml.etree import ElementTree

from bpmn.annotation import Duration, GovTime
from bpmn.model import Model, Node, Unit

_NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
#: No time is longer, in seconds.
_LONGEST = 1e9

Values = dict[str, Any]


def flow(model: Model) -> str:
    """The elements and flows of the process, without lanes, times and drawing."""
    root = ElementTree.Element("definitions", xmlns=_NAMESPACE, id="definitions", targetNamespace="urn:benchmarks")
    process = ElementTree.SubElement(root, "process", id="process", isExecutable="false")
    for node in model.nodes:
        kind = "task" if node.is_step else node.kind
        element = ElementTree.SubElement(process, kind, id=node.id, name=node.id)
        for line in model.flows:
            if line.target == node.id:
                ElementTree.SubElement(element, "incoming").text = line.id
        for line in model.flows:
            if line.source == node.id:
                ElementTree.SubElement(element, "outgoing").text = line.id
    for line in model.flows:
        ElementTree.SubElement(process, "sequenceFlow", id=line.id, sourceRef=line.source, targetRef=line.target)
    return ElementTree.tostring(root, encoding="unicode")


def parameters(model: Model) -> str:
    """Arrivals, shares, people, their hours and the times of their steps."""
    hours = model.procedure.hours
    gap = sum(end - start for start, end in hours) / (model.procedure.arrivals_per_day or 1.0)
    return json.dumps(
        {
            "resource_profiles": [_pool(model, unit) for unit in model.units],
            "arrival_time_distribution": _law("expon", gap, 0.0, _LONGEST),
            "arrival_time_calendar": _week(hours),
            "gateway_branching_probabilities": [
                _shares(model, node) for node in model.nodes if _is_choice(model, node)
            ],
            "task_resource_distribution": [_work(model, node) for node in model.nodes if node.is_step],
            "resource_calendars": [
                {"id": unit.key, "name": unit.key, "time_periods": _week(unit.hours or hours)} for unit in model.units
            ],
            "event_distribution": [],
            "batch_processing": [],
            "case_attributes": [],
            "prioritisation_rules": [],
        }
    )


def _week(hours: tuple[tuple[int, int], ...]) -> list[Values]:
    return [
        {"from": day, "to": day, "beginTime": _clock(start), "endTime": _clock(end)}
        for day in _WEEK
        for start, end in hours
    ]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _people(unit: Unit) -> list[str]:
    return [f"{unit.key}-{number}" for number in range(unit.staff or 1)]


def _pool(model: Model, unit: Unit) -> Values:
    steps = [node.id for node in model.nodes if node.is_step and model.unit_of[node.id].key == unit.key]
    shared = {"cost_per_hour": 1, "amount": 1, "calendar": unit.key, "assignedTasks": steps}
    people = [{"id": person, "name": person, **shared} for person in _people(unit)]
    return {"id": unit.key, "name": unit.key, "resource_list": people}


def _work(model: Model, node: Node) -> Values:
    law = _law_of(node.time("work"))
    people = _people(model.unit_of[node.id])
    return {"task_id": node.id, "resources": [{"resource_id": person, **law} for person in people]}


def _is_choice(model: Model, node: Node) -> bool:
    return node.kind == "exclusiveGateway" and sum(line.source == node.id for line in model.flows) > 1


def _shares(model: Model, node: Node) -> Values:
    ways = [line for line in model.flows if line.source == node.id]
    left = 1.0 - sum(line.probability or 0.0 for line in ways)
    shares = [{"path_id": line.id, "value": left if line.probability is None else line.probability} for line in ways]
    return {"gateway_id": node.id, "probabilities": shares}


def _law_of(time: GovTime | None) -> Values:
    """A work time as a distribution: Prosimos takes the variance, and the least of an exponential one apart."""
    if time is None:
        return _law("fix", 0.0)
    mean, sd = _seconds(time.mean), _seconds(time.sd)
    if time.distribution == "fixed":
        return _law("fix", mean)
    if time.distribution == "uniform":
        return _law("uniform", _seconds(time.low), _seconds(time.high))
    if time.distribution == "exponential":
        return _law("expon", mean, 0.0, _LONGEST)
    names = {"gamma": "gamma", "lognormal": "lognorm"}
    return _law(names[time.distribution], mean, sd * sd, 0.0, _LONGEST)


def _seconds(duration: Duration | None) -> float:
    return duration.seconds if duration is not None else 0.0


def _law(name: str, *values: float) -> Values:
    return {"distribution_name": name, "distribution_params": [{"value": value} for value in values]}
