"""One cause is told once: what follows from a fault that is told is no fault of its own."""

import pytest

from bpmn import read
from bpmn.check import check

FLOW = '<sequenceFlow id="{0}-{1}" sourceRef="{0}" targetRef="{1}"/>'
BEGIN = '<startEvent id="s"/><task id="a"/><endEvent id="e"/>'
AFTER = '<task id="z"/><endEvent id="f"/>'


def file(body: str, ways: str) -> bytes:
    """Write a file with some elements and with flows such as "s-a a-e"."""
    flows = "".join(FLOW.format(*way.split("-")) for way in ways.split())
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t">'
        f'<process id="p">{body}{flows}</process></definitions>'
    ).encode()


@pytest.mark.parametrize(
    ("body", "ways", "told"),
    [
        (BEGIN + AFTER, "s-a a-e e-z z-f", [("flow-out-of-end", "e-z")]),
        (BEGIN + AFTER, "s-a a-e g-z z-f", [("flow-end", "g-z")]),
        (BEGIN, "s-a a-g", [("flow-end", "a-g")]),
        (
            BEGIN
            + AFTER
            + '<exclusiveGateway id="x"/>'
            + '<boundaryEvent id="b" attachedToRef="x"><timerEventDefinition/></boundaryEvent>',
            "s-a a-x x-e b-z z-f",
            [("attached-to", "b")],
        ),
        (
            BEGIN
            + AFTER
            + '<intermediateThrowEvent id="l"><linkEventDefinition name=""/></intermediateThrowEvent>'
            + '<intermediateCatchEvent id="m"><linkEventDefinition name="M"/></intermediateCatchEvent>',
            "s-a a-l m-z z-f",
            [("link", "l")],
        ),
        (
            BEGIN + AFTER + '<subProcess id="u" triggeredByEvent="true"><startEvent id="v"/></subProcess>',
            "s-a a-u u-z z-f",
            [("event-sub-process-in-flow", "u")],
        ),
        (BEGIN + AFTER + '<magicTask id="m"/>', "s-a a-m m-z z-f", [("unknown-element", "p")]),
    ],
    ids=[
        "out of an end",
        "from nowhere",
        "to nowhere",
        "at a gateway",
        "a link without name",
        "event sub-process",
        "no element of BPMN",
    ],
)
def test_a_cause_is_told_once(body: str, ways: str, told: list[tuple[str, str]]) -> None:
    found = [problem for problem in check(read(file(body, ways))) if problem.severity == "error"]

    rules = [(problem.rule, problem.element) for problem in found if problem.stops == "all"]
    assert [one for one in rules if one != ("no-case-comes", "e") and one != ("no-way-in", "e")] == told


def test_an_unknown_element_that_no_flow_names_is_a_warning() -> None:
    found = check(read(file(BEGIN + '<magicTask id="m"/>', "s-a a-e")))

    assert [(problem.rule, problem.severity) for problem in found] == [("unknown-element", "warning")]


def broken_off(inside: str) -> bytes:
    """Write a file with a sub-process that ends by an error and a flow out of it."""
    wrong = '<startEvent id="v"/><endEvent id="w"><errorEventDefinition/></endEvent>' + FLOW.format("v", "w")
    frame = f'<subProcess id="u">{wrong}{inside}</subProcess>'
    edge = '<boundaryEvent id="b" attachedToRef="u"><errorEventDefinition/></boundaryEvent>'
    return file('<startEvent id="s"/><endEvent id="e"/><endEvent id="f"/>' + frame + edge, "s-u u-e b-f")


def test_a_sub_process_that_only_an_error_leaves_leads_nowhere() -> None:
    found = check(read(broken_off("")))

    assert [(problem.rule, problem.element) for problem in found if problem.problem == "unreachable"] == [
        ("only-errors", "u")
    ]


@pytest.mark.parametrize(
    "inside",
    [
        '<startEvent id="k"/><endEvent id="l"/>' + FLOW.format("k", "l"),
        '<subProcess id="h" triggeredByEvent="true"><startEvent id="k"><errorEventDefinition/></startEvent>'
        '<endEvent id="l"/>' + FLOW.format("k", "l") + "</subProcess>",
    ],
    ids=["another end", "caught inside"],
)
def test_a_sub_process_that_may_also_end_well_is_left_as_usual(inside: str) -> None:
    assert "only-errors" not in {problem.rule for problem in check(read(broken_off(inside)))}


def test_what_nothing_leads_to_is_still_told() -> None:
    found = {(problem.rule, problem.element) for problem in check(read(file(BEGIN + AFTER, "s-a a-e z-f")))}

    assert {("no-way-in", "z"), ("no-case-comes", "f")} <= found
