"""What holds for every procedure of the library: sound, wholly drawn, and with a source for whatever it says."""

from pathlib import Path

import pytest
from lxml import etree

import flows
from bpmn.check import check
from tests.flows.drawings import drawings, duties, steps

DRAWINGS = {(name, scenario): model for name in flows.names() for scenario, model in drawings(name).items()}

each_procedure = pytest.mark.parametrize("name", flows.names())
each_drawing = pytest.mark.parametrize(("name", "scenario"), sorted(DRAWINGS))


@each_drawing
def test_a_drawing_has_its_scenario_and_no_problem(name: str, scenario: str) -> None:
    assert DRAWINGS[name, scenario].procedure.scenario == scenario
    assert check(DRAWINGS[name, scenario]) == ()


@each_drawing
def test_annotations_are_valid_against_the_schema(name: str, scenario: str, root: Path) -> None:
    schema = etree.XMLSchema(file=f"{root}/bpmn/gov.xsd")
    drawing = etree.parse(flows.load(name).folder / f"{scenario}.bpmn")

    annotations = drawing.xpath("//gov:*", namespaces={"gov": "urn:zaizao:gov:1"})

    assert len(annotations) > 100
    assert [schema.error_log.last_error for element in annotations if not schema.validate(element)] == []


@each_drawing
def test_everything_is_drawn_inside_its_lane(name: str, scenario: str) -> None:
    model = DRAWINGS[name, scenario]
    pools = {pool.process: pool.id for pool in model.pools}

    for node in model.nodes:
        lane = model.lane_of.get(node.id)
        shape = model.shape[node.id].bounds
        frame = model.shape[lane.id if lane is not None else pools[node.process]].bounds
        assert frame.x < shape.x, node.id
        assert frame.y < shape.y, node.id
        assert shape.right < frame.right, node.id
        assert shape.bottom < frame.bottom, node.id
    lines = {flow.id for flow in model.flows} | {flow.id for flow in model.message_flows}
    assert lines | {line.id for line in model.associations} == set(model.edge)


@each_drawing
def test_no_two_elements_are_drawn_over_each_other(name: str, scenario: str) -> None:
    model = DRAWINGS[name, scenario]
    drawn = [model.shape[node.id] for node in model.nodes] + [model.shape[note.id] for note in model.artifacts]

    for number, one in enumerate(drawn):
        for other in drawn[:number]:
            a, b = one.bounds, other.bounds
            assert a.right < b.x or b.right < a.x or a.bottom < b.y or b.bottom < a.y, (one.element, other.element)


@each_drawing
def test_every_arrow_ends_at_its_elements(name: str, scenario: str) -> None:
    model = DRAWINGS[name, scenario]

    for flow in (*model.flows, *model.message_flows):
        points = model.edge[flow.id].waypoints
        for (x, y), end in ((points[0], flow.source), (points[-1], flow.target)):
            box = model.shape[end].bounds
            assert box.x - 1 <= x <= box.right + 1, (flow.id, end)
            assert box.y - 1 <= y <= box.bottom + 1, (flow.id, end)


@each_drawing
def test_a_drawing_has_the_size_of_a_real_procedure(name: str, scenario: str) -> None:
    assert 20 <= len(steps(DRAWINGS[name, scenario])) <= 40


@each_drawing
def test_every_step_says_who_does_it_and_what_it_is(name: str, scenario: str) -> None:
    model = DRAWINGS[name, scenario]

    for node in steps(model):
        assert node.id in model.unit_of or (scenario == "as-is" and "无头事项" in node.documentation), node.id
        assert node.step is not None, node.id
        assert node.step.kind, node.id
        assert node.time("work") is not None, node.id
        assert node.documentation, node.id


@each_drawing
def test_every_duty_has_its_basis_in_the_table(name: str, scenario: str) -> None:
    table = flows.load(name).basis
    known = {(f"{basis.law} {basis.article}".strip(), step) for basis in table for step in basis.steps}
    read_text = {f"{basis.law} {basis.article}".strip() for basis in table if basis.known == "read"}
    found = duties(DRAWINGS[name, scenario])

    assert found
    for node in found:
        assert node.step is not None
        assert (node.step.basis, node.id) in known
        assert node.step.basis in read_text or node.step.source == "suggested"


@each_drawing
def test_a_basis_of_any_step_is_in_the_table(name: str, scenario: str) -> None:
    table = flows.load(name).basis
    known = {(f"{basis.law} {basis.article}".strip(), step) for basis in table for step in basis.steps}
    model = DRAWINGS[name, scenario]

    assert {(node.step.basis, node.id) for node in steps(model) if node.step and node.step.basis} <= known


@each_procedure
def test_an_article_that_was_not_read_is_not_named(name: str) -> None:
    assert [basis.law for basis in flows.load(name).basis if basis.known == "known" and basis.article] == []


@each_procedure
def test_every_duty_stays_with_its_basis_its_kind_and_its_unit(name: str) -> None:
    before, after = DRAWINGS[name, "as-is"], DRAWINGS[name, "to-be"]
    added = {"Step_rate"} if name == "township-call" else set()

    assert {node.id for node in duties(after)} == {node.id for node in duties(before)} | added
    for node in duties(before):
        kept = after.node[node.id].step
        assert node.step is not None
        assert kept is not None
        for field in ("basis", "kind", "purpose", "limit", "limit_unit", "clock_stop", "separate_from", "after"):
            assert getattr(kept, field) == getattr(node.step, field), (node.id, field)
        assert after.unit_of[node.id].key == before.unit_of[node.id].key


@each_drawing
def test_every_time_has_one_source_in_the_table(name: str, scenario: str) -> None:
    for node in DRAWINGS[name, scenario].nodes:
        for part in node.times:
            listed = [
                source.source
                for source in flows.load(name).times
                if scenario in source.scenarios and source.part == part.part and node.id in source.elements
            ]
            assert listed == [part.source], (node.id, part.part)


@each_procedure
def test_the_table_lists_no_time_that_is_not_drawn(name: str) -> None:
    for source in flows.load(name).times:
        for scenario in source.scenarios:
            for element in source.elements:
                assert DRAWINGS[name, scenario].node[element].time(source.part) is not None, (scenario, element)


@each_procedure
def test_the_table_names_no_step_that_is_not_drawn(name: str) -> None:
    drawn = {node.id for (of, _), model in DRAWINGS.items() if of == name for node in model.nodes}

    assert {step for basis in flows.load(name).basis for step in basis.steps} <= drawn


@each_procedure
def test_what_a_new_step_stands_for_was_drawn_before(name: str) -> None:
    before, after = DRAWINGS[name, "as-is"].node, DRAWINGS[name, "to-be"]

    assert {old for node in steps(after) if node.step for old in node.step.replaces} <= set(before)
