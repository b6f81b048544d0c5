"""Each rule of the specification: a file that breaks it, found at its element, and files that only look as if."""

import pytest

from bpmn import Model, read
from bpmn.check import check
from bpmn.check.specification import SPECIFICATION
from tests.bpmn.drafts import (
    END,
    MESSAGE,
    ROOT,
    START,
    TASK,
    TIMER,
    at_edge,
    beside,
    catch,
    data,
    file,
    flow,
    frame,
    io,
    loop,
    messages,
    node,
    waits,
    way,
)

ITEMS = (
    '<itemDefinition id="text" structureRef="xs:string"/><itemDefinition id="number" structureRef="xs:int"/>'
    '<itemDefinition id="texts" structureRef="xs:string" isCollection="true"/>'
    '<itemDefinition id="words" structureRef="xs:string"/><message id="m" name="m" itemRef="text"/>'
)
OUTPUT = '<dataOutput id="o" itemSubjectRef="{0}"/><inputSet/><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet>'
PIECES = loop('<loopDataInputRef>i</loopDataInputRef><inputDataItem id="j" itemSubjectRef="{0}"/>')
COLLECTION = io(
    '<dataInput id="i" itemSubjectRef="texts" isCollection="true"/>'
    "<inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet/>"
)
OPTIONAL = (
    '<dataInput id="i"/><dataInput id="j"/><inputSet><dataInputRefs>i</dataInputRefs>'
    "<optionalInputRefs>{0}</optionalInputRefs></inputSet><outputSet/>"
)
CONDITION = (
    "<conditionalEventDefinition><condition xsi:type='tFormalExpression'>{0}</condition></conditionalEventDefinition>"
)
COMPLEX = (
    "<complexBehaviorDefinition><condition xsi:type='tFormalExpression'>{0}</condition>"
    '<event id="v"><signalEventDefinition/></event></complexBehaviorDefinition>'
)
STATE = (
    '<dataObject id="o" name="Licence"/>'
    '<dataObjectReference id="r" dataObjectRef="o" name="{0}">{1}</dataObjectReference>'
)
ISSUED = '<dataState name="issued"/>'
LINK = '<linkEventDefinition name="{0}"/>'
UNDO = node("task", "undo", isForCompensation="true")
TWO_STARTS = node("startEvent", "i", TIMER) + node("startEvent", "j", MESSAGE)

TIMES = ("P1Y2M3DT4H5.5S", "2026-10-01", "R3/PT10S", "${due}", '"PT1H"', "0 0 9 * * ?", "=due")

