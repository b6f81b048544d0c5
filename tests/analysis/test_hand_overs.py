import pytest

from analysis.hand_overs import expected_hand_overs, hand_overs
from bpmn.build import build


def pairs(model, **visits):
    """The hand-overs of a model in which each step is visited so often, else once."""
    known = {node.id: visits.get(node.id, 1.0) for node in model.nodes if node.is_step}
    return {(pair.giver, pair.taker): round(pair.times, 7) for pair in hand_overs(model, known)}


def two_units():
    """Begin a procedure in the window's lane, from which `lane` leads on."""
    return build("p").lane("窗口").start()


def test_work_changes_hands_where_the_next_step_is_another_units():
    model = two_units().step("a").step("b").lane("科室").step("c").lane("窗口").step("d").end().model

    assert pairs(model) == {("窗口", "科室"): 1, ("科室", "窗口"): 1}


def test_in_one_unit_nothing_changes_hands():
    assert pairs(two_units().step("a").step("b").end().model) == {}


def test_a_choice_hands_over_the_share_that_goes_there():
    b = two_units().step("a").exclusive("x")
    b.branch(0.3).lane("甲").step("b").branch(0.7).lane("乙").step("c").close().end()

    assert pairs(b.model) == {("窗口", "甲"): 0.3, ("窗口", "乙"): 0.7}


def test_a_loop_hands_over_once_a_round():
    b = two_units().step("a").lane("科室").step("b").exclusive("x")
    model = b.branch(0.2).to("a").branch(0.8).end().model

    found, is_exact = expected_hand_overs(model)

    assert is_exact
    assert {(pair.giver, pair.taker): pair.times for pair in found} == {
        ("窗口", "科室"): pytest.approx(1.25),
        ("科室", "窗口"): pytest.approx(0.25),
    }


def test_parallel_branches_hand_over_one_by_one_and_so_do_their_results():
    b = two_units().step("a").parallel("x")
    b.branch().lane("甲").step("b").branch().lane("乙").step("c").join().lane("窗口").step("d").end()

    assert pairs(b.model) == {("窗口", "甲"): 1, ("窗口", "乙"): 1, ("甲", "窗口"): 1, ("乙", "窗口"): 1}


def test_an_inclusive_choice_hands_over_by_each_flows_own_share_and_the_default_where_none_fires():
    b = two_units().step("a").inclusive("x")
    b.branch(0.4).lane("甲").step("b").branch(0.5).lane("乙").step("c").branch(default=True).lane("丙").step("d")
    b.join().end()

    assert pairs(b.model) == {("窗口", "甲"): 0.4, ("窗口", "乙"): 0.5, ("窗口", "丙"): 0.3}


def test_what_a_step_turns_down_is_not_handed_over():
    model = two_units().step("a", rejects=0.1).lane("科室").step("b").end().model

    assert pairs(model) == {("窗口", "科室"): 0.9}


def test_events_and_sub_processes_between_two_steps_change_nothing():
    b = two_units().step("a").throw("told").lane("科室").sub_process("sub").start().step("b").end().close()
    model = b.lane("窗口").step("c").end().model

    assert pairs(model) == {("窗口", "科室"): 1, ("科室", "窗口"): 1}


def test_messages_to_other_offices_are_hand_overs_and_those_to_the_applicant_are_not():
    b = build("p").pool("窗口").start().step("a").end().black_box("银行", id="bank")
    b.black_box("申请人", id="citizen", applicant=True).message("a", "bank").message("a", "citizen")

    assert pairs(b.model, a=0.8) == {("窗口", "银行"): 0.8}


def test_a_message_hands_over_to_the_unit_of_the_pool_it_opens_and_back():
    b = build("p").pool("窗口").start().step("a").catch("answer", event="message").step("c").end()
    b.pool("刻章单位").start("order", event="message").step("b").end("done")
    b.message("a", "order").message("done", "answer")

    assert pairs(b.model) == {("窗口", "刻章单位"): 1, ("刻章单位", "窗口"): 1}


def test_steps_without_a_unit_hand_nothing_over():
    assert pairs(build("p").start().step("a").step("b").end().model) == {}


def test_a_ring_of_gateways_is_followed_only_so_far():
    b = two_units().step("a").exclusive("x").branch(0.5).exclusive("y").branch(1.0).to("x").close()
    model = b.branch(0.5).lane("科室").step("b").close().end().model

    assert pairs(model) == {("窗口", "科室"): 1}
