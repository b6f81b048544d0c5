"""Reading DMN, and what its tables leave open or answer twice."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bpmn.build import build
from bpmn.check.decisions import DECISION_RULES, check_decisions, missing_decisions
from bpmn.decisions import Decisions, read_decisions
from bpmn.errors import UnreadableFile
from bpmn.expression import parse_cell, passes
from bpmn.expression.coverage import NotDecided, axis, gap, overlaps

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def file(body, *, namespace=DMN, attributes=""):
    return f'<definitions xmlns="{namespace}" id="d" name="示例" {attributes}>{body}</definitions>'.encode()


def table(*rows, columns, policy="UNIQUE", attributes="", decision='id="x" name="定级"', default=""):
    """A decision with one table; a column is `name` or `name:type:allowed values`."""
    inputs = ""
    for column in columns:
        name, kind, allowed = [*column.split(":"), "", ""][:3]
        values = f"<inputValues><text>{escaped(allowed)}</text></inputValues>" if allowed else ""
        said = f' typeRef="{kind}"' if kind else ""
        inputs += f"<input><inputExpression{said}><text>{escaped(name)}</text></inputExpression>{values}</input>"
    lines = ""
    for row in rows:
        cells = row.split("|")
        tests = "".join(f"<inputEntry><text>{escaped(cell.strip())}</text></inputEntry>" for cell in cells[:-1])
        lines += f"<rule>{tests}<outputEntry><text>{escaped(cells[-1].strip())}</text></outputEntry></rule>"
    head = f'<decisionTable hitPolicy="{policy}" {attributes}>{inputs}<output name="o">{default}</output>{lines}'
    return f"<decision {decision}>{head}</decisionTable></decision>"


def needing(decision, other):
    """A decision that needs another."""
    need = f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>'
    return f'<decision id="{decision}">{need}</decision>'


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def problems(body, purpose="analysis", **options) -> dict:
    found = check_decisions(read_decisions(file(body, **options)), purpose=purpose)
    assert all("{" not in problem.message for problem in found)
    return {(problem.problem, problem.rule): problem for problem in found}


def test_a_table_is_read_with_every_cell():
    decisions = read_decisions(
        file(table('< 18, 70 | true | "no"', "- | - | null", columns=["年龄:number", "本地:boolean"]))
    )
    (decision,) = decisions.decisions

    assert (decisions.version, decision.name, decision.table.hit_policy) == ("1.3", "定级", "UNIQUE")
    assert [column.kind for column in decision.table.inputs] == ["number", "boolean"]
    assert [cell.text for cell in decision.table.rules[0].tests] == ["< 18, 70", "true"]
    assert passes(decision.table.rules[0].tests[0].expression, 70, {})


@pytest.mark.parametrize(
    ("namespace", "version"),
    [
        ("http://www.omg.org/spec/DMN/20151101/dmn.xsd", "1.1"),
        ("http://www.omg.org/spec/DMN/20151101/dmn11.xsd", "1.1"),
        ("http://www.omg.org/spec/DMN/20180521/MODEL/", "1.2"),
        (DMN, "1.3"),
        ("https://www.omg.org/spec/DMN/20990101/MODEL/", ""),
    ],
)
def test_versions(namespace, version):
    assert read_decisions(file("", namespace=namespace)).version == version


def test_what_is_no_dmn_is_refused():
    for data in (
        b"<x/>",
        b"",
        b"<definitions xmlns='urn:x'/>",
        b"<!DOCTYPE d><definitions xmlns='%s'/>" % DMN.encode(),
    ):
        with pytest.raises(UnreadableFile):
            read_decisions(data)


def test_graph_literals_and_knowledge_are_read():
    body = """
      <inputData id="i" name="Monthly Income"><variable name="Monthly Income" typeRef="number"/></inputData>
      <decision id="a" name="Pre-Bureau Risk"><variable name="Pre-Bureau Risk" typeRef="string"/>
        <informationRequirement><requiredInput href="#i"/></informationRequirement>
        <knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
        <literalExpression><text>if Monthly Income > 3 then "LOW" else "HIGH"</text></literalExpression></decision>
      <decision id="b"><informationRequirement><requiredDecision href="#a"/></informationRequirement>
        <literalExpression><text>Pre-Bureau Risk = "LOW"</text></literalExpression></decision>
      <businessKnowledgeModel id="k" name="f"><encapsulatedLogic><formalParameter name="p"/>
        <literalExpression><text>p + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"""
    decisions = read_decisions(file(body))

    assert decisions.decision["b"].decisions == ("a",)
    assert decisions.decision["a"].knowledge == ("k",)
    assert decisions.decision["b"].expression.expression.tree.left.name == "Pre-Bureau Risk"
    assert decisions.knowledge[0].parameters == ("p",)
    assert problems(body, "run") == {}


def test_types_come_from_item_definitions():
    body = """<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A","B"</text></allowedValues>
      </itemDefinition>""" + table('"A" | 1', '"B" | 2', columns=["grade:tGrade"])

    assert problems(body) == {}


@pytest.mark.parametrize(
    ("rows", "columns", "value"),
    [
        (["< 5 | 1", "> 5 | 2"], ["x"], "x = 5"),
        (["< 5 | 1", "[5..10) | 2", ">= 11 | 3"], ["x"], "x = 10"),
        (["<= 5 | 1", ">= 6 | 2"], ["x:number"], "x = 5.5"),
        (['"A" | 1', '"B" | 2'], ["s"], 's ≠ "A" / "B"'),
        (['"A" | 1'], ['s:string:"A","B"'], 's = "B"'),
        (["true | 1"], ["b:boolean"], "b = false"),
        (["> 0 | true | 1", "<= 0 | - | 2"], ["x", "b:boolean"], "x = 1, b = false"),
        (['date("2026-01-01") | 1', '> date("2026-01-01") | 2'], ["d:date"], "d = 2025-12-31"),
        (['< date("2026-01-01") | 1', '> date("2026-01-01") | 2'], ["d:date"], "d = 2026-01-01"),
        (["[0..999] | 1"], ["x:number:[0..999], null"], "x = null"),
    ],
)
def test_a_gap_is_a_warning_with_a_value_in_it(rows, columns, value):
    problem = problems(table(*rows, columns=columns))["decision-gap", "rules"]

    assert (problem.severity, problem.stops, problem.element) == ("warning", "nothing", "x")
    assert problem.details["value"] == value


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (["< 5 | 1", ">= 5 | 2"], ["x"]),
        (["<= 5 | 1", ">= 6 | 2"], ["x:integer"]),
        (["<= 5 | 1", ">= 6 | 2"], ["x:long"]),
        (["<= 5 | 1", ">= 6 | 2"], ["x"]),
        (['"A" | 1', 'not("A") | 2'], ["s"]),
        (["true | 1", "false | 2"], ["b"]),
        (['<= date("2026-01-01") | 1', '>= date("2026-01-02") | 2'], ["d:date"]),
        (["> 0 | true | 1", "> 0 | false | 2", "<= 0 | - | 3"], ["x", "b"]),
        (["> 0 | - | 1", "<= 0 | - | 2"], ["x", "x"]),
        (['contains(?, "a") | 1', 'not(contains(?, "a")) | 2'], ["s"]),
        (["> limit | 1", "<= limit | 2"], ["x"]),
        (["[0..50) | 1", "[50..100] | 2"], ["x:number:[0..100]"]),
    ],
)
def test_a_whole_table_has_no_gap(rows, columns):
    assert problems(table(*rows, columns=columns)) == {}


def test_a_default_answer_fills_the_gap():
    default = "<defaultOutputEntry><text>0</text></defaultOutputEntry>"

    assert problems(table("< 5 | 1", columns=["x"], default=default)) == {}


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_a_table_with_many_answers_may_have_none_and_may_overlap(policy):
    assert problems(table("< 5 | 1", "< 3 | 2", columns=["x"], policy=policy)) == {}


def test_only_unique_rules_must_not_overlap():
    rows = ["<= 5 | 1", ">= 5 | 2"]
    problem = problems(table(*rows, columns=["x"]))["decision-overlap", "rules"]

    assert (problem.severity, problem.details["first"], problem.details["value"]) == ("error", "1", "x = 5")
    assert problems(table(*rows, columns=["x"], policy="FIRST")) == {}
    assert set(problems(table(*rows, columns=["x"], policy="PRIORITY"))) == {("bpmn-rule", "no-priority")}
    assert ("decision-overlap", "answers") in problems(table(*rows, columns=["x"], policy="ANY"))
    assert problems(table("<= 5 | 1.0", ">= 5 | 1", columns=["x"], policy="ANY")) == {}
    assert problems(table("<= 5 | a", ">= 5 | b", columns=["x"], policy="ANY")) == {}


def test_rules_that_overlap_in_one_column_alone_are_apart():
    assert (
        problems(table("< 5 | true | 1", "< 9 | false | 2", ">= 9 | false | 3", ">= 5 | true | 4", columns=["x", "b"]))
        == {}
    )


def test_columns_that_depend_on_each_other_are_not_judged():
    assert problems(table("> 3 | false | 1", columns=["a", "a > 3"])) == {}
    assert problems(table('"x" | 1 | 1', columns=["a", "a.b"])) == {}
    assert ("decision-gap", "rules") in problems(table('"x" | 1 | 1', columns=["a.c", "a.b"]))


def test_a_table_of_too_many_combinations_is_not_decided():
    columns = [f"c{n}" for n in range(40)]
    rows = []
    for n in range(40):
        cells = ["-"] * 40
        cells[n], cells[(n * 7 + 3) % 40] = "> 0", "< 9"
        rows.append(" | ".join([*cells, "1"]))
        cells[(n * 11 + 5) % 40] = "[2..7]"
        rows.append(" | ".join([*cells, "1"]))

    found = problems(table(*rows, columns=columns, policy="FIRST"))

    assert set(found) <= {("decision-gap", "not-decided"), ("decision-gap", "rules")}


def test_a_thousand_rules_are_decided():
    rows = [f"[{n}..{n + 1}) | {n}" for n in range(1_000)]

    assert set(problems(table(*rows, columns=["x"]))) == {("decision-gap", "rules")}


NUMBER_CELLS = [
    "-",
    "< 2",
    "<= 2",
    "> 2",
    ">= 3",
    "2",
    "3",
    "[1..3]",
    "(1..3)",
    "[2..4)",
    "1, 3",
    "not(2)",
    "[[1..2], 4]",
]
TEXT_CELLS = ["-", '"a"', '"b"', '"a", "b"', 'not("a")', '"c"']
TRUTH_CELLS = ["-", "true", "false"]
#: Values that show every difference the cells above can make.
WORLD = (
    [value / 2 for value in range(-1, 11)],
    ["a", "b", "c", "d", ""],
    [True, False],
)


@settings(max_examples=150, deadline=None)
@given(
    some.lists(
        some.tuples(some.sampled_from(NUMBER_CELLS), some.sampled_from(TEXT_CELLS), some.sampled_from(TRUTH_CELLS)),
        max_size=7,
    )
)
def test_gaps_and_overlaps_are_those_found_by_trying_everything(rows):
    cells = [[parse_cell(cell) for cell in row] for row in rows]
    kinds = ("number", "text", "boolean")
    axes = [axis(f"c{n}", [[row[n]] for row in cells], kind) for n, kind in enumerate(kinds)]
    holding = [
        [n for n, row in enumerate(cells) if all(map(passes, row, point, [{}] * 3))] for point in product(*WORLD)
    ]

    found = {(first, second) for first, second, _ in overlaps(axes, len(rows))}

    assert (gap(axes, len(rows)) is not None) == any(not rules for rules in holding)
    assert found == {(a, b) for rules in holding for a in rules for b in rules if a < b}


def test_the_witness_of_an_overlap_passes_both_rules():
    cells = [[parse_cell("[1..5]")], [parse_cell("> 4")]]
    ((first, second, point),) = overlaps([axis("x", cells)], 2)

    ((_, value),) = point.at

    assert (first, second) == (0, 1)
    assert all(passes(cell, value, {}) for (cell,) in cells)


def test_a_budget_ends_in_not_decided():
    cells = [*([parse_cell(f"> {n}")] for n in range(99)), [parse_cell("-")]]
    with pytest.raises(NotDecided):
        list(overlaps([axis("x", cells)], 100, budget=100))
    with pytest.raises(NotDecided):
        gap([axis("x", cells), axis("y", cells)], 100, budget=10)


@pytest.mark.parametrize(
    ("body", "case"),
    [
        ("", ("bpmn-rule", "no-decision")),
        (table("1 | 1", "not(1) | 2", columns=["x"], decision="name='a'"), ("bpmn-rule", "decision-id")),
        (table("1 | 1", columns=["x"]) * 2, ("duplicate-id", "decision")),
        (table("1 | 1", columns=["x"], policy="RANDOM"), ("bpmn-rule", "hit-policy")),
        (
            table("1 | 1", columns=["x"], policy="COLLECT", attributes='aggregation="MEDIAN"'),
            ("bpmn-rule", "aggregation"),
        ),
        (table("1 | 1", columns=["x"], policy="OUTPUT ORDER"), ("bpmn-rule", "no-priority")),
        (table("1 | 2 | 1", columns=["x"]), ("bpmn-rule", "table-row")),
        (table(columns=["x"]), ("bpmn-rule", "table-empty")),
        ('<decision id="a"><invocation/></decision>', ("unsupported-element", "decision-logic")),
        ('<decision id="a"/>', ("unsupported-element", "no-logic")),
        (needing("a", "no"), ("missing-reference", "requirement")),
        (needing("a", "b") + needing("b", "a"), ("bpmn-rule", "decision-circle")),
        (table("x.size() | 1", columns=["x"]), ("unsafe-expression", "foreign")),
        (table("(((1 | 1", columns=["x"]), ("unsafe-expression", "unfinished")),
        (table("[1..3) | 1", "[2..4] | 2", columns=["x"]), ("decision-overlap", "rules")),
    ],
)
def test_each_fault_has_its_name(body, case):
    assert case in problems(body, "run")


@pytest.mark.parametrize(
    ("rows", "policy", "told"),
    [
        (["> 5 | 1", "> 7 | 2", "<= 5 | 3"], "FIRST", ("rule-masked", "2", "1")),
        (["- | 1", "3 | 2"], "FIRST", ("rule-masked", "2", "1")),
        (["1 | 1", "[5..3] | 2", "not(1) | 3"], "UNIQUE", ("rule-never-holds", "2", None)),
        (["> 7 | 1", "> 5 | 2", "- | 3"], "FIRST", None),
        (["> 5 | 1", "<= 5 | 2", "- | 3"], "FIRST", None),
        (["> 5 | 1", "> 7 | 2"], "COLLECT", None),
    ],
    ids=["behind a wider one", "behind a dash", "an empty range", "the narrower first", "what is left", "all answer"],
)
def test_a_rule_that_never_answers_is_told(rows, policy, told):
    found = problems(table(*rows, columns=["x"], policy=policy))
    idle = [key[1] for key in found if key[1] in ("rule-masked", "rule-never-holds")]

    assert idle == ([told[0]] if told else [])
    if told:
        details = found["bpmn-rule", told[0]].details
        assert (details["first"], details.get("second")) == told[1:]


def test_expressions_of_other_languages_stop_a_live_case_only():
    body = table("x.size() | 1", columns=["x"], policy="COLLECT")

    assert problems(body) == {}
    assert problems(body, "run")["unsafe-expression", "foreign"].stops == "run"


def test_a_fault_in_a_table_names_its_rule_and_column():
    body = table("1 | 1", "x.size() | 2", columns=["金额"], policy="COLLECT")

    assert problems(body, "run")["unsafe-expression", "foreign"].details["name"] == "定级 › 2 › 金额"


def test_a_decision_nobody_gives_is_missed():
    model = build("p").start("s").step("t", task="businessRuleTask").end("e").model
    node = model.node["t"].evolve(decision="x")
    asking = model.evolve(nodes=tuple(node if other.id == "t" else other for other in model.nodes))

    assert [problem.rule for problem in missing_decisions(asking, frozenset())] == ["decision"]
    assert list(missing_decisions(asking, frozenset(("x",)))) == []
    assert list(missing_decisions(model, frozenset())) == []


def test_what_another_file_holds_is_not_missed():
    body = needing("a", "b").replace('"#b"', '"urn:other#b"') + needing("c", "a").replace('"#a"', '"urn:here#a"')
    decisions = read_decisions(file(body, attributes='namespace="urn:here"'))

    assert [decision.decisions for decision in decisions.decisions] == [("urn:other#b",), ("a",)]
    assert check_decisions(decisions) == ()


def test_a_file_of_too_many_cells_is_refused():
    rows = [f'"{"x" * 1_000}{n}" | 1' for n in range(1_000)]

    with pytest.raises(UnreadableFile, match="characters of cells"):
        read_decisions(file(table(*rows, columns=["x"])))


def test_every_rule_of_decisions_is_explained(root):
    page = (root / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")

    assert [rule for _, rule in DECISION_RULES if f"`{rule}`" not in page] == []


def test_every_real_file_is_read_or_refused_by_name(shared):
    outcomes = {}
    for path in sorted((shared / "dmn").rglob("*.dmn")):
        try:
            decisions = read_decisions(path)
        except UnreadableFile as error:
            outcomes[path.name] = error.problem.rule
            continue
        assert isinstance(decisions, Decisions)
        outcomes[path.name] = [problem.problem for problem in check_decisions(decisions, purpose="run")]

    assert len(outcomes) >= 60
    assert "decision-overlap" not in outcomes["unique_hit.dmn"]
    assert outcomes["DrdDishDecisionExample.dmn"] == ["decision-gap", "decision-gap"]
    assert "decision-overlap" in outcomes["bool_decision.dmn"]
    assert "unsafe-expression" in outcomes["exclusive.dmn"]
