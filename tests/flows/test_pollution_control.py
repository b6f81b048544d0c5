"""Pollution: both drawings are lawful, the reviewer never investigated, monitoring stops the clock, duties stay."""

import pytest

import flows
from analysis.measure import TimeResult
from analysis.time import TimePair, time, time_pair
from bpmn import Model, Node, read

PROCEDURE = flows.load("pollution-control")
DRAWINGS = {scenario: read(path) for scenario in ("as-is", "to-be") if (path := PROCEDURE.drawing(scenario))}

#: Working seconds of a working day in both drawings.
DAY = 7 * 3600

#: Steps that stand in both drawings with times of their own, as the README says.
ESTIMATED_APART = {"Step_site_check", "Step_investigate"}

each_drawing = pytest.mark.parametrize("scenario", sorted(DRAWINGS))


@pytest.fixture(scope="module")
def pair() -> TimePair:
    """Give both drawings simulated with the same chances, as many cases as the README's figures rest on."""
    return time_pair(DRAWINGS["as-is"], DRAWINGS["to-be"], cases=10_000, seed=1)


def steps(model: Model) -> list[Node]:
    return [node for node in model.nodes if node.is_step]


def duties(model: Model) -> list[Node]:
    return [node for node in steps(model) if node.step is not None and node.step.mandatory]


def hand_ins(model: Model) -> list[tuple[str, str]]:
    return [(node.id, paper.name) for node in model.nodes for paper in node.materials if paper.origin == "applicant"]


def mean_days(result: TimeResult) -> float:
    assert result.times.elapsed_working.mean is not None
    return result.times.elapsed_working.mean / DAY


@each_drawing
def test_a_basis_of_any_step_is_in_the_table(scenario: str) -> None:
    known = {(f"{basis.law} {basis.article}".strip(), step) for basis in PROCEDURE.basis for step in basis.steps}

    assert {(node.step.basis, node.id) for node in steps(DRAWINGS[scenario]) if node.step and node.step.basis} <= known


def test_an_article_that_was_not_read_is_not_named() -> None:
    assert [basis.law for basis in PROCEDURE.basis if basis.known == "known" and basis.article] == []


def test_acts_that_the_environment_code_repealed_are_not_cited() -> None:
    repealed = ("环境保护法", "水污染防治法", "大气污染防治法", "环境影响评价法", "土壤污染防治法")

    assert [basis.law for basis in PROCEDURE.basis if basis.law.startswith(repealed)] == []


@each_drawing
def test_every_duty_is_drawn_and_every_time_is_told_to_be_an_estimate(scenario: str) -> None:
    model = DRAWINGS[scenario]

    assert len(duties(model)) == 27
    assert {part.source for node in model.nodes for part in node.times} == {"estimate"}
    assert all("估计" in node.documentation for node in steps(model))


def test_the_same_step_takes_the_same_time_unless_it_is_estimated_apart() -> None:
    before, after = DRAWINGS["as-is"].node, DRAWINGS["to-be"].node

    assert {name for name in before.keys() & after.keys() if before[name].times != after[name].times} == ESTIMATED_APART


def test_every_duty_stays_with_its_basis_its_kind_and_its_unit() -> None:
    before, after = DRAWINGS["as-is"], DRAWINGS["to-be"]

    assert {node.id for node in duties(after)} == {node.id for node in duties(before)}
    for node in duties(before):
        kept = after.node[node.id].step
        assert node.step is not None
        assert kept is not None
        for field in ("basis", "kind", "purpose", "limit", "limit_unit", "clock_stop", "separate_from", "after"):
            assert getattr(kept, field) == getattr(node.step, field), (node.id, field)
        assert after.unit_of[node.id].key == before.unit_of[node.id].key


@each_drawing
def test_who_reviews_hears_or_decides_did_not_investigate(scenario: str) -> None:
    model = DRAWINGS[scenario]
    investigated = model.node["Step_investigate"].step
    assert investigated is not None

    for name in ("Step_review", "Step_hearing", "Step_legal_review", "Step_decide"):
        step = model.node[name].step
        assert step is not None
        assert "Step_investigate" in step.separate_from
        assert step.post != investigated.post


@each_drawing
def test_only_monitoring_and_hearing_stop_the_clock_of_ninety_days(scenario: str) -> None:
    model = DRAWINGS[scenario]
    stops = {node.id: node.step.clock_stop for node in steps(model) if node.step and node.step.clock_stop}
    monitoring = model.node["Step_monitor"].step

    assert (model.procedure.legal_limit, model.procedure.limit_unit) == (90, "day")
    assert stops == {"Step_monitor": "test", "Step_hearing": "hearing"}
    assert monitoring is not None
    assert monitoring.basis == "生态环境行政处罚办法 第五十七条"


