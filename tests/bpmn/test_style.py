"""Each rule of good drawing: a drawing it warns of, and drawings that only look as if."""

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from bpmn import (
    Bounds,
    Edge,
    EventDefinition,
    MessageFlow,
    Model,
    Pool,
    Root,
    SequenceFlow,
    Shape,
    UnreadableFile,
    read,
)
from bpmn.build import Builder, build
from bpmn.check import check
from bpmn.check.style import STYLE, style

Make = Callable[[], Model]


def ways(text: str, **kinds: str) -> Model:
    """Build a named model of ways such as "s>t>e"; the first letter of an id says its kind, unless `kinds` does."""
    letters = {"s": "startEvent", "e": "endEvent", "x": "exclusiveGateway", "a": "parallelGateway"}
    builder = build("p")
    chains = [chain.split(">") for chain in text.split()]
    for name in dict.fromkeys(name for chain in chains for name in chain):
        builder.node(name, kinds.get(name) or letters.get(name[0], "task"), name=name)
    for chain in chains:
        for one, two in pairwise(chain):
            builder.flow(one, two)
    return builder.model


def default(model: Model, node: str, flow: str) -> Model:
    return model.evolve(nodes=tuple(n.evolve(default=flow) if n.id == node else n for n in model.nodes))


def condition(model: Model, *flows: str) -> Model:
    """Put a condition and a name on some flows."""
    changed = (f.evolve(condition="n > 2", name="many") if f.id in flows else f for f in model.flows)
    return model.evolve(flows=tuple(changed))


def again(model: Model, source: str, target: str) -> Model:
    return model.evolve(flows=(*model.flows, SequenceFlow(id="again", source=source, target=target, process="p")))


def events(model: Model, node: str, *kinds: str, **values: object) -> Model:
    definitions = tuple(EventDefinition(kind=kind) for kind in kinds)
    changed = (n.evolve(events=definitions, **values) if n.id == node else n for n in model.nodes)
    return model.evolve(nodes=tuple(changed))


def framed(*inside: str, kind: str = "subProcess", **values: object) -> Model:
    """Build a sub-process f that holds some start events."""
    builder = build("p").start("s", name="s").sub_process("f", name="f", kind=kind, **values)  # type: ignore[arg-type]
    for name in inside:
        builder.node(name, "startEvent", name=name)
    return builder.close().end("e", name="e").model


def links(*names: str) -> Model:
    builder = build("p")
    for number in range(len(names)):
        builder.node(f"l{number}", "intermediateCatchEvent", name="l")
        builder.node(f"e{number}", "endEvent", name="e").flow(f"l{number}", f"e{number}")
    model = builder.model
    for number, name in enumerate(names):
        link = (EventDefinition(kind="link", reference=name),)
        model = model.evolve(
            nodes=tuple(n.evolve(events=link, name="") if n.id == f"l{number}" else n for n in model.nodes)
        )
    return model


def roots(*known: tuple[str, str], used: bool = True) -> Model:
    model = ways("s>e")
    named = tuple(Root(id=f"r{number}", kind=kind, name=name) for number, (kind, name) in enumerate(known))
    definitions = tuple(EventDefinition(kind="message", reference=root.id) for root in named if used)
    changed = tuple(n.evolve(events=definitions) if n.id == "s" else n for n in model.nodes)
    return model.evolve(nodes=changed, roots=named)


def terminating(model: Model, end: str = "e") -> Model:
    return events(model, end, "terminate")


def drawn(model: Model, **places: tuple[float, float]) -> Model:
    """Draw some elements as boxes of 100 by 80 and every flow."""
    shapes = tuple(
        Shape(element=name, bounds=Bounds(x=x, y=y, width=100, height=80), plane="p") for name, (x, y) in places.items()
    )
    edges = tuple(Edge(element=flow.id, waypoints=((0, 0), (1, 1))) for flow in model.flows)
    return model.evolve(shapes=shapes, edges=edges)