#: Each rule: a file that breaks it, the element it is told of, files that do not.
CASES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # What only the XML shows
    "reference-kind": (
        messages("own", "other", START).replace("<messageFlow ", '<messageFlow messageRef="s" '),
        "line",
        (
            data(io(OUTPUT.format("text")) + "<dataOutputAssociation><sourceRef>x</sourceRef></dataOutputAssociation>"),
            flow(node("callActivity", "x", calledElement="s")),
            flow(node("sendTask", "x", messageRef="tool:m")),
        ),
    ),
    "too-many-children": (
        flow(node("task", "x", "<standardLoopCharacteristics/>" + loop(""))),
        "x",
        (flow(node("task", "x", loop("<loopCardinality xsi:type='tFormalExpression'>3</loopCardinality>"))),),
    ),
    "missing-child": (
        flow(node("task", "x", loop("<complexBehaviorDefinition/>", behavior="Complex"))),
        "x",
        (flow(node("task", "x", loop(COMPLEX.format("n > 2"), behavior="Complex"))),),
    ),
    "misplaced-child": (frame(io("<inputSet/><outputSet/>")), "x", (data(io("<inputSet/><outputSet/>")),)),
    "number-range": (
        flow(node("task", "x", completionQuantity="0")),
        "x",
        (flow(node("task", "x", completionQuantity="2")), flow(node("task", "x", startQuantity="many"))),
    ),
    "address": (
        frame("", "transaction", method="my protocol!"),
        "x",
        (frame("", "transaction", method="##Compensate"), frame("", "transaction", method="urn:x:a%20b")),
    ),
    "prose-expression": (
        flow(node("task", "x", loop("<completionCondition>all have agreed</completionCondition>"))),
        "x",
        (
            flow(node("task", "x", loop("<completionCondition>${n == 2}</completionCondition>"))),
            flow(node("task", "x", loop("<loopCardinality>3</loopCardinality>"))),
            flow(catch("x", "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>")),
            file(START + END + way("s e").replace("></seq", "><conditionExpression>同意</conditionExpression></seq")),
            file(
                START + node("task", "x", loop("<completionCondition>all agree</completionCondition>")) + END,
                isExecutable="false",
            ),
        ),
    ),
    "operation-missing": (
        file(node("startEvent", "s", MESSAGE) + END + way("s e"), roots=ITEMS),
        "s",
        (
            file(node("startEvent", "s", MESSAGE) + END + way("s e"), roots=ROOT),
            file(node("startEvent", "s", MESSAGE.replace("/>", ' tool:bound="1"/>')) + END, roots=ITEMS),
            file(node("startEvent", "s", MESSAGE) + END + way("s e"), roots=ITEMS, isExecutable="false"),
            file(node("startEvent", "s", MESSAGE) + END + way("s e"), roots=ITEMS).replace(
                'id="d"', 'id="d" typeLanguage="urn:java"'
            ),
            file(
                node("startEvent", "s", MESSAGE) + END + way("s e"),
                roots='<itemDefinition id="i"/><message id="m" itemRef="i"/>',
            ),
        ),
    ),
    # Chapters 7 and 8
    "flow-between-pools": (
        file(START + END + way("s e") + way("s f")).replace(
            "</process>", '</process><process id="q"><endEvent id="f"/></process>'
        ),
        "s-f",
        (flow(TASK, name="t"),),
    ),
    "flow-across-sub-process": (
        file(START + node("subProcess", "x", node("task", "i")) + way("s i")),
        "s-i",
        (frame(START.replace('"s"', '"i"') + END.replace('"e"', '"o"') + way("i o")),),
    ),
    "flow-out-of-end": (flow(TASK, way("e t"), name="t"), "e-t", (flow(TASK, name="t"),)),
    "flow-into-start": (flow(TASK, way("t s"), name="t"), "t-s", (flow(TASK, way("t t"), name="t"),)),
    "flow-into-boundary": (at_edge(TIMER).replace("</process>", way("s b") + "</process>"), "s-b", (at_edge(TIMER),)),
    "condition-not-boolean": (
        file(START + node("exclusiveGateway", "x") + END + way("s x") + way("x e", "23")),
        "x-e",
        (file(START + node("exclusiveGateway", "x") + END + way("s x") + way("x e", "n = 23")),),
    ),
    "condition-alone": (
        file(START + TASK + END + way("s t") + way("t e", "n > 2")),
        "t-e",
        (file(START + node("exclusiveGateway", "x") + END + way("s x") + way("x e", "n > 2")),),
    ),
    # Chapter 9
    "message-inside-pool": (
        messages("t", "own", START + TASK + END + way("s t e")),
        "line",
        (messages("t", "other", START + TASK + END + way("s t e")), messages("own", "other", START)),
    ),
    "message-sender": (
        messages("c", "other", START + catch("c", MESSAGE) + END + way("s c e")),
        "line",
        (messages("c", "other", START + node("intermediateThrowEvent", "c", MESSAGE) + END + way("s c e")),),
    ),
    "message-receiver": (
        messages("other", "g", START + node("exclusiveGateway", "g") + END + way("s g e")),
        "line",
        (messages("other", "x", START + node("subProcess", "x") + END + way("s x e")),),
    ),
    "message-event": (
        messages("e", "other", START + END + way("s e")),
        "line",
        (messages("e", "other", START + node("endEvent", "e", MESSAGE) + way("s e")),),
    ),
    "multiplicity": (
        messages("own", "other", START).replace(
            'name="other"/>', 'name="other"><participantMultiplicity minimum="3" maximum="2"/></participant>'
        ),
        "other",
        (
            messages("own", "other", START).replace(
                'name="other"/>', 'name="other"><participantMultiplicity minimum="0" maximum="1"/></participant>'
            ),
        ),
    ),
    # Chapter 10: processes, steps
    "public-executable": (
        file(START + END + way("s e"), processType="Public"),
        "p",
        (
            file(START + END + way("s e"), processType="Public", isExecutable="false"),
            file(START + END, processType="Private"),
        ),
    ),
    "end-without-start": (
        file(TASK + END + way("t e")),
        "p",
        (
            file(TASK),
            file(node("receiveTask", "t", instantiate="true") + END + way("t e")),
            frame(TASK + END.replace('"e"', '"f"') + way("t f"), "adHocSubProcess"),
        ),
    ),
    "event-sub-process-in-flow": (
        frame(node("startEvent", "i", TIMER), triggeredByEvent="true"),
        "x",
        (beside(node("startEvent", "i", TIMER)), frame(node("startEvent", "i"))),
    ),
    "event-sub-process-start": (
        beside(node("startEvent", "i")),
        "x",
        (beside(node("startEvent", "i", TIMER)), beside(node("intermediateThrowEvent", "i"))),
    ),
    "event-sub-process-starts": (beside(TWO_STARTS), "x", (beside(node("startEvent", "i", TIMER)), frame(TWO_STARTS))),
    "ad-hoc-content": (
        frame(TASK + node("endEvent", "f") + way("t f"), "adHocSubProcess"),
        "f",
        (frame(TASK + catch("f", TIMER) + way("t f"), "adHocSubProcess"),),
    ),
    "ad-hoc-empty": (frame("", "adHocSubProcess"), "x", (frame(TASK, "adHocSubProcess"), frame(""))),
    "compensation-in-flow": (
        flow(node("task", "x", isForCompensation="true")),
        "x",
        (file(START + TASK + END + way("s t e") + UNDO),),
    ),
    "compensation-handler": (
        at_edge("<compensateEventDefinition/>").replace(way("b f"), ""),
        "b",
        (
            at_edge("<compensateEventDefinition/>").replace(
                way("b f"), UNDO + '<association id="a" sourceRef="b" targetRef="undo"/>'
            ),
        ),
    ),
    "call-missing": (
        flow(node("callActivity", "x")),
        "x",
        (flow(node("callActivity", "x", calledElement="q")), flow(node("task", "x"))),
    ),
    "decision-missing": (
        flow(node("businessRuleTask", "x")),
        "x",
        (
            file(START + node("businessRuleTask", "x") + END + way("s x e"), isExecutable="false"),
            flow(node("userTask", "x")),
        ),
    ),
    "rounds-missing": (
        flow(node("task", "x", loop("<loopCardinality>-3</loopCardinality>"))),
        "x",
        (
            flow(node("task", "x", loop("<loopCardinality>3</loopCardinality>"))),
            flow(node("task", "x", loop("", **{"tool:collection": "papers"}))),
            file(START + node("task", "x", loop("")) + END + way("s x e"), isExecutable="false"),
            flow(node("task", "x", "<standardLoopCharacteristics/>")),
        ),
    ),
    "behavior-unused": (
        flow(node("task", "x", loop(COMPLEX.format("n > 2"), behavior="All"))),
        "x",
        (flow(node("task", "x", loop(COMPLEX.format("n > 2"), behavior="Complex"))),),
    ),
    # Chapter 10: data
    "data-in-no-set": (
        data(io('<dataOutput id="o"/><inputSet/><outputSet/>')),
        "x",
        (
            data(io(OUTPUT.format("text"))),
            data(io('<dataOutput id="o"/>')),
            data(
                io('<dataInput id="i"/><inputSet/><outputSet/>')
                + "<dataInputAssociation><targetRef>i</targetRef></dataInputAssociation>"
            ),
            data(io('<dataInput id="i"/><inputSet/><outputSet/>') + loop("<loopDataInputRef>i</loopDataInputRef>")),
        ),
    ),
    "optional-in-no-set": (data(io(OPTIONAL.format("j"))), "x", (data(io(OPTIONAL.format("i"))),)),
    "collection-differs": (
        file(START + '<dataObject id="o" itemSubjectRef="texts" isCollection="false"/>', roots=ITEMS),
        "o",
        (
            file(START + '<dataObject id="o" itemSubjectRef="texts" isCollection="true"/>', roots=ITEMS),
            file(START + '<dataObject id="o" itemSubjectRef="texts"/>', roots=ITEMS),
            file(
                START + '<dataObject id="o" itemSubjectRef="k" isCollection="true"/>',
                roots='<itemDefinition id="k" isCollection="false"/>',
            ),
            file(START + '<dataObject id="o" itemSubjectRef="text" isCollection="true"/>', roots=ITEMS),
        ),
    ),
    "state-name": (
        file(START + STATE.format("Copy [issued]", ISSUED)),
        "r",
        (
            file(START + STATE.format("Licence [issued]", ISSUED)),
            file(START + STATE.format("Licence\n [[issued]]", ISSUED)),
            file(START + STATE.format("Copy", "")),
        ),
    ),
    "several-sets": (
        data(io("<inputSet/><inputSet/><outputSet/>"), kind="sendTask"),
        "x",
        (data(io("<inputSet/><inputSet/><outputSet/>")), data(io("<inputSet/><outputSet/>"), kind="sendTask")),
    ),
    "message-data": (
        data(io(OUTPUT.format("number")), kind="receiveTask", roots=ITEMS, messageRef="m"),
        "x",
        (
            data(io(OUTPUT.format("words")), kind="receiveTask", roots=ITEMS, messageRef="m"),
            data(io(OUTPUT.format("number")), kind="receiveTask", roots=ROOT, messageRef="m"),
            data(io(OUTPUT.format("number")), kind="receiveTask", roots=ITEMS, messageRef="m").replace(
                'id="d"', 'id="d" typeLanguage="urn:java"'
            ),
            data(
                io(OUTPUT.format("number")), kind="receiveTask", roots=ITEMS, messageRef="m", implementation="tool:http"
            ),
        ),
    ),
    "loop-item": (
        data(COLLECTION + PIECES.format("number"), roots=ITEMS),
        "x",
        (
            data(COLLECTION + PIECES.format("text"), roots=ITEMS),
            data(
                COLLECTION.replace("texts", "list") + PIECES.format("text"),
                roots=ITEMS + '<itemDefinition id="list" structureRef="java.util.List"/>',
            ),
        ),
    ),
    # Chapter 10: events
    "event-kind": (
        file(START + node("endEvent", "e", TIMER) + way("s e")),
        "e",
        (
            file(START + node("endEvent", "e", "<terminateEventDefinition/>") + way("s e")),
            at_edge("<escalationEventDefinition/>", cancelActivity="false"),
            beside(node("startEvent", "i", "<errorEventDefinition/>")),
        ),
    ),
    "sub-process-blank-start-event": (
        frame(node("startEvent", "i", TIMER)),
        "i",
        (
            frame(node("startEvent", "i")),
            beside(node("startEvent", "i", TIMER)),
            file(node("startEvent", "s", TIMER) + END + way("s e")),
        ),
    ),
    "event-empty": (
        at_edge(""),
        "b",
        (
            flow(node("intermediateThrowEvent", "x")),
            flow(catch("x", "<eventDefinitionRef>lost</eventDefinitionRef>")),
            file(node("startEvent", "s", "<eventDefinitionRef>k</eventDefinitionRef>") + END + way("s e")),
        ),
    ),
    "cancel-outside-transaction": (
        at_edge("<cancelEventDefinition/>"),
        "b",
        (
            at_edge("<cancelEventDefinition/>", "transaction"),
            frame(node("subProcess", "y", node("endEvent", "f", "<cancelEventDefinition/>")), "transaction"),
        ),
    ),
    "boundary-elsewhere": (
        file(
            START
            + TASK
            + END
            + way("s t e")
            + node("subProcess", "x", node("boundaryEvent", "b", TIMER, attachedToRef="t"))
        ),
        "b",
        (at_edge(TIMER),),
    ),
    "event-leads-nowhere": (
        at_edge(TIMER).replace(way("b f"), ""),
        "b",
        (at_edge(TIMER), at_edge("<compensateEventDefinition/>").replace(way("b f"), "")),
    ),
    "link-in-flow": (
        file(START + node("intermediateThrowEvent", "l", LINK.format("A")) + END + way("s l e")),
        "l",
        (
            file(
                START
                + node("intermediateThrowEvent", "l", LINK.format("A"))
                + catch("k", LINK.format("A"))
                + END
                + way("s l")
                + way("k e")
            ),
        ),
    ),
    "condition-missing": (
        flow(catch("x", CONDITION.format(""))),
        "x",
        (
            flow(catch("x", CONDITION.format("n > 2"))),
            file(START + catch("x", "<conditionalEventDefinition/>") + END + way("s x e"), isExecutable="false"),
        ),
    ),
    "code-missing": (
        file(START + node("endEvent", "e", "<errorEventDefinition/>") + way("s e")),
        "e",
        (
            file(
                START + node("endEvent", "e", '<errorEventDefinition errorRef="lost"/>') + way("s e"),
                roots='<error id="lost" errorCode="L1"/>',
            ),
            at_edge("<errorEventDefinition/>"),
            file(START + node("endEvent", "e", "<errorEventDefinition/>") + way("s e"), isExecutable="false"),
        ),
    ),
    "time-missing": (
        flow(catch("x", "<timerEventDefinition/>")),
        "x",
        (file(START + catch("x", "<timerEventDefinition/>") + END + way("s x e"), isExecutable="false"),),
    ),
    "event-names-nothing": (
        flow(catch("x", "<signalEventDefinition/>")),
        "x",
        (
            file(START + catch("x", "<signalEventDefinition/>") + END + way("s x e"), isExecutable="false"),
            file(START + catch("x", MESSAGE) + END + way("s x e"), roots=ROOT),
            flow(node("intermediateThrowEvent", "x", "<messageEventDefinition/>")),
            messages("other", "x", START + catch("x", "<messageEventDefinition/>") + END + way("s x e")),
        ),
    ),
    "time-form": (
        flow(catch("x", TIMER.replace("PT1H", "2026-10-01T09:00:00"))),
        "x",
        (
            flow(catch("x", TIMER)),
            flow(catch("x", TIMER.replace("PT1H", "${due}"))),
            flow(catch("x", TIMER.replace("timeDuration", "timeDate").replace("PT1H", "2026-10-01"))),
            flow(catch("x", TIMER.replace("timeDuration", "timeCycle").replace("PT1H", "R3/PT10S"))),
        ),
    ),
    "time-unreadable": (
        flow(catch("x", TIMER.replace("PT1H", "tomorrow"))),
        "x",
        (
            *(flow(catch("x", TIMER.replace("PT1H", time))) for time in TIMES),
            flow(catch("x", TIMER.replace("PT1H", "due")), node("scriptTask", "k", "<script>due = 1</script>")),
        ),
    ),
    # Chapter 10: gateways and lanes
    "default-unused": (
        flow(node("parallelGateway", "x", default="x-e")),
        "x",
        (flow(node("exclusiveGateway", "x", default="x-e")),),
    ),
    "condition-unused": (
        flow(node("parallelGateway", "x") + TASK, way("x t", "n > 2")),
        "x-t",
        (flow(node("inclusiveGateway", "x") + TASK, way("x t", "n > 2")),),
    ),
    "condition-after-event": (
        flow(TASK, way("s t", "n > 2")),
        "s-t",
        (flow(TASK, way("s t")),),
    ),
    "condition-after-event-gateway": (
        waits(catch("a", MESSAGE), catch("b", TIMER), catch("h", TIMER), way("g h", "n > 2")),
        "g-h",
        (waits(catch("a", MESSAGE), catch("b", TIMER)),),
    ),
    "condition-on-default": (
        flow(node("exclusiveGateway", "x", default="x-t") + TASK, way("x t", "n > 2")),
        "x-t",
        (flow(node("exclusiveGateway", "x", default="x-e") + TASK, way("x t", "n > 2")),),
    ),
    "awaited-kind": (
        waits(catch("a", LINK.format("A")), catch("b", TIMER)),
        "g",
        (waits(node("receiveTask", "a"), catch("b", "<signalEventDefinition/>")),),
    ),
    "awaited-mixed": (
        waits(catch("a", MESSAGE), node("receiveTask", "b")),
        "g",
        (waits(catch("a", TIMER), node("receiveTask", "b")), waits(catch("a", MESSAGE), catch("b", MESSAGE))),
    ),
    "awaited-with-boundary": (
        waits(catch("a", TIMER), node("receiveTask", "b"), node("boundaryEvent", "k", TIMER, attachedToRef="b")),
        "b",
        (
            waits(
                catch("a", TIMER),
                node("receiveTask", "b"),
                node("receiveTask", "t") + node("boundaryEvent", "k", TIMER, attachedToRef="t"),
            ),
        ),
    ),
    "awaited-by-others": (
        waits(catch("a", MESSAGE), catch("b", TIMER), way("a b")),
        "b",
        (waits(catch("a", MESSAGE), catch("b", TIMER)),),
    ),
    "event-gateway-alone": (
        file(START + node("eventBasedGateway", "g") + catch("a", TIMER) + END + way("s g a e")),
        "g",
        (waits(catch("a", MESSAGE), catch("b", TIMER)),),
    ),
    "instantiate-in-flow": (
        flow(TASK + node("receiveTask", "x", instantiate="true"), way("s t"), way("t x")),
        "x",
        (
            flow(node("receiveTask", "x", instantiate="true")),
            file(node("receiveTask", "t", instantiate="true") + END + way("t e")),
            flow(node("receiveTask", "x", instantiate="false")),
            waits(catch("a", MESSAGE), catch("b", MESSAGE), instantiate="true").replace(way("s g"), ""),
            waits(catch("a", MESSAGE), catch("b", MESSAGE)),
        ),
    ),
    "parallel-event-gateway": (
        waits(catch("a", MESSAGE), catch("b", TIMER), eventGatewayType="Parallel"),
        "g",
        (waits(catch("a", MESSAGE), catch("b", TIMER), eventGatewayType="Parallel", instantiate="true"),),
    ),
    "gateway-direction": (
        flow(node("exclusiveGateway", "x", gatewayDirection="Converging") + TASK, way("x t")),
        "x",
        (
            flow(node("exclusiveGateway", "x", gatewayDirection="Diverging") + TASK, way("x t")),
            flow(node("exclusiveGateway", "x", gatewayDirection="Mixed")),
        ),
    ),
    "no-condition": (
        flow(node("exclusiveGateway", "x") + TASK, way("x t", "n > 2")),
        "x-e",
        (
            flow(node("exclusiveGateway", "x", default="x-e") + TASK, way("x t", "n > 2")),
            flow(node("parallelGateway", "x") + TASK, way("x t")),
        ),
    ),
    "two-lanes": (
        file(
            '<laneSet id="k"><lane id="l"><flowNodeRef>s</flowNodeRef></lane>'
            '<lane id="m"><flowNodeRef>s</flowNodeRef></lane></laneSet>' + START
        ),
        "s",
        (
            file(
                '<laneSet id="k"><lane id="l"><flowNodeRef>s</flowNodeRef><childLaneSet id="n">'
                '<lane id="m"><flowNodeRef>s</flowNodeRef></lane></childLaneSet></lane></laneSet>' + START
            ),
            file(
                '<laneSet id="k"><lane id="l"><flowNodeRef>s</flowNodeRef></lane></laneSet>'
                '<laneSet id="n"><lane id="m"><flowNodeRef>s</flowNodeRef></lane></laneSet>' + START
            ),
        ),
    ),
}
LOOK_ALIKES = [(rule, number) for rule, (_, _, others) in CASES.items() for number in range(len(others))]


