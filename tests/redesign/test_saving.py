"""What the move of each finding saves alone, and how redesigns are weighed."""

from __future__ import annotations

import pytest

import redesign.saving as saving
from analysis.findings import find
from analysis.time import time_pair
from bpmn import build, gives, needs
from redesign.move import move_of
from redesign.moves import apply
from redesign.saving import measured
from redesign.scales import Scales


def permit(*, arrivals: float | None = None, staff: int | None = None, wait: str = "PT1H"):
    values = {"arrivals_per_day": arrivals} if arrivals else {}
    people = {"staff": staff} if staff else {}
    builder = build("permit", **values).lane("甲", level="county", **people).start()
    builder.step("accept", kind="accept", work="PT10M", materials=[needs("身份证"), gives("表")])
    builder.step("pass", kind="forward", work="PT20M", wait=wait)
    builder.step("short", kind="forward", work="PT5M")
    builder.step("ask", kind="check", purpose="tax", work="PT10M", materials=[needs("身份证")])
    return builder.step("decide", kind="decide", work="PT10M").end().model


def test_findings_are_sorted_by_the_time_their_own_move_saves():
    found = measured(permit(), find(permit()))

    times = [finding.saving.elapsed_working_s for finding in found if finding.saving is not None]
    assert [finding.steps for finding in found[:2]] == [("pass",), ("short",)]
    assert times == sorted(times, reverse=True)
    assert times[:2] == pytest.approx([80 * 60, 5 * 60])
    assert found[0].saving.source == "exact"
    assert all(finding.saving is not None for finding in found[: len(times)])


def test_what_only_is_shown_or_protected_has_no_saving():
    builder = build("permit").lane("甲", level="county").start().step("accept", kind="accept", work="PT10M")
    builder.step("pass", kind="forward", work="PT20M", mandatory=True, basis="某法 第一条")
    model = builder.step("decide", kind="decide", work="PT1H").end().model

    found = {finding.finding: finding for finding in measured(model, find(model))}

    assert found["pass-through"].protected
    assert found["pass-through"].saving is None


def test_simulated_savings_are_those_of_a_comparison():
    model = permit(arrivals=6, staff=1)
    finding = next(one for one in find(model) if one.steps == ("pass",))
    after = apply(model, [move_of(finding)]).model

    (found,) = measured(model, [finding], cases=1_000, seed=5)

    pair = time_pair(model, after, cases=1_000, seed=5, warm_up=None)
    assert found.saving.source == "simulated"
    assert found.saving.low <= found.saving.elapsed_working_s <= found.saving.high
    assert found.saving.elapsed_working_s == pytest.approx(pair.mean.saved, rel=0.1)


def test_time_is_bettered_only_where_more_than_half_a_per_cent_is_saved():
    model = permit(wait="P9D")
    weight = {}
    for step in ("pass", "short"):
        finding = next(one for one in find(model) if one.steps == (step,))
        weight[step] = Scales(model).weigh(apply(model, [move_of(finding)]).model)

    assert "time" in weight["pass"].betters
    assert "time" not in weight["short"].betters
    assert "steps" in weight["short"].betters


def test_a_unit_that_no_longer_keeps_up_worsens_time():
    before = permit(arrivals=6, staff=1)
    slow = before.node["pass"].times
    crowded = before.evolve(nodes=tuple(node.evolve(times=slow) if node.is_step else node for node in before.nodes))

    weight = Scales(before, cases=200).weigh(crowded)

    assert "time" in weight.worsens
    assert weight.overloaded == 1
    assert weight.saving.elapsed_working_s is None


def test_a_unit_that_keeps_up_again_betters_time():
    before = permit(arrivals=9, staff=1)
    finding = next(one for one in find(before) if one.steps == ("pass",))

    weight = Scales(before, cases=200).weigh(apply(before, [move_of(finding)]).model)

    assert "time" in weight.betters
    assert weight.saving.elapsed_working_s is None


def test_of_too_many_findings_those_that_take_longest_are_measured(monkeypatch):
    model = permit()
    monkeypatch.setattr(saving, "_MOST_NODES", 0)
    monkeypatch.setattr(saving, "_FEWEST", 1)

    found = measured(model, find(model))

    assert [finding.steps for finding in found if finding.saving is not None] == [("pass",)]


def test_work_without_a_closed_form_is_simulated_beside_an_exact_time():
    """Side by side with a check that turns cases down: how much of the other is done before depends on chance."""
    builder = build("permit").lane("甲", level="county").start().parallel("p")
    builder.branch().step("look", kind="check", purpose="a", work="PT2H", wait="PT1H", rejects=0.3)
    builder.branch().step("ask", kind="check", purpose="b", work="PT3H", wait="PT2H").join()
    model = builder.step("pass", kind="forward", work="PT1H").step("decide", kind="decide", work="PT1H").end().model
    finding = next(one for one in find(model) if one.finding == "pass-through")

    (found,) = measured(model, [finding])

    assert found.saving.source == "exact"
    assert found.saving.work_s == pytest.approx(0.7 * 3600, rel=0.05)
