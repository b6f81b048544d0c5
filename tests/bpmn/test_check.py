"""The whole of `check`: look-alikes that are no problem, order, purposes, other tools' files, families that explode."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import randoms

from bpmn.build import build, needs
from bpmn.check import check
from bpmn.errors import UnreadableFile
from bpmn.model import Model
from bpmn.problem import Problem
from bpmn.read import read
from reports.words import load
from tests.strategies import graphs, models

KINDS = {"x": "exclusiveGateway", "a": "parallelGateway", "o": "inclusiveGateway", "s": "startEvent", "e": "endEvent"}


def draw(ways: str) -> Model:
    """Build a model from ways such as "s>t1>x1>e"; the first letter of an id says its kind."""
    builder = build("p")
    pairs = [pair for way in ways.split() for pair in zip(way.split(">"), way.split(">")[1:], strict=False)]
    for node in dict.fromkeys(node for way in ways.split() for node in way.split(">")):
        builder.node(node, KINDS.get(node[0], "task"))
    for source, target in pairs:
        builder.flow(source, target)
    return builder.model


def errors(model: Model, **options: str) -> list[Problem]:
    return [problem for problem in check(model, **options) if problem.severity == "error"]


LOOK_ALIKES: dict[str, Model] = {
    "a procedure with everything annotated": (
        build("p", matter="A", scenario="as-is", legal_limit=20, promised_limit=3)
        .lane("窗口", code="A", staff=2, level="county")
        .start("s")
        .step(
            "t", kind="accept", mandatory=True, basis="某法 第一条", work="PT10M", wait="P1D", materials=[needs("证")]
        )
        .exclusive("x")
        .branch(0.3)
        .step("u", rejects=0.1, after=["t"], clock_stop="publicity", basis="某法 第二条")
        .branch()
        .close()
        .end("e")
        .model
    ),
    "one unit in two lanes, its staff said once": (
        build("p").lane("窗口", code="A", staff=2).start("s").step("t").lane("后台", code="A").step("u").end("e").model
    ),
    "two units of one number of staff": (
        build("p").lane("甲", staff=2).start("s").step("t").lane("乙", staff=3).step("u").end("e").model
    ),
    "shares that sum to one by a hair": (
        build("p").start("s").exclusive("x").branch(0.3335).end("e").branch(0.667).end("f").model
    ),
    "inclusive shares that sum to more": (
        build("p").start("s").inclusive("o").branch(0.9).step("t").branch(0.9).step("u").join("j").end("e").model
    ),
    "a loop most cases take": (
        build("p").start("s").step("t").exclusive("x").branch(0.99).to("t").branch().end("e").model
    ),
    "a to-be that replaces steps of another file": (
        build("p", scenario="to-be").start("s").step("t", replaces=["Step_7", "Step_8"]).end("e").model
    ),
    "a promise equal to the law": build("p", legal_limit=5, promised_limit=5).start("s").step("t").end("e").model,
    "the end of a handler drawn": (
        build("p").start("s").step("t").end("e").boundary("b", "timer", "PT1H", on="t").step("u").end("f").model
    ),
    "an event beside the step with its own end": (
        build("p")
        .start("s")
        .step("t")
        .end("e")
        .boundary("b", "timer", "PT1H", on="t", interrupting=False)
        .step("u")
        .end("f")
        .model
    ),
    "an interrupting event merged with the way on": (
        build("p").start("s").step("t").end("e").boundary("b", "timer", "PT1H", on="t").step("u").to("e").model
    ),
    "an event sub-process": (
        build("p")
        .start("s")
        .step("t")
        .end("e")
        .sub_process("f", by_event=True)
        .start("i", event="message", value="m")
        .step("u")
        .end("o")
        .close()
        .model
    ),
    "an ad-hoc sub-process of loose steps": (
        build("p").start("s").sub_process("f", kind="adHocSubProcess").node("t").node("u").close().end("e").model
    ),
    "a collapsed sub-process": build("p").start("s").node("f", "subProcess").flow("s", "f").at("f").end("e").model,
    "a wait for one of two events": (
        build("p")
        .start("s")
        .event_based("g")
        .branch()
        .catch("c", "message", "m")
        .branch()
        .catch("d", "timer", "P1D")
        .join("j")
        .end("e")
        .model
    ),
    "two pools and their messages": (
        build("p", pool="办公室")
        .start("s", event="message")
        .step("t")
        .throw("n", "message")
        .end("e")
        .pool("申请人", process="q", applicant=True)
        .start("r")
        .throw("a", "message")
        .catch("w", "message")
        .end("f")
        .message("a", "s")
        .message("n", "w")
        .model
    ),
    "a black-box pool": build("p", pool="办公室").start("s").step("t").end("e").black_box("申请人").model,
    "a terminate end beside running branches": (
        build("p")
        .start("s")
        .parallel("a")
        .branch()
        .step("t")
        .end("e")
        .branch()
        .step("u")
        .end("f", event="terminate")
        .model
    ),
    "a loop only a rejection leaves": (
        build("p")
        .start("s")
        .step("t", kind="check", rejects=0.1)
        .step("u", kind="check")
        .exclusive("x")
        .branch(1.0)
        .to("t")
        .branch()
        .end("e")
        .model
    ),
    "no process at all": Model(),
}


@pytest.mark.parametrize("model", LOOK_ALIKES.values(), ids=LOOK_ALIKES.keys())
def test_no_problem_in(model: Model) -> None:
    assert check(model) == ()


def test_all_problems_are_told_together() -> None:
    model = draw("s>x1>t>a2>a3>u>x4>e x1>v>a2 a3>w>x4 z>e")

    assert {problem.problem for problem in errors(model)} == {"deadlock", "lack-of-synchronisation", "unreachable"}


def test_a_sub_process_is_judged_on_its_own() -> None:
    inner = (
        build("p").start("s").sub_process("f").start("i").exclusive("x").branch().step("t").branch().step("u").close()
    )
    model = inner.node("j", "parallelGateway").flow("t", "j").flow("u", "j").at("j").end("o").close().end("e").model

    assert [(problem.problem, problem.element) for problem in errors(model)] == [("deadlock", "j")]


def test_problems_stand_in_the_order_of_the_file_and_errors_first() -> None:
    faults = tuple(
        Problem(problem="p", rule=str(number), severity=severity, line=line)
        for number, (line, severity) in enumerate([(9, "error"), (3, "warning"), (3, "error")])
    )

    found = check(draw("s>t>e").evolve(faults=faults))

    assert [problem.rule for problem in found] == ["2", "1", "0"]


def test_a_deadlock_tells_the_run_that_proves_it() -> None:
    (problem,) = errors(draw("s>t>x1>u>a2>e x1>v>a2"))

    assert problem.run[0:6:2] == ("s", "t", "x1")
    assert problem.run[-1] == "a2"
    assert {problem.details["missing"], problem.run[-3]} == {"u", "v"}


def test_a_second_token_tells_the_run_that_proves_it() -> None:
    (problem,) = errors(draw("s>a1>t>x2>w>e a1>u>x2"))

    assert problem.details["split"] == "a1"
    assert [step for step in problem.run if len(step) < 3] == ["s", "a1", "t", "u", "x2", "x2"]


def test_warnings_stop_nothing() -> None:
    model = draw("t>u")

    assert {(problem.severity, problem.stops) for problem in check(model)} == {("warning", "nothing")}


@pytest.mark.parametrize(
    ("condition", "is_foreign"),
    [
        ('${state == "open"}', False),
        ('${ list.contains("a") }', False),
        ("金额 > 3 and not(已缴)", False),
        ('text = "it\'s == here"', False),
        ("${list.size() > 3}", True),
        ("a == 3", False),
        ("a > 3 && b", False),
        ("a > 3 && f(b)", True),
        ("__import__('os')", True),
        ("x" * 3_000, True),
    ],
)
def test_a_foreign_condition_stops_only_a_live_case(condition: str, *, is_foreign: bool) -> None:
    builder = build("p").start("s").exclusive("x").branch(condition=condition).end("e")
    model = builder.branch(default=True).end("f").model

    assert errors(model) == []
    assert [problem.stops for problem in errors(model, purpose="run")] == ["run"] * is_foreign


def test_conditions_are_asked_for_only_where_a_case_is_to_run() -> None:
    model = build("p").start("s").exclusive("x").branch().end("e").branch().end("f").model

    assert errors(model) == []
    assert [problem.rule for problem in errors(model, purpose="run")] == ["no-condition", "no-condition"]


# Files of other tools.

#: Working files in which something is wrong all the same, with what it is.
KNOWN = {
    # A step drawn beside the flow, reached by nothing.
    ("FOI.bpmn", "unreachable", "Activity_0jtkbij"),
    # Two flows drawn from one step to the next: the next is done twice.
    ("TO_HOME_SEC.bpmn", "lack-of-synchronisation", "Activity_1c62b9x"),
    # A parallel gateway joins branches of an inclusive one, and branches a boundary event leads away from.
    ("B.2.0.bpmn", "deadlock", "_397c783e-ad6a-4cf3-8266-9b41962c83bd"),
    ("B.2.0.bpmn", "deadlock", "_df7727a0-f509-45eb-bb89-85753f439576"),
}


@pytest.mark.parametrize("folder", ["ukhomeoffice", "cr-connect", "miwg/Reference", "digiwf", "formsflow"])
def test_working_files_have_no_error_but_those_looked_at(shared: Path, folder: str) -> None:
    found = {
        (path.name, problem.problem, problem.element)
        for path in sorted((shared / "bpmn" / folder).rglob("*.bpmn"))
        if "invalid_spec" not in path.parts
        for problem in errors(read(path))
    }

    assert found <= KNOWN


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("betsy/errors/ExclusiveDiverging_ParallelConverging.bpmn", "deadlock"),
        ("betsy/gateways/ParallelDiverging_ExclusiveConverging.bpmn", "lack-of-synchronisation"),
        ("betsy/gateways/InclusiveDiverging_ExclusiveConverging.bpmn", "lack-of-synchronisation"),
        ("bpmnlint/no-duplicate-sequence-flows/invalid-no-condition.bpmn", "lack-of-synchronisation"),
    ],
)
def test_files_made_to_be_wrong(shared: Path, name: str, problem: str) -> None:
    assert problem in {found.problem for found in errors(read(shared / "bpmn" / name))}


def test_no_file_of_any_tool_is_too_much(shared: Path) -> None:
    words = load("zh")
    checked = 0
    for path in sorted((shared / "bpmn").rglob("*")):
        if path.suffix not in (".bpmn", ".xml"):
            continue
        try:
            model = read(path)
        except UnreadableFile:
            continue
        checked += 1
        for problem in check(model, purpose="run"):
            assert problem.message, path
            assert f"problem.{problem.problem}.{problem.rule}" in words, path
            assert "{" not in problem.message.replace("${", "").replace("#{", ""), path
    assert checked > 600


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SOUNDNESS = {"deadlock", "lack-of-synchronisation", "unbounded", "endless-loop", "unreachable", "dead-end"}


@QUICK
@given(model=models(inclusive=True))
def test_structured_models_are_sound(model: Model) -> None:
    assert [problem for problem in check(model) if problem.problem in SOUNDNESS] == []


@QUICK
@given(model=graphs(), random=randoms(use_true_random=False))
def test_any_model_is_answered_even_with_parts_missing(model: Model, random: Random) -> None:
    nodes = tuple(node for node in model.nodes if random.random() < 0.9)
    flows = tuple(flow for flow in model.flows if random.random() < 0.9)

    for part in (model, model.evolve(nodes=nodes), model.evolve(flows=flows), model.evolve(processes=())):
        assert all(problem.message for problem in check(part, purpose="run", limit=200))


# Families that explode.

SIZE = 60
WIDE = range(SIZE)
FAMILIES: dict[str, tuple[str, set[str]]] = {
    "choices in a row": (
        "s>x0 " + " ".join(f"x{i}>t{i}>xm{i}>x{i + 1} x{i}>u{i}>xm{i}" for i in WIDE) + f" x{SIZE}>e",
        set(),
    ),
    "parallel blocks in a row": (
        "s>a0 " + " ".join(f"a{i}>t{i}>am{i}>a{i + 1} a{i}>u{i}>am{i}" for i in WIDE) + f" a{SIZE}>e",
        set(),
    ),
    "a wide parallel block": ("s>a0 a1>e " + " ".join(f"a0>t{i}>a1" for i in WIDE), set()),
    "a wide parallel block of choices": (
        "s>a0 a1>e " + " ".join(f"a0>x{i}>t{i}>xm{i}>a1 x{i}>u{i}>xm{i}" for i in WIDE),
        set(),
    ),
    "a wide inclusive block": ("s>o0 o1>e " + " ".join(f"o0>t{i}>o1" for i in WIDE), set()),
    "a wide inclusive block joined in parallel": ("s>o0 a1>e " + " ".join(f"o0>t{i}>a1" for i in WIDE), {"deadlock"}),
    "a wide parallel block merged": (
        "s>a0 x1>e " + " ".join(f"a0>t{i}>x1" for i in WIDE),
        {"lack-of-synchronisation"},
    ),
    "every step may go back to every earlier one": (
        "s>"
        + ">".join(f"t{i}>x{i}" for i in WIDE)
        + ">e "
        + " ".join(f"x{i}>t{j}" for i in WIDE for j in range(i + 1)),
        set(),
    ),
    "wrong parts inside wrong parts": (
        "s>"
        + ">".join(f"a{i}" for i in WIDE)
        + ">t>"
        + ">".join(f"am{i}" for i in reversed(WIDE))
        + ">e "
        + " ".join(f"a{i}>x{i}>u{i}>am{i} x{i}>v{i}>am{i}" for i in WIDE),
        {"deadlock"},
    ),
    "a chain of thousands of steps": (">".join(["s", *(f"t{i}" for i in range(3_000)), "e"]), set()),
}


@pytest.mark.parametrize(("ways", "found"), FAMILIES.values(), ids=FAMILIES.keys())
def test_families_that_explode_are_answered(ways: str, found: set[str]) -> None:
    assert {problem.problem for problem in check(draw(ways))} == found


def test_past_the_limit_the_answer_is_not_decided() -> None:
    ways = "s>o0 ob>e " + " ".join(f"o0>o{i}>t{i}>oj{i}>ob o{i}>oj{(i + 1) % 20}" for i in range(1, 20))
    model = draw(ways + " o0>oj0 oj0>ob")

    assert [(problem.rule, problem.severity) for problem in check(model)] == [("not-decided", "warning")]


def test_checking_needs_no_numbers_and_no_graphs_library() -> None:
    code = "import sys, bpmn.check; print({'numpy', 'networkx', 'numba'} & set(sys.modules))"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout == "set()\n"


def test_two_staff_values_are_found_where_one_lane_has_a_code_and_the_other_only_the_name():
    built = build().lane("市场监督管理局", id="a", code="1137", staff=1).start().step("s").lane("b", id="b", staff=3)
    model = built.step("t").end().model
    first, second = model.lanes

    problems = check(model.evolve(lanes=(first, second.evolve(name=first.name))))

    assert [(problem.rule, problem.element) for problem in problems] == [("two-values", "b")]


@pytest.mark.parametrize(("back", "rules"), [(0.9999, []), (1.0, ["certain"])])
def test_a_loop_is_endless_only_where_nothing_is_left_for_its_way_out(back, rules):
    model = build().start().step("s").exclusive("g").branch(back).to("s").branch().end().model

    assert [problem.rule for problem in check(model) if problem.problem == "endless-loop"] == rules
