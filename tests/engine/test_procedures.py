"""Procedures with further files: called processes, decisions; and that only the latest used are kept ready."""

import random

import pytest

from bpmn import Limits, write
from bpmn.build import build
from bpmn.errors import UnreadableFile
from engine.engine import Engine, Settings
from engine.errors import Unrunnable
from engine.procedures import digest_of
from tests.engine.offices import Town

DECIDED = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
<decision id="fee" name="fee"><variable name="费用"/><decisionTable hitPolicy="UNIQUE">
<input id="i"><inputExpression typeRef="number"><text>面积</text></inputExpression></input>
<output id="o" name="费用" typeRef="number"/>
<rule id="r1"><inputEntry><text>&lt; 100</text></inputEntry><outputEntry><text>0</text></outputEntry></rule>
<rule id="r2"><inputEntry><text>&gt;= 100</text></inputEntry><outputEntry><text>50</text></outputEntry></rule>
</decisionTable></decision></definitions>""".encode()
ASKING = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 id="d" targetNamespace="x"><process id="p" isExecutable="true"><startEvent id="s"/>
<sequenceFlow id="f" sourceRef="s" targetRef="a"/><businessRuleTask id="a" camunda:decisionRef="fee"/>
<sequenceFlow id="g" sourceRef="a" targetRef="b"/><userTask id="b"/><sequenceFlow id="h" sourceRef="b" targetRef="e"/>
<endEvent id="e"/></process></definitions>"""


def test_a_called_process_of_another_file_runs_with_its_own_units(office: Town) -> None:
    called = write(build("check").lane("环保局").start().step("visit", name="踏勘").end().model)
    row = office.install(
        build("p").lane("窗口").start().call("inspect", "check").step("a").end(), {"check.bpmn": called}
    )
    case = office.do("start", procedure=row.digest).case

    item = office.item(case)
    assert (item.element, item.name, item.unit) == ("inspect/visit", "踏勘", "环保局")
    office.do("complete", item=item.id)

    assert office.waits_at(case) == ["a"]


def test_a_decision_answers_from_its_file(office: Town) -> None:
    row = office.engine.install(ASKING, {"fee.dmn": DECIDED}, office.now)

    case = office.do("start", procedure=row.digest, data={"面积": 120}).case

    assert office.waits_at(case) == ["b"]
    assert office.data(case)["费用"] == 50


def test_the_record_of_a_decision_says_which_rule_held_and_what_was_asked(office: Town) -> None:
    row = office.engine.install(ASKING, {"fee.dmn": DECIDED}, office.now)

    case = office.do("start", procedure=row.digest, data={"面积": 120}).case

    told = [record.data for record in office.records(case) if record.kind == "decided"]
    assert [(rule["decision"], rule["rule"]) for rule in told[0]["rules"]] == [("fee", 2)]
    assert [(asked["name"], asked["value"]) for asked in told[0]["inputs"]] == [("面积", 120)]


def test_a_decision_that_is_in_no_file_is_refused(office: Town) -> None:
    other = DECIDED.replace(b'id="fee"', b'id="other"')

    with pytest.raises(Unrunnable):
        office.engine.install(ASKING, {"fee.dmn": other}, office.now)


@pytest.mark.parametrize(("source", "library"), [(b"x", {}), (ASKING, {"x": b"x"}), (DECIDED, {})])
def test_what_is_no_procedure_is_refused(office: Town, source: bytes, library: dict[str, bytes]) -> None:
    with pytest.raises(UnreadableFile):
        office.engine.install(source, library, office.now)


def test_every_byte_and_name_counts_in_the_digest() -> None:
    assert len({digest_of(*files) for files in ((b"a", {"b": b"c"}), (b"a", {"bc": b""}), (b"ab", {"": b"c"}))}) == 3


def test_only_the_versions_used_last_are_kept_ready(office: Town) -> None:
    office.engine = Engine(office.store, chance=random.Random(1), settings=Settings(procedures=2))
    cases = [office.start(build(name).start().step("a").end()) for name in "pqr"]

    for case in cases:
        office.do("complete", item=office.item(case).id)

    assert len(office.engine._procedures._known) == 2
    assert {office.case(case).state for case in cases} == {"completed"}


def test_the_limits_hold_for_a_version_that_is_made_ready_again(office: Town) -> None:
    row = office.engine.install(ASKING, {"fee.dmn": DECIDED}, office.now)
    settings = Settings(limits=Limits(nodes=2))

    office.engine = Engine(office.store, chance=random.Random(1), settings=settings)

    with pytest.raises(UnreadableFile):
        office.do("start", procedure=row.digest)
