"""Business start-up: both drawings are sound, say where everything comes from, and meet the published totals."""

import pytest

import flows
from analysis.time import time, time_pair
from bpmn import Model, Node, read

PROCEDURE = flows.load("business-start-up")
DRAWINGS = {scenario: read(path) for scenario in ("as-is", "to-be") if (path := PROCEDURE.drawing(scenario))}

each_drawing = pytest.mark.parametrize("scenario", sorted(DRAWINGS))


def steps(model: Model) -> list[Node]:
    return [node for node in model.nodes if node.is_step and node.process not in model.applicant_processes]


def hand_ins(model: Model) -> list[str]:
    return [paper.name for node in model.nodes for paper in node.materials if paper.origin == "applicant"]


def visits(model: Model) -> int:
    return sum(1 for node in steps(model) if node.step is not None and node.step.visit)


def test_twelve_duties_are_drawn_before_and_after() -> None:
    for model in DRAWINGS.values():
        assert sum(node.step.mandatory for node in steps(model) if node.step) == 12


def test_every_duty_stays_with_its_basis_its_kind_and_its_unit() -> None:
    before, after = DRAWINGS["as-is"], DRAWINGS["to-be"]

    for node in steps(before):
        if node.step is not None and node.step.mandatory:
            kept = after.node[node.id].step
            assert kept is not None
            assert kept.mandatory
            assert (kept.basis, kept.kind, kept.purpose) == (node.step.basis, node.step.kind, node.step.purpose)
            assert after.unit_of[node.id].key == before.unit_of[node.id].key


@pytest.mark.parametrize(("scenario", "expected"), [("as-is", (36, 25, 13, 7)), ("to-be", (20, 4, 4, 1))])
def test_the_readme_counts_as_the_drawings_do(scenario: str, expected: tuple[int, int, int, int]) -> None:
    model, papers = DRAWINGS[scenario], hand_ins(DRAWINGS[scenario])
    readme = (PROCEDURE.folder / "README.md").read_text(encoding="utf-8")

    assert (len(steps(model)), len(papers), len(set(papers)), visits(model)) == expected
    assert "| 环节 | 36 | 20 |" in readme
    assert "| 申请人交材料 | 25 份次，13 种 | 4 份次，4 种 |" in readme
    assert "| 跑动 | 7 次 | 1 次 |" in readme


@each_drawing
def test_the_published_total_lies_inside_the_simulated_interval(scenario: str) -> None:
    assert PROCEDURE.calibration is not None
    result = time(DRAWINGS[scenario], cases=10_000, seed=1)
    mean = result.times.elapsed_working

    assert result.overloaded == ()
    assert result.not_annotated == ()
    assert mean.low is not None
    assert mean.high is not None
    assert mean.low <= PROCEDURE.calibration.elapsed_working_s[scenario] <= mean.high


def test_both_drawings_turn_down_the_same_share() -> None:
    pair = time_pair(DRAWINGS["as-is"], DRAWINGS["to-be"], cases=1_000, seed=1)

    assert pair.before.outcome_shares_exact
    assert pair.after.outcome_shares_exact
    assert pair.before.outcome_shares["rejected"] == pytest.approx(0.02, abs=1e-9)
    assert pair.after.outcome_shares["rejected"] == pytest.approx(0.02, abs=1e-9)
