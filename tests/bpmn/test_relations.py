import doctest

import pytest

from bpmn.annotation import GovMaterial
from bpmn.build import Builder, build, gives, needs
from bpmn.relations import Relations, relations


def check(builder: Builder, step: str, **values: object) -> Builder:
    return builder.step(step, kind="check", materials=[needs(f"paper of {step}")], **values)  # type: ignore[arg-type]


def internal(name: str) -> GovMaterial:
    return needs(name, origin="internal")


def known(builder: Builder) -> Relations:
    return relations(builder.model)


def loop() -> Relations:
    """Two exclusive branches in a loop, with a step on the way back."""
    builder = build("p").start("s").node("h", "exclusiveGateway").to("h").at("h")
    builder.exclusive("x").branch().step("a").branch().step("b").join("j")
    return known(builder.exclusive("y").branch().step("ask").to("h").branch().step("on").end("e"))


def pools() -> Relations:
    """The office sends for an opinion in one branch only; the other pool answers."""
    builder = build("office", pool="Office").start("s").exclusive("x").branch().step("alone").branch()
    builder.step("send").step("meanwhile").catch("answer", "message").step("use").join("j").step("last").end("e")
    builder.pool("Fire", process="fire").start("asked", event="message").step("judge").end("told")
    return known(builder.message("send", "asked").message("told", "answer"))


@pytest.mark.parametrize(
    ("opener", "met", "beside"),
    [("exclusive", False, False), ("event_based", False, False), ("parallel", True, True), ("inclusive", True, True)],
)
def test_branches_meet_by_the_kind_of_their_gateway(opener, met, beside):
    builder = getattr(build("p").start(), opener)("g").branch()
    builder = (builder.catch("c", "message") if opener == "event_based" else builder).step("a").branch()
    found = known(builder.catch("d", "timer", "P1D").step("b").join("j").step("c2").end())

    assert found.can_meet("a", "b") is met
    assert found.exclusive("a", "b") is not met
    assert found.parallel("a", "b") is beside
    assert not found.before("a", "b")
    assert found.before("a", "c2")


def test_the_default_of_an_inclusive_gateway_excludes_the_others():
    builder = build("p").start().inclusive("g").branch(default=True).step("d").branch(0.5).step("a")

    found = known(builder.branch(0.5).step("b").join().end())

    assert found.exclusive("d", "a")
    assert found.parallel("a", "b")


def test_exclusive_branches_exclude_each_other_in_a_loop_too():
    found = loop()

    assert found.exclusive("a", "b")
    assert found.can_meet("a", "ask")
    assert found.later("a", "b")


def test_a_way_back_comes_before_what_it_leads_to_only_around_the_loop():
    found = loop()

    assert found.before("a", "ask")
    assert not found.before("ask", "on")
    assert found.later("ask", "on")
    assert not found.parallel("ask", "on")
    assert found.can_meet("ask", "on")


def test_loops_are_named_by_the_flow_that_leads_back():
    found = loop()

    assert found.loops_around("a") == ("ask-h",)
    assert found.loops_around("on") == ()


def test_of_nested_loops_the_smallest_comes_first():
    builder = build("p").start().node("h", "exclusiveGateway").to("h").at("h").step("a")
    builder.node("i", "exclusiveGateway").to("i").at("i").step("b").exclusive("x").branch().to("i").branch().close()

    found = known(builder.exclusive("y").branch().to("h").branch().close().end())

    assert found.loops_around("b") == ("x-i", "y-h")
    assert found.loops_around("a") == ("y-h",)


def test_the_sides_of_an_interrupting_event_exclude_each_other_and_others_do_not():
    def bordered(interrupting: bool) -> Relations:
        builder = build("p").start().step("a").step("b").end().boundary("t", "error", on="a", interrupting=interrupting)
        return known(builder.step("c").end())

    assert bordered(True).exclusive("b", "c")
    assert bordered(False).parallel("b", "c")
    assert bordered(True).can_meet("a", "c")


def test_a_step_its_timer_interrupts_is_not_done_on_the_way_of_that_timer():
    def timed(probability: float | None) -> Relations:
        builder = build("p").start().step("a", kind="check", materials=[gives("m")]).step("b").end()
        builder.boundary("t", "timer", "P1D", on="a", probability=probability).step("c").end()
        return known(builder)

    assert not timed(None).always_before("a", "c")
    assert timed(None).available("c") == frozenset()
    assert timed(0.1).always_before("a", "c")
    assert timed(0.1).available("c") == {"m"}
    assert timed(None).available("b") == {"m"}