def model(text: str) -> Model:
    return read(text.encode())


def test_every_rule_of_the_specification_has_its_files() -> None:
    assert CASES.keys() == {rule.name for rule in SPECIFICATION}
    assert all(others for _, _, others in CASES.values())


@pytest.mark.parametrize("rule", SPECIFICATION, ids=[rule.name for rule in SPECIFICATION])
def test_a_breach_is_told_at_its_element_as_gravely_as_the_rule_says(rule) -> None:
    text, element, _ = CASES[rule.name]

    found = [problem for problem in check(model(text), purpose="run") if problem.rule == rule.name]

    assert [problem.element for problem in found] == [element]
    assert (found[0].problem, found[0].severity, found[0].stops) == ("bpmn-rule", rule.severity, rule.stops)
    assert found[0].message.endswith(".")
    assert "{" not in found[0].message
    assert found[0].line > 0


@pytest.mark.parametrize(("rule", "number"), LOOK_ALIKES, ids=[f"{rule} {number}" for rule, number in LOOK_ALIKES])
def test_what_only_looks_like_a_breach_is_not_told(rule: str, number: int) -> None:
    assert rule not in {problem.rule for problem in check(model(CASES[rule][2][number]), purpose="run")}


def test_every_rule_says_why_in_one_line_and_where() -> None:
    assert [rule.name for rule in SPECIFICATION if not rule.reason.endswith(".") or "\n" in rule.reason] == []
    assert [rule.name for rule in SPECIFICATION if not rule.section] == []


def test_an_engine_file_without_what_no_tool_writes_is_accepted() -> None:
    """No process type, no ids on event definitions, no loop data, no incoming and outgoing, no item definitions."""
    body = START + node("userTask", "t", loop("", isSequential="true")) + catch("c", TIMER) + END + way("s t c e")

    assert [problem.rule for problem in check(model(file(body))) if problem.severity == "error"] == []
