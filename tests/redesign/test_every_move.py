"""Every move of random annotated procedures is sound, lawful and complete, drawn in full, and undone to the byte."""

import pytest
from hypothesis import HealthCheck, given, settings

from analysis.findings import find
from analysis.timing import exact
from bpmn import read, write
from bpmn.layout import redraw
from bpmn.origin import origin_of, with_origin
from redesign.move import move_of
from redesign.moves import apply
from redesign.prove import prove
from tests.strategies import annotated

_SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
#: Moves that may cost time alone: what was behind a refusal may then be done before it.
_MAY_COST = frozenset(("merge-steps", "flatten-approvals", "reorder-checks"))


def moves_of(model):
    return [move for finding in find(model) if (move := move_of(finding)) is not None]


@_SETTINGS
@given(annotated())
def test_every_move_alone_is_proved(model):
    for move in moves_of(model):
        made = apply(model, [move])

        assert not made.moves or not prove(model, made.model).failed


@_SETTINGS
@given(annotated(max_steps=8))
def test_no_move_makes_a_case_slower(model):
    before = exact(model)
    for move in moves_of(model):
        made = apply(model, [move])
        after = exact(made.model)
        if made.moves and before.holds and after.holds and move.move not in _MAY_COST:
            assert after.elapsed_working.mean <= before.elapsed_working.mean + 1


@_SETTINGS
@given(annotated())
def test_all_moves_together_are_drawn_written_and_undone(model):
    data = write(model)
    original = read(data)
    made = apply(original, moves_of(original))
    after = redraw(original, made.model)

    redesigned = with_origin(write(after), data)

    again = read(redesigned)
    assert origin_of(redesigned) == data
    assert not again.faults
    assert (again.nodes, again.flows, again.lanes) == (after.nodes, after.flows, after.lanes)
    assert {shape.element for shape in again.shapes} >= {node.id for node in again.nodes}
    assert {edge.element for edge in again.edges} >= {flow.id for flow in again.flows}


@_SETTINGS
@given(annotated())
def test_a_move_that_was_made_is_not_made_again(model):
    made = apply(model, moves_of(model))

    again = apply(made.model, made.moves)

    assert not again.moves


@pytest.mark.parametrize("name", ["business-start-up", "food-safety", "pollution-control", "township-call"])
def test_every_move_of_the_library_is_proved(root, name):
    model = read((root / "flows" / name / "as-is.bpmn").read_bytes())
    for move in moves_of(model):
        made = apply(model, [move])

        assert not made.moves or not prove(model, made.model).failed
