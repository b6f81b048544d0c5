"""Small models, one for each thing BPMN can say, what is done with them and what then must have happened.

A situation names the row of the table it belongs to. `log` is the elements passed or done that are asked about, in
their order; `waits` where the case then stands. One that cannot be run says by which rule it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bpmn.build import Builder, build
from bpmn.decisions import Decisions, read_decisions
from bpmn.model import Association, EventDefinition, Loop, Model, Root


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One thing a model says, and what comes of it."""

    #: The BPMN element or feature: a row of the table.
    element: str
    model: Callable[[], Model]
    #: What happens, in the words of `benchmarks.played`.
    play: str = ""
    #: The elements asked about that were passed or done, in their order, with blanks between.
    log: str = ""
    #: Elements not asked about.
    waits: str = ""
    ended: str = "completed"
    thrown: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    #: Data it begins with.
    given: Mapping[str, Any] = field(default_factory=dict)
    start: str = ""
    #: The rule by which it is refused; empty where it runs.
    refused: str = ""
    #: The name of the refusal it ends with.
    fails: str = ""
    decisions: Sequence[Decisions] = ()
    library: Callable[[], Mapping[str, Model]] = dict


def _p() -> Builder:
    return build("p").start("s")


def _task(kind: str) -> Callable[[], Model]:
    return lambda: _p().step("a", task=kind).end("e").model


def _catch(event: str, value: str = "") -> Callable[[], Model]:
    return lambda: _p().catch("c", event, value).step("a", task="task", automatic=True).end("e").model


def _throw(event: str, value: str = "") -> Callable[[], Model]:
    return lambda: _p().throw("t", event, value).end("e").model


def _end(event: str, value: str = "") -> Callable[[], Model]:
    return lambda: (
        _p().parallel("g").branch().step("a").end("e", event=event, value=value).branch().step("b").end().model
    )


def _edge(event: str, value: str = "", *, interrupting: bool = True) -> Callable[[], Model]:
    return lambda: (
        _p().step("a").boundary("b", event, value, interrupting=interrupting).step("h").end("he").at("a").end("e").model
    )


def _inside(
    throws: str, value: str = "", *, interrupting: bool = True, kind: str = "subProcess"
) -> Callable[[], Model]:
    """A sub-process that throws at its end, caught on its edge."""
    return lambda: (
        _p().sub_process("f", kind=kind).start("fs").step("a").end("x", event=throws, value=value).close()
        .boundary("b", throws, value, on="f", interrupting=interrupting).step("h").end("he")
        .at("f").step("n").end("e").model
    )  # fmt: skip


def _handler(event: str, value: str = "", *, interrupting: bool = True, inner: bool = False) -> Callable[[], Model]:
    """An event sub-process of the process, or of a sub-process."""

    def made() -> Model:
        builder = _p()
        if inner:
            builder.sub_process("f").start("fs")
        builder.step("a").end("e")
        builder.sub_process("hf", by_event=True).start("hs", event=event, value=value, interrupting=interrupting)
        builder.step("h").end("he").close()
        if inner:
            builder.close().step("n").end("ne")
        return builder.model

    return made


def _looped(kind: str, cardinality: str = "", condition: str = "", **more: Any) -> Callable[[], Model]:
    loop = Loop(kind=kind, cardinality=cardinality, condition=condition, **more)
    return lambda: _p().step("a", loop=loop).step("n").end("e").model


def _two(kind: str) -> Callable[[], Model]:
    """Two branches, joined."""

    def made() -> Model:
        builder = _p()
        {"parallel": builder.parallel, "inclusive": builder.inclusive, "exclusive": builder.exclusive}[kind]("g")
        condition = "" if kind == "parallel" else "x = 1 or x = 3"
        builder.branch(condition=condition).step("a").branch(condition=condition and "x >= 2").step("b")
        return builder.join("j").step("n").end("e").model

    return made


def _complex(activation: str) -> Callable[[], Model]:
    def made() -> Model:
        builder = _p().parallel("g").branch().step("a").branch().step("b").branch().step("c").close()
        return builder.node("j", "complexGateway", activation=activation).to("j").at("j").step("n").end("e").model

    return made


