"""What the tests of moves ask: make one move of a model, and look at what became of it."""

from typing import Any

import pytest

from analysis.findings import Subject
from bpmn import read, write
from bpmn.annotation import GovStep
from bpmn.layout import redraw
from bpmn.model import Model
from redesign.errors import CannotMove
from redesign.move import Move
from redesign.moves import MOVES
from redesign.prove import prove


def moved(model: Model, move: str, *steps: str, finding: str = "", **details: Any) -> Model:
    """The model after one move, proved, drawn, written and read again."""
    after = MOVES[move](Subject(model), Move(move=move, finding=finding, steps=steps, details=details))
    proof = prove(model, after)
    assert proof.holds, proof.failed
    drawn = redraw(model, after)
    again = read(write(drawn))
    assert not again.faults
    assert again.nodes == after.nodes
    assert again.flows == after.flows
    assert again.message_flows == after.message_flows
    assert {line.source + line.target for line in again.associations} == {
        line.source + line.target for line in after.associations
    }
    drawn_elements = {shape.element for shape in drawn.shapes} | {edge.element for edge in drawn.edges}
    assert drawn_elements >= {node.id for node in after.nodes} | {flow.id for flow in after.flows}
    return after


def refused(model: Model, move: str, *steps: str, finding: str = "", **details: Any) -> str:
    """Why a move is not made."""
    with pytest.raises(CannotMove) as reason:
        MOVES[move](Subject(model), Move(move=move, finding=finding, steps=steps, details=details))
    return reason.value.why


def way(model: Model, start: str = "start") -> list[str]:
    """What lies on the only way from a node on, in its order."""
    met = [start]
    while flows := model.outgoing[met[-1]]:
        met.append(flows[0].target)
    return met


def said(model: Model, step: str) -> GovStep:
    """What `gov:step` says of a step."""
    found = model.node[step].step
    assert found is not None
    return found


def papers(model: Model, step: str, use: str = "needs") -> dict[str, str]:
    """The papers a step needs or gives by name, each with where it comes from or goes."""
    return {
        item.name: item.origin if use == "needs" else item.to for item in model.node[step].materials if item.use == use
    }
