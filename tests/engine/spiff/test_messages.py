"""Messages: between the pools of one case, to and from outside, and told apart by what they are correlated with."""

from bpmn import read
from bpmn.build import build
from tests.engine.spiff.reloaded import Reloaded


def two_pools():
    """An applicant who applies and waits for the answer of an office."""
    builder = (
        build("apply").pool("申请人", applicant=True).start("as").step("ask").catch("answer", "message", "m").end("ae")
    )
    builder.pool("窗口", process="office").start("os", event="message", value="n").step("decide").end("oe")
    return builder.message("ask", "os").message("decide", "answer").model


def test_a_message_opens_a_pool_and_another_goes_back():
    case = Reloaded.begin(two_pools())
    assert case.waits == ["ask"]
    assert case.play("ask").waits == ["answer", "decide"]

    case.play("decide")

    assert (case.ended, case.thrown) == ("completed", [])
    assert {*case.log} == {"as", "ask", "os", "decide", "oe", "answer", "ae"}


def test_a_message_nobody_waits_for_yet_lies_until_somebody_does():
    model = build("p").start("s").step("a").catch("c", "message", "m").step("b").end("e").model
    case = Reloaded.begin(model)

    assert case.run.deliver("m", {"x": 1}, "", case.now)
    case.note()
    assert case.waits == ["a"]
    case.play("a")

    assert case.waits == ["b"]
    assert case.run.data() == {"x": 1}


def test_a_message_that_nobody_can_ever_wait_for_is_not_taken():
    case = Reloaded.begin(build("p").start("s").step("a").end("e").model)

    assert not case.run.deliver("m", {}, "", case.now)


def test_a_case_begins_at_the_message_start_that_is_named():
    model = build("p").start("s").step("a").flow("s2", "a").node("s2", "startEvent").model

    assert Reloaded.begin(model, start="s2").log == ["s2"]


CORRELATED = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
 <message id="M" name="paid"/>
 <correlationProperty id="number" name="number">
  <correlationPropertyRetrievalExpression messageRef="M"><messagePath>invoice</messagePath>
  </correlationPropertyRetrievalExpression>
 </correlationProperty>
 <process id="p">
  %s
  <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/>
  <intermediateCatchEvent id="c"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>
  <sequenceFlow id="g" sourceRef="c" targetRef="c2"/>
  <intermediateCatchEvent id="c2"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>
  <sequenceFlow id="h" sourceRef="c2" targetRef="e"/><endEvent id="e"/>
 </process>
</definitions>"""


def test_the_first_message_fixes_what_later_ones_must_agree_with():
    case = Reloaded.begin(read(CORRELATED % b""))
    case.play("invoice:=7 @paid")
    (wait,) = case.run.waits()
    assert wait.correlation == '{"number":7}'

    assert not case.run.deliver("paid", {"invoice": 8}, "", case.now)
    assert case.run.deliver("paid", {}, '{"number":7}', case.now)
    case.note()

    assert case.ended == "completed"


def test_a_subscription_finds_the_value_in_the_data_of_the_case():
    subscription = b"""<correlationSubscription id="cs"><correlationPropertyBinding>
      <correlationPropertyRef>number</correlationPropertyRef><dataPath>order</dataPath>
    </correlationPropertyBinding></correlationSubscription>"""
    case = Reloaded.begin(read(CORRELATED % subscription), {"order": 3})

    (wait,) = case.run.waits()

    assert wait.correlation == '{"number":3}'


FOREIGN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t"
   xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
 <process id="p"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>
  <serviceTask id="a" camunda:topic="print"/><sequenceFlow id="g" sourceRef="a" targetRef="b"/>
  <serviceTask id="b"><extensionElements><zeebe:taskDefinition type="mail"/></extensionElements></serviceTask>
  <sequenceFlow id="h" sourceRef="b" targetRef="c"/>
  <serviceTask id="c" implementation="https://office.example/seal"/><sequenceFlow id="i" sourceRef="c" targetRef="d1"/>
  <serviceTask id="d1" implementation="##WebService"/><sequenceFlow id="j" sourceRef="d1" targetRef="e"/>
  <endEvent id="e"/></process></definitions>"""


def test_what_other_tools_name_as_a_service_is_a_job_of_that_name():
    case = Reloaded.begin(read(FOREIGN))
    names = []
    while not case.ended:
        (wait,) = case.run.waits()
        names.append((wait.kind, wait.name))
        case.play(wait.element)

    assert names == [("job", "print"), ("job", "mail"), ("job", "https://office.example/seal")]