def _compensated(throw: str = "t", *, ref: str = "") -> Callable[[], Model]:
    """Two steps with something to undo each, then a throw."""

    def made() -> Model:
        builder = _p()
        for name in ("a", "b"):
            builder.step(name).boundary(f"{name}b", "compensate").at(name)
            builder.node(f"{name}u", "userTask", for_compensation=True)
        builder.throw(throw, "compensate", ref).step("n").end("e")
        model = builder.model
        lines = tuple(
            Association(id=f"as{name}", source=f"{name}b", target=f"{name}u", direction="One", process="p")
            for name in ("a", "b")
        )
        return model.evolve(associations=lines)

    return made


def _pools(**values: Any) -> Builder:
    """Two pools; the second is opened by a message of the first."""
    builder = build("p", pool="Office").start("s").step("a").catch("c", "message").step("n").end("e")
    builder.pool("Fire", process="q").start("qs", event="message").step("qa").end("qe")
    return builder.message("a", "qs").message("qa", "c")


def _several_events(*, parallel: bool) -> Model:
    events = (EventDefinition(kind="message", reference="m"), EventDefinition(kind="signal", reference="g"))
    builder = _p()
    builder.catch("c", parallel_multiple=parallel).step("a", task="task", automatic=True).end("e")
    model = builder.model
    roots = (Root(id="m", kind="message", name="m"), Root(id="g", kind="signal", name="g"))
    nodes = tuple(replace(node, events=events) if node.id == "c" else node for node in model.nodes)
    return model.evolve(nodes=nodes, roots=roots)


def _called() -> Mapping[str, Model]:
    return {"other.bpmn": build("q").start("qs").step("qa").end("qe").model}


def _table() -> tuple[Decisions, ...]:
    source = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"><decision id="fee">'
        '<decisionTable><input><inputExpression><text>x</text></inputExpression></input><output name="fee"/>'
        "<rule><inputEntry><text>&lt; 5</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></decision></definitions>"
    )
    return (read_decisions(source.encode()),)


def _adhoc(ordering: str = "", completion: str = "", *, cancel: bool = True) -> Callable[[], Model]:
    return lambda: (
        _p().sub_process("f", kind="adHocSubProcess", ordering=ordering, completion=completion, cancel_remaining=cancel)
        .node("a", "userTask").node("b", "userTask").close().step("n").end("e").model
    )  # fmt: skip


