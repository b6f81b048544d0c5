"""Repairing whole files: nothing new is wrong, every run stays, twice is once, and nothing to do is nothing done."""

from collections import Counter

import networkx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn import EventDefinition, Model, Node, SequenceFlow, UnreadableFile, build, read, write
from bpmn.check import check
from bpmn.control_flow import control_flow
from bpmn.fix import repair
from bpmn.fix.flows import REPAIRS as OF_THE_FLOW
from bpmn.layout import complete
from tests.strategies import graphs, models

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = {"startEvent": "开始", "endEvent": "结束"}


def wrong(model: Model) -> Counter[tuple[str, str]]:
    """How often each rule is broken."""
    return Counter((problem.problem, problem.rule) for problem in check(model, purpose="run"))


@st.composite
def untidy(draw: st.DrawFn, *, max_nodes: int = 8) -> Model:
    """Any drawing with conditions, defaults and events at the edge of tasks."""
    model = draw(graphs(max_nodes=max_nodes))
    flows = [
        flow.evolve(
            condition=draw(st.sampled_from(("", "", "a > 1"))), probability=draw(st.sampled_from((None, None, 0.5)))
        )
        for flow in model.flows
    ]
    nodes = []
    for node in model.nodes:
        leaving = [flow.id for flow in model.outgoing[node.id]]
        default = draw(st.sampled_from(["", *leaving]))
        nodes.append(node.evolve(default=default, kind=draw(kinds(node.kind))))
        if node.kind == "task" and draw(st.booleans()):
            event = EventDefinition(kind="timer", timer="timeDuration", expression="P1D")
            timer = Node(
                id=f"{node.id}_late",
                kind="boundaryEvent",
                process=node.process,
                scope=node.scope,
                attached_to=node.id,
                interrupting=draw(st.booleans()),
                events=(event,),
            )
            nodes.append(timer)
            target = draw(
                st.sampled_from([n.id for n in model.nodes if n.scope == node.scope and n.kind != "startEvent"])
            )
            where = {"process": node.process, "scope": node.scope}
            flows.append(SequenceFlow(id=f"{timer.id}_way", source=timer.id, target=target, **where))
    return model.evolve(nodes=tuple(nodes), flows=tuple(flows))


def kinds(kind: str) -> st.SearchStrategy[str]:
    """The kind of a node, or another that gateways are seldom drawn as."""
    return st.sampled_from((kind, kind, "eventBasedGateway")) if kind == "exclusiveGateway" else st.just(kind)


# Every run stays


def runs(model: Model, known: frozenset[str]) -> networkx.MultiDiGraph:
    """What a case can do, as a graph that is the same for two models with the same runs.

    Gateways have no names, those that pass everything on are left out, and so is a start event that was drawn before
    the one beginning: what it leads to begins.
    """
    flow = control_flow(model)
    graph = networkx.MultiDiGraph()
    begins = {start for scope in flow.scopes for start in scope.starts}
    scope_of = [flow.scopes[vertex.scope].node if vertex.scope >= 0 else "" for vertex in flow.vertices]
    for number, vertex in enumerate(flow.vertices):
        named = vertex.kind in ("start", "step", "event", "enter", "leave", "terminate")
        label = (vertex.kind, vertex.node if named else "", scope_of[number])
        graph.add_node(number, label=label, begins=number in begins, node=vertex.node)
    for arc in flow.arcs:
        graph.add_edge(arc.source, arc.target, role=arc.role)
    for number, vertex in enumerate(flow.vertices):
        if vertex.kind == "start" and vertex.node not in known:
            for target in list(graph.successors(number)):
                graph.nodes[target]["begins"] = True
            graph.remove_node(number)
    while _contracted(graph):
        pass
    return graph


def _contracted(graph: networkx.MultiDiGraph) -> bool:
    """Leave out one vertex or arc that decides nothing."""
    for vertex in list(graph):
        kind = graph.nodes[vertex]["label"][0]
        if kind == "exclusive-split":
            targets = Counter((target, data["role"]) for _, target, data in graph.out_edges(vertex, data=True))
            for (target, role), count in targets.items():
                if count > 1:
                    keys = [key for key, data in graph[vertex][target].items() if data["role"] == role]
                    graph.remove_edge(vertex, target, keys[0])
                    return True
        if kind not in ("exclusive-merge", "exclusive-split") or graph.out_degree(vertex) != 1:
            continue
        if graph.in_degree(vertex) != 1 or graph.has_edge(vertex, vertex):
            continue
        (source, _, data), (_, target) = (
            next(iter(graph.in_edges(vertex, data=True))),
            next(iter(graph.out_edges(vertex))),
        )
        graph.nodes[target]["begins"] |= graph.nodes[vertex]["begins"]
        graph.remove_node(vertex)
        graph.add_edge(source, target, role=data["role"])
        return True
    return False