@pytest.mark.parametrize(("interrupting", "beside", "before"), [(True, False, True), (False, True, False)])
def test_an_event_sub_process_meets_its_scope(interrupting, beside, before):
    builder = build("p").start().step("a", materials=[gives("m")], kind="check").step("b").end()
    builder.sub_process("f", by_event=True).start("hurt", event="message", interrupting=interrupting)
    found = known(builder.step("x").end("out").close())

    assert found.can_meet("a", "x")
    assert found.parallel("a", "x") is beside
    assert found.before("a", "x") is before
    assert not found.before("x", "a")
    assert (found.available("x"), found.maybe_available("x")) == (frozenset(), {"m"})


def test_steps_in_and_behind_a_sub_process_are_ordered():
    builder = build("p").start().sub_process("f").start("s2").step("a").step("b").end("e2").close().step("c").end()
    found = known(builder)

    assert found.always_before("a", "c")
    assert found.always_after("a", "c")
    assert found.steps == ("a", "b", "c")


def test_what_a_pool_waits_for_excludes_what_never_sends_it():
    found = pools()

    assert found.exclusive("alone", "judge")
    assert found.can_meet("use", "judge")
    assert found.parallel("meanwhile", "judge")


def test_messages_order_the_steps_of_two_pools():
    found = pools()

    assert found.before("send", "judge")
    assert found.before("judge", "use")
    assert found.always_before("send", "judge")
    assert found.always_before("judge", "use")
    assert not found.always_before("judge", "last")
    assert found.always_after("send", "judge")
    assert found.steps.index("judge") < found.steps.index("use")


def test_cases_that_are_rejected_do_not_count_for_what_always_follows():
    def refusing(outcome: str) -> Relations:
        builder = build("p").start().step("a").exclusive("x").branch().step("no").end("r", outcome=outcome)
        return known(builder.branch().step("b").end())

    assert refusing("rejected").always_after("a", "b")
    assert not refusing("").always_after("a", "b")


def test_starts_that_are_not_drawn_begin_together_and_drawn_ones_do_not():
    together = build("p").node("a", "task").node("b", "task").node("j", "parallelGateway").flow("a", "j").flow("b", "j")
    apart = build("p").start("s").step("a").to("j").start("t").step("b").to("j").node("j", "exclusiveGateway")

    assert known(together).parallel("a", "b")
    assert known(apart.at("j").end()).exclusive("a", "b")


def test_what_no_case_comes_to_is_related_to_nothing():
    found = known(build("p").start().step("a").end().node("island").node("isle").flow("island", "isle"))

    assert not found.can_meet("a", "island")
    assert not found.before("island", "isle")


# Parts that are not nested.


def crossing() -> Relations:
    """Refusals of two steps that meet, so that the part is not nested."""
    builder = build("p").start().step("a").exclusive("x").branch().to("no").branch().step("b")
    builder.exclusive("y").branch().to("no").branch().step("c").end("e")
    return known(builder.node("no", "exclusiveGateway").at("no").step("refuse").end("r"))


def test_refusals_that_meet_are_ordered_behind_all_that_leads_to_them():
    found = crossing()

    assert found.before("b", "refuse")
    assert found.exclusive("c", "refuse")
    assert not found.always_before("b", "refuse")
    assert found.always_before("a", "refuse")


def test_parallel_branches_that_cross_are_parallel_where_nothing_orders_them():
    builder = (
        build("p").start().node("g", "parallelGateway").to("g").at("g").step("a").to("u").at("g").step("b").to("v")
    )
    builder.node("u", "parallelGateway").node("v", "parallelGateway").at("u").step("c").to("j").flow("u", "v")
    builder.node("j", "parallelGateway").at("v").step("d").to("j").at("j").end()
    found = known(builder)

    assert found.parallel("c", "d")
    assert found.parallel("b", "c")
    assert found.before("a", "d")
    assert found.always_before("a", "d")
    assert not found.parallel("a", "d")


