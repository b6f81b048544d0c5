"""What each operation does to a case: data, drafts, failures, suspensions, ends, returns."""

from datetime import timedelta

import pytest

from bpmn.build import Builder, build
from engine.errors import (
    AlreadyClaimed,
    AlreadyCompleted,
    BadData,
    CaseEnded,
    CaseSuspended,
    ClaimedByAnother,
    MissingField,
    NobodyWaits,
    NoSuchOperation,
    NotClaimed,
    NothingToReject,
    NotPassed,
    NoWayOut,
    SeveralWait,
    Uncaught,
    Unrunnable,
    WrongState,
)
from store.errors import KeyReused, NoSuchCase, NoSuchItem, NoSuchProcedure, Stale
from tests.engine.offices import MONDAY, Town


def permit() -> Builder:
    return build("permit").lane("窗口").start().step("accept", kind="accept").step("decide", kind="decide").end()


def test_a_case_goes_from_step_to_step_and_ends(everywhere: Town) -> None:
    case = everywhere.start(permit(), data={"申请人": "张三"})
    everywhere.do("claim", item=everywhere.item(case).id)
    everywhere.do("begin", item=everywhere.item(case).id)
    everywhere.do("complete", item=everywhere.item(case).id, data={"齐全": True})
    everywhere.do("complete", item=everywhere.item(case).id, by="李强")

    assert (everywhere.case(case).state, everywhere.case(case).outcome) == ("completed", "granted")
    assert everywhere.data(case) == {"申请人": "张三", "齐全": True}
    assert everywhere.kinds(case, "accept") == ["offered", "claimed", "work-started", "completed"]
    done = [(record.element, record.person) for record in everywhere.records(case) if record.kind == "completed"]
    assert done == [("accept", "王芳"), ("decide", "李强")]
    assert everywhere.kinds(case)[0] == "started"
    assert everywhere.kinds(case)[-1] == "ended"


def test_what_was_entered_stands_in_the_record_of_the_completion(office: Town) -> None:
    case = office.start(permit())

    office.do("complete", item=office.item(case).id, data={"意见": "同意"})

    record = next(record for record in office.records(case) if record.kind == "completed")
    assert (record.data, record.unit, record.process) == ({"意见": "同意"}, "窗口", "permit")


def test_the_same_key_gives_the_same_answer_whatever_came_after(everywhere: Town) -> None:
    case = everywhere.start(permit())
    item = everywhere.item(case).id
    first = everywhere.do("complete", item=item, key="k1", data={"a": 1})
    everywhere.do("cancel", case=case)

    again = everywhere.do("complete", item=item, key="k1", data={"a": 1})

    assert again.text == first.text
    assert everywhere.kinds(case, "accept").count("completed") == 1


def test_the_same_key_for_another_command_is_refused(office: Town) -> None:
    case = office.start(permit())
    office.do("claim", item=office.item(case).id, key="k1")

    with pytest.raises(KeyReused):
        office.do("release", item=office.item(case).id, key="k1")


def test_a_refused_command_leaves_its_key_free(office: Town) -> None:
    case = office.start(permit())
    with pytest.raises(NotClaimed):
        office.do("release", item=office.item(case).id, key="k1")

    office.do("claim", item=office.item(case).id, key="k1")


def test_keys_of_two_people_do_not_meet(office: Town) -> None:
    case = office.start(permit())

    office.do("complete", item=office.item(case).id, key="1", by="王芳")
    office.do("complete", item=office.item(case).id, key="1", by="李强")

    assert office.case(case).state == "completed"


def test_only_one_claims_and_only_they_go_on(office: Town) -> None:
    case = office.start(permit())
    item = office.item(case).id
    office.do("claim", item=item)

    with pytest.raises(AlreadyClaimed):
        office.do("claim", item=item, by="李强")
    with pytest.raises(ClaimedByAnother):
        office.do("complete", item=item, by="李强")
    with pytest.raises(WrongState):
        office.do("claim", item=item)
    office.do("release", item=item)
    office.do("claim", item=item, by="李强")

    assert office.item(case).person == "李强"


