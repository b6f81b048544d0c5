"""`assign-owner` and `assign-lead`: made only once a person chose."""

from bpmn.build import build
from tests.redesign.moving import moved, refused


def offices():
    builder = build("permit", pool="县级").lane("A", code="A1").start("start").step("a").lane("B").step("b").lane("")
    return builder.step("nobody's").end("end").model


def test_the_step_goes_to_the_unit_a_person_chose():
    after = moved(offices(), "assign-owner", "nobody's", unit="A1")

    assert after.lane_of["nobody's"].name == "A"


def test_the_lead_is_whom_a_person_chose():
    assert moved(offices(), "assign-lead", unit="B").procedure.lead == "B"


def test_nobody_is_chosen_by_the_program():
    assert refused(offices(), "assign-owner", "nobody's") == "person-chooses"
    assert refused(offices(), "assign-lead") == "person-chooses"


def test_a_unit_the_procedure_does_not_know_cannot_own_a_step():
    assert refused(offices(), "assign-owner", "nobody's", unit="C") == "no-lane"
