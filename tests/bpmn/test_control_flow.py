"""The token game in normal form: which vertices and arcs each drawing becomes."""

import pytest

from bpmn.build import build
from bpmn.control_flow import ControlFlow, control_flow
from bpmn.model import Model, Node, Process


def arcs(model: Model) -> set[str]:
    """Every arc as "source kind>target kind", the node behind in brackets."""
    flow = control_flow(model)
    return {f"{name(flow, arc.source)}>{name(flow, arc.target)}" for arc in flow.arcs}


def name(flow: ControlFlow, vertex: int) -> str:
    return f"{flow.vertices[vertex].kind}({flow.vertices[vertex].node})"


def kinds(model: Model, node: str) -> list[str]:
    return [vertex.kind for vertex in control_flow(model).vertices if vertex.node == node]


def test_a_step_with_two_incoming_flows_merges_first() -> None:
    model = build("p").start("s").exclusive("x").branch().step("a").branch().step("b").close().step("t").end("e").model

    assert {"exclusive-merge(t)>step(t)", "step(a)>exclusive-merge(t)", "step(b)>exclusive-merge(t)"} <= arcs(model)


def test_a_step_with_two_outgoing_flows_splits_in_parallel() -> None:
    model = build("p").start("s").step("t").end("e").at("t").end("f").model

    assert "step(t)>parallel-split(t)" in arcs(model)


@pytest.mark.parametrize(
    ("flows", "kind", "roles"),
    [
        ([{"condition": "a"}, {"condition": "b"}], "inclusive-split", ["choice", "choice"]),
        ([{"condition": "a"}, {}], "inclusive-split", ["choice", "always"]),
        ([{"condition": "a"}, {"default": True}], "exclusive-split", ["", ""]),
        ([{}, {"default": True}], "exclusive-split", ["", ""]),
        (
            [{"condition": "a"}, {"condition": "b"}, {"default": True}],
            "inclusive-split",
            ["choice", "choice", "default"],
        ),
        ([{"probability": 0.2}, {}], "inclusive-split", ["choice", "always"]),
        ([{}, {}], "parallel-split", ["", ""]),
    ],
    ids=[
        "two conditions",
        "one condition beside a plain flow",
        "one condition beside the default",
        "a default says that the other is conditional",
        "two conditions and a default",
        "a written share is a condition",
        "no condition",
    ],
)
def test_conditional_flows_out_of_a_step(flows: list[dict[str, object]], kind: str, roles: list[str]) -> None:
    builder = build("p").start("s").step("t")
    for number, values in enumerate(flows):
        builder.node(f"e{number}", "endEvent").flow("t", f"e{number}", **values)  # type: ignore[arg-type]
    flow = control_flow(builder.model)

    split = next(vertex for vertex in flow.vertices if vertex.node == "t" and vertex.kind.endswith("split"))

    assert split.kind == kind
    assert [flow.arcs[arc].role for arc in split.leaving] == roles


def test_a_mixed_gateway_joins_and_then_splits() -> None:
    builder = build("p").start("s").step("t").node("g", "parallelGateway").flow("s", "g").flow("t", "g")
    model = builder.node("e", "endEvent").node("f", "endEvent").flow("g", "e").flow("g", "f").model

    assert kinds(model, "g") == ["parallel-join", "parallel-split"]


def test_an_event_based_gateway_chooses() -> None:
    builder = build("p").start("s").event_based("g").branch().catch("c", "message", "m").end("e")
    model = builder.branch().catch("d", "timer", "P1D").end("f").model

    assert kinds(model, "g") == ["exclusive-split"]


def test_an_end_event_takes_every_flow_without_a_merge() -> None:
    model = build("p").start("s").parallel("a").branch().step("t").branch().step("u").close().end("e").model

    assert kinds(model, "e") == ["end"]


def test_what_has_no_outgoing_flow_ends_its_token() -> None:
    model = build("p").start("s").step("t").model

    assert "step(t)>end(t)" in arcs(model)
    assert control_flow(model).vertices[control_flow(model).main["t"]].kind == "step"


def test_a_flow_out_of_an_end_event_is_never_taken() -> None:
    model = build("p").start("s").end("e").at("e").step("t").model

    assert not any(arc.startswith("end(e)") for arc in arcs(model))


def test_boundary_events_are_decided_after_the_work() -> None:
    builder = build("p").start("s").step("t").end("e")
    builder.boundary("stop", "error", on="t").end("f")
    model = builder.boundary("note", "timer", "PT1H", on="t", interrupting=False).end("g").model

    assert {
        "step(t)>inclusive-split(t)",
        "inclusive-split(t)>event(note)",
        "inclusive-split(t)>exclusive-split(t)",
        "exclusive-split(t)>event(stop)",
        "exclusive-split(t)>end(e)",
    } <= arcs(model)