def test_a_second_completion_is_a_clear_refusal(office: Town) -> None:
    case = office.start(permit())
    item = office.item(case).id
    office.do("complete", item=item)

    with pytest.raises(AlreadyCompleted):
        office.do("complete", item=item)


def test_what_was_seen_before_a_change_is_stale(office: Town) -> None:
    case = office.start(permit())
    seen = office.item(case)
    office.do("claim", item=seen.id)

    with pytest.raises(Stale):
        office.do("complete", item=seen.id, version=seen.version)
    office.do("complete", item=seen.id, version=office.item(case).version)


def test_a_draft_stays_with_the_item_and_the_case_does_not_see_it(office: Town) -> None:
    case = office.start(permit())
    item = office.item(case).id

    office.do("save", item=item, data={"意见": "待补"})
    office.do("release", item=item)

    assert office.item(case).draft == '{"意见":"待补"}'
    assert office.data(case) == {}


def test_a_failed_step_is_tried_again(office: Town) -> None:
    case = office.start(permit())
    item = office.item(case).id

    office.do("fail", item=item, reason="打印机坏了")
    office.do("retry", item=item)

    assert (office.item(case).state, office.item(case).attempts, office.item(case).person) == ("offered", 1, "")
    assert office.kinds(case, "accept") == ["offered", "claimed", "failed", "retried"]


def test_an_error_of_a_step_goes_where_the_procedure_catches_it(office: Town) -> None:
    case = office.start(
        build("p").start().step("a").boundary("caught", "error", "E1").step("mend").end().at("a").step("b").end()
    )
    item = office.item(case, "a").id

    with pytest.raises(Uncaught):
        office.do("fail", item=item, code="E2")
    office.do("fail", item=item, code="E1")

    assert office.waits_at(case) == ["mend"]
    with office.store.reading() as reading:
        assert reading.item(item).state == "withdrawn"


def test_a_rejection_ends_the_case_where_no_gateway_routes_on_it(office: Town) -> None:
    model = build("p").start().parallel("split").branch().step("a", kind="check", rejects=0.1).branch().step("b").join()
    case = office.start(model.end())

    office.do("reject", item=office.item(case, "a").id, reason="不符合条件")

    assert (office.case(case).state, office.case(case).outcome) == ("completed", "rejected")
    assert office.waits_at(case) == []
    assert office.kinds(case, "b") == ["offered", "withdrawn"]
    assert "rejected" in office.kinds(case, "a")


def test_a_step_that_decides_nothing_turns_nobody_down(office: Town) -> None:
    case = office.start(build("p").start().step("a", kind="record").end())

    with pytest.raises(NothingToReject):
        office.do("reject", item=office.item(case).id)


def test_a_suspended_case_takes_nothing_and_gives_each_item_back(office: Town) -> None:
    model = (
        build("p")
        .start()
        .parallel("split")
        .branch()
        .step("a")
        .branch()
        .step("b")
        .boundary("late", "timer", "PT1H", interrupting=False)
    )
    case = office.start(model.end().at("b").join().end())
    office.do("claim", item=office.item(case, "a").id)
    office.do("begin", item=office.item(case, "b").id, by="李强")

    office.do("suspend", case=case, reason="等批复")
    with pytest.raises(CaseSuspended):
        office.do("complete", item=office.item(case, "a").id)
    assert office.jobs(case) == []
    office.later(hours=2)
    office.do("resume", case=case)

    assert (office.item(case, "a").state, office.item(case, "a").person) == ("claimed", "王芳")
    assert [job.run_at for job in office.jobs(case)] == [MONDAY + timedelta(hours=1)]
    assert office.kinds(case, "b") == ["offered", "claimed", "work-started", "paused"]


