"""What a file says beside its flow is kept and found by kind."""

import pytest

from bpmn import Limits, UnreadableFile, read, write

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = f'<definitions xmlns="{MODEL}" id="d" targetNamespace="urn:x" xmlns:x="urn:x" xmlns:y="urn:y">'


def model(body: str, *, roots: str = "", collaboration: str = ""):
    return read(f'{HEAD}{roots}{collaboration}<process id="p">{body}</process></definitions>'.encode())


def kinds(details) -> list[tuple[str, str, str]]:
    return [(detail.kind, detail.id, detail.within) for detail in details]


INPUTS = (
    '<dataObject id="o"/><dataObjectReference id="r" name="执照" dataObjectRef="o"/><dataObjectReference id="w" '
    'dataObjectRef="o"/><userTask id="t"><ioSpecification id="io"><dataInput id="in"/><dataOutput id="out"/>'
    "<inputSet><dataInputRefs>in</dataInputRefs></inputSet><outputSet><dataOutputRefs>out</dataOutputRefs></outputSet>"
    "</ioSpecification><dataInputAssociation><sourceRef>r</sourceRef><targetRef>in</targetRef></dataInputAssociation>"
    "<dataOutputAssociation><sourceRef>out</sourceRef><targetRef>w</targetRef></dataOutputAssociation></userTask>"
)


def test_inputs_and_outputs_of_a_step_are_its_details_and_its_data_is_read_through_them():
    found = model(INPUTS)

    assert kinds(found.details_of["t"]) == [
        ("ioSpecification", "io", ""),
        ("dataInput", "in", "io"),
        ("dataOutput", "out", "io"),
        ("inputSet", "", "io"),
        ("outputSet", "", "io"),
    ]
    assert found.details_of["t"][3].all("dataInputRefs") == ("in",)
    assert (found.node["t"].reads, found.node["t"].writes) == (("r",), ("w",))
    assert found.faults == ()


def test_inputs_of_a_process_are_its_data_and_no_second_time_details():
    inputs = '<ioSpecification id="io"><dataInput id="in"/><inputSet/><outputSet/></ioSpecification>'

    found = model(f'{inputs}<task id="t"/>')

    assert [data.id for data in found.data] == ["in"]
    assert [detail.kind for detail in found.details_of["p"]] == ["ioSpecification", "inputSet", "outputSet"]


def test_roles_say_whom_they_name_and_by_which_expression():
    role = (
        '<potentialOwner id="po"><resourceRef>x:clerk</resourceRef></potentialOwner><performer id="pf">'
        "<resourceAssignmentExpression><formalExpression>chief(case)</formalExpression></resourceAssignmentExpression>"
        "</performer><property id='v' name='金额' itemSubjectRef='x:money'/>"
    )
    roots = '<itemDefinition id="money"/><resource id="clerk" name="窗口人员"/>'

    owner, performer, amount = model(f'<userTask id="t">{role}</userTask>', roots=roots).details_of["t"]

    assert (owner.kind, owner.first("resourceRef")) == ("potentialOwner", "clerk")
    assert (performer.kind, performer.text) == ("performer", "chief(case)")
    assert (amount.name, amount.first("itemSubjectRef")) == ("金额", "money")


def test_what_a_multi_instance_takes_and_gives_stands_in_its_step():
    loop = '<multiInstanceLoopCharacteristics><inputDataItem id="one" isCollection="false"/><outputDataItem id="two"/>'

    found = model(f'<task id="t">{loop}</multiInstanceLoopCharacteristics></task>')

    assert kinds(found.details_of["t"]) == [("inputDataItem", "one", ""), ("outputDataItem", "two", "")]


