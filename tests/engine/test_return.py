"""Going back to a step that was passed: only where one token may stand alone, and with the data of then."""

import pytest

from bpmn.build import Builder, build
from engine.errors import NotPassed
from tests.engine.offices import Town


def do(office: Town, case: str, element: str, **data: object) -> None:
    office.do("complete", item=office.item(case, element).id, data=data)


def back(office: Town, case: str, to: str) -> None:
    office.do("return", item=office.item(case).id, to=to)


def framed() -> Builder:
    return build("p").start().step("z").sub_process("f").start().step("a").step("b").end().close().step("c").end()


def test_leaving_a_sub_process_for_a_step_before_it_leaves_nothing_of_it_behind(office: Town) -> None:
    case = office.start(framed())
    do(office, case, "z")
    do(office, case, "a")

    back(office, case, "z")

    assert office.waits_at(case) == ["z"]
    for element in "zabc":
        do(office, case, element)
    assert office.case(case).state == "completed"


def test_inside_a_sub_process_a_case_goes_back_within_it(office: Town) -> None:
    case = office.start(framed())
    do(office, case, "z")
    do(office, case, "a")

    back(office, case, "a")

    assert office.waits_at(case) == ["a"]


def test_a_step_inside_a_sub_process_that_is_over_is_out_of_reach(office: Town) -> None:
    case = office.start(framed())
    for element in "zab":
        do(office, case, element)

    with pytest.raises(NotPassed):
        back(office, case, "a")


def test_a_branch_whose_join_would_wait_for_the_others_for_ever_is_out_of_reach(office: Town) -> None:
    model = build("p").start().step("z").parallel("s").branch().step("a").branch().step("b").join().step("c").end()
    case = office.start(model)
    for element in "zab":
        do(office, case, element)

    with pytest.raises(NotPassed):
        back(office, case, "a")
    back(office, case, "z")

    assert office.waits_at(case) == ["z"]


def three() -> Builder:
    return build("p").start().step("a").step("b").step("c").end()


def test_what_a_script_made_before_stays_and_what_it_made_since_goes(office: Town) -> None:
    script = {"task": "scriptTask", "script_format": "feel"}
    model = build("p").start().step("one", script="x = 5", **script).step("a").step("two", script="y = 7", **script)
    case = office.start(model.step("c").end())
    do(office, case, "a")

    back(office, case, "a")

    assert office.data(case) == {"x": 5, "y": None}
    assert [record.data for record in office.records(case) if record.element == "one"] == [{"x": 5}]


def test_data_of_rounds_that_were_undone_do_not_come_back(office: Town) -> None:
    case = office.start(three(), data={"v": 0})
    do(office, case, "a", v=1, old=True)
    do(office, case, "b", v=2)
    back(office, case, "a")
    do(office, case, "a", v=9)
    do(office, case, "b")

    back(office, case, "b")

    assert office.data(case) == {"v": 9, "old": None}


def test_a_step_that_was_undone_is_not_passed_any_more(office: Town) -> None:
    case = office.start(three())
    do(office, case, "a")
    do(office, case, "b")
    back(office, case, "a")

    with pytest.raises(NotPassed):
        back(office, case, "b")
