"""Relations where branches end apart, stop each other, run beside a loop, or answer each other by messages."""

import pytest

from bpmn.build import Builder, build, gives
from bpmn.relations import Relations, relations


def known(builder: Builder) -> Relations:
    return relations(builder.model)


def again(builder: Builder) -> Builder:
    """Begin a loop."""
    return builder.node("again", "exclusiveGateway").to("again").at("again")


def test_an_inclusive_join_waits_for_a_branch_that_can_come_back_to_it():
    builder = again(build("p").start().inclusive("g").branch()).step("a").exclusive("x").branch().exclusive("y")
    builder.branch().step("b").to("again").branch().end("stop", event="terminate").close().branch().close()
    found = known(builder.branch().join("j").step("c").end())

    assert found.can_meet("b", "c")
    assert not found.parallel("b", "j")
    assert not found.parallel("b", "c")
    assert found.before("a", "j")


@pytest.mark.parametrize(("stops", "is_certain"), [(True, False), (False, True)])
def test_a_note_of_one_round_may_be_stopped_in_a_later_one(stops, is_certain):
    builder = again(build("p").start()).step("a").parallel("aside").branch().step("note").end("noted").branch().close()
    builder.exclusive("x").branch().to("again").branch().close()
    builder.exclusive("y").branch().end("stop", event="terminate" if stops else "").branch().close()
    before = known(builder.step("b").end())

    builder = again(build("p").start()).exclusive("y").branch().end("stop", event="terminate" if stops else "")
    builder.branch().close().parallel("aside").branch().step("note").end("noted").branch().close()
    later = known(builder.exclusive("x").branch().to("again").branch().close().step("b").end())

    assert before.always_after("aside", "note") is is_certain
    assert later.always_after("aside", "note") is is_certain
    assert later.always_after("note", "noted") is True


def test_what_begins_before_a_loop_is_done_before_the_end_behind_their_join_stops_anything():
    builder = again(build("p").start().parallel("g").branch()).step("a").exclusive("x").branch().to("again")
    builder.branch().close().branch().step("b").join().exclusive("y").branch().end("stop", event="terminate")

    assert known(builder.branch().close().step("c").end()).always_after("g", "b")


def note_on_a_way_back() -> Relations:
    """Inside a sub-process the way back is told to somebody by a note that ends by itself."""
    builder = again(build("p").start().sub_process("f").start("s2")).step("a").exclusive("x").branch().step("back")
    builder.boundary("told", "escalation", on="back", interrupting=False).step("note").end("noted")
    return known(builder.at("back").to("again").branch().close().end("e2").close().step("c").end())


def test_a_note_on_a_way_back_comes_before_what_follows_the_sub_process():
    found = note_on_a_way_back()

    assert found.before("note", "c")
    assert not found.before("c", "note")
    assert not found.parallel("note", "c")
    assert not found.always_before("note", "c")


def test_a_note_on_one_way_back_meets_what_another_way_back_passes():
    builder = again(build("p").start()).step("a").exclusive("x").branch().exclusive("y").branch().step("short")
    builder.boundary("told", "escalation", on="short", interrupting=False).step("note").end("noted").at("short")
    builder.to("again").branch().exclusive("z").branch().step("long").to("again").branch().end("away").close().close()
    found = known(builder.branch().close().step("c").end())

    assert found.can_meet("short", "long")
    assert found.can_meet("note", "long")


def test_whichever_end_stops_the_other_what_both_bring_is_there():
    builder = build("p").start().sub_process("f").start("s2").parallel("g").branch()
    builder.step("a", kind="check", materials=[gives("m"), gives("n")]).end("stop a", event="terminate").branch()
    builder.step("b", kind="check", materials=[gives("m")]).end("stop b", event="terminate").close().close()
    found = known(builder.step("c").end())

    assert found.available("c") == {"m"}
    assert found.maybe_available("c") == {"m", "n"}


def told(*messages: tuple[str, str], opened: bool = False) -> Relations:
    """The office does two steps, the second in some cases only; the other pool waits and judges."""
    builder = build("office", pool="Office").start("s").step("first").exclusive("x").branch().step("second")
    builder.branch().close().step("last").end("e").pool("Fire", process="fire")
    builder.start("begun", event="message" if opened else "").step("look").catch("c", "message").step("judge").end("f")
    for source, target in messages:
        builder.message(source, target)
    return known(builder)


def test_a_message_that_another_may_have_forestalled_is_no_answer():
    assert told(("last", "c")).always_after("last", "judge")
    assert not told(("first", "c"), ("last", "c")).always_after("last", "judge")


def test_a_message_to_a_pool_that_is_not_open_is_no_answer():
    assert told(("first", "begun"), ("last", "c"), opened=True).always_after("last", "judge")
    assert not told(("second", "begun"), ("last", "c"), opened=True).always_after("last", "judge")


def test_who_may_have_been_told_by_another_can_work_at_the_same_time():
    ordered, free = told(("last", "c")), told(("first", "c"), ("last", "c"))

    assert (ordered.parallel("last", "judge"), ordered.before("last", "judge")) == (False, True)
    assert (ordered.parallel("second", "judge"), ordered.before("second", "judge")) == (False, True)
    assert (free.parallel("last", "judge"), free.before("last", "judge")) == (True, False)
    assert free.always_before("first", "judge")


def test_an_answer_orders_two_branches_of_the_pool_that_asked():
    builder = build("office", pool="Office").start("s").parallel("g").branch().step("ask").step("go on").branch()
    builder.catch("answer", "message").step("use").join().end("e")
    builder.pool("Fire", process="fire").start("asked", event="message").step("judge").end("f")
    found = known(builder.message("ask", "asked").message("judge", "answer"))

    assert (found.parallel("ask", "use"), found.before("ask", "use")) == (False, True)
    assert found.parallel("go on", "use")
