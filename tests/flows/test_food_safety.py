"""Food safety: both drawings are sound, say where everything comes from, and keep every duty, right and control."""

import pytest

import flows
from analysis.measure import TimeResult
from analysis.time import TimePair, time, time_pair
from bpmn import Model, Node, read

PROCEDURE = flows.load("food-safety")
DRAWINGS = {scenario: read(path) for scenario in ("as-is", "to-be") if (path := PROCEDURE.drawing(scenario))}

#: Working seconds of a working day in both drawings.
DAY = 7 * 3600

#: Steps that stand in both drawings with times of their own, as the README says.
ESTIMATED_APART = {"Step_site_check", "Step_farm_source", "Step_investigate", "Step_transfer", "Step_receive"}

each_drawing = pytest.mark.parametrize("scenario", sorted(DRAWINGS))


@pytest.fixture(scope="module")
def pair() -> TimePair:
    """Give both drawings simulated with the same chances, as many cases as the README's figures rest on."""
    return time_pair(DRAWINGS["as-is"], DRAWINGS["to-be"], cases=10_000, seed=1)


def steps(model: Model) -> list[Node]:
    return [node for node in model.nodes if node.is_step and node.process not in model.applicant_processes]


def duties(model: Model) -> list[Node]:
    return [node for node in steps(model) if node.step is not None and node.step.mandatory]


def hand_ins(model: Model) -> list[str]:
    return [paper.name for node in model.nodes for paper in node.materials if paper.origin == "applicant"]


def mean_days(result: TimeResult) -> float:
    assert result.times.elapsed_working.mean is not None
    return result.times.elapsed_working.mean / DAY


@each_drawing
def test_a_basis_of_any_step_is_in_the_table(scenario: str) -> None:
    known = {(f"{basis.law} {basis.article}".strip(), step) for basis in PROCEDURE.basis for step in basis.steps}

    cited = {(node.step.basis, node.id) for node in steps(DRAWINGS[scenario]) if node.step and node.step.basis}

    assert cited <= known


def test_an_article_that_was_not_read_is_not_named() -> None:
    assert [basis.law for basis in PROCEDURE.basis if basis.known == "known" and basis.article] == []


def test_the_same_step_takes_the_same_time_unless_it_is_estimated_apart() -> None:
    before, after = DRAWINGS["as-is"].node, DRAWINGS["to-be"].node

    assert {name for name in before.keys() & after.keys() if before[name].times != after[name].times} == ESTIMATED_APART


@each_drawing
def test_every_duty_is_drawn_and_every_time_is_told_to_be_an_estimate(scenario: str) -> None:
    model = DRAWINGS[scenario]

    assert len(duties(model)) == 27
    assert {part.source for node in model.nodes for part in node.times} == {"estimate"}
    assert all("估计" in node.documentation for node in steps(model))


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
def test_rights_and_controls_are_duties(scenario: str) -> None:
    told_and_heard = {"Step_inform", "Step_hearing", "Step_reconsider", "Step_inform_result"}
    reporter = {"Step_agri_return", "Step_tell_not_filed", "Step_reply"}
    controls = {"Step_legal_review", "Step_crime_verify", "Step_crime_approve", "Step_transfer"}
    double_report = {"Step_case_info", "Step_incident_report"}

    assert told_and_heard | reporter | controls | double_report <= {node.id for node in duties(DRAWINGS[scenario])}


@each_drawing
def test_who_reviews_hears_or_decides_did_not_investigate(scenario: str) -> None:
    for name in ("Step_legal_review", "Step_hearing", "Step_decide"):
        step = DRAWINGS[scenario].node[name].step
        assert step is not None
        assert "Step_investigate" in step.separate_from


@each_drawing
def test_epidemiology_and_the_legal_test_stay_apart(scenario: str) -> None:
    model = DRAWINGS[scenario]
    epidemiology, legal_test = model.node["Step_epidemiology"], model.node["Step_test"]

    assert epidemiology.step is not None
    assert legal_test.step is not None
    assert epidemiology.step.purpose != legal_test.step.purpose
    assert epidemiology.step.basis != legal_test.step.basis
    assert model.unit_of[epidemiology.id].key != model.unit_of[legal_test.id].key


@each_drawing
def test_towns_and_stations_decide_nothing(scenario: str) -> None:
    model = DRAWINGS[scenario]
    local = [node.step.kind for node in steps(model) if node.step and model.unit_of[node.id].level == "town"]

    assert local
    assert not {"accept", "decide", "approve"} & set(local)


@each_drawing
def test_the_identity_of_the_reporter_is_not_shared(scenario: str) -> None:
    model = DRAWINGS[scenario]
    takers = {
        model.unit_of[node.id].name: paper.origin
        for node in model.nodes
        for paper in node.materials
        if paper.name == "举报人身份信息"
    }

    assert takers == {"12345政务服务便民热线": "applicant", "市场监督管理局": "internal"}


@each_drawing
def test_the_law_counts_ninety_calendar_days_without_test_and_hearing(scenario: str) -> None:
    model = DRAWINGS[scenario]
    stops = {node.id: node.step.clock_stop for node in steps(model) if node.step and node.step.clock_stop}

    assert (model.procedure.legal_limit, model.procedure.limit_unit) == (90, "day")
    assert stops == {"Step_test": "test", "Step_hearing": "hearing"}


@pytest.mark.parametrize(("scenario", "expected"), [("as-is", (40, 7, 3)), ("to-be", (36, 3, 3))])
def test_the_readme_counts_as_the_drawings_do(scenario: str, expected: tuple[int, int, int]) -> None:
    model, papers = DRAWINGS[scenario], hand_ins(DRAWINGS[scenario])
    readme = (PROCEDURE.folder / "README.md").read_text(encoding="utf-8")

    assert (len(steps(model)), len(papers), len(set(papers))) == expected
    assert not any(node.step.visit for node in steps(model) if node.step)
    assert "| 环节 | 40 | 36 |" in readme
    assert "| 举报人交材料 | 7 份次，3 种 | 3 份次，3 种 |" in readme


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

    assert mean_days(pair.before) == pytest.approx(53, abs=1)
    assert mean_days(pair.after) == pytest.approx(32, abs=1)
    assert "| 约 53 个工作日（估计） | 约 32 个工作日（估计） |" in readme


def test_much_of_the_cut_does_not_rest_on_the_times_estimated_apart() -> None:
    before, after = DRAWINGS["as-is"], DRAWINGS["to-be"]
    unchanged = after.evolve(
        nodes=tuple(
            node.evolve(times=before.node[node.id].times) if node.id in ESTIMATED_APART else node
            for node in after.nodes
        )
    )

    assert mean_days(time(unchanged, cases=10_000, seed=1)) == pytest.approx(38, abs=1)


def test_both_drawings_file_the_same_share(pair: TimePair) -> None:
    assert pair.before.outcome_shares_exact
    assert pair.after.outcome_shares_exact
    assert pair.before.outcome_shares["rejected"] == pytest.approx(0.3, abs=1e-9)
    assert pair.after.outcome_shares["rejected"] == pytest.approx(0.3, abs=1e-9)
