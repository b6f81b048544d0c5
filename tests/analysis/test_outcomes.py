import pytest

from analysis.outcomes import expected_outcomes
from analysis.simulation import simulate
from bpmn.build import Builder, build
from bpmn.model import Model


def rejected(model: Model) -> float | None:
    found = expected_outcomes(model)
    if found is None:
        return None
    assert found["granted"] + found["rejected"] == pytest.approx(1)
    return found["rejected"]


def test_a_case_that_nothing_turns_down_is_granted():
    assert expected_outcomes(build("p").start().step("a").end().model) == {"granted": 1.0, "rejected": 0.0}


def test_steps_turn_down_one_after_another():
    model = build("p").start().step("a", rejects=0.1).step("b", rejects=0.2).end().model

    assert rejected(model) == pytest.approx(1 - 0.9 * 0.8)


def test_a_rejection_in_any_parallel_branch_ends_the_case():
    chain = build("p").start().parallel("g").branch().step("a", rejects=0.1)
    model = chain.branch().step("b", rejects=0.2).branch().step("c").join().end().model

    assert rejected(model) == pytest.approx(1 - 0.9 * 0.8)


def test_the_end_event_tells_the_outcome():
    chain = build("p").start().step("a", kind="check").exclusive("g").branch(0.3).end(outcome="rejected")
    model = chain.branch(0.7).step("b").end().model

    assert rejected(model) == pytest.approx(0.3)


def test_where_a_gateway_routes_on_a_step_its_rejects_are_not_drawn_besides():
    """The gateway's share is what happens to those the check turns down."""
    chain = build("p").start().step("a", kind="check", rejects=0.3).exclusive("g")
    model = chain.branch(0.3).end(outcome="rejected").branch(0.7).step("b").end().model

    assert rejected(model) == pytest.approx(0.3)


def test_a_gateway_behind_another_judgement_does_not_route_on_the_first():
    """The look-alike: another check stands between, so the first one's rejected cases end at once."""
    chain = build("p").start().step("a", kind="check", rejects=0.1).step("b", kind="check").exclusive("g")
    model = chain.branch(0.3).end(outcome="rejected").branch(0.7).end().model

    assert rejected(model) == pytest.approx(0.1 + 0.9 * 0.3)


def supplement_loop() -> Builder:
    chain = build("p").start().step("collect").exclusive("complete").branch(0.2).step("supplement")
    return chain.exclusive("in time").branch(0.75).to("collect").branch(0.25).end("dropped", outcome="rejected").close()


def test_loops_are_geometric():
    """Each round 0.2 are incomplete, and a quarter of those is dropped: 0.05 / (1 - 0.15)."""
    model = supplement_loop().branch(0.8).close().step("issue").end("issued").model

    assert rejected(model) == pytest.approx(0.05 / 0.85)


def test_a_step_rejects_in_each_round():
    chain = build("p").start().node("again", "exclusiveGateway").to("again").at("again").step("a", rejects=0.1)
    chain = chain.step("b", kind="check").exclusive("g").branch(0.5).to("again").branch(0.5).close()
    model = chain.end("e").model

    # x = 0.1 + 0.9 * 0.5 * x
    assert rejected(model) == pytest.approx(0.1 / 0.55)


def test_absent_shares_split_what_is_left():
    chain = build("p").start().exclusive("g").branch(0.4).end("e1").branch().end("e2", outcome="rejected")
    model = chain.branch().end("e3").close().model

    assert rejected(model) == pytest.approx(0.3)


def test_a_sub_process_is_passed_through_and_can_turn_down():
    chain = build("p").start("s").sub_process("frame").start("s2").parallel("g").branch().step("a", rejects=0.1)
    chain = chain.branch().step("b").join().exclusive("h").branch(0.5).step("c", kind="check", rejects=0.2)
    model = chain.end("e2").branch(0.5).end("e3").close().close().step("d").end("e").model

    # The gateway h is the first after a, so a's rejects are routed; c's are not.
    assert rejected(model) == pytest.approx(0.5 * 0.2)