def test_ways_back_from_two_steps_meet_each_other_and_what_follows():
    builder = build("p").start().node("h", "exclusiveGateway").to("h").at("h").step("a")
    builder.exclusive("x").branch().step("r1").to("h").branch().step("b").exclusive("y").branch().step("r2").to("h")
    found = known(builder.branch().step("c").end())

    assert found.can_meet("r1", "r2")
    assert found.can_meet("r1", "c")
    assert not found.before("r1", "c")
    assert not found.parallel("r1", "c")


def test_a_way_back_on_which_a_case_may_end_still_leads_back():
    builder = build("p").start().node("h", "exclusiveGateway").to("h").at("h").exclusive("x").branch().step("a")
    builder.branch().step("b").join("j").exclusive("y").branch().step("ask").exclusive("z").branch().end("withdrawn")
    found = known(builder.branch().to("h").close().branch().step("decide").end())

    assert found.can_meet("ask", "decide")
    assert not found.before("ask", "decide")
    assert found.exclusive("withdrawn", "decide")
    assert found.exclusive("a", "b")


def test_a_loop_with_two_entries_tells_nothing_apart():
    builder = build("p").start().exclusive("x").branch().to("m").branch().to("n")
    builder.node("m", "exclusiveGateway").node("n", "exclusiveGateway").at("m").step("a").to("n").at("n").step("b")
    found = known(builder.exclusive("y").branch().to("m").branch().step("c").end())

    assert found.can_meet("a", "b")
    assert found.later("b", "a")
    assert found.before("a", "c")


# Neighbours.


def row(builder: Builder, step: str = "a") -> list[tuple[str, tuple[str, ...]]]:
    return [(found.second, found.between) for found in known(builder).in_a_row(step)]


def test_steps_in_a_row_with_what_lies_between():
    chain = build("p").start().step("a").throw("t").step("f", kind="forward").parallel("g").branch().step("b").branch()

    assert row(chain.step("c").join().end()) == [
        ("f", ("t",)),
        ("b", ("t", "f", "g")),
        ("c", ("t", "f", "g")),
    ]


def test_a_choice_lies_between_only_if_its_other_branches_end_or_lead_back():
    begin = build("p").start().node("h", "exclusiveGateway").to("h").at("h").step("a")
    ended = begin.exclusive("x").branch().step("no").end("r").branch().to("h").branch().step("b").end("e")
    skipped = build("q").start().step("a").exclusive("x").branch().step("b").branch().join("j").step("c").end()

    assert row(ended) == [("no", ("x",)), ("b", ("x",))]
    assert row(skipped) == []


@pytest.mark.parametrize("event", ["message", "timer"])
def test_what_catches_something_parts_a_row(event):
    assert row(build("p").start().step("a").catch("c", event, "P1D" if event == "timer" else "").step("b").end()) == []


def test_another_step_parts_a_row_and_an_event_on_a_step_leads_to_no_neighbour():
    chain = build("p").start().step("a").step("b", kind="check").step("c").end().boundary("t", "error", on="a")

    assert row(chain.step("d").end()) == [("b", ())]


def test_a_row_leads_through_the_border_of_a_sub_process():
    builder = build("p").start().step("a").sub_process("f").start("s2").step("b").end("e2").close().step("c").end()

    assert row(builder) == [("b", ("f", "s2"))]
    assert row(builder, "b") == [("c", ("e2", "f"))]


# Decisions and materials.


def test_the_first_choice_behind_a_step_routes_on_it_and_conditions_that_name_what_it_gives():
    chain = build("p").start().step("a", materials=[gives("意见")]).exclusive("x").branch(0.5).branch(0.5).join()
    chain.step("b", kind="check").exclusive("y").branch(condition='意见 = "同意"').branch(default=True).join().end()
    found = known(chain)

    assert found.routed_by("a") == ("x", "y")
    assert found.routed_by("b") == ("y",)


def test_a_longer_name_or_a_quoted_text_is_not_the_material():
    chain = (
        build("p").start().step("a", materials=[gives("意见")]).step("b", kind="check", materials=[gives("审查意见")])
    )
    chain.exclusive("y").branch(condition='审查意见 = "意见"').branch(default=True).join().end()

    assert known(chain).used_after("a", "意见") == ()
    assert known(chain).used_after("b", "审查意见") == ("y-y_join",)


