"""A case stays small however long it lasts: chains, loops and blocks by the thousand."""

import pytest

from bpmn.build import build
from engine.errors import StepBudgetSpent
from engine.spiff import Run, compiled
from tests.engine.spiff.reloaded import Reloaded


def chain(steps, task="scriptTask"):
    builder = build("p").start("s")
    for number in range(steps):
        builder.step(f"t{number}", task=task)
    return builder.end("e").model


def test_ten_thousand_automatic_steps_pass_in_one_command():
    case = Reloaded.begin(chain(10_000))

    assert (case.ended, len(case.log)) == ("completed", 10_002)


def test_two_hundred_parallel_blocks_in_a_row_hold_two_tokens_at_most():
    builder = build("p").start("s")
    for number in range(200):
        builder.parallel(f"g{number}").branch().step(f"a{number}").branch().step(f"b{number}").join(f"j{number}")
    case = Reloaded.begin(builder.end("e").model)
    most = 0
    for number in range(200):
        most = max(most, len(case.rows.tokens))
        case.play(f"a{number} b{number}")

    assert (case.ended, most) == ("completed", 2)


def test_a_round_of_a_loop_leaves_nothing_behind():
    builder = build("p").start("s").node("m", "exclusiveGateway").flow("s", "m").at("m").step("a").exclusive("x")
    model = builder.branch(condition="again = true").to("m").branch(default=True).end("e").model
    case = Reloaded.begin(model)
    for _ in range(300):
        case.play("again:=true a")

    assert len(case.rows.tokens) == 1
    assert len(next(iter(case.rows.tokens.values()))) < 10


def test_frames_nested_by_the_hundred_are_entered_and_left():
    builder = build("p").start("s")
    for number in range(300):
        builder.sub_process(f"f{number}").start(f"s{number}")
    builder.step("a").end("deepest")
    for number in reversed(range(300)):
        builder.close().end(f"e{number}")
    case = Reloaded.begin(builder.model)

    assert case.play("a").ended == "completed"


def test_a_command_has_a_budget_of_steps():
    program = compiled(chain(100))

    with pytest.raises(StepBudgetSpent):
        Run.start(program, Reloaded.of(program).world, at=Reloaded.now, budget=50)