def test_a_boundary_event_in_another_sub_process_is_not_led_to() -> None:
    builder = build("p").start("s").step("t").end("e").sub_process("f").start("i").end("o")
    model = builder.node("b", "boundaryEvent", scope="f", attached_to="t").close().model

    assert not any(arc.endswith(">event(b)") for arc in arcs(model))


def test_a_sub_process_is_entered_and_left_and_has_a_scope() -> None:
    model = build("p").start("s").sub_process("f").start("i").step("t").end("o").close().end("e").model
    flow = control_flow(model)

    inner = flow.scopes[flow.scope_of["f"]]

    assert "enter(f)>leave(f)" in arcs(model)
    assert [flow.vertices[start].node for start in inner.starts] == ["i"]
    assert {flow.vertices[vertex].node for vertex in inner.vertices} == {"i", "t", "o"}
    assert inner.parent == 0


def test_a_sub_process_without_nodes_is_a_step() -> None:
    model = build("p").start("s").node("f", "subProcess").flow("s", "f").at("f").end("e").model

    assert kinds(model, "f") == ["step"]


def test_an_event_sub_process_is_a_scope_nothing_enters() -> None:
    builder = build("p").start("s").end("e").sub_process("f", by_event=True)
    model = builder.start("i", event="message", value="m").end("o").close().model
    flow = control_flow(model)

    assert "f" in flow.outside
    assert flow.scopes[flow.scope_of["f"]].triggered
    assert kinds(model, "f") == []


def test_several_start_events_are_alternatives_and_undrawn_starts_begin_together() -> None:
    drawn = build("p").start("s").end("e").start("r").end("f").model
    undrawn = build("p").node("t").node("u").model

    assert [scope.together for scope in (control_flow(drawn).scopes[0], control_flow(undrawn).scopes[0])] == [
        False,
        True,
    ]
    assert len(control_flow(undrawn).scopes[0].starts) == 2


def test_what_instantiates_is_a_start() -> None:
    builder = build("p").node("r", "receiveTask", instantiate=True).node("t")
    flow = control_flow(builder.at("r").end("e").model)

    assert [flow.vertices[start].node for start in flow.scopes[0].starts] == ["r"]


def test_link_events_are_joined_by_name() -> None:
    builder = build("p").start("s").throw("out", "link", "A").node("other", "task")
    model = builder.node("in", "intermediateCatchEvent").at("in").end("e").model
    caught = model.node["in"].evolve(events=model.node["out"].events)
    model = model.evolve(nodes=tuple(caught if node.id == "in" else node for node in model.nodes))

    assert "event(out)>event(in)" in arcs(model)


def test_compensation_is_outside_the_game() -> None:
    from bpmn.model import Association

    builder = build("p").start("s").step("t").end("e").node("undo")
    builder.boundary("b", "compensate", on="t")
    model = builder.model.evolve(associations=(Association(id="a", source="b", target="undo", process="p"),))

    assert control_flow(model).outside == {"b", "undo"}


def test_message_flows_are_arcs_of_their_own() -> None:
    builder = build("p", pool="office").start("s").throw("send", "message").end("e")
    model = builder.pool("applicant", process="q").start("got", event="message").end("f").message("send", "got").model
    flow = control_flow(model)

    (message,) = flow.messages

    assert (flow.vertices[message.source].node, flow.vertices[message.target].node) == ("send", "got")


@pytest.mark.parametrize(
    ("activation", "kind"),
    [
        ("activationCount >= 2", "parallel-join"),
        ("${activationCount==2}", "parallel-join"),
        ("activationCount >= 1", "inclusive-join"),
        ("activationCount >= 2 or late", "inclusive-join"),
        ("", "inclusive-join"),
    ],
)
def test_a_complex_gateway_that_asks_for_all_of_its_tokens_joins_like_a_parallel_one(
    activation: str, kind: str
) -> None:
    builder = build("p").start("s").parallel("a").branch().step("t").branch().step("u").join("j").end("e")
    model = builder.model
    nodes = [n.evolve(kind="complexGateway", activation=activation) if n.id == "j" else n for n in model.nodes]

    assert kinds(model.evolve(nodes=tuple(nodes)), "j") == [kind]


def test_of_several_groups_of_beginning_events_one_of_each_must_come() -> None:
    gateways = {name: Node(id=name, kind="eventBasedGateway", process="p", instantiate=True) for name in ("g", "h")}
    alone, both = (
        control_flow(Model(processes=(Process(id="p"),), nodes=nodes)).scopes[0]
        for nodes in ((gateways["g"],), tuple(gateways.values()))
    )

    assert (alone.together, both.together) == (False, True)
    assert len(both.starts) == 2
