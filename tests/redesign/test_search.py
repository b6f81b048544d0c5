"""The best set of moves: as good as looking at every set, minimal, within what is asked, whatever stops it."""

from __future__ import annotations

import importlib
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.findings import find
from analysis.timing import exact
from benchmarks.bench_find import annotated as annotated_parts
from bpmn import build, gives, needs, read, write
from bpmn.build import Builder
from bpmn.model import Model
from redesign import Options, redesigned, search
from redesign.move import Move, move_of
from redesign.moves import MOVES, apply
from redesign.prove import prove
from redesign.saving import measured
from redesign.scales import Scales

#: The module, whose name its main function has taken in the package.
searching = importlib.import_module("redesign.search")
CUTS = ("elapsed_working_s", "steps", "materials", "visits")


def chain(*more: str) -> Builder:
    """A permit with a forward, a repeated check, a paper asked twice and two visits; everything exact."""
    builder = build("permit", name="许可").lane("窗口", level="county").start()
    builder.step("accept", kind="accept", work="PT1H", visit=True, materials=[needs("身份证"), gives("申请书")])
    builder.step("forward", kind="forward", work="PT2H")
    builder.lane("股室", level="county")
    builder.step("check", kind="check", purpose="title", work="PT3H", materials=[needs("申请书", origin="internal")])
    builder.step("again", kind="check", purpose="title", work="PT3H", materials=[needs("申请书", origin="internal")])
    builder.step("ask", kind="check", purpose="tax", work="PT1H", materials=[needs("身份证")])
    for name in more:
        builder.step(name, kind="forward", work="PT30M")
    return builder.step("decide", kind="decide", work="PT1H", materials=[gives("许可证", to="applicant")])


PERMIT = chain().end().model


@st.composite
def permits(draw: st.DrawFn) -> Model:
    """Short permits whose steps repeat each other's papers and checks at random."""
    random = Random(draw(st.integers(0, 2**32)))
    builder = build("permit").lane("甲", level="county").start()
    builder.step("accept", kind="accept", work="PT1H", materials=[needs("p0"), gives("form")])
    for number in range(random.randint(3, 6)):
        builder.lane(random.choice(("甲", "乙")), level="county")
        materials = [needs(f"p{random.randint(0, 2)}")] if random.random() < 0.5 else []
        materials += [needs("form", origin="internal")] if random.random() < 0.4 else []
        builder.step(
            f"s{number}",
            kind=random.choice(("check", "check", "forward", "record")),
            purpose=random.choice(("title", "tax")),
            work=f"PT{random.randint(10, 300)}M",
            wait=f"PT{random.randint(10, 300)}M",
            visit=random.random() < 0.3,
            materials=materials,
        )
    return builder.step("decide", kind="decide", work="PT1H").end().model


def usable(model: Model) -> list[Move]:
    """The moves of sure findings nobody has to choose."""
    sure = [finding for finding in find(model) if finding.sure and not finding.protected]
    return [move for move in map(move_of, sure) if move is not None and move.move not in searching.BY_HAND]


def saved(scales: Scales, moves) -> tuple[float, ...]:
    """What a set cuts, time first; nothing where it worsens something or is not proved."""
    after = apply(scales.model, moves).model
    weight = scales.weigh(after)
    if weight.worsens or not prove(scales.model, after).holds:
        return (0.0, 0, 0, 0)
    return tuple(getattr(weight.saving, cut) or 0 for cut in CUTS)


@settings(max_examples=8, deadline=None)
@given(model=permits())
def test_climbing_finds_what_looking_at_every_set_finds(model):
    moves = usable(model)[:5]
    findings = [finding for finding in find(model) if move_of(finding) in moves]
    scales = Scales(model)
    every = [few for size in range(len(moves) + 1) for few in combinations(moves, size)]
    most = max(saved(scales, few)[0] for few in every)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "EXHAUSTIVE", 0)
        climbed = search(model, findings=findings)
    looked = search(model, findings=findings)

    tie = searching.TIE * (scales.elapsed_working_s or 0.0)
    for found in (climbed, looked):
        assert (found.best.saving.elapsed_working_s or 0.0) >= most - tie
        assert found.bound is None or found.bound >= most - tie