S = Situation
SITUATIONS: tuple[Situation, ...] = (
    S(element="start event", model=lambda: _p().step("a").end("e").model, play="a", log="s a e"),
    S(
        element="start event, several",
        model=lambda: build("p").start("s").step("a").end("e").start("s2").to("a").model,
        play="a",
        log="s a e",
    ),
    S(element="no start and end event", model=lambda: build("p").node("a", "userTask").model, play="a", log="a"),
    S(element="message start", model=lambda: build("p").start("s", event="message", value="m").step("a").end().model,
      waits="a", ended="", start="s"),
    S(element="timer start", model=lambda: build("p").start("s", event="timer", value="P1D").step("a").end().model,
      waits="a", ended="", start="s"),
    S(element="signal start", model=lambda: build("p").start("s", event="signal", value="g").step("a").end().model,
      waits="a", ended="", start="s"),
    S(element="conditional start", waits="a", ended="", start="s",
      model=lambda: build("p").start("s", event="conditional", value="x > 1").step("a").model),
    # Catching
    S(element="catching message", model=_catch("message", "m"), waits="c", ended=""),
    S(element="catching message", model=_catch("message", "m"), play="@m", log="c a e"),
    S(element="catching signal", model=_catch("signal", "g"), play="~other ~g", log="c a e"),
    S(element="catching timer", model=_catch("timer", "PT1H"), play="+PT59M", waits="c", ended=""),
    S(element="catching timer", model=_catch("timer", "PT1H"), play="+PT60M", log="c a e"),
    S(element="catching timer", model=_catch("timer", "2026-10-09T00:00:00Z"), play="+P1D", log="c a e"),
    S(element="catching condition", model=_catch("conditional", "x > 1"), given={"x": 2}, log="c a e"),
    S(
        element="catching condition",
        model=lambda: _p().parallel("g").branch().catch("c", "conditional", "x > 1").step("h").branch().step("a").join()
        .end("e").model,
        play="x:=2 a h",
        log="a c h e",
    ),
    S(
        element="link events",
        model=lambda: _p().throw("t", "link", "L").at("t").catch("c", "link", "L").step("a").end("e").model.evolve(
            flows=tuple(
                flow
                for flow in _p().throw("t", "link", "L").at("t").catch("c", "link", "L").step("a").end("e").model.flows
                if flow.source != "t"
            )
        ),
        play="a",
        log="t c a e",
    ),
    S(element="several definitions, one enough", model=lambda: _several_events(parallel=False), play="~g", log="c a e"),
    S(element="several definitions, all needed", model=lambda: _several_events(parallel=True), play="~g", waits="c",
      ended=""),
    S(element="several definitions, all needed", model=lambda: _several_events(parallel=True), play="~g @m",
      log="c a e"),
    # Throwing
    S(element="throwing message", model=_throw("message", "m"), thrown="message m", log="t e"),
    S(element="throwing signal", model=_throw("signal", "g"), thrown="signal g", log="t e"),
    S(
        element="throwing signal",
        model=lambda: _p().parallel("g").branch().catch("c", "signal", "g").step("h").branch().step("a")
        .throw("t", "signal", "g").join().end("e").model,
        play="a h",
        log="a t c h e",
        thrown="signal g",
    ),
    S(element="throwing escalation", model=_throw("escalation", "X"), thrown="escalation X", log="t e"),
    S(element="throwing compensation", model=_compensated(), play="a b bu au n", log="a b bu au n e"),
    S(element="throwing compensation", model=_compensated(), play="a b bu", waits="au", ended=""),
    S(element="throwing compensation", model=_compensated(ref="a"), play="a b au n", log="a b au n e"),
    # Ends
    S(element="end event", model=_end(""), play="a", waits="b", ended=""),
    S(element="end event", model=_end(""), play="a b", log="a e b"),
    S(element="message end", model=_end("message", "m"), play="a b", thrown="message m", log="a e b"),
    S(element="signal end", model=_end("signal", "g"), play="a b", thrown="signal g", log="a e b"),
    S(element="escalation end", model=_end("escalation", "X"), play="a b", thrown="escalation X", log="a e b"),
    S(element="error end", model=_end("error", "E"), play="a", thrown="error E", ended="failed"),
    S(element="terminate end", model=_end("terminate"), play="a", log="a e"),
    S(
        element="terminate end",
        model=lambda: _p().sub_process("f").start("fs").parallel("g").branch().step("a").end("x", event="terminate")
        .branch().step("b").end().close().close().step("n").end("e").model,
        play="a n",
        log="a x f n e",
    ),
    S(element="compensation end", model=lambda: (
        _p().step("a").boundary("ab", "compensate").at("a").node("au", "userTask", for_compensation=True)
        .end("e", event="compensate").model.evolve(
            associations=(Association(id="as", source="ab", target="au", direction="One", process="p"),))
    ), play="a au", log="a au e"),
    # Edges
    S(element="message on the edge, interrupting", model=_edge("message", "m"), play="@m h", log="b h he"),
    S(element="message on the edge, interrupting", model=_edge("message", "m"), play="a", log="a e"),
    S(element="message on the edge, beside", model=_edge("message", "m", interrupting=False), play="@m @m a h h",
      log="b b a e h he h he"),
    S(element="signal on the edge, interrupting", model=_edge("signal", "g"), play="~g h", log="b h he"),
    S(element="signal on the edge, beside", model=_edge("signal", "g", interrupting=False), play="~g a h",
      log="b a e h he"),
    S(element="timer on the edge, interrupting", model=_edge("timer", "PT1H"), play="+PT1H h", log="b h he"),
    S(element="timer on the edge, beside", model=_edge("timer", "PT1H", interrupting=False), play="+PT3H a h",
      log="b a e h he"),
    S(element="timer cycle on the edge", model=_edge("timer", "R3/PT1H", interrupting=False), play="+PT9H a h h h",
      log="b b b a e h he h he h he"),
    S(element="condition on the edge", model=_edge("conditional", "x > 1"), given={"x": 2}, play="h", log="b h he"),
    S(element="error on the edge", model=_edge("error", "E"), play="a!E h", log="b h he"),
    S(element="error on the edge", model=_edge("error", ""), play="a!any h", log="b h he"),
    S(element="error on the edge", model=_edge("error", "E"), play="a!F", fails="Uncaught"),
    S(element="error on the edge", model=_inside("error", "E"), play="a h", log="a x b h he"),
    S(element="escalation on the edge, interrupting", model=_inside("escalation", "X"), play="a h", log="a x b h he"),
    S(element="escalation on the edge, beside", model=_inside("escalation", "X", interrupting=False), play="a h n",
      log="a x b f h he n e"),
    S(element="cancel of a transaction", model=_inside("cancel", kind="transaction"), play="a h", log="a x b h he"),
    S(element="compensation on the edge", model=_compensated(), play="a b bu au", waits="n", ended=""),
    S(element="several events on one edge", model=lambda: (
        _p().step("a").boundary("b", "timer", "PT1H").end("be").boundary("b2", "message", "m", on="a").end("b2e")
        .at("a").end("e").model
    ), play="@m", log="b2 b2e"),
    # Gateways
    S(element="exclusive gateway", model=_two("exclusive"), given={"x": 1}, play="a n", log="g a j n e"),
    S(element="exclusive gateway", model=_two("exclusive"), given={"x": 3}, play="a n", log="g a j n e"),
    S(element="exclusive gateway", model=_two("exclusive"), given={"x": 0}, fails="NoWayOut"),
    S(
        element="default flow",
        model=lambda: _p().exclusive("g").branch(condition="x = 1").step("a").branch(default=True).step("b").join()
        .end("e").model,
        play="b",
        log="b e",
    ),
    S(element="inclusive gateway", model=_two("inclusive"), given={"x": 3}, play="a b n", log="g a b j n e"),
    S(element="inclusive gateway", model=_two("inclusive"), given={"x": 1}, play="a n", log="g a j n e"),
    S(element="inclusive gateway", model=_two("inclusive"), given={"x": 3}, play="a", waits="b", ended=""),
    S(element="parallel gateway", model=_two("parallel"), play="a", waits="b", ended=""),
    S(element="parallel gateway", model=_two("parallel"), play="b a n", log="g b a j n e"),
    S(
        element="parallel gateway",
        model=lambda: (
            _p().node("m", "exclusiveGateway").to("m").at("m").parallel("g").branch().step("a").branch().step("b")
            .join("j").exclusive("x").branch(condition="again = true").to("m").branch(default=True).close()
            .end("e").model
        ),
        play="again:=true a b again:=false b a",
        log="a b j b a j e",
    ),
    S(
        element="event-based gateway",
        model=lambda: _p().event_based("g").branch().catch("m", "message", "m").step("a").branch()
        .catch("t", "timer", "PT1H").step("b").join().end("e").model,
        play="@m +P1D a",
        log="m a e",
    ),
    S(
        element="event-based gateway",
        model=lambda: _p().event_based("g").branch().catch("m", "message", "m").step("a").branch()
        .catch("t", "timer", "PT1H").step("b").join().end("e").model,
        play="+PT1H b",
        log="t b e",
    ),
    S(
        element="event-based gateway",
        model=lambda: _p().event_based("g").branch().step("r", task="receiveTask").branch().catch("t", "timer", "PT1H")
        .join().end("e").model,
        play="r",
        log="r e",
    ),
    S(element="complex gateway, counting all", model=_complex("activationCount >= 3"), play="a b c n",
      log="a b c j n e"),
    S(element="complex gateway, counting some", model=_complex("activationCount >= 2"), play="a b n", waits="c",
      ended=""),
    S(element="complex gateway, any other condition", model=_complex("whatever(x)"), refused="complex-gateway"),
    # Flows
    S(
        element="several flows out of a step",
        model=lambda: _p().step("a").flow("a", "b").node("b", "userTask").flow("a", "c").node("c", "userTask").model,
        play="a b c",
        log="a b c",
    ),
    S(
        element="conditional flows out of a step",
        model=lambda: _p().step("a").flow("a", "b", condition="x = 1").node("b", "userTask")
        .flow("a", "c", default=True).node("c", "userTask").model,
        play="x:=2 a c",
        log="a c",
    ),
    S(
        element="several flows into a step",
        model=lambda: _p().parallel("g").branch().step("a").branch().step("b").close().step("n").end("e").model,
        play="a b n n",
        log="a b n e n e",
    ),
    # Tasks
    *(
        S(element=kind, model=_task(kind), play="a", log="a e")
        for kind in ("task", "userTask", "manualTask", "businessRuleTask", "receiveTask")
    ),
    *(
        S(element=kind, model=_task(kind), log="a e")
        for kind in ("serviceTask", "sendTask")
    ),
    S(
        element="businessRuleTask",
        model=lambda: _decided(_p().step("a", task="businessRuleTask").end("e").model),
        given={"x": 3},
        decisions=_table(),
        data={"fee": 1},
        log="a e",
    ),
    S(
        element="scriptTask",
        model=lambda: _scripted("y = x + 1", "feel"),
        given={"x": 3},
        data={"y": 4},
        log="a e",
    ),
    S(element="scriptTask in another language", model=lambda: _scripted("import os", "python"), refused="script"),
    # Frames
    S(element="subProcess", model=lambda: _p().sub_process("f").start("fs").step("a").end("fe").close().end("e").model,
      play="a", log="fs a fe f e"),
    S(element="transaction", model=_inside("", kind="transaction"), refused="", play="a n", log="a x f n e"),
    S(element="adHocSubProcess", model=_adhoc(), play="b a n", log="b a f n e"),
    S(element="adHocSubProcess", model=_adhoc(), play="b", waits="a", ended=""),
    S(element="adHocSubProcess, one after the other", model=_adhoc("Sequential"), play="a b n", log="a b f n e"),
    S(element="adHocSubProcess with a completion condition", model=_adhoc(completion="x = 1"), play="x:=1 a n",
      log="a f n e"),
    S(element="callActivity", model=lambda: _p().call("k", "q").step("n").end("e").model, library=_called,
      play="k/qa n", log="k/qs k/qa k/qe k n e"),
    S(element="callActivity of a process that is not at hand", model=lambda: _p().call("k", "q").end("e").model,
      refused="called"),
    *(
        S(element=f"event sub-process: {event}, interrupting", model=_handler(event, value), play=f"{word} h",
          log="hs h he hf")
        for event, value, word in (("message", "m", "@m"), ("signal", "g", "~g"), ("timer", "PT1H", "+PT1H"))
    ),
    *(
        S(element=f"event sub-process: {event}, beside", model=_handler(event, value, interrupting=False),
          play=f"{word} h a", log="hs h he hf a e")
        for event, value, word in (("message", "m", "@m"), ("signal", "g", "~g"), ("timer", "PT1H", "+PT1H"))
    ),
    S(element="event sub-process: error", model=_handler("error", "E"), play="a!E h", log="hs h he hf"),
    S(element="event sub-process: error", model=_handler("error", "E", inner=True), play="a!E h n",
      log="hs h he hf f n ne"),
    S(element="event sub-process: condition", model=_handler("conditional", "x > 1", interrupting=False),
      given={"x": 2}, play="a h", log="hs a e h he hf"),
    S(element="event sub-process in a sub-process", model=_handler("message", "m", inner=True), play="@m h n",
      log="hs h he hf f n ne"),
    S(element="event sub-process in a sub-process", model=_handler("message", "m", inner=True), play="a n",
      log="a e f n ne"),
    # Rounds
    S(element="standard loop", model=_looped("standard", "3"), play="a a a n", log="a a a n e"),
    S(element="standard loop", model=_looped("standard", "", "x < 2"), play="x:=1 a x:=2 a n", log="a a n e"),
    S(element="standard loop, tested before", model=_looped("standard", "", "x < 2", test_before=True), given={"x": 5},
      play="n", log="n e"),
    S(element="multi-instance, parallel", model=_looped("parallel", "3"), play="a a", waits="a", ended=""),
    S(element="multi-instance, parallel", model=_looped("parallel", "3"), play="a a a n", log="a a a n e"),
    S(element="multi-instance, sequential", model=_looped("sequential", "2"), play="a a n", log="a a n e"),
    S(element="multi-instance, none", model=_looped("parallel", "0"), play="n", log="n e"),
    S(element="multi-instance over a list", model=_looped("parallel", collection="papers"), given={"papers": [1, 2]},
      play="a a n", log="a a n e"),
    S(element="completion condition", model=_looped("parallel", "5", "numberOfCompletedInstances >= 2"), play="a a n",
      log="a a n e"),
    S(element="an instance's events", model=lambda: _p().step("a", loop=Loop(kind="parallel", cardinality="2"))
      .boundary("b", "message", "m").end("be").at("a").end("e").model, play="a @m", log="b be"),
    S(element="instances that tell", model=lambda: _telling("None"), play="a a h h", log="a b a b e h he h he"),
    S(element="instances that tell", model=lambda: _telling("One"), play="a a h", log="a b a e h he"),
    # Pools
    S(element="message flow, message start", model=lambda: _pools().model, play="a qa n", log="a qs qa c n e"),
    S(element="message flow", model=lambda: _waiting_letter(), play="a b n", log="a b c n"),
    S(element="black-box pool", model=lambda: build("p", pool="Office").start("s").step("a").end("e")
      .black_box("Applicant", id="x").message("a", "x").model, play="a", log="a e"),
    S(element="lanes", model=lambda: build("p").lane("A").start("s").step("a").lane("B").step("b").end("e").model,
      play="a b", log="a b e"),
    # Quantities
    S(element="startQuantity", model=lambda: _p().step("a", start_quantity=2).end("e").model, log="s",
      ended=""),
    S(element="startQuantity", model=lambda: _p().step("b").flow("b", "a").flow("b", "a", id="again")
      .node("a", "userTask", start_quantity=2).model, play="b a", log="b a"),
    S(element="completionQuantity", model=lambda: _p().step("a", completion_quantity=2).step("b").end("e").model,
      play="a b b", log="a b e b e"),
    # What is refused
    S(element="callActivity whose process is worked out", model=lambda: _p().call("k", "${which}").end("e").model,
      refused="computed-call"),
    S(element="callActivity of a file that cannot be run", model=lambda: _p().call("k", "q").end("e").model,
      library=lambda: {"other": build("q").start("qs").step("qa", task="scriptTask", script="import os").end().model},
      refused="called-file"),
    S(element="event-based gateway before a step", refused="event-gateway",
      model=lambda: _p().event_based("g").branch().step("a").branch().catch("c", "message", "m").join().end("e").model),
    S(element="cancel end outside a transaction", model=lambda: _p().end("e", event="cancel").model, refused="cancel"),
    S(element="catching timer that repeats", model=_catch("timer", "R3/PT1H"), refused="repeated-timer"),
    S(element="standard loop without an end", model=_looped("standard"), refused="loop-without-end"),
    S(element="multi-instance of no number", model=_looped("parallel"), refused="no-instances"),
    S(element="adHocSubProcess in which nobody chooses", refused="ad-hoc",
      model=lambda: _p().sub_process("f", kind="adHocSubProcess").node("a", "serviceTask").close().end("e").model),
    S(element="condition in another language", refused="foreign",
      model=lambda: _p().exclusive("g").branch(condition="${x.size() > 1}").branch(default=True).join().end("e").model),
    # Together
    S(element="cancel of a transaction", model=lambda: _undone_transaction(), play="a b au h",
      log="a b x au t h he"),
    S(element="error on the edge", library=lambda: {"other": build("q").start("qs").step("qa")
      .end("qe", event="error", value="E").model},
      model=lambda: _p().call("k", "q").boundary("b", "error", "E").step("h").end("he").at("k").end("e").model,
      play="k/qa h", log="k/qa k/qe b h he"),
    S(element="event sub-process: escalation", model=lambda: (
        _p().step("a").throw("t", "escalation", "X").step("n").end("e")
        .sub_process("hf", by_event=True).start("hs", event="escalation", value="X", interrupting=False)
        .step("h").end("he").close().model
    ), play="a n h", log="a t hs n e h he hf"),
    S(element="terminate end", model=lambda: (
        _p().parallel("g").branch().sub_process("f").start("fs").step("a").end("x", event="terminate").close().step("n")
        .branch().step("b").join("j").end("e").model
    ), play="a", waits="b n", ended=""),
    S(element="multi-instance of a sub-process", model=lambda: (
        _p().sub_process("f", loop=Loop(kind="parallel", cardinality="2")).start("fs").step("a").step("b").end("fe")
        .close().end("e").model
    ), play="a b a b", log="a b fe f a b fe f e"),
    S(element="timer on the edge, interrupting", model=lambda: (
        _p().sub_process("f").start("fs").parallel("g").branch().step("a").branch().step("b").join().end().close()
        .boundary("t", "timer", "PT1H", on="f").step("h").end("he").at("f").end("e").model
    ), play="a +PT1H", waits="h", ended=""),
    S(element="catching timer", model=_catch("timer", "duration(wanted)"), given={"wanted": "PT2H"},
      play="+PT119M", waits="c", ended=""),
    S(element="data object", model=lambda: (
        _p().data("papers", name="papers", collection=True)
        .step("a", loop=Loop(kind="sequential", collection="papers")).end("e").model
    ), given={"papers": [1, 2]}, play="a a", log="a a e"),
    S(element="receive task that begins a process", model=lambda: (
        build("p").step("r", task="receiveTask", instantiate=True).step("a").end("e").model
    ), start="r", play="a", log="r a e"),
)  # fmt: skip


