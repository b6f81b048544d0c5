"""`needless-sequence`: steps that wait for each other for nothing."""

import pytest

from bpmn.build import build, gives, needs

UNITS = ("甲局", "乙局", "丙局", "丁局")


def row(*steps, between=(), **unit):
    """Checks one after the other in units of their own, with papers of their own; each says what is different."""
    builder = build("permit")
    for unit_name in UNITS:
        builder.lane(unit_name, **unit)
    builder.start()
    for place, values in enumerate(steps):
        if place and between:
            builder.lane(UNITS[0])
            getattr(builder, between[0])(*between[1:])
        builder.lane(UNITS[values.get("unit", place)])
        said = {key: value for key, value in values.items() if key != "unit"}
        name = "abcd"[place]
        papers = [needs(f"图纸{name}", origin="internal"), gives(f"意见{name}", to="applicant")]
        builder.step(name, **{"kind": "check", "purpose": name, "materials": papers, **said})
    return builder.end().model


def papers(*asked, given=()):
    return [*(needs(name, origin="internal") for name in asked), *(gives(name, to="applicant") for name in given)]


@pytest.mark.parametrize(
    ("model", "steps"),
    [
        (row({}, {}), ("a", "b")),
        (row({}, {}, {}, {}), ("a", "b", "c", "d")),
        (row({}, {"unit": 0}), ("a", "b")),
        (row({}, {"unit": 1}, staff=1), ("a", "b")),
        (row({"rejects": 0.1}, {"rejects": 0.01, "work": "PT1H"}), ("a", "b")),
        (row({"materials": [needs("执照")]}, {"materials": [needs("护照")]}), ("a", "b")),
    ],
    ids=["two", "four are one finding", "one office with several people", "one person each", "rejects", "hand-ins"],
)
def test_found(model, steps, of):
    assert [finding.steps for finding in of(model, "needless-sequence")] == [steps]


@pytest.mark.parametrize(
    "model",
    [
        row({"materials": papers(given=["图"])}, {"materials": papers("图")}),
        row({"materials": [needs("执照")]}, {"materials": papers("执照")}),
        row({"kind": "accept"}, {}),
        row({"kind": "decide"}, {}),
        row({}, {"kind": "produce"}),
        row({}, {"kind": "notify"}),
        row({}, {"unit": 0}, staff=1),
        row({}, {"after": ["a"]}),
        row({}, {"materials": []}),
        row({}, {"kind": ""}),
        row({}, {}, between=("catch", "e", "message")),
        row({}, {}, between=("step", "w")),
    ],
    ids=["needs what it gives", "needs what it takes in", "acceptance first", "a decision first", "a product second",
         "a notice second", "one person", "a legal order", "no material", "no kind", "a message", "a step between"],
)  # fmt: skip
def test_what_has_to_wait(model, of):
    assert of(model, "needless-sequence") == []


def test_a_gateway_that_routes_on_the_first_ties_them(of):
    builder = build("permit").lane("甲局").start().step("a", kind="check", materials=papers("x")).exclusive("g")
    builder.branch(0.1).end("no", outcome="rejected").branch(0.9)

    assert of(builder.step("b", kind="check", materials=papers("y")).end().model, "needless-sequence") == []


def test_a_clock_stop_between_ties_the_outer_two(of):
    found = of(row({}, {"clock_stop": "test"}, {}), "needless-sequence")

    assert [finding.steps for finding in found] == [("a", "b"), ("b", "c")]


def test_rows_in_which_the_ends_are_tied_overlap_as_far_as_they_can(of):
    model = row({"materials": papers("x", given=["图"])}, {}, {}, {"materials": papers("图")})

    found = [finding.steps for finding in of(model, "needless-sequence")]

    assert found == [("a", "b", "c"), ("b", "c", "d")] or found == [("a", "b", "c")]


def test_what_lies_inside_a_longer_row_is_not_told_again(of):
    model = row({}, {"kind": "record", "materials": papers("z", given=["台账"])}, {})

    assert [finding.steps for finding in of(model, "needless-sequence")] == [("a", "b", "c")]


def test_in_a_sub_process_and_a_branch(of):
    builder = build("permit").lane("甲局").start().exclusive("g").branch().sub_process("s").start()
    for name in "ab":
        builder.step(name, kind="check", materials=papers(name))
    model = builder.end().close().branch().join().end().model

    assert [finding.steps for finding in of(model, "needless-sequence")] == [("a", "b")]


def test_suggested_papers_are_not_sure(of):
    (finding,) = of(row({}, {"materials": [needs("图", origin="internal", source="suggested")]}), "needless-sequence")

    assert {(one.element, one.annotation) for one in finding.missing} == {("b", "materials")}


HAND_IN = [needs("执照")]


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (row({"rejects": 0.5}, {"visit": True}), {"turns_down": ["a"], "asked_anyway": ["b"]}),
        (row({"rejects": 0.5}, {"materials": HAND_IN}), {"turns_down": ["a"], "asked_anyway": ["b"]}),
        (row({}, {"rejects": 0.5}, {"visit": True}, {"rejects": 0.1}), {"turns_down": ["b"], "asked_anyway": ["c"]}),
        (row({}, {"visit": True}), {}),
        (row({"visit": True}, {"rejects": 0.5}), {}),
        (row({"rejects": 0.5}, {}), {}),
    ],
    ids=["a visit", "a hand-in", "in the middle", "nobody turned down", "turned down later", "nothing asked"],
)
def test_who_is_turned_down_and_would_still_come_is_named(model, said, of):
    (finding,) = of(model, "needless-sequence")

    assert {name: value for name, value in finding.evidence.items() if name != "units"} == said