@settings(max_examples=8, deadline=None)
@given(model=permits())
def test_the_result_worsens_nothing_and_is_no_worse_than_one_move_or_moves_made_greedily(model):
    scales, moves = Scales(model), usable(model)
    greedy: list[Move] = []
    left = list(moves)
    while left:
        best = max(left, key=lambda move: saved(scales, [*greedy, move]))
        if saved(scales, [*greedy, best]) <= saved(scales, greedy):
            break
        greedy.append(best)
        left.remove(best)

    found = search(model)

    tie = searching.TIE * (scales.elapsed_working_s or 0.0)
    time = found.best.saving.elapsed_working_s or 0.0
    assert found.proof.holds
    assert not found.best.worsens
    assert time >= saved(scales, greedy)[0] - tie
    assert all(time >= saved(scales, [move])[0] - tie for move in moves)
    assert (exact(found.best.model).elapsed_working.mean or 0) <= (exact(model).elapsed_working.mean or 0) + 1e-6


@settings(max_examples=10, deadline=None)
@given(model=permits())
def test_no_part_of_the_result_does_as_well(model):
    scales, best = Scales(model), search(model).best
    tie = searching.TIE * (scales.elapsed_working_s or 0.0)

    for gone in best.moves:
        part = saved(scales, [move for move in best.moves if move is not gone])
        less = [getattr(best.saving, cut) - amount for cut, amount in zip(CUTS, part, strict=True)]
        assert less[0] > tie * 0.99 or max(less[1:]) > 0


def test_moves_help_together_where_one_alone_says_little():
    found = search(PERMIT)

    assert found.best.saving.steps == 2
    assert found.best.saving.materials == 1
    assert {move.move for move in found.best.moves} >= {"remove-step", "share-material"}
    assert found.complete


def test_a_set_within_a_budget_is_the_best_of_that_size():
    scales, moves = Scales(PERMIT), usable(PERMIT)
    best = max(saved(scales, few)[0] for few in combinations(moves, 2))

    found = search(PERMIT, options=Options(budget=2))

    assert len(found.best.moves) <= 2
    assert found.best.saving.elapsed_working_s == pytest.approx(best)


def test_a_budget_of_nothing_changes_nothing():
    made = redesigned(PERMIT, options=Options(budget=0))

    assert made.moves == ()
    assert made.after is PERMIT


def test_a_target_is_reached_with_as_few_moves_as_can_do_it():
    whole = exact(PERMIT).elapsed_working.mean or 0.0
    scales, moves = Scales(PERMIT), usable(PERMIT)
    sizes = [
        size
        for size in range(1, len(moves) + 1)
        if any(saved(scales, few)[0] >= 0.3 * whole for few in combinations(moves, size))
    ]

    found = search(PERMIT, options=Options(target=0.3))

    assert found.reached
    assert len(found.best.moves) == sizes[0]
    assert found.best.saving.elapsed_working_s >= 0.3 * whole


def test_a_target_nobody_reaches_is_said_and_the_best_is_given():
    found = search(PERMIT, options=Options(target=1.0))

    assert found.reached is False
    assert found.best.saving == search(PERMIT).best.saving


def test_steps_that_are_kept_stay_as_they_are():
    found = search(PERMIT, options=Options(keep=frozenset({"forward"})))

    assert found.best.model.node["forward"] == PERMIT.node["forward"]
    assert ("pass-through", "kept") in {(one.finding, one.why) for one in found.refused}


def test_findings_left_out_are_not_used():
    found = search(PERMIT, options=Options(without=frozenset({"pass-through"})))

    assert "forward" in found.best.model.node
    assert ("pass-through", "left-out") in {(one.finding, one.why) for one in found.refused}


def test_only_takes_what_does_not_pay_and_nothing_else():
    model = build("permit").lane("甲").start().step("accept", kind="accept", work="PT9H")
    model = model.step("one", kind="check", purpose="a", materials=[needs("x", origin="shared")]).lane("乙")
    model = model.step("two", kind="check", purpose="b", materials=[needs("y", origin="shared")]).end().model
    assert "needless-sequence" in {finding.finding for finding in find(model)}

    by_itself = search(model)
    asked = search(model, options=Options(only=frozenset({"needless-sequence"})))

    assert by_itself.best.moves == ()
    assert "does-not-pay" in {one.why for one in by_itself.refused}
    assert {move.move for move in asked.best.moves} == {"parallelise"}


def test_only_never_takes_what_the_law_protects_or_a_person_chooses():
    builder = build("permit").lane("甲").start().step("accept", kind="accept", work="PT1H")
    builder.step("file", kind="forward", work="PT1H", mandatory=True, basis="某法 第一条")
    model = builder.step("decide", kind="decide", work="PT1H").end().model

    found = search(model, options=Options(only=frozenset({"pass-through", "missing-lead", "ownerless-step"})))

    assert found.best.moves == ()
    assert ("pass-through", "protected") in {(one.finding, one.why) for one in found.refused}