def _undone_transaction() -> Model:
    """A transaction that is cancelled after a step that can be undone."""
    builder = _p().sub_process("f", kind="transaction").start("fs").step("a").boundary("ab", "compensate").at("a")
    builder.node("au", "userTask", for_compensation=True)
    builder.step("b").end("x", event="cancel").close()
    builder.boundary("t", "cancel", on="f").step("h").end("he").at("f").end("e")
    line = Association(id="as", source="ab", target="au", direction="One", process="p")
    return builder.model.evolve(associations=(line,))


def _telling(behavior: str) -> Model:
    """Instances that throw a signal when they are done, caught on the edge."""
    loop = Loop(kind="sequential", cardinality="2", behavior=behavior, behavior_event="bell")
    builder = _p().step("a", loop=loop).boundary("b", "signal", "g", interrupting=False).step("h").end("he")
    builder.at("a").end("e")
    bell = EventDefinition(kind="signal", id="bell", reference="g")
    spare = build("spare").start("ss").throw("st").end("se").model
    nodes = tuple(node.evolve(events=(bell,)) if node.id == "st" else node for node in spare.nodes)
    model = builder.model
    return model.evolve(
        processes=model.processes + spare.processes, nodes=model.nodes + nodes, flows=model.flows + spare.flows
    )


def _decided(model: Model) -> Model:
    return model.evolve(nodes=tuple(node.evolve(decision="fee") if node.id == "a" else node for node in model.nodes))


def _scripted(script: str, language: str) -> Model:
    model = _p().step("a", task="scriptTask", script=script).end("e").model
    return model.evolve(
        nodes=tuple(node.evolve(script_format=language) if node.id == "a" else node for node in model.nodes)
    )


def _waiting_letter() -> Model:
    """A message that comes before anybody waits for it."""
    builder = build("p", pool="Office").start("s").step("a").end("e")
    builder.pool("Fire", process="q").start("qs").step("b").catch("c", "message").step("n").end("qe")
    return builder.message("a", "c").model
