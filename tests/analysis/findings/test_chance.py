"""The chance to take a flow at least once, against counting runs."""

import random

import pytest
from hypothesis import HealthCheck, given, settings

from analysis.findings.chance import Chances
from bpmn.build import build
from bpmn.control_flow import control_flow
from bpmn.routing import exclusive_shares
from tests.strategies import models


def chance(model, flow):
    return Chances(model, control_flow(model)).at_least_once(flow)


def test_a_frame_in_a_loop_is_come_to_again():
    """Inside the frame 10 % take the flow; half of the cases come round again: 0.1 / (1 − 0.9 · 0.5)."""
    builder = build().start().node("m", "exclusiveGateway").to("m").at("m").sub_process("s").start()
    builder.exclusive("i").branch(0.1).step("a").branch(0.9).join().end().close()
    model = builder.exclusive("x").branch(0.5).to("m").branch(0.5).end().model

    assert chance(model, "i-a") == pytest.approx(0.1 / 0.55)


def test_a_pool_that_a_message_opens_is_met_as_often_as_the_message_is_sent():
    builder = build("one").pool("甲").start().exclusive("g").branch(0.4).step("send").branch(0.6).join().end()
    builder.pool("乙").start("begun", event="message").exclusive("h").branch(0.25).step("a").branch(0.75).join().end()

    assert chance(builder.message("send", "begun").model, "h-a") == pytest.approx(0.1)


def test_what_is_turned_down_comes_no_further():
    builder = build().start().step("a", rejects=0.2).step("b").exclusive("g").branch(0.5).step("c").branch(0.5).join()

    assert chance(build().start().step("a", rejects=0.2).step("b").end().model, "b-end") == pytest.approx(0.8)
    assert chance(builder.end().model, "g-c") == pytest.approx(0.5)


def test_parallel_branches_each_have_their_own():
    builder = build().start().parallel("p").branch().exclusive("g").branch(0.3).step("a").branch(0.7).join()

    assert chance(builder.branch().step("b").join().end().model, "g-a") == pytest.approx(0.3)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(models(max_steps=6, annotations=False, lanes=False, sub_processes=False))
def test_agrees_with_counted_runs(model):
    choices = [flow.id for flow in model.flows if model.node[flow.source].kind == "exclusiveGateway"]
    for flow in choices[:2]:
        assert chance(model, flow) == pytest.approx(counted(model, flow), abs=0.06)


def counted(model, wanted, cases=1_500):
    """Walk many cases through the token game; joins wait for all of their branches."""
    draw, game, taken = random.Random(1), control_flow(model), 0
    for _ in range(cases):
        waiting, at_join, is_taken = list(game.scopes[0].starts), dict[int, int](), False
        while waiting:
            number = waiting.pop()
            vertex = game.vertices[number]
            if vertex.kind == "parallel-join":
                at_join[number] = at_join.get(number, 0) + 1
                if at_join[number] < len(vertex.entering):
                    continue
                at_join[number] = 0
            arcs = vertex.leaving
            if vertex.kind == "exclusive-split":
                arcs = draw.choices(arcs, exclusive_shares(model, game, vertex))
            is_taken = is_taken or any(game.arcs[arc].flow == wanted for arc in arcs)
            waiting += [game.arcs[arc].target for arc in arcs]
        taken += is_taken
    return taken / cases