@each_drawing
def test_limits_are_the_law_s(scenario: str) -> None:
    limits = {
        node.id: (node.step.limit, node.step.limit_unit)
        for node in duties(DRAWINGS[scenario])
        if node.step and node.step.limit
    }

    assert limits == {
        "Step_incident_report": (4, "hour"),
        "Step_correct": (3, "workday"),
        "Step_file_decide": (15, "day"),
        "Step_recheck": (30, "day"),
        "Step_crime_approve": (3, "day"),
        "Step_transfer": (24, "hour"),
        "Step_police_decide": (3, "day"),
        "Step_goods": (3, "day"),
        "Step_deliver": (7, "workday"),
    }


@each_drawing
def test_an_emergency_is_reported_and_the_case_goes_on(scenario: str) -> None:
    model = DRAWINGS[scenario]

    assert [flow.source for flow in model.flows if flow.target == "Step_incident_report"] == ["Gateway_incident"]
    assert len([flow for flow in model.flows if flow.source == "Step_incident_report"]) == 1


@each_drawing
def test_towns_decide_nothing_and_the_identity_of_the_reporter_is_not_shared(scenario: str) -> None:
    model = DRAWINGS[scenario]
    local = {node.step.kind for node in steps(model) if node.step and model.unit_of[node.id].level == "town"}
    takers = {
        model.unit_of[node.id].name
        for node in model.nodes
        for paper in node.materials
        if paper.name == "举报人身份信息"
    }

    assert local == {"other"}
    assert takers == {"12345政务服务便民热线", "生态环境分局"}


def test_the_branch_asks_for_what_it_issued_only_before() -> None:
    issued = {
        paper.name for node in DRAWINGS["as-is"].nodes for paper in node.materials if paper.issuer == "生态环境分局"
    }

    assert issued == {"排污许可证", "环评批复"}
    assert sum(name in issued for _, name in hand_ins(DRAWINGS["as-is"])) == 6
    assert {step for step, _ in hand_ins(DRAWINGS["to-be"])} == {"Step_register"}


@pytest.mark.parametrize(("scenario", "expected"), [("as-is", (40, 9, 4)), ("to-be", (36, 2, 2))])
def test_the_readme_counts_as_the_drawings_do(scenario: str, expected: tuple[int, int, int]) -> None:
    model, papers = DRAWINGS[scenario], [name for _, name in hand_ins(DRAWINGS[scenario])]
    readme = (PROCEDURE.folder / "README.md").read_text(encoding="utf-8")

    assert (len(steps(model)), len(papers), len(set(papers))) == expected
    assert not any(node.step.visit for node in steps(model) if node.step)
    assert "| 环节 | 40 | 36 |" in readme
    assert "| 举报人、企业交材料 | 9 份次，4 种 | 2 份次，2 种 |" in readme


def test_nothing_was_published_to_calibrate_on() -> None:
    assert PROCEDURE.calibration is None
    assert not any(figure.target for figure in PROCEDURE.published)
    assert not any(source.calibrated for source in PROCEDURE.times)


def test_no_unit_is_overloaded_and_nothing_is_left_open(pair: TimePair) -> None:
    for result in (pair.before, pair.after):
        assert result.overloaded == ()
        assert result.not_annotated == ()


def test_the_readme_gives_the_simulated_means(pair: TimePair) -> None:
    readme = (PROCEDURE.folder / "README.md").read_text(encoding="utf-8")

    assert mean_days(pair.before) == pytest.approx(71, abs=1)
    assert mean_days(pair.after) == pytest.approx(36, abs=1)
    assert "| 约 71 个工作日（估计） | 约 36 个工作日（估计） |" in readme


def test_much_of_the_cut_does_not_rest_on_the_times_estimated_apart() -> None:
    before, after = DRAWINGS["as-is"], DRAWINGS["to-be"]
    unchanged = after.evolve(
        nodes=tuple(
            node.evolve(times=before.node[node.id].times) if node.id in ESTIMATED_APART else node
            for node in after.nodes
        )
    )

    assert mean_days(time(unchanged, cases=10_000, seed=1)) == pytest.approx(42, abs=1)


def test_both_drawings_file_the_same_share(pair: TimePair) -> None:
    assert pair.before.outcome_shares_exact
    assert pair.after.outcome_shares_exact
    assert pair.before.outcome_shares["rejected"] == pytest.approx(0.3, abs=1e-9)
    assert pair.after.outcome_shares["rejected"] == pytest.approx(0.3, abs=1e-9)
