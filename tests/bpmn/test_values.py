"""The values of attributes, and what is told of those that are none."""

import pytest

from bpmn import read

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:x" xmlns:o="urn:o">'


def node(text: str, roots: str = ""):
    model = read(f'{HEAD}{roots}<process id="p">{text}</process></definitions>'.encode())
    return model.nodes[0], [(fault.rule, fault.severity, fault.stops) for fault in model.faults]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '<task id="t" isForCompensation="true" startQuantity="2" completionQuantity="3"/>',
            {"for_compensation": True, "start_quantity": 2, "completion_quantity": 3},
        ),
        ('<startEvent id="e" parallelMultiple="1"/>', {"parallel_multiple": True}),
        ('<serviceTask id="t" implementation="##WebService"/>', {"implementation": "##WebService"}),
        ('<parallelGateway id="g" gatewayDirection="Diverging"/>', {"direction": "Diverging"}),
        ('<parallelGateway id="g" gatewayDirection="Unspecified"/>', {"direction": ""}),
        (
            '<eventBasedGateway id="g" instantiate="true" eventGatewayType="Parallel"/>',
            {"instantiate": True, "event_gateway_type": "Parallel"},
        ),
        (
            '<complexGateway id="g"><activationCondition>n >= 2</activationCondition></complexGateway>',
            {"activation": "n >= 2"},
        ),
        (
            '<adHocSubProcess id="a" ordering="Sequential" cancelRemainingInstances="false">'
            "<completionCondition>done</completionCondition></adHocSubProcess>",
            {"ordering": "Sequential", "cancel_remaining": False, "completion": "done"},
        ),
        ('<adHocSubProcess id="a"/>', {"ordering": "", "cancel_remaining": True, "completion": ""}),
        ('<transaction id="t" method="##Store"/>', {"method": "##Store"}),
        ('<userTask id="t" method="##Store" gatewayDirection="Mixed"/>', {"method": "", "direction": ""}),
    ],
)
def test_what_only_some_kinds_say(text, said):
    found, faults = node(text)

    assert {name: getattr(found, name) for name in said} == said
    assert faults == []


@pytest.mark.parametrize(
    "text",
    [
        '<parallelGateway id="g" gatewayDirection="diverging"/>',
        '<task id="t" isForCompensation="yes"/>',
        '<task id="t" startQuantity="one"/>',
        '<task id="t" completionQuantity="1.5"/>',
        '<startEvent id="e" isInterrupting="nein"/>',
        '<adHocSubProcess id="a" ordering="Random"/>',
        '<task id="t"><multiInstanceLoopCharacteristics behavior="Every"/></task>',
    ],
)
def test_a_word_bpmn_does_not_have_is_told_and_counts_as_not_said(text):
    found, faults = node(text)

    assert faults == [("attribute-value", "warning", "nothing")]
    assert (found.direction, found.for_compensation, found.start_quantity, found.interrupting) == ("", False, 1, True)


def test_a_number_no_rule_allows_is_kept_for_the_rules_to_judge():
    found, _ = node('<task id="t" completionQuantity="-3"/>')

    assert found.completion_quantity == -3


def test_a_multi_instance_with_everything():
    found, faults = node(
        '<task id="t"><multiInstanceLoopCharacteristics behavior="One" oneBehaviorEventRef="d">'
        "<loopDataInputRef>all</loopDataInputRef><loopDataOutputRef>done</loopDataOutputRef>"
        '<inputDataItem id="one"/><outputDataItem name="result"/>'
        "<completionCondition>n = 3</completionCondition></multiInstanceLoopCharacteristics></task>",
        '<signalEventDefinition id="d"/>',
    )
    loop = found.loop

    assert (loop.collection, loop.output, loop.input_item, loop.output_item) == ("all", "done", "one", "result")
    assert (loop.behavior, loop.behavior_event, loop.condition) == ("One", "d", "n = 3")
    assert faults == []


def test_complex_behaviour_names_its_events():
    found, _ = node(
        '<task id="t"><multiInstanceLoopCharacteristics behavior="Complex"><complexBehaviorDefinition>'
        '<condition>n = 3</condition><event><signalEventDefinition id="d"/></event></complexBehaviorDefinition>'
        "</multiInstanceLoopCharacteristics></task>"
    )

    assert found.loop.behaviors == (("n = 3", "d"),)


def test_an_operation_is_resolved_and_missed_where_the_file_does_not_have_it():
    interface = (
        '<message id="m"/><interface id="i"><operation id="op"><inMessageRef>m</inMessageRef></operation></interface>'
    )

    known, no_faults = node('<serviceTask id="t" operationRef="op"/>', interface)
    missing, faults = node('<serviceTask id="t" operationRef="gone"/>', interface)
    foreign, none = node('<serviceTask id="t" operationRef="o:gone"/>', interface)

    assert (known.operation, no_faults) == ("op", [])
    assert (missing.operation, faults) == ("gone", [("event", "error", "run")])
    assert (foreign.operation, none) == ("o:gone", [])
