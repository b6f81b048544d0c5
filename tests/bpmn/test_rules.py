"""Each problem has a model that has it, found at the right element with a whole sentence.

The rules of the specification and of good drawing have their own files.
"""

from collections.abc import Callable

import pytest

from bpmn.annotation import Duration, GovTime
from bpmn.build import Builder, build, gives, needs
from bpmn.check import RULES, check
from bpmn.model import Data, EventDefinition, Loop, Model, Node, Process, SequenceFlow

KINDS = {"x": "exclusiveGateway", "a": "parallelGateway", "o": "inclusiveGateway", "s": "startEvent", "e": "endEvent"}
HOUR = Duration(seconds=3600)


def draw(ways: str, **kinds: str) -> Model:
    """Build a model from ways such as "s>t1>x1>e"; the first letter of an id says its kind, unless `kinds` does."""
    builder = build("p")
    pairs = [pair for way in ways.split() for pair in zip(way.split(">"), way.split(">")[1:], strict=False)]
    for node in dict.fromkeys(node for way in ways.split() for node in way.split(">")):
        builder.node(node, kinds.get(node) or KINDS.get(node[0], "task"))
    for source, target in pairs:
        builder.flow(source, target)
    return builder.model


def awaited(*, is_on_one_way: bool) -> Model:
    """A step that waits for a message of another pool: sent there on one way of two, or only after an answer."""
    builder = build("p").pool("a", id="a").start("s").step("r", task="receiveTask").step("t").end("e")
    builder = builder.pool("b").start("m")
    if is_on_one_way:
        builder = builder.exclusive("x").branch().step("u").branch().close().end("f")
        return builder.message("u", "r").model
    return builder.step("w", task="receiveTask").step("u").end("f").message("u", "r").message("t", "w").model


def ways(first: str, second: str = "") -> Model:
    """A gateway whose ways have conditions; without a second one, the other way is the default."""
    builder = build("p").start("s").exclusive("x").branch(condition=first).end("e")
    return (builder.branch(condition=second) if second else builder.branch(default=True)).end("f").model


