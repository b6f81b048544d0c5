"""The figures the READMEs of the procedures tell: counted in the drawings, simulated, and honest about estimates."""

from dataclasses import dataclass

import pytest

import flows
from analysis.time import time
from tests.flows.drawings import drawings, duties, hand_ins, mean_days, readme, simulated, steps

#: Of each drawing: steps of offices, duties, papers handed in, different ones, visits.
COUNTS = {
    ("business-start-up", "as-is"): (36, 12, 25, 13, 7),
    ("business-start-up", "to-be"): (20, 12, 4, 4, 1),
    ("food-safety", "as-is"): (40, 27, 7, 3, 0),
    ("food-safety", "to-be"): (36, 27, 3, 3, 0),
    ("pollution-control", "as-is"): (40, 27, 9, 4, 0),
    ("pollution-control", "to-be"): (36, 27, 2, 2, 0),
    ("township-call", "as-is"): (31, 12, 4, 2, 0),
    ("township-call", "to-be"): (30, 13, 0, 0, 0),
}

#: The rows of each README that tell the counts before and after.
ROWS = {
    "business-start-up": (
        "| 环节 | 36 | 20 |",
        "| 申请人交材料 | 25 份次，13 种 | 4 份次，4 种 |",
        "| 跑动 | 7 次 | 1 次 |",
    ),
    "food-safety": ("| 环节 | 40 | 36 |", "| 举报人交材料 | 7 份次，3 种 | 3 份次，3 种 |"),
    "pollution-control": ("| 环节 | 40 | 36 |", "| 举报人、企业交材料 | 9 份次，4 种 | 2 份次，2 种 |"),
    "township-call": ("| 环节 | 31 | 30 |", "| 当事人交材料 | 4 份次，2 种 | 0 |"),
}

#: The share of cases turned down, before and after.
TURNED_DOWN = {"business-start-up": 0.02, "food-safety": 0.3, "pollution-control": 0.3, "township-call": 0}


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What the README of a procedure without a published total tells of its simulated time."""

    #: Mean working days before and after.
    days: tuple[int, int]
    #: Steps that stand in both drawings with times of their own.
    apart: frozenset[str]
    #: Mean working days after, were those times as they were before.
    days_unchanged: int


ESTIMATES = {
    "food-safety": Estimate(
        days=(53, 32),
        apart=frozenset({"Step_site_check", "Step_farm_source", "Step_investigate", "Step_transfer", "Step_receive"}),
        days_unchanged=38,
    ),
    "pollution-control": Estimate(
        days=(71, 36), apart=frozenset({"Step_site_check", "Step_investigate"}), days_unchanged=42
    ),
    "township-call": Estimate(
        days=(50, 17),
        apart=frozenset({"Step_site_check", "Step_planning_opinion", "Step_permit_query"}),
        days_unchanged=22,
    ),
}

each_procedure = pytest.mark.parametrize("name", flows.names())
each_estimate = pytest.mark.parametrize("name", sorted(ESTIMATES))


@pytest.mark.parametrize(("name", "scenario"), sorted(COUNTS))
def test_the_drawings_have_what_the_readme_counts(name: str, scenario: str) -> None:
    model = drawings(name)[scenario]
    papers = [paper for _, paper in hand_ins(model)]
    visits = sum(node.step.visit for node in steps(model) if node.step)

    assert (len(steps(model)), len(duties(model)), len(papers), len(set(papers)), visits) == COUNTS[name, scenario]


@each_procedure
def test_the_readme_counts_as_the_drawings_do(name: str) -> None:
    assert [row for row in ROWS[name] if row not in readme(name)] == []


@each_procedure
def test_no_unit_is_overloaded_and_nothing_is_left_open(name: str) -> None:
    for result in (simulated(name).before, simulated(name).after):
        assert result.overloaded == ()
        assert result.not_annotated == ()


@each_procedure
def test_both_drawings_turn_down_the_same_share(name: str) -> None:
    for result in (simulated(name).before, simulated(name).after):
        assert result.outcome_shares_exact
        assert result.outcome_shares["rejected"] == pytest.approx(TURNED_DOWN[name], abs=1e-9)


@each_estimate
@pytest.mark.parametrize("scenario", ["as-is", "to-be"])
def test_every_time_is_told_to_be_an_estimate(name: str, scenario: str) -> None:
    model = drawings(name)[scenario]

    assert {part.source for node in model.nodes for part in node.times} == {"estimate"}
    assert all("估计" in node.documentation for node in steps(model))


@each_estimate
def test_nothing_was_published_to_calibrate_on(name: str) -> None:
    procedure = flows.load(name)

    assert procedure.calibration is None
    assert not any(figure.target for figure in procedure.published)
    assert not any(source.calibrated for source in procedure.times)


@each_estimate
def test_the_same_step_takes_the_same_time_unless_it_is_estimated_apart(name: str) -> None:
    before, after = drawings(name)["as-is"].node, drawings(name)["to-be"].node
    changed = {node for node in before.keys() & after.keys() if before[node].times != after[node].times}

    assert changed == ESTIMATES[name].apart


@each_estimate
def test_the_readme_gives_the_simulated_means(name: str) -> None:
    before, after = ESTIMATES[name].days

    assert mean_days(simulated(name).before) == pytest.approx(before, abs=1)
    assert mean_days(simulated(name).after) == pytest.approx(after, abs=1)
    assert f"| 约 {before} 个工作日（估计） | 约 {after} 个工作日（估计） |" in readme(name)


@each_estimate
def test_much_of_the_cut_does_not_rest_on_the_times_estimated_apart(name: str) -> None:
    before, after = drawings(name)["as-is"], drawings(name)["to-be"]
    estimate = ESTIMATES[name]
    unchanged = after.evolve(
        nodes=tuple(
            node.evolve(times=before.node[node.id].times) if node.id in estimate.apart else node for node in after.nodes
        )
    )

    assert mean_days(time(unchanged, cases=10_000, seed=1)) == pytest.approx(estimate.days_unchanged, abs=1)
