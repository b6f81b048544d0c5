"""Savings split over their moves: they sum exactly, equal moves get equal shares, and papers are never timed."""

from __future__ import annotations

from itertools import permutations

import pytest

import redesign.shapley as splitting
from analysis.findings import find
from bpmn import build, gives, needs
from redesign import search
from redesign.move import move_of
from redesign.moves import apply
from redesign.saving import measured
from redesign.scales import Scales
from redesign.shapley import shapley


def permit(*forwards: str, **procedure):
    """A permit that only passes matters on, with papers asked twice."""
    builder = build("permit", **procedure).lane("甲", level="county").start()
    builder.step("accept", kind="accept", work="PT1H", materials=[needs("身份证"), gives("表")])
    for name in forwards:
        builder.step(name, kind="forward", work="PT2H")
    builder.step("ask", kind="check", purpose="tax", work="PT3H", materials=[needs("身份证")]).lane("乙")
    builder.step("look", kind="check", purpose="fire", work="PT5H", materials=[needs("身份证")])
    return builder.step("decide", kind="decide", work="PT1H").end().model


def test_shares_sum_to_the_whole_and_equal_moves_get_equal_ones():
    model = permit("one", "two")
    best = search(model).best

    shares = shapley(model, best.moves)

    assert [share.move for share in shares] == list(best.moves)
    assert sum(share.elapsed_working_s for share in shares) == pytest.approx(best.saving.elapsed_working_s)
    assert sum(share.steps for share in shares) == pytest.approx(best.saving.steps)
    assert sum(share.materials for share in shares) == pytest.approx(best.saving.materials)
    removed = [share.elapsed_working_s for share in shares if share.move.move == "remove-step"]
    assert removed == pytest.approx([7200, 7200])
    assert all(share.low == share.elapsed_working_s == share.high for share in shares)


def test_shares_are_the_mean_addition_over_all_orders():
    """Two checks done at once save no more than the shorter one, whichever other move is made before."""
    model = permit("one")
    moves, scales = search(model).best.moves, Scales(model)
    added = dict.fromkeys(moves, 0.0)
    orders = list(permutations(moves))
    for order in orders:
        before = 0.0
        for place, move in enumerate(order, 1):
            after = scales.saved(apply(model, order[:place]).model).elapsed_working_s
            added[move] += (after - before) / len(orders)
            before = after

    shares = shapley(model, moves)

    assert [share.elapsed_working_s for share in shares] == pytest.approx([added[move] for move in moves])


def test_drawn_orders_sum_exactly_too_and_have_an_interval(monkeypatch):
    model = permit("one", "two", "three", arrivals_per_day=3)
    best = search(model).best
    exactly = shapley(model, best.moves)
    monkeypatch.setattr(splitting, "EXACT", 2)
    monkeypatch.setattr(splitting, "_SETS", 60)

    drawn = shapley(model, best.moves, seed=3)

    whole = sum(share.elapsed_working_s for share in exactly)
    assert sum(share.elapsed_working_s for share in drawn) == pytest.approx(whole)
    assert all(share.low <= share.elapsed_working_s <= share.high for share in drawn)
    assert drawn == shapley(model, best.moves, seed=3)


def test_what_touches_papers_only_is_timed_once(monkeypatch):
    model = permit("one", arrivals_per_day=3)
    moves = search(model).best.moves
    assert {move.move for move in moves} >= {"share-material", "remove-step"}
    timed = []
    simulate = Scales._simulated
    monkeypatch.setattr(Scales, "_simulated", lambda self, after: timed.append(after) or simulate(self, after))

    shares = shapley(model, moves)

    untimed = [share for share in shares if share.move.move == "share-material"]
    assert {share.elapsed_working_s for share in untimed} == {0.0}
    assert len(timed) <= 2 ** (len(moves) - len(untimed))


def test_a_procedure_that_cannot_be_timed_has_shares_of_what_is_counted():
    builder = build("permit", arrivals_per_day=1000).lane("甲", staff=1).start()
    builder.step("accept", kind="accept", work="PT1H").step("one", kind="forward", work="PT2H")
    crowded = builder.step("decide", kind="decide", work="PT1H").end().model
    moves = [move_of(finding) for finding in find(crowded) if finding.finding == "pass-through"]

    (share,) = shapley(crowded, moves)

    assert share.steps == 1
    assert share.elapsed_working_s is None


def test_no_moves_have_no_shares():
    assert shapley(permit("one"), ()) == ()


def test_of_very_large_redesigns_the_whole_is_split_in_proportion(monkeypatch):
    model = permit("one", "two")
    best = search(model, findings=measured(model, find(model))).best
    monkeypatch.setattr(splitting, "EXACT", 1)
    monkeypatch.setattr(splitting, "_MOST_NODES", 0)

    shares = shapley(model, best.moves)

    assert sum(share.elapsed_working_s for share in shares) == pytest.approx(best.saving.elapsed_working_s)
    assert sum(share.materials for share in shares) == pytest.approx(best.saving.materials)
    assert all(share.low <= share.elapsed_working_s <= share.high for share in shares)
