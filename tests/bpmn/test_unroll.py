"""A loop that is taken so many times at most: what the copies of its vertices make of times and outcomes."""

import pytest

from analysis.outcomes import expected_outcomes
from analysis.time import time
from analysis.timing import exact
from bpmn import read, write
from bpmn.build import Builder, build
from bpmn.control_flow import control_flow
from bpmn.unroll import can_unroll, unrolled

HOUR = 3600.0


def loop() -> Builder:
    """The head of a loop, whose tail `back` closes."""
    builder = build("permit", pool="县局", hours="00:00-24:00").lane("县局").start("start")
    return builder.node("again", "exclusiveGateway").to("again").at("again").step("look", work="PT1H")


def back(builder: Builder, most: int | None, *, share: float = 0.5):
    """The model whose way back is taken so often at most."""
    builder.exclusive("fine").branch(share).to("again").branch(1 - share).close()
    model = builder.step("decide", work="PT4H").end("end").model
    flows = tuple(flow.evolve(most=most) if flow.id == "fine-again" else flow for flow in model.flows)
    return model.evolve(flows=flows)


@pytest.mark.parametrize(("most", "rounds"), [(None, 2.0), (1, 1.5), (2, 1.75), (3, 1.875)])
def test_the_mean_is_the_sum_over_the_rounds_that_are_left(most, rounds):
    model = back(loop(), most)

    assert exact(model).elapsed_working.mean == pytest.approx(HOUR * (rounds + 4))


@pytest.mark.parametrize("most", [1, 2])
def test_simulated_cases_go_round_as_often_as_arithmetic_says(most):
    model = back(loop(), most)

    simulated = time(model, cases=4_000)

    rounds = sum(0.5**round_ for round_ in range(most + 1))
    assert next(step for step in simulated.steps if step.id == "look").times_per_case == pytest.approx(rounds, rel=0.03)


def test_both_branches_of_a_block_in_the_loop_are_done_in_every_round():
    builder = (
        loop().parallel("split").branch().step("fire", work="PT2H").branch().step("water", work="PT3H").join("join")
    )
    model = back(builder, 1)

    assert exact(model).elapsed_working.mean == pytest.approx(HOUR * (1.5 * (1 + 3) + 4))


def test_an_answer_from_outside_is_waited_for_in_every_round():
    builder = loop().catch("answer", "message", work="PT2H").black_box("申请人", id="applicant", applicant=True)
    builder.message("look", "applicant").message("applicant", "answer")
    model = back(builder.at("answer"), 1)

    simulated = time(model, cases=4_000)

    assert simulated.times.elapsed_working.mean == pytest.approx(HOUR * (1.5 * (1 + 2) + 4), rel=0.03)


def test_a_loop_in_which_another_pool_answers_is_not_copied():
    builder = loop().throw("ask", "message").catch("answer", "message")
    back(builder, None)
    builder.pool("市局", process="other").start("asked", event="message").step("reply", work="PT2H").end("replied")
    model = builder.message("ask", "asked").message("reply", "answer").model

    assert not can_unroll(model, "fine-again")


def test_the_share_of_the_way_back_goes_to_the_other_branches():
    builder = loop().exclusive("fine").branch(0.5).to("again").branch(0.1).end("no", outcome="rejected").branch(0.4)
    model = builder.close().end("end").model
    once = model.evolve(flows=tuple(f.evolve(most=1) if f.id == "fine-again" else f for f in model.flows))

    shares = expected_outcomes(once)

    assert shares is not None
    assert shares["rejected"] == pytest.approx(0.2)


def test_the_plain_game_and_a_file_without_bounds_are_left_alone():
    bounded, plain = back(loop(), 1), back(loop(), None)

    assert control_flow(bounded) == control_flow(plain)
    assert unrolled(plain) is unrolled(plain)
    assert unrolled(plain) == control_flow(plain)


def test_a_bound_comes_back_from_the_file():
    assert read(write(back(loop(), 2))).flow["fine-again"].most == 2


def test_only_a_choice_in_a_loop_can_be_bounded():
    model = back(loop(), None)

    assert can_unroll(model, "fine-again")
    assert not can_unroll(model, "fine-decide")
    assert not can_unroll(model, "again-look")
    assert not can_unroll(model, "nothing")


def test_a_loop_around_a_sub_process_is_not_copied():
    builder = loop().sub_process("frame").start("in").step("inner").end("out").close()

    assert not can_unroll(back(builder, None), "fine-again")


def test_many_rounds_stay_within_the_budget():
    assert len(unrolled(back(loop(), 1_000_000)).vertices) < 60_000
    assert exact(back(loop(), 40)).elapsed_working.mean == pytest.approx(HOUR * 6)