def same_runs(one: Model, other: Model) -> bool:
    known = frozenset(one.node)
    return networkx.is_isomorphic(
        runs(one, known),
        runs(other, known),
        node_match=lambda a, b: (a["label"], a["begins"]) == (b["label"], b["begins"]),
        edge_match=lambda a, b: Counter(x["role"] for x in a.values()) == Counter(x["role"] for x in b.values()),
    )


@QUICK
@given(untidy())
def test_a_repair_of_any_drawing_keeps_every_run(model):
    assert same_runs(model, read(repair(write(model)).file))


@QUICK
@given(models(inclusive=True))
def test_a_repair_of_a_sound_model_keeps_every_run_and_every_annotation(model):
    again = read(repair(write(model)).file)

    assert same_runs(model, again)
    assert [again.node[node.id].step for node in model.nodes if node.is_step] == [
        node.step for node in model.nodes if node.is_step
    ]


def test_the_comparison_of_runs_sees_a_lost_step_and_another_gateway():
    drawn = build().start().parallel("g").branch().step("a").branch().step("b").join().end().model
    other = build().start().exclusive("g").branch().step("a").branch().step("b").join().end().model
    shorter = build().start().parallel("g").branch().step("a").branch().join().end().model

    assert same_runs(drawn, drawn)
    assert not same_runs(drawn, other)
    assert not same_runs(drawn, shorter)


@QUICK
@given(untidy())
def test_repairing_twice_is_repairing_once(model):
    once = repair(write(model), names=NAMES)
    twice = repair(once.file, names=NAMES)

    assert twice.file == once.file
    assert twice.fixes == ()


@QUICK
@given(untidy(max_nodes=6))
def test_a_repair_brings_no_new_problem(model):
    before, after = wrong(complete(model)), wrong(read(repair(write(model), names=NAMES).file))

    assert after - before == Counter()


# Whole files


def test_a_file_without_anything_to_repair_keeps_its_bytes():
    source = write(complete(build().start(name="收件").step("a", name="审查").end(name="办结").model))

    repaired = repair(source)

    assert repaired.file == source
    assert repaired.fixes == ()


def test_every_third_public_file_has_no_new_problem_and_nothing_left_to_repair(shared):
    """What is wrong is counted as if the file had a full diagram before: some rules speak of drawings only."""
    for path in sorted((*shared.rglob("*.bpmn"), *shared.rglob("*.xml")))[::3]:
        try:
            model = read(path)
        except UnreadableFile:
            continue
        once = repair(path, names=NAMES)
        again = read(once.file)
        new = wrong(again) - wrong(complete(model))
        new.pop(("bpmn-rule", "no-overlapping-elements"), None)  # whether shapes find room is the layout's matter

        assert (once.file == model.source) == (once.fixes == ()), path
        assert new == Counter(), path
        assert repair(once.file, names=NAMES).file == once.file, path


def test_what_is_put_in_is_drawn_and_listed():
    source = write(complete(build().start().step("a").to("b").at("a").to("c").node("b").node("c").model))

    again = read(repair(source, names=NAMES).file)

    assert {node.id for node in again.nodes} == again.shape.keys()
    assert {flow.id for flow in again.flows} == again.edge.keys()
    assert again.faults == ()
    assert {node.name for node in again.nodes if node.kind == "endEvent"} == {"结束"}


def test_a_file_in_which_an_id_is_used_twice_keeps_its_flow():
    twice = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"><task id="a"/><task id="a"/>'
        '<task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/></process></definitions>'
    )

    repaired = repair(twice.encode())

    assert [fix.fix for fix in repaired.fixes] == ["flow-lists"]


def test_extensions_and_comments_beside_a_repair_stay():
    source = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="urn:other">
  <process id="p"><!-- by hand -->
    <task id="a" o:form="f"><extensionElements><o:thing> x </o:thing></extensionElements></task>
  </process>
</definitions>"""

    repaired = repair(source).file

    assert b"<!-- by hand -->" in repaired
    assert b"<o:thing> x </o:thing>" in repaired


def test_fixes_name_the_line_in_the_file_that_was_given():
    source = write(complete(build().start().step("a").to("b").at("a").to("c").node("b").node("c").model))

    for fix in repair(source).fixes:
        assert fix.line == 0 or fix.element.encode() in source.splitlines()[fix.line - 1], fix


@pytest.mark.parametrize("repairs", OF_THE_FLOW, ids=lambda repairs: repairs.__name__)
def test_every_repair_says_why_it_is_safe(repairs):
    assert "Safe:" in repairs.__doc__
