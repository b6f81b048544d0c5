"""A town calls the county: both drawings are lawful, one refusal and no more, rated by the town, force kept apart."""

import pytest

import flows
from analysis.measure import TimeResult
from analysis.time import TimePair, time, time_pair
from bpmn import Model, Node, read

PROCEDURE = flows.load("township-call")
DRAWINGS = {scenario: read(path) for scenario in ("as-is", "to-be") if (path := PROCEDURE.drawing(scenario))}

#: Working seconds of a working day in both drawings.
DAY = 7 * 3600

#: Steps that stand in both drawings with times of their own, as the README says.
ESTIMATED_APART = {"Step_site_check", "Step_planning_opinion", "Step_permit_query"}

each_drawing = pytest.mark.parametrize("scenario", sorted(DRAWINGS))


@pytest.fixture(scope="module")
def pair() -> TimePair:
    """Give both drawings simulated with the same chances, as many cases as the README's figures rest on."""
    return time_pair(DRAWINGS["as-is"], DRAWINGS["to-be"], cases=10_000, seed=1)


def steps(model: Model) -> list[Node]:
    return [node for node in model.nodes if node.is_step]


def duties(model: Model) -> list[Node]:
    return [node for node in steps(model) if node.step is not None and node.step.mandatory]


def hand_ins(model: Model) -> list[str]:
    return [paper.name for node in model.nodes for paper in node.materials if paper.origin == "applicant"]


