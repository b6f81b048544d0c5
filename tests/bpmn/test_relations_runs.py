"""The relations of random models are those that all runs of the token game show."""

from hypothesis import HealthCheck, assume, given, settings

from bpmn.check import check
from bpmn.model import Model
from tests.slow_relations import differing
from tests.strategies import models, pools, procedures


def compared(model: Model) -> list[tuple[object, ...]]:
    """Where relations and runs differ; models with too many runs are left out."""
    try:
        return differing(model)
    except OverflowError:
        assume(False)
        raise


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(models(max_steps=7, lanes=False, annotations=False, inclusive=True))
def test_nested_blocks(model: Model) -> None:
    assert compared(model) == []


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(procedures(max_steps=5))
def test_refusals_events_and_branches_that_end_apart(model: Model) -> None:
    assert compared(model) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(pools(max_steps=5))
def test_pools_that_write_to_each_other_err_on_the_safe_side(model: Model) -> None:
    assume(not any(problem.problem == "deadlock" for problem in check(model)))

    assert compared(model) == []