def test_pools_take_part_as_messages_reach_them():
    chain = build("permit", pool="office").start("s").step("a").exclusive("g").branch(0.5).step("ask bank")
    chain = chain.catch("answer", "message").branch(0.5).join("j").end("e")
    chain = (
        chain.pool("bank", process="bank")
        .start("s2", event="message")
        .step("check", rejects=0.2)
        .throw("reply", "message")
    )
    model = chain.end("e2").message("ask bank", "s2").message("reply", "answer").model

    assert rejected(model) == pytest.approx(0.1)


def test_an_end_right_after_an_answer_is_not_the_last_one():
    """The bank ends at the moment it answers; the office goes on with the answer and its end decides."""
    chain = build("permit", pool="office").start("s").step("ask bank").catch("answer", "message").step("decide")
    chain = chain.exclusive("g").branch(0.3).end("no", outcome="rejected").branch(0.7).end("yes").close()
    chain = chain.pool("bank", process="bank").start("s2", event="message").step("check").throw("reply", "message")
    model = chain.end("e2").message("ask bank", "s2").message("reply", "answer").model

    assert rejected(model) == pytest.approx(0.3)


def test_what_depends_on_time_is_not_decided():
    """Branches end apart with different outcomes: which end comes last is a matter of time."""
    chain = build("p").start().parallel("g").branch().step("a").end("no", outcome="rejected")
    model = chain.branch().step("b").end("yes").close().model

    assert expected_outcomes(model) is None


def test_branches_that_end_apart_with_one_outcome_are_decided():
    chain = build("p").start().parallel("g").branch().step("a", rejects=0.1).end("e1")
    model = chain.branch().step("b").end("e2").close().model

    assert rejected(model) == pytest.approx(0.1)


def test_a_terminate_end_that_overtakes_a_check_is_not_decided():
    chain = build("p").start().parallel("g").branch().step("a").end("stop", event="terminate")
    model = chain.branch().step("b", rejects=0.2).end("e2").close().model

    assert expected_outcomes(model) is None


def test_choices_of_an_inclusive_gateway_are_drawn_each_and_again_where_none_fires():
    chain = build("p").start().inclusive("g").branch(0.5).step("a", rejects=0.2).branch(0.5).step("b", rejects=0.4)
    model = chain.join().end().model

    expected = (0.25 * 0.2 + 0.25 * 0.4 + 0.25 * (1 - 0.8 * 0.6)) / 0.75
    assert rejected(model) == pytest.approx(expected)


def wide(size: int) -> Model:
    chain = build("p").start().parallel("g")
    for number in range(size):
        chain = chain.branch().exclusive(f"x{number}").branch(0.5).step(f"a{number}", kind="check", rejects=0.01)
        chain = chain.branch(0.5).join()
    return chain.join().end().model


def back_to_every_earlier_step(size: int) -> Model:
    chain = build("p").start("s")
    for number in range(size):
        chain = chain.step(f"a{number}", kind="check", rejects=0.01).step(f"b{number}", kind="check")
        chain = chain.exclusive(f"g{number}")
        for earlier in range(number + 1):
            chain = chain.branch(0.5 / (number + 1)).to(f"a{earlier}")
        chain = chain.branch(0.5).close()
    return chain.end("e").model


def test_wide_parallel_blocks_are_decided():
    """60 branches, each turning down 1 % of every second case."""
    assert rejected(wide(60)) == pytest.approx(1 - 0.995**60)


def test_steps_that_may_go_back_to_every_earlier_one_are_decided():
    assert 0.9 < rejected(back_to_every_earlier_step(50)) < 1


@pytest.mark.parametrize(
    "model",
    [supplement_loop().branch(0.8).close().step("issue", rejects=0.1).end("issued").model, wide(6)],
    ids=["loop with a way out", "parallel choices"],
)
def test_simulated_shares_agree_with_the_expected_ones(model):
    simulated = simulate(model, cases=20_000).rejected.mean()

    assert simulated == pytest.approx(rejected(model), abs=4 * (0.25 / 20_000) ** 0.5)
