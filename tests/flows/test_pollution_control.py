"""Pollution: the reviewer never investigated, monitoring stops the clock, limits are the law's."""

import flows
from tests.flows.drawings import drawings, duties, each_scenario, hand_ins, steps

DRAWINGS = drawings("pollution-control")


def test_acts_that_the_environment_code_repealed_are_not_cited() -> None:
    repealed = ("环境保护法", "水污染防治法", "大气污染防治法", "环境影响评价法", "土壤污染防治法")

    assert [basis.law for basis in flows.load("pollution-control").basis if basis.law.startswith(repealed)] == []


@each_scenario
def test_who_reviews_hears_or_decides_did_not_investigate(scenario: str) -> None:
    model = DRAWINGS[scenario]
    investigated = model.node["Step_investigate"].step
    assert investigated is not None

    for name in ("Step_review", "Step_hearing", "Step_legal_review", "Step_decide"):
        step = model.node[name].step
        assert step is not None
        assert "Step_investigate" in step.separate_from
        assert step.post != investigated.post


@each_scenario
def test_only_monitoring_and_hearing_stop_the_clock_of_ninety_days(scenario: str) -> None:
    model = DRAWINGS[scenario]
    stops = {node.id: node.step.clock_stop for node in steps(model) if node.step and node.step.clock_stop}
    monitoring = model.node["Step_monitor"].step

    assert (model.procedure.legal_limit, model.procedure.limit_unit) == (90, "day")
    assert stops == {"Step_monitor": "test", "Step_hearing": "hearing"}
    assert monitoring is not None
    assert monitoring.basis == "生态环境行政处罚办法 第五十七条"


@each_scenario
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


@each_scenario
def test_an_emergency_is_reported_and_the_case_goes_on(scenario: str) -> None:
    model = DRAWINGS[scenario]

    assert [flow.source for flow in model.flows if flow.target == "Step_incident_report"] == ["Gateway_incident"]
    assert len([flow for flow in model.flows if flow.source == "Step_incident_report"]) == 1


@each_scenario
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
