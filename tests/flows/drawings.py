"""The drawings of the library's procedures, and what their tests ask of them."""

from functools import cache

import pytest

import flows
from analysis.measure import TimeResult
from analysis.time import TimePair, time_pair
from bpmn import Model, Node, read

#: Working seconds of a working day in every drawing.
DAY = 7 * 3600

each_scenario = pytest.mark.parametrize("scenario", ["as-is", "to-be"])


@cache
def drawings(name: str) -> dict[str, Model]:
    """Give the drawings of a procedure by their scenario."""
    procedure = flows.load(name)
    return {scenario: read(path) for scenario in ("as-is", "to-be") if (path := procedure.drawing(scenario))}


@cache
def simulated(name: str) -> TimePair:
    """Give both drawings simulated with the same chances, as many cases as the README's figures rest on."""
    drawn = drawings(name)
    return time_pair(drawn["as-is"], drawn["to-be"], cases=10_000, seed=1)


def readme(name: str) -> str:
    return (flows.load(name).folder / "README.md").read_text(encoding="utf-8")


def steps(model: Model) -> list[Node]:
    """Give the steps of the offices."""
    return [node for node in model.nodes if node.is_step and node.process not in model.applicant_processes]


def duties(model: Model) -> list[Node]:
    return [node for node in steps(model) if node.step is not None and node.step.mandatory]


def hand_ins(model: Model) -> list[tuple[str, str]]:
    """Give every paper the applicant hands in, behind the step that asks for it."""
    return [(node.id, paper.name) for node in model.nodes for paper in node.materials if paper.origin == "applicant"]


def mean_days(result: TimeResult) -> float:
    assert result.times.elapsed_working.mean is not None
    return result.times.elapsed_working.mean / DAY