def boundary(*, interrupting: bool) -> Builder:
    builder = build("p").start("s", name="s").step("t", name="t").end("e", name="e")
    return builder.boundary("b", "timer", "PT1H", on="t", interrupting=interrupting, name="b").to("e")


#: Each rule: a drawing it warns of, the element it names, drawings it does not warn of.
CASES: dict[str, tuple[Make, str, tuple[Make, ...]]] = {
    "label-required": (
        lambda: build("p").start("s", name="s").node("t").flow("s", "t").at("t").end("e", name="e").model,
        "t",
        (
            lambda: ways("s>a>t>b>e a>u>b", b="parallelGateway").evolve(
                nodes=tuple(
                    n.evolve(name="" if n.kind == "parallelGateway" else n.name)
                    for n in ways("s>a>t>b>e a>u>b", b="parallelGateway").nodes
                )
            ),
            lambda: framed("i"),
        ),
    ),
    "fake-join": (
        lambda: ways("s>x>t>e x>t"),
        "t",
        (lambda: ways("s>x>t>y>e x>u>y", y="exclusiveGateway"),),
    ),
    "no-implicit-split": (
        lambda: ways("s>t>e t>f", f="endEvent"),
        "t",
        (
            lambda: condition(ways("s>t>e t>f", f="endEvent"), "t-e", "t-f"),
            lambda: condition(ways("s>t>e t>f", f="endEvent"), "t-f"),
            lambda: ways("s>a>t>e a>f", f="endEvent"),
        ),
    ),
    "no-gateway-join-fork": (
        lambda: ways("s>x1>t>x>e x1>u>x x>f", f="endEvent"),
        "x",
        (lambda: ways("s>x1>t>x2>x3>e x1>u>x2 x3>f", f="endEvent"),),
    ),
    "superfluous-gateway": (
        lambda: ways("s>x>e"),
        "x",
        (lambda: ways("s>x>e x>f", f="endEvent"), lambda: ways("s>t>e")),
    ),
    "no-duplicate-sequence-flows": (
        lambda: condition(again(ways("s>x>t>e x>f", f="endEvent"), "x", "t"), "x-t", "again"),
        "t",
        (lambda: ways("s>x>t>x>e"), lambda: ways("s>x>t>y>e x>u>y", y="exclusiveGateway")),
    ),
    "conditional-flows": (
        lambda: default(ways("s>x>e x>f", f="endEvent"), "x", "x-e"),
        "x-f",
        (
            lambda: ways("s>a>e a>f", f="endEvent"),
            lambda: condition(default(ways("s>x>e x>f", f="endEvent"), "x", "x-e"), "x-f"),
        ),
    ),
    "no-inclusive-gateway": (
        lambda: ways("s>o>e o>f", o="inclusiveGateway", f="endEvent"),
        "o",
        (lambda: ways("s>x>e x>f", f="endEvent"),),
    ),
    "no-complex-gateway": (
        lambda: ways("s>o>e o>f", o="complexGateway", f="endEvent"),
        "o",
        (lambda: ways("s>x>e x>f", f="endEvent"),),
    ),
    "no-disconnected": (
        lambda: ways("t>e u"),
        "u",
        (lambda: ways("t>u>e"), lambda: ways("u"), lambda: boundary(interrupting=True).model),
    ),
    "empty-sub-process": (
        lambda: framed(),
        "f",
        (lambda: framed("i"), lambda: framed(kind="adHocSubProcess")),
    ),
    "single-blank-start-event": (
        lambda: ways("s>t>e s1>t"),
        "p",
        (lambda: events(ways("s>t>e s1>t"), "s1", "message"), lambda: framed("i")),
    ),
    "single-event-definition": (
        lambda: events(ways("s>e"), "s", "timer", "message"),
        "s",
        (lambda: events(ways("s>e"), "s", "timer"),),
    ),
    "link-event": (
        lambda: links("A", "B", "A"),
        "l2",
        (lambda: links("A", "B"),),
    ),
    "superfluous-termination": (
        lambda: terminating(ways("s>x>t>y>e x>u>y", y="exclusiveGateway")),
        "e",
        (
            lambda: terminating(ways("s>a>t>e a>u>f", f="endEvent")),
            lambda: terminating(ways("t>x>e u>x")),
            lambda: terminating(boundary(interrupting=False).model),
            lambda: ways("s>e"),
        ),
    ),
    "global-unnamed": (lambda: roots(("message", "")), "r0", (lambda: roots(("message", "m"), ("message", "n")),)),
    "global-alike": (
        lambda: roots(("message", "m"), ("message", "m")),
        "r1",
        (lambda: roots(("message", "m"), ("signal", "m")),),
    ),
    "global-unused": (
        lambda: roots(("error", "lost"), used=False),
        "r0",
        (
            lambda: roots(("error", "lost")),
            lambda: roots(("itemDefinition", ""), used=False),
            lambda: roots(("message", "m"), used=False).evolve(
                message_flows=(MessageFlow(id="l", source="s", target="q", message="r0"),)
            ),
        ),
    ),
    "no-bpmndi": (
        lambda: drawn(ways("s>t>e"), s=(0, 0), e=(400, 0)),
        "t",
        (
            lambda: ways("s>t>e"),
            lambda: drawn(framed("i"), s=(0, 0), f=(200, 0), e=(400, 0)),
            lambda: drawn(ways("s>t>e"), s=(0, 0), t=(200, 0), e=(400, 0)),
        ),
    ),
    "no-overlapping-elements": (
        lambda: drawn(ways("s>t>e"), s=(0, 0), t=(200, 0), e=(250, 40)),
        "e",
        (
            lambda: drawn(ways("s>t>e"), s=(0, 0), t=(101, 0), e=(101, 81)),
            lambda: drawn(framed("i"), s=(0, 0), f=(200, 0), i=(210, 10), e=(400, 0)),
            lambda: drawn(boundary(interrupting=True).model, s=(0, 0), t=(200, 0), b=(250, 40), e=(400, 0)),
        ),
    ),
}
LOOK_ALIKES = [(rule, number) for rule, (_, _, others) in CASES.items() for number in range(len(others))]

