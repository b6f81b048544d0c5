"""Business start-up: both drawings are sound, say where everything comes from, and meet the published totals."""

import pytest
from lxml import etree

import flows
from analysis.time import time, time_pair
from bpmn import Model, Node, read
from bpmn.check import check

PROCEDURE = flows.load("business-start-up")
DRAWINGS = {scenario: read(path) for scenario in ("as-is", "to-be") if (path := PROCEDURE.drawing(scenario))}

each_drawing = pytest.mark.parametrize("scenario", sorted(DRAWINGS))


def steps(model: Model) -> list[Node]:
    return [node for node in model.nodes if node.is_step and node.process not in model.applicant_processes]


def hand_ins(model: Model) -> list[str]:
    return [paper.name for node in model.nodes for paper in node.materials if paper.origin == "applicant"]


def visits(model: Model) -> int:
    return sum(1 for node in steps(model) if node.step is not None and node.step.visit)


def test_it_has_both_drawings() -> None:
    assert sorted(DRAWINGS) == ["as-is", "to-be"]
    assert {name: model.procedure.scenario for name, model in DRAWINGS.items()} == {"as-is": "as-is", "to-be": "to-be"}


@each_drawing
def test_a_drawing_has_no_fault(scenario: str) -> None:
    model = DRAWINGS[scenario]

    assert [problem for problem in check(model) if problem.severity == "error"] == []


@each_drawing
def test_annotations_are_valid_against_the_schema(scenario: str, root: object) -> None:
    schema = etree.XMLSchema(file=f"{root}/bpmn/gov.xsd")
    drawing = etree.parse(PROCEDURE.folder / f"{scenario}.bpmn")

    annotations = drawing.xpath("//gov:*", namespaces={"gov": "urn:zaizao:gov:1"})

    assert len(annotations) > 100
    assert [schema.error_log.last_error for element in annotations if not schema.validate(element)] == []


@each_drawing
def test_everything_is_drawn_inside_its_pool(scenario: str) -> None:
    model = DRAWINGS[scenario]
    frames = {pool.process: model.shape[pool.id].bounds for pool in model.pools}

    for node in model.nodes:
        shape, frame = model.shape[node.id].bounds, frames[node.process]
        assert frame.x < shape.x
        assert frame.y < shape.y
        assert shape.right < frame.right
        assert shape.bottom < frame.bottom
    assert {flow.id for flow in (*model.flows, *model.message_flows)} == set(model.edge)


@each_drawing
def test_no_two_elements_are_drawn_over_each_other(scenario: str) -> None:
    model = DRAWINGS[scenario]
    drawn = [model.shape[node.id] for node in model.nodes]

    for number, one in enumerate(drawn):
        for other in drawn[:number]:
            a, b = one.bounds, other.bounds
            assert a.right < b.x or b.right < a.x or a.bottom < b.y or b.bottom < a.y, (one.element, other.element)


@each_drawing
def test_every_arrow_ends_at_its_elements(scenario: str) -> None:
    model = DRAWINGS[scenario]

    for flow in (*model.flows, *model.message_flows):
        points = model.edge[flow.id].waypoints
        for (x, y), end in ((points[0], flow.source), (points[-1], flow.target)):
            box = model.shape[end].bounds
            assert box.x - 1 <= x <= box.right + 1, (flow.id, end)
            assert box.y - 1 <= y <= box.bottom + 1, (flow.id, end)


@each_drawing
def test_a_drawing_has_the_size_of_a_real_procedure(scenario: str) -> None:
    assert 20 <= len(steps(DRAWINGS[scenario])) <= 40


@each_drawing
def test_every_step_says_who_does_it_and_what_it_is(scenario: str) -> None:
    model = DRAWINGS[scenario]

    for node in steps(model):
        assert node.id in model.unit_of, node.id
        assert node.step is not None, node.id
        assert node.step.kind, node.id
        assert node.time("work") is not None, node.id
        assert node.documentation, node.id


@each_drawing
def test_every_duty_has_its_basis_in_the_table(scenario: str) -> None:
    known = {(f"{basis.law} {basis.article}".strip(), step) for basis in PROCEDURE.basis for step in basis.steps}
    read_text = {f"{basis.law} {basis.article}".strip() for basis in PROCEDURE.basis if basis.known == "read"}
    duties = [node for node in steps(DRAWINGS[scenario]) if node.step is not None and node.step.mandatory]

    assert len(duties) == 12
    for node in duties:
        assert node.step is not None
        assert (node.step.basis, node.id) in known
        assert node.step.basis in read_text or node.step.source == "suggested"


@each_drawing
def test_every_time_has_one_source_in_the_table(scenario: str) -> None:
    for node in DRAWINGS[scenario].nodes:
        for part in node.times:
            listed = [
                source.source
                for source in PROCEDURE.times
                if scenario in source.scenarios and source.part == part.part and node.id in source.elements
            ]
            assert listed == [part.source], (node.id, part.part)


def test_the_table_lists_no_time_that_is_not_drawn() -> None:
    for source in PROCEDURE.times:
        for scenario in source.scenarios:
            for element in source.elements:
                assert DRAWINGS[scenario].node[element].time(source.part) is not None, (scenario, element)


def test_the_table_names_no_step_that_is_not_drawn() -> None:
    drawn = set(DRAWINGS["as-is"].node) | set(DRAWINGS["to-be"].node)

    assert {step for basis in PROCEDURE.basis for step in basis.steps} <= drawn


def test_every_duty_stays_with_its_basis_its_kind_and_its_unit() -> None:
    before, after = DRAWINGS["as-is"], DRAWINGS["to-be"]

    for node in steps(before):
        if node.step is not None and node.step.mandatory:
            kept = after.node[node.id].step
            assert kept is not None
            assert kept.mandatory
            assert (kept.basis, kept.kind, kept.purpose) == (node.step.basis, node.step.kind, node.step.purpose)
            assert after.unit_of[node.id].key == before.unit_of[node.id].key


def test_what_a_new_step_stands_for_was_drawn_before() -> None:
    before = DRAWINGS["as-is"].node

    assert {old for node in steps(DRAWINGS["to-be"]) if node.step for old in node.step.replaces} <= set(before)


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