def many(count: int, condition: Callable[[int], str]) -> Model:
    """Gateways in a row, two ways each, with conditions by number."""
    builder = build("p").start("s")
    for number in range(count // 2):
        builder = builder.exclusive(f"x{number}").branch(condition=condition(number)).end(f"e{number}")
        builder = builder.branch(condition=condition(count - number)).step(f"t{number}")
    return builder.end("f").model


def unwritten(condition: str) -> Model:
    """A gateway that asks for data no step writes, where another step says what it writes."""
    names = {"d": "申请表", "c": "结论"}
    data = tuple(Data(id=id_, kind="dataObjectReference", name=name, process="p") for id_, name in names.items())
    model = ways(condition).evolve(data=data)
    return evolve(model, "s", writes=("d",))


def chain(**values: object) -> Model:
    """A start, one step with some values, an end."""
    return build("p").start("s").step("t", **values).end("e").model  # type: ignore[arg-type]


def broken_off() -> Model:
    """A sub-process that ends by an error, and a flow out of it."""
    error = (EventDefinition(kind="error"),)
    nodes = (
        Node(id="s", kind="startEvent", process="p"),
        Node(id="u", kind="subProcess", process="p"),
        Node(id="v", kind="startEvent", process="p", scope="u"),
        Node(id="w", kind="endEvent", process="p", scope="u", events=error),
        Node(id="e", kind="endEvent", process="p"),
    )
    ends = (("s", "u", ""), ("v", "w", "u"), ("u", "e", ""))
    flows = (SequenceFlow(id=f"{a}-{b}", source=a, target=b, process="p", scope=scope) for a, b, scope in ends)
    return Model(processes=(Process(id="p"),), nodes=nodes, flows=tuple(flows))


def repeated(cycle: str) -> EventDefinition:
    """A timer that rings more than once."""
    return EventDefinition(kind="timer", timer="timeCycle", expression=cycle)


#: What may be called: a process of another file, which itself cannot be run.
LIBRARY = {"other": build("library").start("s").step("t", task="scriptTask", script="import os").end("e").model}


def shares(kind: str, *given: float | None) -> Model:
    """A gateway of a kind with branches of some shares."""
    builder = build("p").start("s").node("g", kind).flow("s", "g")
    for number, share in enumerate(given):
        builder.node(f"t{number}").flow("g", f"t{number}", probability=share).node(f"e{number}", "endEvent")
        builder.flow(f"t{number}", f"e{number}")
    return builder.model


def evolve(model: Model, node: str, **values: object) -> Model:
    nodes = tuple(known.evolve(**values) if known.id == node else known for known in model.nodes)
    return model.evolve(nodes=nodes)


def with_flow(model: Model, source: str, target: str) -> Model:
    flow = SequenceFlow(id="extra", source=source, target=target, process=model.node[source].process)
    return model.evolve(flows=(*model.flows, flow))


def boundary(host: str = "t", *, interrupting: bool = True, event: str = "timer") -> Builder:
    """A step with an event at its edge, ready to go on from the event."""
    return build("p").start("s").step(host).end("e").boundary("b", event, "PT1H", on=host, interrupting=interrupting)


def two_units(**second: object) -> Model:
    builder = build("p").lane("受理窗口", code="A", staff=2, level="county").start("s").step("t")
    return builder.lane("后台", code="A", **second).step("u").end("e").model  # type: ignore[arg-type]


def time(**values: object) -> Model:
    return evolve(chain(), "t", times=(GovTime(**values),))  # type: ignore[arg-type]


def loose() -> Builder:
    """A step with two conditional flows."""
    builder = build("p").start("s").step("t").node("u").node("v").node("x", "exclusiveGateway").node("e", "endEvent")
    builder.flow("t", "u", condition="a").flow("t", "v", condition="b").flow("u", "x").flow("v", "x")
    return builder


def swept() -> Model:
    builder = build("p").start("s").parallel("a").branch().step("t").branch().step("u").close()
    return builder.node("x", "exclusiveGateway").flow("t", "x").flow("u", "x").at("x").end("e", event="terminate").model


def circle() -> Model:
    """Two joins that wait for each other, and a way past them."""
    return draw("s>x1>a1>o1>t1>o3>e1 a1>o2>t2>o4>e2 o3>o2 o4>o1 x1>e3")


def many_states() -> Model:
    """More choices side by side than are searched, none of them wrong."""
    size = 8
    ways = [f"a0>x{i}>t{i}>y{i}>ab x{i}>u{i}>z{i}>ab" for i in range(size)]
    joined = {f"{letter}{i}": "inclusiveGateway" for letter in "yz" for i in range(size)}
    crossed = [f"u{i}>y{(i + 1) % size}" for i in range(size)]
    return draw(" ".join(["s>a0", "ab>e", *ways, *crossed]), ab="inclusiveGateway", **joined)


def pools() -> Builder:
    builder = build("p", pool="办公室").start("s").step("t").end("e")
    return builder.pool("申请人", process="q").start("r").step("u").end("f")


def procedures() -> Model:
    return pools().process("p").procedure(matter="A").process("q").procedure(matter="B").model


CASES: dict[tuple[str, str], tuple[Callable[[], Model], str]] = {
    ("no-start", "none"): (lambda: draw("t>u>t u>e"), "p"),
    ("no-start", "implicit"): (lambda: draw("t>e"), "p"),
    ("no-end", "none"): (lambda: draw("s>x>t>x"), "p"),
    ("no-end", "implicit"): (lambda: draw("s>t"), "p"),
    ("unreachable", "no-way-in"): (lambda: draw("s>e t>e"), "t"),
    ("unreachable", "no-case-comes"): (lambda: draw("s>e t>u>e"), "u"),
    ("unreachable", "only-errors"): (lambda: broken_off(), "u"),
    ("dead-end", "no-way-on"): (lambda: draw("s>x1>e x1>t"), "t"),
    ("dead-end", "after-event"): (lambda: boundary().step("u").model, "u"),
    ("endless-loop", "no-way-out"): (lambda: draw("s>x0>t>x0"), "x0"),
    ("endless-loop", "certain"): (
        lambda: build("p").start("s").step("t").exclusive("x").branch(1.0).to("t").branch().end("e").model,
        "t",
    ),
    ("deadlock", "join-waits"): (lambda: draw("s>x1>t>a2>e x1>u>a2"), "a2"),
    ("deadlock", "join-waits-for-event"): (
        lambda: boundary().step("u").node("a", "parallelGateway").flow("u", "a").at("a").end("f").flow("t", "a").model,
        "a",
    ),
    ("deadlock", "start-alone"): (lambda: draw("s1>a>e s2>a"), "a"),
    ("deadlock", "loop-before-join"): (lambda: draw("s>a0>t>x1>e x1>a0"), "a0"),
    ("deadlock", "joins-wait-for-each-other"): (circle, "o1"),
    ("deadlock", "joins-never-act"): (lambda: draw("s>a>o1>x1>a2>e a>o2>x2>a2 x1>o2 x2>o1"), "o1"),
    ("deadlock", "not-decided"): (many_states, "p"),
    ("deadlock", "complex-gateway"): (
        lambda: draw("s>a1>t>c>e a1>u>c a1>x1>c x1>f", c="complexGateway", f="endEvent"),
        "p",
    ),
    ("deadlock", "token-quantity"): (
        lambda: (
            build("p")
            .start()
            .step("t")
            .end()
            .model.evolve(
                nodes=tuple(
                    node.evolve(start_quantity=2) if node.id == "t" else node
                    for node in build("p").start().step("t").end().model.nodes
                )
            )
        ),
        "p",
    ),
    ("deadlock", "message-never-comes"): (lambda: awaited(is_on_one_way=False), "r"),
    ("deadlock", "message-may-not-come"): (lambda: awaited(is_on_one_way=True), "r"),
    ("lack-of-synchronisation", "second-token"): (lambda: draw("s>a1>t>x2>e a1>u>x2"), "x2"),
    ("lack-of-synchronisation", "drawn-twice"): (lambda: draw("s>t>u>e t>u"), "u"),
    ("lack-of-synchronisation", "event-beside-step"): (
        lambda: boundary(interrupting=False).step("u").to("v").node("v").flow("t", "v").at("v").end("f").model,
        "v",
    ),
    ("lack-of-synchronisation", "swept"): (swept, "x"),
    ("lack-of-synchronisation", "conditions"): (lambda: loose().flow("x", "e").model, "x"),
    ("lack-of-synchronisation", "implicit-starts"): (lambda: draw("t>x>v>e u>x"), "x"),
    ("unbounded", "grows"): (lambda: draw("s>x0>t>a1>x1>e a1>x2>x0 x1>x2"), "x1"),
    ("unbounded", "may-grow"): (lambda: loose().flow("x", "t").flow("v", "e").model, "v"),
    ("missing-reference", "link"): (lambda: build("p").start("s").throw("l", "link", "A").model, "l"),
    ("missing-reference", "flow-node"): (lambda: with_flow(draw("s>t>e"), "t", "nowhere"), "extra"),
    ("missing-reference", "called"): (lambda: build("p").start("s").call("c", "nowhere").end("e").model, "c"),
    ("endless-loop", "calls"): (lambda: build("p").start("s").call("c", "p").end("e").model, "c"),
    ("missing-reference", "step-order"): (lambda: chain(after=("nowhere",)), "t"),
    ("bad-annotation", "several-procedures"): (procedures, "q"),
    ("bad-annotation", "applicant-procedure"): (
        lambda: build("p", matter="A").pool("申请人", applicant=True).start("s").step("t").end("e").model,
        "p",
    ),
    ("bad-annotation", "promise-over-law"): (
        lambda: build("p", legal_limit=3, promised_limit=5).start("s").step("t").end("e").model,
        "p",
    ),
    ("bad-annotation", "never-open"): (lambda: build("p", hours=()).start("s").step("t").end("e").model, "p"),
    ("bad-annotation", "no-staff"): (
        lambda: build("p").lane("窗口", id="l", staff=0).start("s").step("t").end("e").model,
        "l",
    ),
    ("bad-annotation", "two-values"): (lambda: two_units(staff=3), "lane_2"),
    ("bad-annotation", "share-range"): (lambda: shares("exclusiveGateway", 1.5, None), "g-t0"),
    ("bad-annotation", "share-sum"): (lambda: shares("exclusiveGateway", 0.5, 0.4), "g"),
    ("bad-annotation", "share-unused"): (lambda: shares("parallelGateway", 0.5, None), "g-t0"),
    ("bad-annotation", "share-of-timer"): (
        lambda: (
            build("p")
            .start("s")
            .event_based("g")
            .branch(0.5)
            .catch("c", "timer", "P1D")
            .end("e")
            .branch()
            .catch("d", "message", "m")
            .end("f")
            .model
        ),
        "g-c",
    ),
    ("bad-annotation", "boundary-sum"): (
        lambda: (
            build("p")
            .start("s")
            .step("t")
            .end("e")
            .boundary("b", "error", on="t", probability=0.7)
            .end("f")
            .boundary("c", "message", on="t", probability=0.7)
            .end("h")
            .model
        ),
        "t",
    ),
    ("bad-annotation", "rejects-range"): (lambda: chain(rejects=1.2), "t"),
    ("bad-annotation", "negative-limit"): (lambda: chain(limit=-1), "t"),
    ("bad-annotation", "clock-stop-without-basis"): (lambda: chain(clock_stop="publicity"), "t"),
    ("bad-annotation", "mandatory-without-basis"): (lambda: chain(mandatory=True), "t"),
    ("bad-annotation", "repeat-without-loop"): (lambda: chain(repeat=3), "t"),
    ("bad-annotation", "order-itself"): (lambda: chain(after=("t",)), "t"),
    ("bad-annotation", "order-no-step"): (lambda: chain(after=("s",)), "t"),
    ("bad-annotation", "order-circle"): (
        lambda: build("p").start("s").step("t", after=("u",)).step("u", after=("t",)).end("e").model,
        "t",
    ),
    ("bad-annotation", "time-twice"): (
        lambda: evolve(chain(), "t", times=(GovTime(mean=HOUR), GovTime(mean=HOUR))),
        "t",
    ),
    ("bad-annotation", "distribution"): (lambda: time(distribution="cauchy", mean=HOUR), "t"),
    ("bad-annotation", "time-parameter"): (lambda: time(distribution="normal", mean=HOUR), "t"),
    ("bad-annotation", "time-negative"): (lambda: time(mean=Duration(seconds=-1)), "t"),
    ("bad-annotation", "time-reversed"): (
        lambda: time(distribution="triangular", low=HOUR, mode=Duration(seconds=60), high=HOUR),
        "t",
    ),
    ("unsupported-element", "complex-gateway"): (
        lambda: evolve(shares("complexGateway", None, None), "g", activation="a > 3"),
        "g",
    ),
    ("unsupported-element", "ad-hoc"): (
        lambda: (
            build("p")
            .start("s")
            .sub_process("f", kind="adHocSubProcess")
            .node("t", "scriptTask")
            .close()
            .end("e")
            .model
        ),
        "f",
    ),
    ("unsupported-element", "data-mapping"): (lambda: evolve(chain(), "t", maps_data=True), "t"),
    ("unsupported-element", "computed-call"): (lambda: chain(task="callActivity", called="${x}"), "t"),
    ("unsupported-element", "event-gateway"): (
        lambda: build("p").start("s").event_based("g").branch().step("t").end("e").branch().step("u").end("f").model,
        "g",
    ),
    ("unsupported-element", "cancel"): (
        lambda: evolve(chain(), "e", events=(EventDefinition(kind="cancel"),)),
        "e",
    ),
    ("unsupported-element", "repeated-timer"): (
        lambda: evolve(chain(), "t", kind="intermediateCatchEvent", events=(repeated("R4/PT1H"),)),
        "t",
    ),
    ("unsupported-element", "sign-in-id"): (lambda: build("p").start("s").step("a/b").end("e").model, "a/b"),
    ("unsupported-element", "called-file"): (lambda: chain(task="callActivity", called="library"), "t"),
    ("unsupported-element", "loop-without-end"): (lambda: evolve(chain(), "t", loop=Loop(kind="standard")), "t"),
    ("unsupported-element", "no-instances"): (lambda: evolve(chain(), "t", loop=Loop(kind="parallel")), "t"),
    ("unsafe-expression", "script"): (lambda: chain(task="scriptTask", script="import os"), "t"),
    ("unsafe-expression", "foreign"): (
        lambda: (
            build("p")
            .start("s")
            .exclusive("x")
            .branch(condition="${list.size() > 3}")
            .end("e")
            .branch(default=True)
            .end("f")
            .model
        ),
        "x-e",
    ),
    **{
        ("unsafe-expression", rule): (lambda text=text: ways(text), "x-e")
        for rule, text in {
            "empty": "${ }",
            "too-long": "a" * 2_001,
            "too-deep": "not(" * 50 + "a" + ")" * 50,
            "digits": f"a > {'1' * 35}",
            "sign": "a # 3",
            "meant": "a ＞ 3",
            "unclosed": 'a = "b',
            "unexpected": "a > > 3",
            "unfinished": "a >",
            "definition": "function(x) x",
            "function": "exec(a)",
            "arguments": "contains(a)",
            "literal": 'a = date("2026-02-30")',
        }.items()
    },
    ("unsafe-expression", "too-many"): (lambda: many(600, lambda n: f'a = "{n:04}{"x" * 1_900}"'), "x261-t261"),
    ("decision-gap", "branches-not-decided"): (
        lambda: many(260, lambda n: f"a > {n} and " + " and ".join(f"{name} > 1" for name in "bcde")),
        "x102",
    ),
    ("decision-gap", "branches"): (lambda: ways("a > 3", "a < 3"), "x"),
    ("decision-overlap", "branches"): (lambda: ways("a >= 3", "a <= 3"), "x"),
    ("data-not-available", "never"): (lambda: chain(kind="check", materials=[needs("意见", origin="internal")]), "t"),
    ("data-not-available", "not-every-way"): (
        lambda: (
            build("p")
            .start()
            .exclusive("x")
            .branch()
            .step("a", kind="check", materials=[gives("意见")])
            .branch()
            .join()
            .step("t", kind="decide", materials=[needs("意见", origin="internal")])
            .end()
            .model
        ),
        "t",
    ),
    ("data-not-available", "condition"): (lambda: unwritten("结论 = 1"), "x-e"),
}


def test_every_rule_has_its_model() -> None:
    assert CASES.keys() == {case for case in RULES if case[0] != "bpmn-rule"}


@pytest.mark.parametrize(("problem", "rule"), CASES.keys(), ids=[f"{problem}, {rule}" for problem, rule in CASES])
def test_rule_is_found_at_its_element(problem: str, rule: str) -> None:
    make, element = CASES[problem, rule]

    found = [
        p for p in check(make(), purpose="run", limit=300, library=LIBRARY) if (p.problem, p.rule) == (problem, rule)
    ]

    assert found[0].element == element
    assert "{" not in found[0].message.replace("${list", "")
    assert found[0].message.endswith(".")
    assert found[0].stops in (("all", "run") if found[0].severity == "error" else ("nothing",))


def test_a_message_event_definition_is_no_timer() -> None:
    message = EventDefinition(kind="message", reference="m")
    model = evolve(shares("eventBasedGateway", 0.4, 0.6), "t0", kind="intermediateCatchEvent", events=(message,))

    assert "share-of-timer" not in {problem.rule for problem in check(model)}
