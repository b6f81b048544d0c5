"""The `gov:` annotations: what each says, and what is wrong with those that say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn import Duration, GovMaterial, GovProcedure, GovStep, GovTime, GovUnit, read
from bpmn.gov import ELEMENTS, parse_duration, parse_hours
from bpmn.write_gov import format_duration, format_hours, format_number

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="urn:zaizao:gov:1">'
    '<collaboration id="c"><participant id="pool" processRef="p">{pool}</participant></collaboration>'
    '<process id="p">{process}<laneSet><lane id="lane">{lane}</lane></laneSet>{body}</process></definitions>'
)


def model(**parts: str):
    held = {
        name: f"<extensionElements>{parts.get(name, '')}</extensionElements>" for name in ("pool", "process", "lane")
    }
    body = f'<task id="t"><extensionElements>{parts.get("task", "")}</extensionElements></task>' + parts.get("body", "")
    return read(HEAD.format(**held, body=body).encode())


def faults(**parts: str) -> list[tuple[str, str]]:
    found = model(**parts).faults
    assert all(fault.problem == "bad-annotation" for fault in found)
    return [(fault.rule, fault.severity) for fault in found]


def test_a_procedure():
    said = model(
        process='<gov:procedure matter="370700-SPXK-01" scenario="as-is" class="cross" lead="局" legalLimit="20" '
        'promisedLimit="3.5" limitUnit="day" arrivalsPerDay="40" arrivalHours="00:00-24:00" calendar="none" '
        'hours="09:00-12:00,13:30-17:30"/>'
    ).processes[0]

    assert said.procedure == GovProcedure(
        matter="370700-SPXK-01",
        scenario="as-is",
        kind="cross",
        lead="局",
        legal_limit=20,
        promised_limit=3.5,
        limit_unit="day",
        arrivals_per_day=40,
        arrival_hours=((0, 86400),),
        calendar="none",
    )


def test_units_of_lanes_and_pools():
    said = model(lane='<gov:unit code="1" level="county" staff="3"/>', pool='<gov:unit applicant="true"/>')

    assert said.lanes[0].unit == GovUnit(code="1", level="county", staff=3)
    assert said.pools[0].unit == GovUnit(applicant=True)


def test_a_step_with_times_and_materials():
    node = model(
        task='<gov:step kind="check" purpose="title" mandatory="true" after="t" rejects="0.08" '
        'automatic="0" limit="2"/>'
        '<gov:time part="work" distribution="lognormal" mean="PT30M" sd="PT10M" source="measured" clock="work"/>'
        '<gov:time part="wait" distribution="empirical" values="P1D PT4H"/>'
        '<gov:material name=" 执照 " use="needs" from="applicant" original="1"/><gov:material name="意见" use="gives"/>'
        '<gov:repeat mean="2.5"/>'
    ).node["t"]

    assert node.step == GovStep(
        kind="check", purpose="title", mandatory=True, after=("t",), rejects=0.08, automatic=False, limit=2
    )
    assert node.times == (
        GovTime(
            distribution="lognormal",
            mean=Duration(seconds=1800.0),
            sd=Duration(seconds=600.0),
            source="measured",
            clock="work",
        ),
        GovTime(part="wait", distribution="empirical", values=(Duration(days=1.0), Duration(seconds=14400.0))),
    )
    assert node.materials == (
        GovMaterial(name="执照", origin="applicant", original=1),
        GovMaterial(name="意见", use="gives"),
    )
    assert node.repeat == 2.5


def test_branches_ends_and_timers():
    body = (
        '<endEvent id="e"><extensionElements><gov:end outcome="rejected"/></extensionElements></endEvent>'
        '<intermediateCatchEvent id="i"><extensionElements><gov:time clock="work"/></extensionElements>'
        "<timerEventDefinition/></intermediateCatchEvent>"
        '<sequenceFlow id="f" sourceRef="t" targetRef="e"><extensionElements><gov:branch probability="0.2"/>'
        "</extensionElements></sequenceFlow>"
    )
    said = model(body=body)

    assert said.node["e"].outcome == "rejected"
    assert said.node["i"].times == (GovTime(clock="work"),)
    assert said.flow["f"].probability == 0.2
    assert said.faults == ()


# Values


@pytest.mark.parametrize(
    ("text", "weeks", "days", "seconds"),
    [
        ("PT30M", 0, 0, 1800),
        ("P1D", 0, 1, 0),
        ("P1W", 1, 0, 0),
        ("P1DT1H1M1.5S", 0, 1, 3661.5),
        ("PT0.5H", 0, 0, 1800),
        ("P0,5D", 0, 0.5, 0),
        ("PT0S", 0, 0, 0),
        ("PT36H", 0, 0, 129600),
    ],
)
def test_durations(text, weeks, days, seconds):
    assert parse_duration(text) == Duration(weeks=weeks, days=days, seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1DT", "1D", "P1M", "P1Y", "-P1D", "P-1D", "PT0.5H1M", "pt1h", "PT1H ", "P1D1W", "PT١H"),
        *("PT1S1M", "P999999999W", "PT" + "9" * 5000 + "S", "PTNaNS", "PT1e3S", "P6000W", "PT.5S"),
    ],
)
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match=r"^"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "09:00", "12:00-09:00", "09:00-09:00", "09:00-12:00,11:00-13:00", "13:00-14:00,09:00-12:00"),
        *("00:00-24:01", "9:00-12:00", "09:60-12:00", "25:00-26:00", "09:00-12:00,", "09:00–12:00"),
    ],
)
def test_what_are_no_hours(text):
    with pytest.raises(ValueError, match=r"^"):
        parse_hours(text)


parts = st.integers(0, 999).map(float)
fractions = st.floats(0, 59, allow_subnormal=False).map(lambda number: round(number, 6))


@given(st.builds(Duration, weeks=parts, days=parts, seconds=parts | fractions))
def test_a_duration_is_read_as_it_is_written(duration):
    assert parse_duration(format_duration(duration)) == duration


@given(st.floats(0, 1e11, allow_subnormal=False).filter(lambda number: number == 0 or number > 1e-9))
def test_a_number_is_read_as_it_is_written(number):
    assert ELEMENTS["step"]["cost"].kind.read(format_number(number)) == number


def test_hours_are_read_as_they_are_written():
    assert format_hours(parse_hours("00:00-12:00,13:30-24:00")) == "00:00-12:00,13:30-24:00"


# What is wrong


@pytest.mark.parametrize(
    ("element", "place"),
    [
        ('<gov:step rejects="1.2"/>', "task"),
        ('<gov:step rejects="-0.1"/>', "task"),
        ('<gov:step rejects="NaN"/>', "task"),
        ('<gov:step cost="inf"/>', "task"),
        ('<gov:step cost="1e3"/>', "task"),
        (f'<gov:step cost="{"9" * 5000}"/>', "task"),
        ('<gov:step kind="czech"/>', "task"),
        ('<gov:step mandatory="yes"/>', "task"),
        ('<gov:step level="planet"/>', "task"),
        ('<gov:step source="measured"/>', "task"),
        ('<gov:time mean="30 minutes"/>', "task"),
        ('<gov:material name="x" copies="1.5"/>', "task"),
        ('<gov:repeat mean="-1"/>', "task"),
        ('<gov:unit staff="0"/>', "lane"),
        ('<gov:unit staff="二"/>', "lane"),
        ('<gov:unit hours="17:00-09:00"/>', "lane"),
        ('<gov:procedure arrivalsPerDay="0"/>', "process"),
        ('<gov:procedure limitUnit="year"/>', "process"),
    ],
)
def test_a_wrong_value_is_an_error_that_says_what_is_expected(element, place):
    found = model(**{place: element}).faults

    assert [(fault.problem, fault.rule, fault.severity, fault.stops) for fault in found] == [
        ("bad-annotation", "bad-value", "error", "all")
    ]
    assert {"attribute", "value", "expected"} <= found[0].details.keys()
    assert len(found[0].message) < 400


def test_one_wrong_value_does_not_hide_the_rest():
    node = model(task='<gov:step kind="check" rejects="often" visit="true"/>').node["t"]

    assert node.step == GovStep(kind="check", visit=True)


@pytest.mark.parametrize(
    ("element", "rule", "severity"),
    [
        ('<gov:step colour="red"/>', "unknown-attribute", "warning"),
        ('<gov:step gov:kind="check"/>', "unknown-attribute", "warning"),
        ("<gov:stpe/>", "unknown-element", "warning"),
        ("<gov:unit/>", "misplaced", "warning"),
        ("<gov:step/><gov:step/>", "repeated", "error"),
        ('<gov:time mean="PT1H"/><gov:time mean="PT2H"/>', "repeated", "error"),
        ("<gov:time/>", "missing-attribute", "error"),
        ('<gov:time distribution="normal" mean="PT1H"/>', "missing-attribute", "error"),
        ('<gov:time distribution="exponential" mean="PT1H" sd="PT1H"/>', "unused-attribute", "warning"),
        ('<gov:time distribution="uniform" min="PT2H" max="PT1H"/>', "reversed", "error"),
        ('<gov:time distribution="triangular" min="PT1H" mode="PT3H" max="PT2H"/>', "reversed", "error"),
        ("<gov:material/>", "missing-attribute", "error"),
        ('<gov:material name=" "/>', "missing-attribute", "error"),
        ("<gov:repeat/>", "missing-attribute", "error"),
    ],
)
def test_what_an_annotation_of_a_step_can_lack(element, rule, severity):
    assert faults(task=element) == [(rule, severity)]


@pytest.mark.parametrize(
    "element",
    [
        '<gov:step xmlns:other="urn:other" other:colour="red"/>',
        '<gov:time mean="PT1H"/><gov:time part="wait" mean="PT2H"/>',
        '<gov:time distribution="uniform" min="PT8H" max="P1D" />',
        '<gov:material name="x"/><gov:material name="x"/>',
        "<gov:step/>",
        '<other:step xmlns:other="urn:other" kind="czech"/>',
    ],
    ids=["foreign attribute", "two parts", "hours and days", "twice the same", "says nothing", "foreign element"],
)
def test_what_only_looks_wrong(element):
    assert faults(task=element) == []


@pytest.mark.parametrize(
    "body",
    [
        '<exclusiveGateway id="g"><extensionElements><gov:step/></extensionElements></exclusiveGateway>',
        '<subProcess id="s"><extensionElements><gov:time mean="PT1H"/></extensionElements></subProcess>',
        '<task id="u"><gov:step kind="check"/></task>',
        '<dataObject id="d"><extensionElements><gov:material name="x"/></extensionElements></dataObject>',
        '<endEvent id="e"><extensionElements><gov:branch probability="1"/></extensionElements></endEvent>',
    ],
)
def test_an_annotation_where_nobody_looks_is_a_warning(body):
    said = model(body=body)

    assert [(fault.rule, fault.severity) for fault in said.faults] == [("misplaced", "warning")]
    assert all(node.step is None and not node.times for node in said.nodes)


def test_an_order_in_law_names_steps_of_the_file():
    found = model(task='<gov:step after="t gone" separateFrom="no"/>').faults

    assert [(fault.rule, fault.details["attribute"], fault.details["value"]) for fault in found] == [
        ("step-order", "after", "gone"),
        ("step-order", "separateFrom", "no"),
    ]


# Units of a model


def two_lanes(first: str, second: str, *, inside: str = ""):
    """Two lanes of one name, or a lane and another of that name inside it."""
    lanes = (
        f'<lane id="a" name="局"><extensionElements>{first}</extensionElements>'
        + ("<childLaneSet>" if inside else "</lane>")
        + f'<lane id="b" name="{inside or "局"}"><extensionElements>{second}</extensionElements></lane>'
        + ("</childLaneSet></lane>" if inside else "")
    )
    body = f'<laneSet>{lanes}</laneSet><task id="x"/>'
    return read(HEAD.format(pool="", process="", lane="", body=body).encode())


@pytest.mark.parametrize(
    ("first", "second", "units"),
    [
        ("", "", 1),
        ('<gov:unit code="1"/>', "", 1),
        ('<gov:unit code="1"/>', '<gov:unit code="1"/>', 1),
        ('<gov:unit code="1"/>', '<gov:unit code="2"/>', 2),
    ],
    ids=["one name", "a code is missing", "one code", "two codes"],
)
def test_units_are_the_same_by_code_or_else_by_name(first, second, units):
    assert sum(unit.name == "局" for unit in two_lanes(first, second).units) == units


def test_the_nearest_lane_with_a_unit_is_the_unit():
    said = two_lanes("", '<gov:unit code="2"/>', inside="中心")

    assert [(unit.name, unit.code) for unit in said.units][-2:] == [("局", ""), ("中心", "2")]


def test_a_unit_takes_what_any_of_its_lanes_says():
    said = two_lanes("", '<gov:unit code="2" staff="3"/>')

    assert [(unit.id, unit.code, unit.staff) for unit in said.units if unit.name == "局"] == [("a", "2", 3)]


def test_a_pool_is_the_applicants_if_all_its_lanes_are():
    lane = '<gov:unit applicant="true"/>'

    assert model(lane=lane).applicant_processes == {"p"}
    assert model().applicant_processes == frozenset()


@pytest.mark.parametrize(
    ("kind", "basis", "stops"),
    [
        ("test", "", True),
        ("hearing", "行政许可法 第四十五条", True),
        ("publicity", "", False),
        ("publicity", "行政许可法 第四十六条", True),
        ("", "行政许可法 第四十五条", False),
    ],
)
def test_a_stop_that_needs_a_basis_stops_no_clock_without_one(kind, basis, stops):
    assert GovStep(clock_stop=kind, basis=basis).stops_clock is stops
