"""`share-material`: what is there already is not asked for again."""

import pytest

from bpmn.build import Builder, build, gives, needs
from bpmn.model import Model
from tests.redesign.moving import moved, papers, refused

TWICE = "repeated-material"
HELD = "held-material"


def desk() -> Builder:
    builder = build("permit", pool="县局").black_box("申请人", id="applicant", applicant=True)
    return builder.lane("县局", code="C1").start("start")


def twice(**second: object) -> Model:
    builder = desk().step("a", kind="collect", materials=[needs("plan")])
    return builder.step("b", kind="check", materials=[needs("plan", **second)]).end().model  # type: ignore[arg-type]


def test_a_paper_handed_in_before_is_taken_from_the_case():
    after = moved(twice(), "share-material", "a", "b", finding=TWICE, material="plan")

    assert papers(after, "a") == {"plan": "applicant"}
    assert papers(after, "b") == {"plan": "internal"}


@pytest.mark.parametrize("values", [{"surrender": True}, {"basis": "law 3"}])
def test_an_original_that_must_come_in_by_law_comes_in(values):
    assert refused(twice(**values), "share-material", "a", "b", finding=TWICE, material="plan") == "not-available"


@pytest.mark.parametrize("issuer", ["县局", "C1"], ids=["its name", "its code"])
def test_a_paper_an_office_issued_is_taken_from_its_register(issuer):
    model = desk().step("a", kind="collect", materials=[needs("licence", issuer=issuer)]).end().model

    after = moved(model, "share-material", "a", finding=HELD, material="licence", issuer=issuer)

    assert papers(after, "a") == {"licence": "shared"}


def test_a_paper_the_case_gave_before_is_taken_from_the_case():
    builder = desk().step("a", kind="produce", materials=[gives("licence")])
    model = builder.step("b", kind="check", materials=[needs("licence", issuer="县局")]).end().model

    after = moved(model, "share-material", "b", finding=HELD, material="licence")

    assert papers(after, "b") == {"licence": "internal"}


def test_a_paper_of_another_house_is_not_looked_up():
    model = desk().step("a", kind="collect", materials=[needs("deed", issuer="外省")]).end().model

    assert refused(model, "share-material", "a", finding=HELD, material="deed", issuer="外省") == "not-available"


def test_hand_ins_on_two_branches_stay():
    builder = desk().parallel("split").branch().step("a", materials=[needs("plan")])
    model = builder.branch().step("b", materials=[needs("plan")]).join("join").end().model

    assert refused(model, "share-material", "a", "b", finding=TWICE, material="plan") == "not-available"


def test_behind_branches_of_which_one_took_it_in_it_is_asked_for_again():
    builder = desk().exclusive("split").branch(0.5).step("a", materials=[needs("plan")]).branch(0.5).step("x").join()
    model = builder.step("b", materials=[needs("plan")]).end().model

    assert refused(model, "share-material", "a", "b", finding=TWICE, material="plan") == "not-available"


def test_the_message_that_brought_it_goes_where_nothing_is_handed_in_any_more():
    model = twice()
    builder = desk().step("a", kind="collect", materials=[needs("plan")]).step("b", materials=[needs("plan")])
    builder.step("c", materials=[needs("plan"), needs("form")]).end()
    for step in "abc":
        builder.message("applicant", step, id=f"to {step}")
    model = builder.model

    after = moved(model, "share-material", "a", "b", "c", finding=TWICE, material="plan")

    assert [message.id for message in after.message_flows] == ["to a", "to c"]


def test_a_step_that_waits_for_the_message_goes_on_waiting():
    builder = desk().step("a", kind="collect", materials=[needs("plan")])
    builder.step("b", task="receiveTask", materials=[needs("plan")]).end()
    model = builder.message("applicant", "b", id="answer").model

    after = moved(model, "share-material", "a", "b", finding=TWICE, material="plan")

    assert [message.id for message in after.message_flows] == ["answer"]


def test_nothing_is_shared_twice():
    after = moved(twice(), "share-material", "a", "b", finding=TWICE, material="plan")

    assert refused(after, "share-material", "b", finding=TWICE, material="plan") == "nothing-left"


def corrected(second_purpose: str) -> Model:
    """A plan checked, handed in anew where it is wrong, and checked again."""
    builder = desk().step("a", kind="collect", materials=[needs("plan")])
    builder = builder.step("check", kind="check", purpose="title", materials=[needs("plan", origin="internal")])
    builder = builder.exclusive("wrong").branch(0.3).step("mend", kind="collect", materials=[needs("plan")])
    builder = builder.step("again", kind="check", purpose=second_purpose, materials=[needs("plan", origin="internal")])
    return builder.branch(0.7).join().end().model


def test_a_paper_corrected_after_its_check_comes_in_anew():
    assert refused(corrected("title"), "share-material", "a", "mend", finding=TWICE, material="plan") == "renewed"


def test_a_paper_asked_again_for_another_check_is_shared():
    after = moved(corrected("map"), "share-material", "a", "mend", finding=TWICE, material="plan")

    assert papers(after, "mend") == {"plan": "internal"}
