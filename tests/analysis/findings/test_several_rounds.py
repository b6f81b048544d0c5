"""Waste in what is done several times for one case: a multi-instance step, or steps in a multi-instance sub-process.

Such a step is one step: its rounds look at one thing each, so they repeat nothing of each other.
"""

import pytest

from bpmn.build import build, gives, needs
from bpmn.model import Loop

PAPER = [needs("执照")]
SHARED = [needs("房产证", origin="shared")]
CHECK = {"kind": "check", "purpose": "premises", "automatic": True, "materials": SHARED}
HANDED_IN = "repeated-material"
CHECKED = "repeated-check"
PASSED_ON = "pass-through"
APPROVED = "approval-chain"


@pytest.fixture(params=["parallel", "sequential"])
def several(request):
    return {"loop": Loop(kind=request.param, cardinality="3"), "repeat": 3}


def office():
    return build("permit").lane("甲局", level="county").start()


def steps(builder, *said):
    for name, values in said:
        builder.step(name, **values)
    return builder


def around(several, inside, before=(), after=()):
    """Steps in a multi-instance sub-process, with steps before and behind it."""
    builder = steps(steps(office(), *before).sub_process("s", **several).start(), *inside)
    return steps(builder.end().close(), *after).end().model


WASTE = {
    HANDED_IN: [("a", {"materials": PAPER}), ("b", {"materials": PAPER})],
    CHECKED: [("a", CHECK), ("b", CHECK)],
    PASSED_ON: [("a", {"kind": "other"}), ("b", {"kind": "forward"})],
    APPROVED: [
        ("judge", {"kind": "check", "post": "经办"}),
        ("a", {"kind": "approve", "post": "科长"}),
        ("b", {"kind": "approve", "post": "局长"}),
    ],
}
FOUND = {
    HANDED_IN: {(HANDED_IN, ("a", "b"))},
    # Two checks in a row of which neither waits for the other could be done at once, too.
    CHECKED: {(CHECKED, ("a", "b")), ("needless-sequence", ("a", "b"))},
    PASSED_ON: {(PASSED_ON, ("b",))},
    APPROVED: {(APPROVED, ("a", "b"))},
}


@pytest.mark.parametrize("name", WASTE)
def test_within_one_round_of_a_frame(name, several, told):
    assert told(around(several, WASTE[name])) == FOUND[name]


@pytest.mark.parametrize("name", [HANDED_IN, CHECKED])
def test_before_a_frame_and_in_it(name, several, told):
    first, second = WASTE[name]

    assert told(around(several, [second], before=[first])) == {(name, ("a", "b"))}


@pytest.mark.parametrize("name", WASTE)
def test_a_step_done_several_times(name, several, told):
    *others, (step, values) = WASTE[name]

    assert told(steps(office(), *others, (step, {**values, **several})).end().model) == FOUND[name]


@pytest.mark.parametrize("name", [HANDED_IN, CHECKED, APPROVED])
def test_the_rounds_of_one_step_repeat_nothing(name, several, told):
    *others, _, (step, values) = WASTE[name]

    assert told(steps(office(), *others, (step, {**values, **several})).end().model) == set()


@pytest.mark.parametrize("name", [HANDED_IN, CHECKED, APPROVED])
def test_the_rounds_of_a_frame_repeat_nothing(name, several, told):
    *others, _, last = WASTE[name]

    assert told(around(several, [*others, last])) == set()


def test_what_a_round_hands_on_is_used_behind_the_frame(several, told):
    handed = ("b", {"kind": "forward", "materials": [gives("意见")]})
    used = ("c", {"kind": "decide", "materials": [needs("意见", origin="internal")]})

    assert told(around(several, [handed], after=[used])) == set()
    assert told(steps(office(), (handed[0], {**handed[1], **several}), used).end().model) == set()


@pytest.mark.parametrize(
    "inside",
    [
        [("a", {"materials": PAPER}), ("b", {"materials": [needs("执照", surrender=True)]})],
        [("a", CHECK), ("m", {"kind": "other", "materials": [gives("房产证")]}), ("b", CHECK)],
        [("a", CHECK), ("b", {**CHECK, "separate_from": ["a"]})],
        [*WASTE[APPROVED][:2], ("b", {"kind": "approve", "post": "局长", "separate_from": ["a"]})],
    ],
    ids=["the original", "given anew", "four eyes at a check", "four eyes at an approval"],
)
def test_within_one_round_what_only_looks_like_waste(inside, several, of):
    model = around(several, inside)

    assert [name for name in WASTE if of(model, name)] == []


def test_papers_of_exclusive_branches_never_meet_in_one_round(several, told):
    builder = office().sub_process("s", **several).start().exclusive("x")
    builder.branch(0.5).step("a", materials=PAPER).branch(0.5).step("b", materials=PAPER).join().end().close()

    assert told(builder.end().model) == set()


def test_the_approval_behind_the_frame_hears_all_its_rounds(several, of):
    """Who approves behind a countersigning (会签) learns what each round said: no chain with one of them."""
    judged, first, second = WASTE[APPROVED]

    assert of(around(several, [judged, first], after=[second]), APPROVED) == []
