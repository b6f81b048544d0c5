"""Who may do a step: unit and post, whom the file names, four eyes; and why not, for whoever may not."""

import pytest

from bpmn import Model, read, write
from bpmn.assignment import assignments
from bpmn.build import build
from engine.errors import EngineError, NotYours, SamePerson, Unrunnable
from tests.engine.offices import Town

FILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="x"><resource id="R" name="商事科"/>
<process id="p" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>
<userTask id="a" name="审查" {attributes}>{inside}</userTask><sequenceFlow id="g" sourceRef="a" targetRef="e"/>
<endEvent id="e"/></process></definitions>"""


class Register:
    """Who belongs where."""

    def __init__(self, **people: tuple[str, ...]) -> None:
        self.people = people

    def belongs(self, person: str, name: str) -> bool:
        return name in self.people.get(person, ())


def file(attributes: str = "", inside: str = "") -> bytes:
    return FILE.format(attributes=attributes, inside=inside).encode()


def owner(expression: str, kind: str = "potentialOwner") -> str:
    said = f"<formalExpression>{expression}</formalExpression>"
    return f"<{kind}><resourceAssignmentExpression>{said}</resourceAssignmentExpression></{kind}>"


def may(office: Town, source: bytes, data: dict[str, object]) -> list[str]:
    row = office.engine.install(source, {}, office.now)
    case = office.do("start", procedure=row.digest, data=data).case
    item = office.item(case).id
    return [name for name in ("张三", "李四", "王五") if _claim(office, item, name) is None]


def _claim(office: Town, item: str, person: str) -> EngineError | None:
    found = {one.operation: one.refusal for one in office.engine.allowed(item, person, office.now)}
    return found["claim"]


MEMBERS = Register(张三=("商事科", "窗口", "科员"), 李四=("窗口", "科长"), 王五=())


@pytest.mark.parametrize(
    ("attributes", "inside", "data", "unknown", "known"),
    [
        ("", "", {}, "张三 李四 王五", "张三 李四 王五"),
        ("", owner("经办人", "humanPerformer"), {"经办人": "李四"}, "李四", "李四"),
        ("", owner("经办人"), {"经办人": "李四"}, "张三 李四 王五", "李四"),
        ("", owner('"商事科"'), {}, "张三 李四 王五", "张三"),
        ("", owner('["李四", "商事科"]'), {}, "张三 李四 王五", "张三 李四"),
        ("", "<potentialOwner><resourceRef>R</resourceRef></potentialOwner>", {}, "张三 李四 王五", "张三"),
        ('camunda:assignee="李四"', "", {}, "李四", "李四"),
        ('camunda:assignee="${经办人}"', "", {"经办人": "王五"}, "王五", "王五"),
        ('camunda:candidateUsers="李四, 王五"', "", {}, "李四 王五", "李四 王五"),
        ('camunda:candidateUsers="王五" camunda:candidateGroups="商事科"', "", {}, "张三 李四 王五", "张三 王五"),
        (
            "",
            '<extensionElements><zeebe:assignmentDefinition assignee="王五"/></extensionElements>',
            {},
            "王五",
            "王五",
        ),
        ("", owner("经办人"), {}, "张三 李四 王五", "张三 李四 王五"),
    ],
)
def test_whom_the_file_names(
    office: Town, attributes: str, inside: str, data: dict[str, object], unknown: str, known: str
) -> None:
    source = file(attributes, inside)
    assert may(office, source, data) == unknown.split()

    office.engine._membership = MEMBERS
    assert may(office, source, data) == known.split()


def test_an_assignment_that_cannot_be_read_is_a_fault_of_the_file(office: Town) -> None:
    source = file('camunda:assignee="${bean.find(x)}"')

    (found,) = assignments(read(source))
    assert found.fault is not None
    with pytest.raises(Unrunnable):
        office.engine.install(source, {}, office.now)


@pytest.mark.parametrize("name", ["formKey", "assigneeOf", "candidates"])
def test_other_attributes_assign_nobody(name: str) -> None:
    assert assignments(read(file(f'camunda:{name}="x" assignee="x"'))) == ()


@pytest.mark.parametrize(
    ("person", "refusal"), [("张三", NotYours), ("李四", None), ("王五", NotYours)], ids=["post", "both", "neither"]
)
def test_a_step_is_done_by_its_unit_and_post(office: Town, person: str, refusal: type[Exception] | None) -> None:
    office.engine._membership = MEMBERS
    case = office.start(build("p").lane("窗口").start().step("a", post="科长").end())
    item = office.item(case)

    found = _claim(office, item.id, person)

    assert (item.unit, item.post) == ("窗口", "科长")
    assert type(found) is (refusal or type(None))


def test_the_applicant_is_of_no_unit(office: Town) -> None:
    office.engine._membership = MEMBERS
    case = office.start(build("p").pool("申请人", applicant=True).start().step("a").end())

    assert office.item(case).unit == ""
    assert _claim(office, office.item(case).id, "王五") is None


def four_eyes() -> object:
    return build("p").start().step("a").step("b", separate_from=("a",)).step("c").end()


def test_another_person_has_to_do_what_is_kept_apart(everywhere: Town) -> None:
    case = everywhere.start(four_eyes())
    everywhere.do("complete", item=everywhere.item(case).id, by="张三")

    with pytest.raises(SamePerson):
        everywhere.do("claim", item=everywhere.item(case).id, by="张三")
    everywhere.do("complete", item=everywhere.item(case).id, by="李四")
    everywhere.do("complete", item=everywhere.item(case).id, by="张三")

    assert everywhere.case(case).state == "completed"


def test_what_is_kept_apart_holds_whichever_comes_first(office: Town) -> None:
    case = office.start(build("p").start().step("a", separate_from=("b",)).step("b").end())
    office.do("complete", item=office.item(case).id, by="张三")

    with pytest.raises(SamePerson):
        office.do("complete", item=office.item(case).id, by="张三")


def test_what_is_allowed_says_why_not(office: Town) -> None:
    case = office.start(four_eyes())
    office.do("claim", item=office.item(case).id, by="张三")

    told = {
        one.operation: type(one.refusal).__name__
        for one in office.engine.allowed(office.item(case).id, "李四", office.now)
    }

    assert told["claim"] == "AlreadyClaimed"
    assert told["complete"] == told["release"] == "ClaimedByAnother"
    assert told["retry"] == "WrongState"


def test_roles_survive_a_change_of_the_file() -> None:
    model: Model = read(file('camunda:assignee="李四"', owner("x")))

    changed = write(
        model.evolve(nodes=tuple(node.evolve(name="新") if node.id == "a" else node for node in model.nodes))
    )

    assert assignments(read(changed)) == assignments(model)
