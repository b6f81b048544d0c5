"""Conditions in a model: what stops a live case, which ways overlap or leave a case out, what nobody writes."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bpmn.annotation import GovMaterial
from bpmn.build import build
from bpmn.check import check
from bpmn.expression import holds, names, parse, read_expression
from bpmn.model import Data, EventDefinition, Loop, Model, Node, Process, SequenceFlow


def gateway(*conditions, default=False, before=""):
    """An exclusive gateway whose ways have conditions; `before` is a condition asked right before it."""
    builder = build("p").start("s")
    if before:
        builder = builder.exclusive("w").branch(default=True).end("z").branch(condition=before)
    builder = builder.exclusive("x")
    for number, condition in enumerate(conditions):
        builder = builder.branch(condition=condition).end(f"e{number}")
    return (builder.branch(default=True).end("d") if default else builder).model


def told(model, purpose="analysis"):
    wanted = ("decision-gap", "decision-overlap", "unsafe-expression", "data-not-available")
    return [(p.problem, p.details.get("value")) for p in check(model, purpose=purpose) if p.problem in wanted]


@pytest.mark.parametrize(
    ("conditions", "value"),
    [
        (("n > 3", "n < 3"), "n = 3"),
        (("n <= 3", "n >= 5"), "n = 4"),
        (("n <= 2.5", "n >= 3"), "n = 2.75"),
        (("${a == 'x'}", "${a != 'x' && b == 'y'}", "${b == 'z'}"), 'a = "y"'),
        (("done = true", "n = 1 and done = false"), None),
        (("n in [1..3]", "n > 3"), "n = 0"),
        (("a.b < 3", "a.b > 3"), "a.b = 3"),
        (('d < date("2026-01-01")', 'd > date("2026-01-01")'), "d = 2026-01-01"),
    ],
)
def test_a_case_no_way_is_for_is_a_warning(conditions, value):
    found = [details for problem, details in told(gateway(*conditions)) if problem == "decision-gap"]

    assert len(found) == (0 if value is None else 1) or value == 'a = "y"'
    assert value in (None, 'a = "y"') or found == [value]


@pytest.mark.parametrize(
    "conditions",
    [
        ("n > 3", "n <= 3"),
        ("n >= 4", "n <= 3"),
        ("${state == 'open'}", "${state == 'closed'}"),
        ("${state == 'open'}", "${state != 'open'}"),
        ("${approved}", "${!approved}"),
        ("${valid == true}", "${valid == false}"),
        ("n = 1", "n = 2"),
        ('a in ("x", "y")', 'a = "z"'),
        ('contains(a, "x")', 'contains(a, "y")'),
        ("n > limit", "n < limit"),
        ("${list.size() > 3}", "${list.size() < 3}"),
        ("${a == 'x' && b == 1}", "${a == 'x' && b == 2}"),
    ],
)
def test_ways_that_only_look_so_are_no_problem(conditions):
    assert told(gateway(*conditions)) == []


@pytest.mark.parametrize(
    ("conditions", "value"),
    [
        (("n >= 3", "n <= 3"), "n = 3"),
        (("${a == 'x'}", "${a == 'x' || a == 'y'}"), 'a = "x"'),
        (("approval==True", "approval==True"), "approval = true"),
        (("${a != 'x'}", "${a != 'y'}"), 'a ≠ "x" / "y"'),
        (("t", "a = 1"), "t = true, a = 1"),
    ],
)
def test_ways_that_overlap_are_a_warning(conditions, value):
    assert ("decision-overlap", value) in told(gateway(*conditions))
    assert ("decision-overlap", value) in told(gateway(*conditions, default=True))


CONDITIONS = (
    "n < 2",
    "n >= 2",
    "n > 3",
    "n in [1..3]",
    "n = 3",
    "t",
    "not(t)",
    "n > 1 and t",
    "n <= 1 or not(t)",
    "n != 2",
)


@settings(max_examples=150, deadline=None)
@given(some.lists(some.sampled_from(CONDITIONS), min_size=2, max_size=4))
def test_gaps_and_overlaps_are_those_found_by_trying_everything(conditions):
    """Over whole numbers and truth values; one condition by order makes all numbers count."""
    read = [parse(condition) for condition in ["n < 9", *conditions]]
    worlds = [{"n": n, "t": t} for n in range(-1, 12) for t in (True, False)]
    holding = [[i for i, condition in enumerate(read) if holds(condition, world)] for world in worlds]

    found = [problem for problem, _ in told(gateway("n < 9", *conditions))]

    assert ("decision-gap" in found) == any(not ways for ways in holding)
    assert found.count("decision-overlap") == len({pair for ways in holding for pair in combinations(ways, 2)})


@pytest.mark.parametrize(
    "conditions",
    [("${empty a}", "${!empty a}"), ("a in [{b: 1}]", "a = 3"), ("a = {b: 1}", "a = 3")],
)
def test_conditions_on_lists_and_contexts_are_judged_without_a_crash(conditions):
    assert "unsafe-expression" not in {problem for problem, _ in told(gateway(*conditions), purpose="run")}


def choosing(kind: str, *conditions: str, default: str = "") -> Model:
    """A step or gateway with a way for each condition, the empty one without."""
    ends = [Node(id=f"e{number}", kind="endEvent", process="p") for number, _ in enumerate(conditions)]
    ways = [
        SequenceFlow(id=f"f{number}", source="x", target=f"e{number}", process="p", condition=condition)
        for number, condition in enumerate(conditions)
    ]
    begin = SequenceFlow(id="f", source="s", target="x", process="p")
    nodes = (
        Node(id="s", kind="startEvent", process="p"),
        Node(id="x", kind=kind, process="p", default=default),
        *ends,
    )
    return Model(processes=(Process(id="p"),), nodes=nodes, flows=(begin, *ways))


@pytest.mark.parametrize("kind", ["inclusiveGateway", "userTask", "exclusiveGateway"])
def test_every_choice_by_conditions_may_have_a_gap(kind):
    assert told(choosing(kind, "n > 3", "n < 3")) == [("decision-gap", "n = 3")]


@pytest.mark.parametrize(
    "model",
    [
        choosing("inclusiveGateway", "n > 3", "n <= 4"),
        choosing("inclusiveGateway", "n > 3", "n < 3", default="f1"),
        choosing("userTask", "n > 3", "n < 3", ""),
        choosing("parallelGateway", "n > 3", "n < 3"),
    ],
    ids=["both may hold", "a default", "one always goes on", "no choice"],
)
def test_a_way_for_every_case_is_no_gap(model):
    assert told(model) == []


def test_a_default_flow_leaves_no_gap():
    assert told(gateway("n > 3", "n < 3", default=True)) == []


def test_what_was_asked_right_before_is_no_gap():
    conditions = ("a == 'x' || a == 'q'", "a != 'x' && a != 'y' && a != 'q'")

    assert told(gateway(*conditions)) == [("decision-gap", 'a = "y"')]
    assert told(gateway(*conditions, before="a != 'y'")) == []


def test_ways_of_an_inclusive_gateway_may_overlap():
    builder = build("p").start("s").inclusive("x").branch(condition="n > 1").end("e")
    builder = builder.branch(condition="n <= 2").end("f")

    assert told(builder.model) == []


def test_a_gateway_of_very_many_names_is_left_alone():
    conditions = [" and ".join(f"n{i} > {i + j}" for i in range(12)) for j in range(4)]

    assert told(gateway(*conditions)) == []


def test_every_expression_of_a_node_is_read():
    model = build("p").start("s").step("t").step("u").step("v").end("e").model
    changes = {
        "t": {"loop": Loop(kind="parallel", cardinality="list.size()", condition="f(x)")},
        "u": {"kind": "intermediateCatchEvent", "events": (EventDefinition(kind="conditional", expression="a ="),)},
        "v": {"kind": "intermediateCatchEvent", "events": (timer("PT5M"), timer("${now() + x}"))},
    }
    nodes = tuple(node.evolve(**changes.get(node.id, {})) for node in model.nodes)

    found = [
        problem for problem in check(model.evolve(nodes=nodes), purpose="run") if problem.problem == "unsafe-expression"
    ]

    assert sorted(problem.element for problem in found) == ["t", "t", "u", "v"]
    assert {problem.stops for problem in found} == {"run"}


def timer(text):
    return EventDefinition(kind="timer", timer="timeDuration", expression=text)


@pytest.mark.parametrize(
    "text", ["PT5M", "P3D", "2026-10-01T00:00:00Z", "R3/PT10H", 'duration("P3D")', "${wait}", '"PT1S"']
)
def test_timers_that_can_be_read(text):
    model = build("p").start("s").step("t").end("e").model
    node = model.node["t"].evolve(kind="intermediateCatchEvent", events=(timer(text),))
    nodes = tuple(node if other.id == "t" else other for other in model.nodes)

    assert told(model.evolve(nodes=nodes), "run") == []


@pytest.mark.parametrize(
    ("script", "label", "count"),
    [("import os", "python", 1), ("x = 1", "", 1), ("合计 = 金额 * 2", "feel", 0), ("合计 = (", "feel", 1)],
)
def test_a_script_is_refused_but_for_assignments_in_our_language(script, label, count):
    model = build("p").start("s").step("t", task="scriptTask", script=script).end("e").model
    node = model.node["t"].evolve(script_format=label)
    nodes = tuple(node if other.id == "t" else other for other in model.nodes)

    assert len(told(model.evolve(nodes=nodes), "run")) == count


def asking(*, writes=(), materials=(), condition="结论 = 1", kind="dataObjectReference"):
    """A gateway that asks for a data object; the start writes what is given."""
    model = gateway(condition, default=True)
    data = tuple(
        Data(id=id_, kind=kind if id_ == "c" else "dataObject", name=name, process="p")
        for id_, name in (("d", "申请表"), ("c", "结论"))
    )
    start = model.node["s"].evolve(writes=writes, materials=materials)
    return model.evolve(data=data, nodes=tuple(start if node.id == "s" else node for node in model.nodes))


def test_a_condition_on_data_nobody_writes_is_a_warning():
    assert told(asking(writes=("d",))) == [("data-not-available", "结论")]


@pytest.mark.parametrize(
    "model",
    [
        asking(),
        asking(writes=("d", "c")),
        asking(writes=("d",), condition="别的 = 1"),
        asking(writes=("d",), materials=(GovMaterial(name="结论", use="gives"),)),
        asking(writes=("d",), kind="dataStoreReference"),
    ],
    ids=["nobody writes anything", "written", "a name of no data", "given as a material", "in a register"],
)
def test_data_that_only_looks_missing_is_none(model):
    assert told(model) == []


def test_names_of_data_with_signs_in_them_are_read_as_one():
    known = frozenset(("是否-通过",))

    assert names(read_expression("是否-通过 = true", "", known)) == {"是否-通过"}