def test_materials_by_association_and_by_annotation_are_one():
    chain = build("p").start().data("d", name="勘验报告").store("r", name="人口库")
    chain.step("a", kind="check", writes=["d"], reads=["r"]).step("b", kind="check", reads=["d"], writes=["r"])
    found = known(chain.end())

    assert (found.gives("a"), found.needs("b")) == ({"勘验报告"}, {"勘验报告"})
    assert (found.needs("a"), found.takes_in("a")) == ({"人口库"}, {"人口库"})
    assert (found.stores_read("a"), found.stores_written("b")) == ({"r_store"}, {"r_store"})
    assert found.used_after("a", "勘验报告") == ("b",)
    assert found.available("b") == {"勘验报告", "人口库"}


def test_what_is_kept_or_sent_is_used():
    chain = build("p", pool="Office").start().store("r").step("a", kind="check", materials=[gives("m")], writes=["r"])
    chain.step("b", kind="check", materials=[gives("n")]).end().black_box("Applicant", id="out").message("b", "out")
    found = known(chain)

    assert found.used_after("a", "m") == ("r_store",)
    assert found.used_after("b", "n") == ("b-out",)


def test_only_what_the_applicant_hands_in_is_handed_in():
    step = (
        build("p").start().step("a", kind="check", materials=[needs("x"), needs("y", origin="shared"), internal("z")])
    )
    found = known(step)

    assert found.handed_in("a") == {"x"}
    assert found.takes_in("a") == {"x", "y"}
    assert found.is_annotated("a")


# Independence.


def tied(first: dict, second: dict, between=lambda builder: builder) -> str:
    """Why two checks hang on each other, empty where they do not."""
    given = {"kind": "check", "materials": [needs("x")]}
    builder = between(build("p").start().step("a", **{**given, **first}))
    return known(builder.step("b", **{**given, "materials": [needs("y")], **second}).end()).independent("a", "b").why


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ({}, {}, ""),
        ({}, {"materials": [needs("x")]}, ""),
        ({"rejects": 0.1}, {}, ""),
        ({"kind": ""}, {}, "not-annotated"),
        ({"materials": []}, {}, "no-material"),
        ({"kind": "accept"}, {}, "accept"),
        ({"kind": "decide"}, {}, "kind-first"),
        ({}, {"kind": "notify"}, "kind-second"),
        ({"materials": [gives("m")]}, {"materials": [internal("m")]}, "needs-what-other-gives"),
        ({}, {"materials": [internal("x")]}, "needs-what-other-gives"),
        ({}, {"after": ["a"]}, "after"),
    ],
)
def test_independent_steps(first, second, why):
    assert tied(first, second) == why


@pytest.mark.parametrize(
    ("between", "why"),
    [
        (lambda b: b.step("w", kind="wait"), "wait-between"),
        (lambda b: b.step("w", kind="other", clock_stop="inspection"), "clock-stop-between"),
        (lambda b: b.catch("t", "timer", "P1D"), "event-between"),
        (lambda b: b.exclusive("g").branch().end("r").branch().close(), "routes-on-first"),
        (lambda b: b.parallel("g").branch().step("z").branch().close(), ""),
    ],
    ids=["wait", "clock-stop", "timer", "choice", "parallel"],
)
def test_what_lies_between_ties_steps(between, why):
    assert tied({}, {}, between) == why


def test_one_writes_the_register_the_other_reads():
    builder = build("p").start().store("r").step("a", kind="check", materials=[needs("x")], writes=["r"])

    found = known(builder.step("b", kind="check", reads=["r"]).end()).independent("a", "b")

    assert (found.holds, found.why) == (False, "store")


def test_an_answer_ties_the_steps_around_it():
    builder = check(build("p", pool="Office").start(), "a")
    builder = check(builder, "b").end().pool("Fire", process="fire").start("asked", event="message").end("told")

    found = known(builder.message("a", "asked").message("told", "b")).independent("a", "b")

    assert found.why == "message"


def test_what_is_only_suggested_is_named():
    found = known(check(check(build("p").start(), "a", source="suggested"), "b").end()).independent("a", "b")

    assert (found.holds, found.missing) == (True, ("a",))


def test_the_examples_of_the_page_run(root):
    page = str(root / "docs" / "explanation" / "relations.md")

    failed, tried = doctest.testfile(page, module_relative=False)

    assert (failed, tried > 3) == (0, True)