#: What says what each rule of bpmnlint says; the fixtures bear its names.
LINT = {
    "ad-hoc-sub-process": ("ad-hoc-content", "event-leads-nowhere"),
    "conditional-event": ("condition-missing",),
    "conditional-flows": ("conditional-flows",),
    "end-event-required": ("no-end", "empty-sub-process"),
    "event-based-gateway": ("condition-after-event-gateway", "event-gateway-alone"),
    "event-sub-process-typed-start-event": ("event-sub-process-start",),
    "fake-join": ("fake-join",),
    "global": ("global-unnamed", "global-alike", "global-unused"),
    "label-required": ("label-required",),
    "link-event": ("link-event", "link"),
    "no-bpmndi": ("no-bpmndi",),
    "no-complex-gateway": ("no-complex-gateway",),
    "no-disconnected": ("no-disconnected", "unreachable"),
    "no-duplicate-sequence-flows": ("no-duplicate-sequence-flows", "drawn-twice"),
    "no-gateway-join-fork": ("no-gateway-join-fork",),
    "no-implicit-end": ("no-end", "dead-end"),
    "no-implicit-split": ("no-implicit-split",),
    "no-implicit-start": ("no-start", "unreachable"),
    "no-inclusive-gateway": ("no-inclusive-gateway",),
    "no-overlapping-elements": ("no-overlapping-elements",),
    "single-blank-start-event": ("single-blank-start-event",),
    "single-event-definition": ("single-event-definition",),
    "start-event-required": ("no-start", "empty-sub-process"),
    "sub-process-blank-start-event": ("sub-process-blank-start-event",),
    "superfluous-gateway": ("superfluous-gateway",),
    "superfluous-termination": ("superfluous-termination",),
}
#: The process of these holds no start (end) event; what is right in them is its sub-processes.
ONLY_INSIDE = {
    "end-event-required/valid-sub-process-sub-types.bpmn",
    "start-event-required/valid-sub-process-sub-types.bpmn",
}