@pytest.mark.parametrize("what", ["cancel", "terminate"])
def test_an_end_from_outside_takes_everything_back(everywhere: Town, what: str) -> None:
    model = (
        build("p")
        .start()
        .parallel("s")
        .branch()
        .step("a")
        .boundary("t", "timer", "PT1H", interrupting=False)
        .end()
        .at("a")
    )
    case = everywhere.start(model.branch().catch("m", "message", "复函").join().end())

    everywhere.do(what, case=case, reason="申请人撤回")

    assert everywhere.waits_at(case) == []
    assert everywhere.jobs(case) == []
    with everywhere.store.reading() as reading:
        assert reading.waits(case) == []
        assert reading.tokens(case) == []
    assert everywhere.kinds(case)[-1] == "ended"
    with pytest.raises(CaseEnded):
        everywhere.do("suspend", case=case)


def test_a_case_goes_back_to_a_passed_step_with_the_data_of_then(office: Town) -> None:
    case = office.start(permit(), data={"甲": 1})
    office.do("complete", item=office.item(case).id, data={"乙": 2})

    office.do("return", item=office.item(case).id, to="accept", reason="材料不全")

    assert office.waits_at(case) == ["accept"]
    assert office.data(case) == {"甲": 1, "乙": None}
    office.do("complete", item=office.item(case).id)
    office.do("complete", item=office.item(case).id)
    assert office.case(case).state == "completed"


@pytest.mark.parametrize("to", ["decide", "nowhere", "s"])
def test_a_case_does_not_go_back_to_what_it_has_not_passed(office: Town, to: str) -> None:
    case = office.start(permit())

    with pytest.raises(NotPassed):
        office.do("return", item=office.item(case).id, to=to)


def test_a_branch_alone_does_not_go_back_before_its_split(office: Town) -> None:
    model = build("p").start().step("first").parallel("s").branch().step("a").branch().step("b").join().end()
    case = office.start(model)
    office.do("complete", item=office.item(case).id)

    with pytest.raises(NotPassed):
        office.do("return", item=office.item(case, "a").id, to="first")


def test_a_message_finds_the_case_that_waits_for_it(office: Town) -> None:
    model = build("p").start().catch("m", "message", "复函").step("a").end()
    case = office.start(model)

    office.do("message", name="复函", data={"文号": "7"})

    assert office.waits_at(case) == ["a"]
    assert office.data(case) == {"文号": "7"}
    with pytest.raises(NobodyWaits):
        office.do("message", name="复函")


def test_a_message_for_several_cases_has_to_say_which(office: Town) -> None:
    model = build("p").start().catch("m", "message", "复函").step("a").end()
    first, second = office.start(model), office.start(model)

    with pytest.raises(SeveralWait):
        office.do("message", name="复函")
    office.do("message", name="复函", case=second)

    assert (office.waits_at(first), office.waits_at(second)) == ([], ["a"])


def test_a_message_nobody_waits_for_starts_a_case(office: Town) -> None:
    office.install(build("p").start("s", event="message", value="申请").step("a").end())

    answer = office.do("message", name="申请", data={"n": 1})

    assert office.waits_at(answer.case) == ["a"]
    assert office.data(answer.case) == {"n": 1}


def test_a_signal_reaches_everybody(office: Town) -> None:
    model = build("p").start().catch("m", "signal", "停电").step("a").end()
    cases = [office.start(model), office.start(model)]

    office.do("signal", name="停电")

    assert [office.waits_at(case) for case in cases] == [["a"], ["a"]]


def test_no_way_out_changes_nothing(office: Town) -> None:
    model = build("p").start().step("a").exclusive("g").branch(condition="x > 3").step("b").end()
    case = office.start(model.at("g").branch(condition="x < 2").step("c").end())
    item = office.item(case)

    with pytest.raises(NoWayOut):
        office.do("complete", item=item.id, data={"x": 2.5})

    assert office.item(case) == item
    assert office.data(case) == {}


