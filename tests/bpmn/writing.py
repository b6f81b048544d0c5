"""What the tests of writing write and compare: a file drawn by hand, a model with everything, what two differ in."""

from dataclasses import fields

from bpmn import Bounds, Edge, Loop, Model, Shape, build, needs

#: A file as people and other tools write them: comments, foreign attributes, a prefix of its own.
FILE = b"""<?xml version='1.0' encoding='UTF-8'?>
<!-- drawn by hand -->
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="urn:other" id="d">
\t<b:process id="p" o:owner="me"><?keep this?>
\t\t<b:task id="t" name="old" o:form="f"><b:extensionElements>
\t\t\t<o:thing><![CDATA[ <a> ]]></o:thing></b:extensionElements></b:task>
\t\t<!-- between -->
\t\t<b:task id="u"/>
\t\t<b:sequenceFlow id="f" sourceRef="t" targetRef="u"/>
\t</b:process>
</b:definitions>
"""
#: The names of what two models are compared in.
PARTS = [part.name for part in fields(Model) if part.compare]


def differences(one: Model, other: Model) -> list[str]:
    """The parts of two models that are not equal, order included."""
    return [name for name in PARTS if getattr(one, name) != getattr(other, name)]


def said(model: Model) -> dict[str, object]:
    """What a model says, whatever the order in its file."""
    parts = {name: getattr(model, name) for name in PARTS}
    return {name: sorted(value, key=_key) if isinstance(value, tuple) else value for name, value in parts.items()}


def _key(part: object) -> tuple[str, str]:
    return getattr(part, "element", "") or getattr(part, "id", ""), getattr(part, "plane", "")


def change(model: Model, node: str, **values: object) -> Model:
    """The model with one node changed."""
    return model.evolve(nodes=tuple(item.evolve(**values) if item.id == node else item for item in model.nodes))


def everything() -> Model:
    """A model with one of everything the builder and the diagram know."""
    model = (
        build("permit", name="许可", pool="市政务服务中心", arrivals_per_day=4, hours="09:00-12:00")
        .data("form", name="申请表", collection=True)
        .store("register", name="法人库")
        .lane("窗口", staff=2, level="county", code="11370700")
        .start(event="message", value="apply", documentation="网上申请\n或窗口")
        .step("a", work="PT30M", wait="P1DT30M", kind="accept", materials=[needs("执照", copies=2)], reads=["form"])
        .exclusive("ok")
        .branch(0.2, name="补正", condition="a < 1")
        .step("ask", task="sendTask")
        .to("a")
        .branch(0.8, default=True)
        .close()
        .lane("审批科", parent="窗口")
        .step("check", task="scriptTask", script="x = 1", writes=["register", "form"])
        .sub_process("s", loop=Loop(kind="sequential", cardinality="3", condition="done"), repeat=2.5)
        .start("s1")
        .step("t", loop=Loop(kind="standard", cardinality="4", condition="more", test_before=True))
        .end("s2", event="error", value="E1")
        .close()
        .boundary("late", "timer", "P3D", on="s", interrupting=False)
        .end("told")
        .at("s")
        .call("c", "another")
        .catch("wait", "timer", "2026-10-01T09:00:00")
        .event_based("first")
        .branch()
        .catch("signal", "signal", "go")
        .branch()
        .catch("rule", "conditional", "x > 1")
        .join()
        .end(outcome="rejected", event="terminate")
        .pool("申请人", applicant=True)
        .start()
        .step("send", task="sendTask")
        .end()
        .black_box("银行")
        .message("send", "start", name="申请")
        .model
    )
    shapes = [
        Shape(
            element=part.id,
            bounds=Bounds(x=1.5, y=-2.0, width=100.0, height=80.0),
            label=Bounds(x=0.0, y=0.25, width=10.0, height=14.0) if number % 2 else None,
            is_expanded=True if part.id == "s" else None,
            plane="collaboration",
            fill="#ffeeee" if number % 3 == 0 else "",
            stroke="#aa0000" if number % 3 == 0 else "",
        )
        for number, part in enumerate((*model.pools, *model.lanes, *model.nodes))
    ]
    edges = [
        Edge(element=flow.id, waypoints=((0.0, 1.0), (2.125, 3.0)), plane="collaboration")
        for flow in (*model.flows, *model.message_flows)
    ]
    return model.evolve(shapes=tuple(shapes), edges=tuple(edges))
