"""From a model to tables: what becomes an operation, where cases begin, what is refused."""

import numpy as np
import pytest

from analysis.simulation import layout as at
from analysis.simulation import refusals
from analysis.simulation.compile import compile_model, element_keys
from analysis.simulation.laws import law_of, mean_of
from bpmn.annotation import Duration, GovTime
from bpmn.build import Builder, build
from bpmn.model import EventDefinition, Loop


def begins(builder: Builder) -> tuple[str, ...]:
    return compile_model(builder.model).begins


def ways(builder: Builder) -> dict[str, list[str]]:
    """The nodes of the operations each operation leads to."""
    program = compile_model(builder.model)
    return {
        node: [program.nodes[target] for target, _ in program.arc[row[at.OP_ARC] : row[at.OP_ARC_END]]]
        for node, row in zip(program.nodes, program.op, strict=True)
    }


def test_what_only_passes_tokens_on_is_no_operation():
    b = build("p").start().step("a").exclusive("x").branch(0.5).throw("t").branch(0.5).parallel("one").branch()
    found = ways(b.close().join("m").step("b").end("e"))

    assert found == {"a": ["x"], "x": ["b", "b"], "b": ["e"], "e": []}


def test_an_end_that_takes_time_works_first():
    program = compile_model(build("p").start().step("a").end("e", work="PT1H").model)

    assert program.nodes == ("a", "e", "e")
    assert program.op[:, at.OP_KIND].tolist() == [at.WORKED, at.WORKED, at.END]


def test_a_ring_of_gateways_is_kept_as_an_operation():
    b = build("p").start().step("a").exclusive("x").branch(1.0).to("x")

    assert ways(b)["a"] == ["x"]


def test_joins_count_each_of_their_arcs_apart():
    b = build("p").start().parallel("f").branch().step("a").branch().exclusive("x").branch(0.5).branch(0.5).close()
    program = compile_model(b.join("j").end().model)

    join = program.op[program.nodes.index("j")]
    assert join[at.OP_NEED] == 3
    into = program.arc[program.arc[:, at.ARC_TARGET] == program.nodes.index("j"), at.ARC_COUNTER]
    assert sorted(into.tolist()) == [0, 1, 2]


# Where cases begin


def test_the_first_start_begins():
    b = build("p").start("web", event="message").step("a").end().start("window").to("a")

    assert begins(b) == ("web",)


def test_without_a_start_event_a_case_begins_wherever_nothing_leads_to():
    assert begins(build("p").node("a").node("b").flow("a", "c").flow("b", "c").node("c")) == ("a", "b")


def test_the_applicant_begins_where_the_office_waits_for_a_message():
    b = build("p").pool("窗口").start("begun", event="message").step("a").end()
    b.pool("申请人", process="home", applicant=True).start("wish").throw("apply").end()

    assert begins(b.message("apply", "begun")) == ("wish",)


def test_an_applicant_who_is_only_told_does_not_begin():
    b = build("p").pool("窗口").start("begun", event="message").step("a").end()
    b.pool("申请人", process="home", applicant=True).start("told", event="message").end()

    assert begins(b.message("a", "told")) == ("begun",)


def test_pools_that_no_message_starts_begin_together():
    b = build("p").pool("甲").start("one").throw("say").end()
    b.pool("乙", process="q").start("two").catch("hear", event="message").end()

    assert begins(b.message("say", "hear")) == ("one", "two")


def test_a_start_from_a_black_box_begins():
    b = build("p").pool("甲").start("one", event="message").end().black_box("申请人", id="box")

    assert begins(b.message("box", "one")) == ("one",)


def test_of_pools_that_start_each_other_the_procedures_own_begins():
    b = build("q").pool("乙").start("two", event="message").step("b").end()
    b.process("p", pool="甲", lead="甲").start("one", event="message").step("a").end()

    assert begins(b.message("a", "two").message("b", "one")) == ("one",)


def test_an_applicant_who_sends_goes_before_another_start_of_the_office():
    b = build("p").pool("甲").start("window").step("a").end().start("web", event="message").to("a")
    b.pool("申请人", process="home", applicant=True).start("wish").throw("apply").end()

    assert begins(b.message("apply", "web")) == ("wish",)


def test_where_both_could_be_first_the_offices_first_start_is():
    b = build("p").pool("甲").start("window").step("a").end().start("web", event="message").to("a")
    b.pool("申请人", process="home", applicant=True).start("wish").throw("apply").end()
    b.start("asked", event="message").to("apply")

    assert begins(b.message("apply", "web").message("a", "asked")) == ("window",)


# Keys, laws, rejecting


def test_a_step_is_keyed_by_what_it_replaces_and_no_two_alike():
    model = build("p").start("s").step("a", replaces=["x", "y"]).step("b", replaces=["x"]).step("x1").end("e").model
    other = build("p").start("s").step("x").end("e").model

    keys = element_keys(model.nodes)

    assert keys["a"] == element_keys(other.nodes)["x"]
    assert len(set(keys.values())) == len(keys)


def test_a_step_keeps_its_key_from_one_that_replaces_it_while_it_is_still_there():
    model = build("p").start("s").step("a").step("b", replaces=["a"]).end("e").model

    keys = element_keys(model.nodes)

    assert keys["a"] == element_keys(build("p").start("s").step("a").end("e").model.nodes)["a"]
    assert keys["b"] != keys["a"]


