"""The relations of random models are those that all runs of the token game show."""

from hypothesis import HealthCheck, assume, given, settings

from bpmn.model import Model
from bpmn.relations import relations
from tests.slow_relations import Truth
from tests.strategies import models, procedures

#: States of a model played through; larger ones are left out.
MOST = 400
PAIRS = ("can_meet", "before", "parallel", "always_before", "always_after")


def told(model: Model) -> Truth:
    """What all runs of a model say, if they are few enough."""
    try:
        return Truth(model, MOST)
    except OverflowError:
        assume(False)
        raise


def differing(model: Model) -> list[tuple[str, str, str]]:
    """Where the relations say something else than the runs; what no run decides is left out."""
    truth, known = told(model), relations(model)
    pairs = [(one, other) for one in truth.nodes for other in truth.nodes if one != other]
    return [
        (question, one, other)
        for question in PAIRS
        for one, other in pairs
        if (answer := getattr(truth, question)(one, other)) is not None
        and answer != getattr(known, question)(one, other)
    ]


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(max_steps=7, lanes=False, annotations=False, inclusive=True))
def test_nested_blocks(model: Model) -> None:
    assert differing(model) == []


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(procedures(max_steps=5))
def test_refusals_events_and_branches_that_end_apart(model: Model) -> None:
    assert differing(model) == []


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(procedures(max_steps=5))
def test_ways_loops_and_materials(model: Model) -> None:
    truth, known = told(model), relations(model)

    for one in truth.nodes:
        assert known.available(one) == truth.given.get(one, frozenset())
        assert known.maybe_available(one) == truth.perhaps.get(one, frozenset())
        assert bool(known.loops_around(one)) == bool(truth.loops(one))
        for other in truth.nodes:
            assert known.later(one, other) == truth.later(one, other)
            assert known.between(one, other) == truth.between(one, other) or one == other
