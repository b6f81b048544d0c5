"""The tree of blocks: what each drawing becomes, and that none is too large."""

import pytest

from bpmn.block import Block, Branch, Exclusive, Frame, Inclusive, Leaf, Loop, Parallel, Rest, Sequence
from bpmn.blocks import decompose, fold
from bpmn.build import Builder, build
from bpmn.control_flow import control_flow
from bpmn.model import Model

KINDS = {"x": "exclusiveGateway", "a": "parallelGateway", "o": "inclusiveGateway", "s": "startEvent", "e": "endEvent"}


def draw(ways: str) -> Model:
    """Build a model from ways such as "s>t1>x1>e"; the first letter of an id says its kind."""
    builder = build("p")
    pairs = [pair for way in ways.split() for pair in zip(way.split(">"), way.split(">")[1:], strict=False)]
    for node in dict.fromkeys(node for pair in pairs for node in pair):
        builder.node(node, KINDS.get(node[0], "task"))
    for source, target in pairs:
        builder.flow(source, target)
    return builder.model


def shape(block: Block) -> str:
    """A tree in one line."""

    def branches(parts: tuple[Branch, ...], inside: list[str]) -> str:
        return " | ".join(f"{','.join(part.flows)}: {text}" for part, text in zip(parts, inside, strict=True))

    def write(part: Block, inside: list[str]) -> str:
        match part:
            case Leaf(node=node):
                return node
            case Sequence():
                return " ".join(inside)
            case Exclusive() | Parallel() | Inclusive():
                return f"{type(part).__name__}[{branches(part.branches, inside)}]"
            case Loop():
                body, back = inside
                return f"Loop[{body} | {','.join(part.back.flows)}: {back} | out {','.join(part.exits)}]"
            case Frame():
                return f"{part.node}({inside[0]})"
            case Rest():
                edges = zip(part.edges, inside, strict=True)
                ways = (f"{edge.source}>{edge.target} {text}".strip() for edge, text in edges)
                return f"{part.kind}[{', '.join(ways)}]"

    return fold(block, write)


def shape_of(model: Model) -> str:
    return shape(decompose(control_flow(model))[0])


TREES = {
    "a sequence": ("s>t>u>e", "s t u e"),
    "a choice": ("s>x1>t>x2>e x1>u>x2", "s Exclusive[x1-t: t | x1-u: u] e"),
    "parallel branches": ("s>a1>t>a2>e a1>u>a2", "s Parallel[a1-t: t | a1-u: u] e"),
    "an inclusive choice": ("s>o1>t>o2>e o1>u>o2", "s Inclusive[o1-t: t | o1-u: u] e"),
    "a loop after the work": ("s>x0>t>x1>e x1>u>x0", "s Loop[t | x1-u: u | out x1-e] e"),
    "a loop before the work": ("s>x0>x1>u>x0 x1>e", "s Loop[ | x1-u: u | out x1-e] e"),
    "branches that end apart": ("s>a1>t>e1 a1>u>e2", "s Parallel[a1-t: t e1 | a1-u: u e2]"),
    "a step that splits": ("s>t>u>e t>v>e", "s t Parallel[t-u: u e | t-v: v e]"),
    "a choice made in two parts": (
        "s>x1>x2>t>x3>e x2>u>x3 x1>v>x3",
        "s Exclusive[x1-v: v | x1-x2: Exclusive[x2-t: t | x2-u: u]] e",
    ),
    "a loop left in two ways": (
        "s>x0>t>x1>x0 x1>e1 x1>u>e2",
        "s Loop[t | x1-x0:  | out x1-e1,x1-u] Exclusive[x1-e1: e1 | x1-u: u e2]",
    ),
    "a refusal two steps lead to": (
        "s>x1>t>x2>e1 x1>x3>e2 x2>x3",
        "s exclusive[0>2, 2>3 t, 2>4, 4>1 e2, 3>1 e1, 3>4]",
    ),
    "parallel branches not nested": (
        "s>a1>t>a2>a4>e a1>a3>u>a2 a3>v>a4",
        "s parallel[0>2, 2>3 t, 2>4, 4>3 u, 4>5 v, 5>1, 3>5] e",
    ),
    "a wrong join, and everything around it still nested": (
        "s>t>a1>u>x2>w>e a1>v>x2",
        "s t mixed[0>2, 2>3 u, 2>3 v, 3>1] w e",
    ),
}