def told(model: Model) -> list[tuple[str, str]]:
    return [(problem.rule, problem.element) for problem in style(model)]


def test_every_rule_of_good_drawing_has_its_drawings() -> None:
    assert CASES.keys() == {rule.name for rule in STYLE}


@pytest.mark.parametrize("rule", CASES)
def test_what_leads_readers_astray_is_a_warning_at_its_element(rule: str) -> None:
    make, element, _ = CASES[rule]

    found = [problem for problem in style(make()) if problem.rule == rule]

    assert [problem.element for problem in found] == [element]
    assert (found[0].severity, found[0].stops) == ("warning", "nothing")
    assert "{" not in found[0].message


@pytest.mark.parametrize(("rule", "number"), LOOK_ALIKES, ids=[f"{rule} {number}" for rule, number in LOOK_ALIKES])
def test_a_good_drawing_that_looks_like_a_bad_one_is_not_told(rule: str, number: int) -> None:
    assert rule not in {name for name, _ in told(CASES[rule][2][number]())}


def test_two_pools_drawn_over_each_other_are_told_once() -> None:
    bounds = Bounds(x=0, y=0, width=600, height=200)
    model = Model(
        pools=(Pool(id="a", name="a"), Pool(id="b", name="b")),
        shapes=(Shape(element="a", bounds=bounds), Shape(element="b", bounds=replace(bounds, y=100))),
    )

    assert told(model) == [("no-overlapping-elements", "b")]


def test_many_shapes_at_one_place_are_told_in_time() -> None:
    names = [f"t{number}" for number in range(5_000)]
    for at_one_place in (True, False):
        places = {name: (0.0, 0.0 if at_one_place else number * 100.0) for number, name in enumerate(names)}
        crowd = drawn(many(names), **places)

        began = time.perf_counter()
        found = [rule for rule, _ in told(crowd) if rule == "no-overlapping-elements"]

        assert time.perf_counter() - began < 5
        assert len(found) == (1_000 if at_one_place else 0)


def many(names: list[str]) -> Model:
    builder = build("p")
    for name in names:
        builder.node(name, name=name)
    return builder.model


def test_what_two_rules_say_of_one_element_is_told_once() -> None:
    """A flow drawn twice is an error of its own; that two flows lead to the step is not said beside it."""
    model = again(ways("s>t>e"), "t", "e")
    twice = again(ways("s>t>u>e"), "t", "u")

    assert ("no-duplicate-sequence-flows", "e") in told(model)
    assert {"drawn-twice", "no-duplicate-sequence-flows"} & {p.rule for p in check(twice)} == {"drawn-twice"}


def lint_files(shared):  # type: ignore[no-untyped-def]
    """Give every fixture of a rule of bpmnlint: the rule, whether it is broken, the file."""
    folder = shared / "bpmn" / "bpmnlint"
    for path in sorted(folder.glob("*/*.bpmn")):
        if path.parent.name in LINT and path.stem.startswith(("valid", "invalid")):
            yield path.parent.name, path.stem.startswith("invalid"), path
    for path in sorted((folder / "docs" / "rules" / "examples").glob("*.bpmn")):
        rule, _, right = path.stem.rpartition("-")
        if rule in LINT:
            yield rule, right == "incorrect", path


def test_fixtures_of_bpmnlint_are_told_where_they_break_a_rule_and_only_there(shared) -> None:  # type: ignore[no-untyped-def]
    wrong, seen = [], 0
    for rule, is_broken, path in lint_files(shared):
        try:
            problems = check(read(path))
        except UnreadableFile:
            continue
        seen += 1
        found = any(problem.rule in LINT[rule] or problem.problem in LINT[rule] for problem in problems)
        if found != is_broken and "/".join(path.parts[-2:]) not in ONLY_INSIDE:
            wrong.append((rule, path.name))

    assert wrong == []
    assert seen > 75