def after(model: Model, start: str) -> set[str]:
    """Give every node that can follow a node, around loops too."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for flow in model.flows:
            if flow.source == here and flow.target not in reached:
                reached.add(flow.target)
                waiting.append(flow.target)
    return reached


def mean_days(result: TimeResult) -> float:
    assert result.times.elapsed_working.mean is not None
    return result.times.elapsed_working.mean / DAY


@each_drawing
def test_a_basis_of_any_step_is_in_the_table(scenario: str) -> None:
    known = {(f"{basis.law} {basis.article}".strip(), step) for basis in PROCEDURE.basis for step in basis.steps}

    assert {(node.step.basis, node.id) for node in steps(DRAWINGS[scenario]) if node.step and node.step.basis} <= known


def test_an_article_that_was_not_read_is_not_named() -> None:
    assert [basis.law for basis in PROCEDURE.basis if basis.known == "known" and basis.article] == []


@each_drawing
def test_every_time_is_told_to_be_an_estimate(scenario: str) -> None:
    model = DRAWINGS[scenario]

    assert {part.source for node in model.nodes for part in node.times} == {"estimate"}
    assert all("估计" in node.documentation for node in steps(model))


def test_the_same_step_takes_the_same_time_unless_it_is_estimated_apart() -> None:
    before, now = DRAWINGS["as-is"].node, DRAWINGS["to-be"].node

    assert {name for name in before.keys() & now.keys() if before[name].times != now[name].times} == ESTIMATED_APART


def test_every_duty_stays_and_the_rating_is_added() -> None:
    before, now = DRAWINGS["as-is"], DRAWINGS["to-be"]

    assert {node.id for node in duties(now)} == {node.id for node in duties(before)} | {"Step_rate"}
    for node in duties(before):
        kept = now.node[node.id].step
        assert node.step is not None
        assert kept is not None
        for field in ("basis", "kind", "purpose", "limit", "limit_unit", "clock_stop", "separate_from", "after"):
            assert getattr(kept, field) == getattr(node.step, field), (node.id, field)
        assert now.unit_of[node.id].key == before.unit_of[node.id].key


@each_drawing
def test_a_street_orders_and_decides_nothing(scenario: str) -> None:
    """The planning act empowers township governments, not streets: their steps end with the call and the rating."""
    model = DRAWINGS[scenario]
    local = [node for node in steps(model) if node.id in model.unit_of and model.unit_of[node.id].level == "town"]

    assert [node.id for node in local if node.step and node.step.mandatory] == ["Step_rate"] * (scenario == "to-be")
    assert {node.id for node in local if node.step and node.step.kind == "decide"} <= {"Step_call"}


def test_a_return_before_has_no_end_and_no_lead_and_one_step_has_no_owner() -> None:
    model = DRAWINGS["as-is"]

    assert "Step_return" in after(model, "Step_return")
    assert not model.procedure.lead
    assert [node.id for node in steps(model) if node.id not in model.unit_of] == ["Step_meeting"]


def test_a_refusal_has_its_window_its_reason_and_is_the_only_one() -> None:
    model = DRAWINGS["to-be"]
    window = model.node["Step_sign"].step

    assert window is not None
    assert (window.limit, window.limit_unit) == (2, "workday")
    assert "退单理由" in {paper.name for paper in model.node["Step_refuse"].materials if paper.use == "gives"}
    assert "Step_assign" in after(model, "Step_refuse")
    assert not {"Step_sign", "Step_refuse"} & after(model, "Step_assign")
    assert model.procedure.lead == "综合行政执法局"
    assert {node.id for node in steps(model)} <= set(model.unit_of)


def test_the_calling_town_rates_every_call_once() -> None:
    model = DRAWINGS["to-be"]
    rating = model.node["Step_rate"].step

    assert model.unit_of["Step_rate"].key == model.unit_of["Step_call"].key
    assert rating is not None
    assert rating.after == ("Step_feedback",)
    assert "Step_rate" not in after(model, "Step_rate")
    assert all("Step_rate" in after(model, step) for step in ("Step_file", "Step_government_order", "Step_deliver"))


@each_drawing
def test_removal_by_force_starts_with_the_government_and_is_not_drawn(scenario: str) -> None:
    model = DRAWINGS[scenario]
    sent = {message.source for message in model.message_flows if message.target == "Pool_force"}

    assert sent == {"Step_government_order"}
    assert model.unit_of["Step_government_order"].name == "县政府"
    assert not [node.id for node in steps(model) if "强制拆除" in node.name]


@each_drawing
def test_the_party_is_heard_before_the_review_and_the_decision(scenario: str) -> None:
    model = DRAWINGS[scenario]

    assert {"Step_hearing", "Step_reconsider", "Step_legal_review", "Step_decide"} <= after(model, "Step_inform")
    assert "Step_hearing" not in after(model, "Step_legal_review")
    for name in ("Step_hearing", "Step_legal_review", "Step_decide"):
        step = model.node[name].step
        assert step is not None
        assert "Step_site_check" in step.separate_from


@pytest.mark.parametrize(("scenario", "expected"), [("as-is", (31, 4, 2)), ("to-be", (30, 0, 0))])
def test_the_readme_counts_as_the_drawings_do(scenario: str, expected: tuple[int, int, int]) -> None:
    model, papers = DRAWINGS[scenario], hand_ins(DRAWINGS[scenario])
    readme = (PROCEDURE.folder / "README.md").read_text(encoding="utf-8")

    assert (len(steps(model)), len(papers), len(set(papers))) == expected
    assert not any(node.step.visit for node in steps(model) if node.step)
    assert "| 环节 | 31 | 30 |" in readme
    assert "| 当事人交材料 | 4 份次，2 种 | 0 |" in readme


def test_the_one_published_case_is_no_target() -> None:
    assert PROCEDURE.calibration is None
    assert not any(figure.target for figure in PROCEDURE.published)
    assert not any(source.calibrated for source in PROCEDURE.times)


def test_no_unit_is_overloaded_and_nothing_is_left_open(pair: TimePair) -> None:
    for result in (pair.before, pair.after):
        assert result.overloaded == ()
        assert result.not_annotated == ()
        assert result.outcome_shares["rejected"] == 0


def test_the_readme_gives_the_simulated_means(pair: TimePair) -> None:
    readme = (PROCEDURE.folder / "README.md").read_text(encoding="utf-8")

    assert mean_days(pair.before) == pytest.approx(50, abs=1)
    assert mean_days(pair.after) == pytest.approx(17, abs=1)
    assert "| 约 50 个工作日（估计） | 约 17 个工作日（估计） |" in readme


def test_much_of_the_cut_does_not_rest_on_the_times_estimated_apart() -> None:
    before, now = DRAWINGS["as-is"], DRAWINGS["to-be"]
    unchanged = now.evolve(
        nodes=tuple(
            node.evolve(times=before.node[node.id].times) if node.id in ESTIMATED_APART else node for node in now.nodes
        )
    )

    assert mean_days(time(unchanged, cases=10_000, seed=1)) == pytest.approx(22, abs=1)