@pytest.mark.parametrize(("ways", "tree"), TREES.values(), ids=TREES.keys())
def test_tree(ways: str, tree: str) -> None:
    assert shape_of(draw(ways)) == tree


def test_a_wrong_part_between_others_is_a_part_of_its_own() -> None:
    model = draw("s>a1>t>x2>a3>u>a4>e a1>v>x2 a3>w>a4")

    tree = decompose(control_flow(model))[0]

    assert isinstance(tree, Sequence)
    assert [type(child) for child in tree.children] == [Leaf, Rest, Parallel, Leaf]


def test_a_sub_process_is_a_frame_around_its_own_tree() -> None:
    model = build("p").start("s").sub_process("f").start("i").step("t").end("o").close().step("u").end("e").model

    assert shape_of(model) == "s f(i t o) u e"


def test_boundary_events_are_branches_by_their_own_ids() -> None:
    builder = build("p").start("s").step("t").end("e")
    model = builder.boundary("b", "timer", "PT1H", on="t").step("u").end("late").model

    assert shape_of(model) == "s t Exclusive[t-e: e | b: b u late]"


def test_an_event_beside_the_step_is_an_inclusive_branch() -> None:
    builder = build("p").start("s").step("t").end("e")
    model = builder.boundary("b", "timer", "PT1H", on="t", interrupting=False).step("u").end("late").model

    block = decompose(control_flow(model))[0]

    assert shape(block) == "s t Inclusive[: e | b: b u late]"
    assert isinstance(block, Sequence)
    assert isinstance(block.children[-1], Inclusive)
    assert [branch.role for branch in block.children[-1].branches] == ["always", "choice"]


def test_a_terminate_end_is_an_end_where_nothing_runs_beside_it() -> None:
    builder: Builder = build("p").start("s").exclusive("x").branch().step("t").end("stop", event="terminate")
    model = builder.branch().step("u").end("e").model

    assert shape_of(model) == "s Exclusive[x-u: u e | x-t: t stop]"


def test_a_terminate_end_beside_running_branches_is_not_nested() -> None:
    builder: Builder = build("p").start("s").parallel("a").branch().step("t").end("stop", event="terminate")
    model = builder.branch().step("u").end("e").model

    assert shape_of(model).startswith("mixed")


def test_what_no_start_leads_to_is_not_in_the_tree() -> None:
    assert shape_of(draw("s>t>e u>t")) == "s t e"


def test_starts_are_alternatives() -> None:
    assert shape_of(draw("s1>x1>e s2>x1")) == "Exclusive[: s1 | : s2] e"


def deep(kind: str, depth: int) -> Model:
    """Blocks inside one another."""
    down = ">".join(f"{kind}{level}" for level in range(depth))
    up = ">".join(f"{kind}b{level}" for level in reversed(range(depth)))
    beside = " ".join(f"{kind}{level}>u{level}>{kind}b{level}" for level in range(depth))
    return draw(f"s>{down}>t>{up}>e {beside}")


@pytest.mark.parametrize("kind", ["x", "a", "o"])
def test_blocks_may_be_nested_to_any_depth(kind: str) -> None:
    tree = decompose(control_flow(deep(kind, 2_000)))[0]

    depth = fold(tree, lambda block, inside: max(inside, default=0) + (not isinstance(block, Leaf | Sequence)))

    assert depth == 2_000


def test_a_chain_of_thousands_of_steps_is_one_sequence() -> None:
    tree = decompose(control_flow(draw(">".join(["s", *(f"t{step}" for step in range(5_000)), "e"]))))[0]

    assert isinstance(tree, Sequence)
    assert len(tree.children) == 5_002
