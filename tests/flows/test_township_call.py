"""A town calls the county: one refusal and no more, rated by the town, force kept apart, nobody turned down."""

from bpmn import Model
from tests.flows.drawings import drawings, each_scenario, simulated, steps

DRAWINGS = drawings("township-call")


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


@each_scenario
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


@each_scenario
def test_removal_by_force_starts_with_the_government_and_is_not_drawn(scenario: str) -> None:
    model = DRAWINGS[scenario]
    sent = {message.source for message in model.message_flows if message.target == "Pool_force"}

    assert sent == {"Step_government_order"}
    assert model.unit_of["Step_government_order"].name == "县政府"
    assert not [node.id for node in steps(model) if "强制拆除" in node.name]


@each_scenario
def test_the_party_is_heard_before_the_review_and_the_decision(scenario: str) -> None:
    model = DRAWINGS[scenario]

    assert {"Step_hearing", "Step_reconsider", "Step_legal_review", "Step_decide"} <= after(model, "Step_inform")
    assert "Step_hearing" not in after(model, "Step_legal_review")
    for name in ("Step_hearing", "Step_legal_review", "Step_decide"):
        step = model.node[name].step
        assert step is not None
        assert "Step_site_check" in step.separate_from


def test_no_case_is_turned_down() -> None:
    pair = simulated("township-call")

    assert pair.before.outcome_shares["rejected"] == 0
    assert pair.after.outcome_shares["rejected"] == 0
