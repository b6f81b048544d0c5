"""Business start-up: the drawings meet the published totals."""

import flows
from analysis.time import time
from tests.flows.drawings import drawings, each_scenario

PROCEDURE = flows.load("business-start-up")
DRAWINGS = drawings("business-start-up")


@each_scenario
def test_the_published_total_lies_inside_the_simulated_interval(scenario: str) -> None:
    assert PROCEDURE.calibration is not None
    result = time(DRAWINGS[scenario], cases=10_000, seed=1)
    mean = result.times.elapsed_working

    assert result.overloaded == ()
    assert result.not_annotated == ()
    assert mean.low is not None
    assert mean.high is not None
    assert mean.low <= PROCEDURE.calibration.elapsed_working_s[scenario] <= mean.high
