"""Food safety: every right and control is a duty, who investigates neither hears nor decides, names stay in."""

from tests.flows.drawings import drawings, duties, each_scenario, steps

DRAWINGS = drawings("food-safety")


@each_scenario
def test_rights_and_controls_are_duties(scenario: str) -> None:
    told_and_heard = {"Step_inform", "Step_hearing", "Step_reconsider", "Step_inform_result"}
    reporter = {"Step_agri_return", "Step_tell_not_filed", "Step_reply"}
    controls = {"Step_legal_review", "Step_crime_verify", "Step_crime_approve", "Step_transfer"}
    double_report = {"Step_case_info", "Step_incident_report"}

    assert told_and_heard | reporter | controls | double_report <= {node.id for node in duties(DRAWINGS[scenario])}


@each_scenario
def test_who_reviews_hears_or_decides_did_not_investigate(scenario: str) -> None:
    for name in ("Step_legal_review", "Step_hearing", "Step_decide"):
        step = DRAWINGS[scenario].node[name].step
        assert step is not None
        assert "Step_investigate" in step.separate_from


@each_scenario
def test_epidemiology_and_the_legal_test_stay_apart(scenario: str) -> None:
    model = DRAWINGS[scenario]
    epidemiology, legal_test = model.node["Step_epidemiology"], model.node["Step_test"]

    assert epidemiology.step is not None
    assert legal_test.step is not None
    assert epidemiology.step.purpose != legal_test.step.purpose
    assert epidemiology.step.basis != legal_test.step.basis
    assert model.unit_of[epidemiology.id].key != model.unit_of[legal_test.id].key


@each_scenario
def test_towns_and_stations_decide_nothing(scenario: str) -> None:
    model = DRAWINGS[scenario]
    local = [node.step.kind for node in steps(model) if node.step and model.unit_of[node.id].level == "town"]

    assert local
    assert not {"accept", "decide", "approve"} & set(local)


@each_scenario
def test_the_identity_of_the_reporter_is_not_shared(scenario: str) -> None:
    model = DRAWINGS[scenario]
    takers = {
        model.unit_of[node.id].name: paper.origin
        for node in model.nodes
        for paper in node.materials
        if paper.name == "举报人身份信息"
    }

    assert takers == {"12345政务服务便民热线": "applicant", "市场监督管理局": "internal"}


@each_scenario
def test_the_law_counts_ninety_calendar_days_without_test_and_hearing(scenario: str) -> None:
    model = DRAWINGS[scenario]
    stops = {node.id: node.step.clock_stop for node in steps(model) if node.step and node.step.clock_stop}

    assert (model.procedure.legal_limit, model.procedure.limit_unit) == (90, "day")
    assert stops == {"Step_test": "test", "Step_hearing": "hearing"}