def test_correlation_interfaces_categories_and_imports():
    roots = (
        '<import namespace="urn:y" location="y.xsd" importType="http://www.w3.org/2001/XMLSchema"/><message id="m"/>'
        '<correlationProperty id="cp"><correlationPropertyRetrievalExpression messageRef="m"><messagePath>a.b'
        "</messagePath></correlationPropertyRetrievalExpression></correlationProperty>"
        '<category id="c"><categoryValue id="cv" value="甲"/></category>'
        '<interface id="i"><operation id="op" name="办"><inMessageRef>m</inMessageRef></operation></interface>'
    )
    collaboration = (
        '<collaboration id="k"><participant id="pool" processRef="p"><participantMultiplicity minimum="2" maximum="9"/>'
        '</participant><correlationKey id="ck"><correlationPropertyRef>cp</correlationPropertyRef></correlationKey>'
        "</collaboration>"
    )
    body = '<task id="t"/><correlationSubscription id="cs" correlationKeyRef="ck"/>'

    found = model(body, roots=roots, collaboration=collaboration)

    assert [detail.kind for detail in found.details_of["d"]] == ["import", "category", "categoryValue"]
    assert found.details_of["i"][0].first("inMessageRef") == "m"
    assert (found.details_of["cp"][0].first("messageRef"), found.details_of["cp"][0].text) == ("m", "a.b")
    assert found.details_of["k"][0].all("correlationPropertyRef") == ("cp",)
    assert found.details_of["p"][0].first("correlationKeyRef") == "ck"
    assert found.pools[0].multiplicity == (2, 9)
    assert found.faults == ()


def test_a_choreography_is_named_as_present_and_what_is_in_it_is_left_alone():
    inside = '<choreographyTask id="ct"><participantRef>gone</participantRef></choreographyTask>'
    found = model('<task id="t"/>', roots=f'<choreography id="ch" name="编排">{inside}</choreography>')

    assert kinds(found.details) == [("choreography", "ch", "")]
    assert [fault.problem for fault in found.faults] == ["unsupported-element"]


def test_details_that_name_what_the_file_does_not_have_are_a_warning():
    role = "<potentialOwner><resourceRef>{}</resourceRef></potentialOwner>"

    missing = model(f'<userTask id="t">{role.format("gone")}</userTask>')
    foreign = model(f'<userTask id="t">{role.format("y:gone")}</userTask>')

    assert [(fault.rule, fault.element, fault.severity) for fault in missing.faults] == [("detail", "t", "warning")]
    assert (foreign.faults, foreign.details[0].first("resourceRef")) == ((), "y:gone")


def test_details_nest_as_deep_as_the_parser_allows():
    depth = 200

    found = model(f'<task id="t">{"<ioBinding>" * depth}{"</ioBinding>" * depth}</task>')

    assert len(found.details) == depth


def test_the_number_of_details_is_limited():
    source = f'{HEAD}<process id="p"><task id="t">{"<property/>" * 40}</task></process></definitions>'.encode()

    with pytest.raises(UnreadableFile) as refused:
        read(source, limits=Limits(nodes=10))

    assert refused.value.problem.rule == "too-many-elements"
    assert len(read(source, limits=Limits(nodes=50)).details) == 40


def test_details_stay_in_a_file_that_changes():
    found = model(INPUTS)
    named = found.evolve(nodes=tuple(node.evolve(name="审查") for node in found.nodes))

    again = read(write(named))

    assert [(d.kind, d.says) for d in again.details] == [(d.kind, d.says) for d in found.details]


def test_every_public_file_holds_details_of_elements_it_has(shared):
    seen = set()
    for path in sorted((*shared.rglob("*.bpmn"), *shared.rglob("*.xml"))):
        try:
            found = read(path)
        except UnreadableFile:
            continue
        ids = {part.id for group in (found.nodes, found.pools, found.processes, found.roots) for part in group}
        assert {detail.owner for detail in found.details} <= ids | {found.id, found.collaboration, ""}, path
        seen |= {detail.kind for detail in found.details}

    assert {"inputSet", "potentialOwner", "correlationKey", "operation", "import", "choreography"} <= seen