@pytest.mark.parametrize(
    ("refusal", "what", "fields"),
    [
        (NoSuchOperation, "explode", {}),
        (MissingField, "claim", {}),
        (MissingField, "start", {}),
        (MissingField, "cancel", {}),
        (MissingField, "message", {}),
        (MissingField, "claim", {"item": "C-1", "by": ""}),
        (NoSuchItem, "claim", {"item": "C-1"}),
        (NoSuchCase, "cancel", {"case": "C"}),
        (NoSuchProcedure, "start", {"procedure": "nothing"}),
        (BadData, "start", {"procedure": "p", "data": {"": 1}}),
        (BadData, "start", {"procedure": "p", "data": {"a": "x" * 1_000_001}}),
    ],
)
def test_what_is_no_command_is_refused_by_name(
    office: Town, refusal: type[Exception], what: str, fields: dict[str, object]
) -> None:
    with pytest.raises(refusal):
        office.do(what, **fields)


def test_a_file_that_cannot_be_run_is_refused_with_all_its_problems(office: Town) -> None:
    model = build("p").start().exclusive("g").branch(condition="a ==").step("x").end().at("g")

    with pytest.raises(Unrunnable) as refusal:
        office.install(model.branch(condition="b ??").step("y").end())

    assert {problem.element for problem in refusal.value.problems} >= {
        flow.id for flow in model.model.flows if flow.condition
    }


def test_the_same_file_is_one_version_and_another_the_next(office: Town) -> None:
    first, again = office.install(permit()), office.install(permit())
    second = office.install(build("permit").lane("窗口").start().step("accept").end())

    assert (first.version, again.version, second.version) == (1, 1, 2)
    assert office.do("start", procedure="permit").said["version"] == 2


def test_a_case_keeps_the_version_it_began_with(office: Town) -> None:
    case = office.start(permit())
    office.install(build("permit").lane("窗口").start().step("accept").end())

    office.do("complete", item=office.item(case).id)

    assert office.waits_at(case) == ["decide"]


def test_time_never_runs_backwards_in_a_case(office: Town) -> None:
    case = office.start(permit())
    office.later(hours=-1)

    office.do("complete", item=office.item(case).id)

    moments = [record.at for record in office.records(case)]
    assert moments == sorted(moments)
    assert office.item(case).since == MONDAY


def test_what_is_said_when_a_case_is_turned_down_is_seen_by_the_gateway_behind(office: Town) -> None:
    model = build("p").start().step("check", kind="check", rejects=0.1).exclusive("g")
    model.branch(condition='result = "no"').step("refuse").end().branch(default=True).step("grant").end().close()
    case = office.start(model)

    office.do("reject", item=office.item(case).id, data={"result": "no"})

    assert office.waits_at(case) == ["refuse"]
    assert office.data(case) == {"result": "no"}


def test_a_suspended_case_hears_no_signal_and_keeps_no_other_from_it(office: Town) -> None:
    model = build("p").start().catch("m", "signal", "警报").step("a").end()
    first, second = office.start(model), office.start(model)
    office.do("suspend", case=first)

    office.do("signal", name="警报")

    assert (office.waits_at(first), office.waits_at(second)) == ([], ["a"])


CORRELATED = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <message id="ask" name="ask"/><message id="reply" name="reply"/>
  <correlationProperty id="number">
    <correlationPropertyRetrievalExpression messageRef="ask"><messagePath>n</messagePath>
    </correlationPropertyRetrievalExpression>
    <correlationPropertyRetrievalExpression messageRef="reply"><messagePath>n</messagePath>
    </correlationPropertyRetrievalExpression>
  </correlationProperty>
  <process id="p" isExecutable="true">
    <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="send"/>
    <sendTask id="send" messageRef="ask"/><sequenceFlow id="f2" sourceRef="send" targetRef="wait"/>
    <receiveTask id="wait" messageRef="reply"/><sequenceFlow id="f3" sourceRef="wait" targetRef="e"/>
    <endEvent id="e"/>
  </process>
</definitions>"""


def test_a_message_finds_its_case_among_several_by_what_it_says(office: Town) -> None:
    office.engine.install(CORRELATED.encode(), {}, office.now)
    first = office.do("start", procedure="p", data={"n": 1}).case
    second = office.do("start", procedure="p", data={"n": 2}).case

    with pytest.raises(SeveralWait):
        office.do("message", name="reply", data={"n": 3})
    office.do("message", name="reply", data={"n": 2})

    assert (office.case(first).state, office.case(second).state) == ("active", "completed")
