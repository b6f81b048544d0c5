"""Relations of many nodes at once: groups that can meet, rows past a common refusal, what runs beside."""

from hypothesis import HealthCheck, given, settings

from bpmn.build import build
from bpmn.relations import relations
from tests.strategies import models, procedures


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(models(inclusive=True) | procedures())
def test_groups_are_those_of_every_pair(model):
    known = relations(model)
    groups = {step: {step} for step in known.steps if known.can_meet(step, step)}
    for one in groups:
        for other in list(groups):
            if groups[one] is not groups[other] and known.can_meet(one, other):
                united = groups[one] | groups[other]
                groups.update(dict.fromkeys(united, united))

    assert {frozenset(group) for group in known.meeting_groups(known.steps)} == {frozenset(g) for g in groups.values()}


def test_nodes_of_two_pools_are_grouped_too():
    builder = build("one").pool("甲").start().step("a").step("send").end()
    model = builder.pool("乙").start("begun", event="message").step("b").end().message("send", "begun").model

    assert relations(model).meeting_groups(["a", "b"]) == [["a", "b"]]


def in_a_row(model, step):
    return [pair.second for pair in relations(model).in_a_row(step)]


def checks(last):
    """Two checks, each of which may end in one common refusal with a notice; `last` draws what comes behind."""
    builder = build().start().step("a").exclusive("x").branch().to("refused").branch().close()
    builder.step("b").exclusive("y").branch().to("refused").branch().close()
    return last(builder.step("c")).node("refused", "exclusiveGateway").at("refused").step("tell")


def test_a_refusal_that_several_choices_share_ends_the_case():
    assert in_a_row(checks(lambda builder: builder.end("e")).end("no").model, "a") == ["b", "tell"]


def test_branches_that_meet_again_on_every_way_are_no_row():
    model = checks(lambda builder: builder.to("refused")).end("no").model

    assert in_a_row(model, "a") == []


def test_a_skipped_step_is_no_row():
    model = build().start().step("a").exclusive("x").branch().step("b").branch().join().step("c").end().model

    assert in_a_row(model, "a") == []
    assert in_a_row(model, "b") == ["c"]


def test_what_every_case_meets_beside():
    builder = build().start().parallel("p").branch().step("a").branch().exclusive("x").branch().step("b").branch()
    known = relations(builder.join().join().step("c").end().model)

    assert (known.always_beside("b", "a"), known.always_beside("a", "b")) == (True, False)
    assert not known.always_beside("a", "c")