def test_equal_arguments_give_equal_results(monkeypatch):
    monkeypatch.setattr(searching, "EXHAUSTIVE", 0)
    findings = measured(PERMIT, find(PERMIT))

    one, other = (search(PERMIT, findings=findings, options=Options(seed=7)) for _ in range(2))

    assert one.best.moves == other.best.moves
    assert [weighed.saving for weighed in one.line] == [weighed.saving for weighed in other.line]
    assert one.tried == other.tried


def test_the_line_rises_with_the_number_of_moves():
    line = search(chain("f1", "f2", "f3").end().model).line

    assert len(line) > 2
    assert [len(weighed.moves) for weighed in line] == sorted({len(weighed.moves) for weighed in line})
    assert [w.saving.elapsed_working_s for w in line] == sorted(w.saving.elapsed_working_s for w in line)
    assert all(not weighed.worsens for weighed in line)


def test_of_equal_cuts_the_one_that_needs_fewer_people_stands_on_the_line():
    """Both forwards take an hour; only without the second one does its unit need one person less."""
    builder = build("permit", arrivals_per_day=1).lane("甲").start().step("a", kind="accept", work="PT1H")
    builder.step("first", kind="forward", work="PT1H").lane("乙").step("second", kind="forward", work="PT1H")
    model = builder.step("b", kind="decide", work="PT5H").end().model

    line = search(model).line

    assert [[move.steps for move in weighed.moves] for weighed in line] == [[("second",)], [("first",), ("second",)]]


def test_few_tries_give_what_stands_then_and_say_so():
    found = search(PERMIT, options=Options(tries=4))

    assert not found.complete
    assert found.proof.holds


def test_an_interrupt_ends_the_looking_and_the_best_so_far_is_given():
    def stop(done: int, _: int) -> None:
        if done > 6:
            raise KeyboardInterrupt

    found = search(PERMIT, progress=stop)

    assert found.best.moves
    assert found.proof.holds
    assert not found.complete


def test_a_move_that_breaks_the_law_does_not_spoil_the_others(monkeypatch):
    """A move that drops the decision is refused by its proof; the rest is made all the same."""

    def drop(subject, move):
        return apply(subject.model, [Move(move="remove-step", finding="pass-through", steps=("decide",))]).model.evolve(
            nodes=tuple(node.evolve(materials=()) for node in subject.model.nodes)
        )

    monkeypatch.setitem(MOVES, "share-material", drop)

    found = search(PERMIT)

    assert found.proof.holds
    assert "remove-step" in {move.move for move in found.best.moves}
    assert "share-material" not in {move.move for move in found.best.moves}
    assert "not-proved" in {one.why for one in found.refused}


def test_a_procedure_without_annotations_is_left_as_it_is():
    model = build("any").start().step("a").step("b").end().model

    made = redesigned(model)

    assert made.moves == ()
    assert made.after is model


def test_waiting_for_people_decides_between_two_ways():
    """Taking work off the busy office saves queueing that no arithmetic of single cases sees."""
    builder = build("permit", arrivals_per_day=12).lane("甲", staff=1, level="county").start()
    builder.step("accept", kind="accept", work="PT10M", materials=[gives("form")])
    builder.step("look", kind="forward", work="PT20M")
    builder.lane("乙", staff=9, level="county").step("pass", kind="forward", work="PT20M")
    model = builder.step("decide", kind="decide", work="PT10M").end().model

    found = search(model, options=Options(budget=1, cases=3_000))

    assert found.best.moves[0].steps == ("look",)
    assert found.best.saving.source == "simulated"
    assert found.best.saving.elapsed_working_s > 2 * 20 * 60


def test_of_too_many_moves_some_are_not_tried_and_that_is_said(monkeypatch):
    """As in a drawing of hundreds of steps: those that promise most are tried, the answer is proved."""
    model = read(write(annotated_parts(60)))
    findings = find(model)
    monkeypatch.setattr(searching, "_NODES_OF_MOVES", 0)
    monkeypatch.setattr(searching, "_FEWEST", 3)

    made = search(model, findings=findings)

    left_out = [one for one in made.refused if one.why == "not-tried"]
    assert not made.complete
    assert {(one.finding, one.steps) for one in left_out} <= {(one.finding, one.steps) for one in findings}
    assert len(left_out) > 3
    assert made.best.moves
    assert made.proof.holds
