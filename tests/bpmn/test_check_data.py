import pytest

from bpmn.build import Builder, build, gives, needs
from bpmn.check import check


def told(builder: Builder) -> list[tuple[str, str, str, str]]:
    return [
        (problem.rule, problem.element, problem.details["value"], problem.severity)
        for problem in check(builder.model)
        if problem.problem == "data-not-available"
    ]


def asking(builder: Builder, name: str = "意见", kind: str = "check") -> Builder:
    return builder.step("ask", kind=kind, materials=[needs(name, origin="internal")])


def giving(builder: Builder, step: str = "give", name: str = "意见") -> Builder:
    return builder.step(step, kind="check", materials=[gives(name)])


def test_what_nobody_gives_is_never_there():
    assert told(asking(build("p").start()).end()) == [("never", "ask", "意见", "error")]


def test_what_is_given_only_afterwards_is_never_there():
    assert told(giving(asking(build("p").start())).end()) == [("never", "ask", "意见", "error")]


def test_what_one_branch_gives_is_not_there_on_every_way():
    chain = giving(build("p").start().exclusive("g").branch()).branch().join()

    assert told(asking(chain).end()) == [("not-every-way", "ask", "意见", "warning")]


def test_what_a_parallel_branch_gives_may_come_too_late_beside_it():
    beside = asking(giving(build("p").start().parallel("g").branch()).branch()).join().end()

    assert told(beside) == [("not-every-way", "ask", "意见", "warning")]


@pytest.mark.parametrize("gateway", ["parallel", "exclusive", "inclusive"])
def test_what_every_branch_brings_is_there(gateway):
    chain = giving(giving(getattr(build("p").start(), gateway)("g").branch()).branch(), "other")

    assert told(asking(chain.join()).end()) == []


def test_what_one_parallel_branch_gives_is_there_behind_the_join():
    chain = giving(build("p").start().parallel("g").branch()).branch().step("s", kind="other").join()

    assert told(asking(chain).end()) == []


@pytest.mark.parametrize("origin", ["applicant", "shared"])
def test_what_was_taken_in_before_or_is_taken_in_here_is_there(origin):
    taken = build("p").start().step("take", kind="accept", materials=[needs("意见", origin=origin)])
    here = build("p").start().step("ask", kind="check", materials=[needs("意见", origin=origin)])

    assert told(asking(taken).end()) == []
    assert told(here.end()) == []


def test_what_comes_round_a_loop_is_not_there_the_first_time():
    chain = asking(build("p").start().node("h", "exclusiveGateway").to("h").at("h"))
    chain = giving(chain.exclusive("x").branch()).to("h").branch().close()

    assert told(chain.end()) == [("not-every-way", "ask", "意见", "warning")]


def test_a_step_without_kind_may_have_given_it_and_needs_nothing_itself():
    silent = asking(build("p").start().step("silent"))
    beside = asking(build("p").start().parallel("g").branch().step("silent").branch())

    assert told(silent.end()) == []
    assert told(beside.join().end()) == [("never", "ask", "意见", "error")]
    assert told(asking(build("p").start(), kind="").end()) == []


def test_a_message_brings_what_its_sender_has():
    applicant = giving(build("a", pool="Applicant").start("s"), name="申请表").step("send", kind="other").end("e")
    office = asking(applicant.pool("Office", process="o").start("got", event="message"), name="申请表").end()

    assert told(office) == [("never", "ask", "申请表", "error")]
    assert told(office.message("send", "got")) == []


def test_an_answer_from_outside_may_bring_it():
    assert told(asking(build("p").start().catch("c", "message")).end()) == []
    assert told(asking(build("p").start().catch("c", "timer", "P1D")).end()) == [("never", "ask", "意见", "error")]


def test_the_applicant_has_papers_of_their_own():
    assert told(asking(build("p", pool="Applicant").pool("申请人", process="p", applicant=True).start()).end()) == []


def test_data_by_association_counts_too():
    chain = build("p").start().data("d", name="报告").step("a", kind="check", reads=["d"]).end()

    assert told(chain) == [("never", "a", "报告", "error")]


def test_the_message_names_who_gives_it():
    chain = giving(build("p").start().exclusive("g").branch()).branch().join()

    (problem,) = [p for p in check(asking(chain).end().model) if p.problem == "data-not-available"]

    assert problem.details["givers"] == "give"
    assert problem.stops == "nothing"
