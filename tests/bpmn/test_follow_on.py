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
    ],
    ids=["out of an end", "from nowhere", "to nowhere", "at a gateway", "a link without name", "event sub-process"],
)
def test_a_cause_is_told_once(body: str, ways: str, told: list[tuple[str, str]]) -> None:
    found = [problem for problem in check(read(file(body, ways))) if problem.severity == "error"]

    rules = [(problem.rule, problem.element) for problem in found if problem.stops == "all"]
    assert [one for one in rules if one != ("no-case-comes", "e") and one != ("no-way-in", "e")] == told


def test_what_nothing_leads_to_is_still_told() -> None:
    found = {(problem.rule, problem.element) for problem in check(read(file(BEGIN + AFTER, "s-a a-e z-f")))}

    assert {("no-way-in", "z"), ("no-case-comes", "f")} <= found