def test_a_day_has_the_hours_of_its_clock():
    time = GovTime(mean=Duration(weeks=1.0, days=1.0, seconds=60.0))

    assert mean_of(law_of(time, day_seconds=25_200, week_days=5, values=[]), []) == (6 * 25_200 + 60) * 1e6
    assert mean_of(law_of(time, day_seconds=86_400, week_days=7, values=[]), []) == (8 * 86_400 + 60) * 1e6


@pytest.mark.parametrize("distribution", ["exponential", "normal", "lognormal", "gamma"])
def test_laws_keep_the_mean_that_is_written(distribution):
    time = GovTime(distribution=distribution, mean=Duration(seconds=50.0), sd=Duration(seconds=5.0))

    assert mean_of(law_of(time, day_seconds=1, week_days=1, values=[]), []) == pytest.approx(50e6)


@pytest.mark.parametrize(
    "time",
    [
        GovTime(distribution="uniform", low=Duration(seconds=1.0)),
        GovTime(distribution="triangular", low=Duration(seconds=1.0), high=Duration(seconds=2.0)),
        GovTime(distribution="empirical"),
        GovTime(distribution="exponential"),
    ],
)
def test_a_time_without_its_parameters_is_no_time(time):
    assert mean_of(law_of(time, day_seconds=1, week_days=1, values=[]), []) == 0.0


@pytest.mark.parametrize(
    ("builder", "share"),
    [
        (build("p").start().step("a", rejects=0.2).end(), 0.2),
        (build("p").start().step("a", rejects=0.2).exclusive("x").branch().join().end(), 0.2),
        (build("p").start().step("a", rejects=0.2).exclusive("x").branch(0.5).branch(0.5).close().end(), 0.0),
        (
            build("p").start().sub_process("f").start("s").step("a", rejects=0.2).end().close()
            .exclusive("x").branch(0.5).branch(0.5).close().end(),
            0.0,
        ),
    ],
    ids=["nothing follows", "a merge follows", "a choice follows", "a choice follows outside"],
)  # fmt: skip
def test_a_step_ends_the_cases_it_turns_down_unless_a_gateway_routes_on_it(builder, share):
    program = compile_model(builder.model)

    assert program.reject[program.nodes.index("a")] == share


# What is refused


def refused(builder: Builder) -> list[tuple[str, str]]:
    return [(problem.element, problem.rule) for problem in refusals(builder.model)]


@pytest.mark.parametrize(
    ("builder", "found"),
    [
        (build("p").start().inclusive("x").branch(0.0).step("a").branch(0.0).step("b").join("y").end(), ["x"]),
        (
            build("p").start().event_based("x").branch().step("a").branch().catch("c", event="message").join().end(),
            ["x"],
        ),
        (build("p").start().catch("x", event="timer", value="${days}").end(), ["x"]),
        (build("p").start().catch("x", event="timer", value="P1M").end(), ["x"]),
        (build("p").start().catch("x", event="signal").end(), ["x"]),
        (build("p").start().step("a").boundary("x", "timer", "0 0 * * *").end().at("a").end(), ["x"]),
        (build("p").start().step("a").end().sub_process("x", by_event=True).start().end().close(), ["x"]),
        (build("p").start().sub_process("x", kind="adHocSubProcess").step("a").close().end(), ["x"]),
        (build("p").start().call("x", "p").end(), ["x"]),
        (build("p").start().step("x", loop=Loop(kind="parallel", cardinality="10001")).end(), ["x"]),
        (build("p").start().step("x", repeat=2.0).end(), ["x"]),
        (build("p").start().end("x", event="error"), ["x"]),
        (build("p").start().throw("x", event="compensate").end(), ["x"]),
        (build("p").start().sub_process("x", work="PT1H").start().end().close().end(), ["x"]),
        (build("p").start().sub_process("x").start().end().start().end().close().end(), ["x"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_is_not_simulated_is_refused_by_its_element(builder, found):
    assert [element for element, _ in refused(builder)] == found


@pytest.mark.parametrize(
    "builder",
    [
        build("p").start(event="timer", value="R/P1D").step("a").end(),
        build("p").start(event="message").throw("t", event="signal").catch("c", event="message").end(event="message"),
        build("p").start().sub_process("f").start().end(event="terminate").close().end(event="terminate"),
        build("p").start().inclusive("x").branch().close().end(),
        build("p", arrivals_per_day=1.0, arrival_hours="09:00-12:00,13:30-17:30").start().end(),
        build("p").start().throw("t", event="link", value="L").catch("c", event="link", value="L").end(),
    ],
    ids=["timer start", "messages and signals", "terminate", "gateway with one way", "office hours", "links"],
)
def test_what_looks_alike_is_not_refused(builder):
    assert refused(builder) == []


def test_what_is_refused_elsewhere_in_the_file_does_not_matter():
    b = build("p").pool("甲").start().step("a").end().pool("乙", process="q").start().call("x", "z").end()

    assert refused(b) == []


def test_two_events_of_one_catch_are_refused():
    both = (EventDefinition(kind="message"), EventDefinition(kind="timer", timer="timeDuration", expression="P1D"))

    assert refused(build("p").start().catch("x", events=both).end()) == [("x", "several-events")]


def test_a_program_holds_only_the_rows_it_needs():
    program = compile_model(build("p").lane("甲", staff=2).start().step("a", work="PT1H").end().model)

    assert program.staff == (2,)
    assert np.flatnonzero(program.op[:, at.OP_STAFF] == 0).tolist() == [program.nodes.index("a")]
