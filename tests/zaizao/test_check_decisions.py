"""`zaizao check` takes files of decisions, and looks for the decisions a process asks for among the files given."""

import pytest

DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"><decision id="grade" name="定级">
<decisionTable><input><inputExpression typeRef="number"><text>金额</text></inputExpression></input><output/>
<rule><inputEntry><text>{first}</text></inputEntry><outputEntry><text>"小额"</text></outputEntry></rule>
<rule><inputEntry><text>&gt;= 1000</text></inputEntry><outputEntry><text>"大额"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
BPMN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
targetNamespace="x"><process id="p"><startEvent id="s" name="s"/>{task}<endEvent id="e" name="e"/>
<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>
</process></definitions>"""
ZEEBE = '<extensionElements><zeebe:calledDecision decisionId="{id}" resultVariable="r"/></extensionElements>'
SPIFF = "<extensionElements><spiffworkflow:calledDecisionId>{id}</spiffworkflow:calledDecisionId></extensionElements>"
ASKING = {
    "camunda": '<businessRuleTask id="t" name="定级" camunda:decisionRef="{id}"/>',
    "zeebe": f'<businessRuleTask id="t" name="定级">{ZEEBE}</businessRuleTask>',
    "spiff": f'<businessRuleTask id="t" name="定级">{SPIFF}</businessRuleTask>',
}


@pytest.fixture
def write(tmp_path):
    """Give what writes a file and tells its name."""

    def written(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


@pytest.mark.parametrize(
    ("first", "problems", "code"),
    [
        ("&lt; 1000", [], 0),
        ("&lt; 900", ["decision-gap"], 0),
        ("&lt;= 1000", ["decision-overlap"], 1),
    ],
)
def test_a_table_is_checked(run, write, first, problems, code):
    result = run("check", write("grade.dmn", DMN.format(first=first)), "--json")

    (answer,) = result.lines

    assert [problem["problem"] for problem in answer["problems"]] == problems
    assert result.code == code


@pytest.mark.parametrize("tool", ASKING)
@pytest.mark.parametrize(("asked", "found"), [("grade", []), ("Grade", ["decision"]), ("${grade}", [])])
def test_a_decision_is_looked_for_among_the_files_given(run, write, tool, asked, found):
    process = write("p.bpmn", BPMN.format(task=ASKING[tool].format(id=asked)))
    decisions = write("grade.dmn", DMN.format(first="&lt; 1000"))

    asking, _ = run("check", process, decisions, "--for", "run", "--json").lines
    (alone,) = run("check", process, "--for", "run", "--json").lines

    assert [problem["rule"] for problem in asking["problems"] if problem["problem"] == "missing-reference"] == found
    assert "missing-reference" not in [problem["problem"] for problem in alone["problems"]]


def test_a_broken_file_of_decisions_is_one_sentence(run, write):
    result = run("check", write("broken.dmn", "<definitions"), "--json")

    (answer,) = result.lines

    assert [problem["problem"] for problem in answer["problems"]] == ["not-xml"]
    assert result.code == 1
