"""Numbers and times no office has: every command says so in a sentence or gives a figure, and none hangs."""

import json

import pytest

from tests.hostile.families import file

NUMBERS = (
    "NaN",
    "-NaN",
    "Infinity",
    "-1",
    "1e400",
    "-1e400",
    "0x10",
    "1_000",
    "９",
    "1" * 5_000,
    "0." + "0" * 5_000 + "1",
)
TIMES = (
    "PT1e999S", "PT" + "9" * 5_000 + "S", "-PT1H", "P99999999Y", "PT0.0000000000001S", "PTNaNS", "P", "PT", "1h",
    "P1Y2M3W4DT5H6M7.8S", "PT1H" * 1_000, "P１D",
)  # fmt: skip
HOURS = ("", "08:00-08:00", "18:00-09:00", "25:00-26:00", "00:00-24:00", "09:00", "09:00-" + "1" * 5_000, "-", "Mon")


def permit(
    *,
    step: str = "",
    time: str = 'mean="PT1H"',
    branch: str = "",
    procedure: str = "",
    unit: str = "",
    loop: str = "",
    di: str = "",
) -> bytes:
    """A permit with one choice, into which attributes and elements are put as they are."""
    said = f"<extensionElements><gov:procedure {procedure}/></extensionElements>" if procedure else ""
    staff = f"<extensionElements><gov:unit {unit}/></extensionElements>" if unit else ""
    taken = f"<extensionElements><gov:branch {branch}/></extensionElements>" if branch else ""
    return file(
        f'<process id="p">{said}<laneSet id="ls"><lane id="l" name="窗口">{staff}<flowNodeRef>t</flowNodeRef></lane>'
        f'</laneSet><startEvent id="s"/><exclusiveGateway id="j"/><task id="t" name="审查"><extensionElements>'
        f'<gov:step {step}/><gov:time part="work" {time}/></extensionElements>{loop}</task><exclusiveGateway id="x"/>'
        '<endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="j"/>'
        '<sequenceFlow id="b" sourceRef="j" targetRef="t"/><sequenceFlow id="c" sourceRef="t" targetRef="x"/>'
        f'<sequenceFlow id="d" sourceRef="x" targetRef="j">{taken}</sequenceFlow>'
        f'<sequenceFlow id="f" sourceRef="x" targetRef="e"/></process>{di}'
    )


def drawn(x: str, y: str, width: str, height: str) -> str:
    """A diagram in which the step has that place."""
    return (
        '<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI"><d:BPMNPlane bpmnElement="p">'
        f'<d:BPMNShape bpmnElement="t"><c:Bounds xmlns:c="http://www.omg.org/spec/DD/20100524/DC" x="{x}" y="{y}" '
        f'width="{width}" height="{height}"/></d:BPMNShape></d:BPMNPlane></d:BPMNDiagram>'
    )


def cycle(count: str) -> str:
    """A step done so many times at once."""
    inner = f"<loopCardinality>{count}</loopCardinality>"
    return f"<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics>"


CASES = {
    **{f"mean {text[:20]}": permit(time=f'mean="{text}"') for text in TIMES},
    **{f"sd {text[:20]}": permit(time=f'distribution="normal" mean="PT1H" sd="{text}"') for text in TIMES},
    **{f"share {text[:20]}": permit(branch=f'probability="{text}"') for text in (*NUMBERS, "1", "0.9999999999999999")},
    **{f"most {text[:20]}": permit(branch=f'probability="0.5" most="{text}"') for text in NUMBERS},
    **{f"rejects {text[:20]}": permit(step=f'kind="check" rejects="{text}"') for text in NUMBERS},
    **{f"limit {text[:20]}": permit(step=f'limit="{text}"') for text in NUMBERS},
    **{f"staff {text[:20]}": permit(unit=f'staff="{text}"') for text in (*NUMBERS, "0", "9999999999999999999")},
    **{f"arrivals {text[:20]}": permit(procedure=f'arrivalsPerDay="{text}"') for text in (*NUMBERS, "0", "1e300")},
    **{f"legal {text[:20]}": permit(procedure=f'legalLimit="{text}" promisedLimit="1"') for text in NUMBERS},
    **{f"hours {text[:20]}": permit(procedure=f'hours="{text}"', time='mean="PT1H"') for text in HOURS},
    **{f"unit hours {text[:20]}": permit(unit=f'hours="{text}" staff="1"', time='mean="PT1H"') for text in HOURS},
    **{f"rounds {text[:20]}": permit(loop=cycle(text)) for text in (*NUMBERS, "1000000000", "0")},
    **{f"drawn at {text[:20]}": permit(di=drawn(text, "0", text, "80")) for text in NUMBERS},
    "drawn far": permit(di=drawn("999999", "-999999", "1", "1")),
    "drawn large": permit(di=drawn("0", "0", "999999", "999999")),
    "drawn inside out": permit(di=drawn("5", "5", "-50", "-80")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_no_number_hangs_or_breaks_a_command(call, save, name):
    path = save(CASES[name])

    call("check", path)
    timed = call("time", path, "--cases", "20", "--json")
    for ending in ("svg", "bpmn"):
        assert call("draw", path, "-o", f"out.{ending}").code == 0

    if timed.code == 0:
        json.loads(timed.out, parse_constant=lambda word: pytest.fail(f"{word} is no figure"))


def test_a_loop_taken_for_certain_is_a_problem_and_no_hang(call, save):
    path = save(permit(branch='probability="1"'))

    checked, timed = call("check", path, "--json"), call("time", path, "--cases", "5")

    assert checked.code == timed.code == 1
    assert [found["rule"] for found in json.loads(checked.out)["problems"] if found["problem"] == "endless-loop"] == [
        "certain"
    ]


def test_a_loop_taken_almost_for_certain_ends_in_a_sentence(call, save):
    answer = call("time", save(permit(branch='probability="0.999999999999"')), "--cases", "5")

    assert answer.code == 1
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("option", ["--cases", "--seed", "--warm-up"])
@pytest.mark.parametrize("value", ["NaN", "-1", "1e9", "1" * 5_000, "١٢", "", " 5", "0x5"])
def test_a_number_in_the_call_is_read_or_refused(call, save, option, value):
    answer = call("time", save(permit(time='mean="PT1H"')), "--cases", "5", option, value)

    assert answer.code == (0 if value == " 5" else 2)


@pytest.mark.parametrize(
    "value", ["0000-00-00", "9999-12-31", "2026-02-30", "1e9", "NaN", "2026-01-01T99:00", "1" * 5_000]
)
def test_a_moment_in_the_call_is_read_or_refused(call, save, value):
    answer = call("time", save(permit(time='mean="PT1H"')), "--cases", "5", "--start", value)

    assert answer.code == 2
    assert answer.err.count("\n") == 1
