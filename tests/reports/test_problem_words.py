"""Every problem of a file and every error of a package has its Chinese sentence; the English one is its own."""

import ast
import importlib
import inspect

import pytest

from analysis.simulation.refusals import _SENTENCES as REFUSALS
from bpmn.check.decisions import DECISION_RULES
from bpmn.check.rules import RULES
from bpmn.elements import UNINTERPRETED_ROOTS, UNSUPPORTED
from bpmn.gov import _MESSAGES as ANNOTATIONS
from bpmn.read import _DRAWING as DRAWING
from bpmn.xml import _SENTENCES as UNREADABLE
from reports.words import LANGUAGES, fields_of, load

#: What the front door always fills in.
GIVEN = {"name", "element", "line"}
PACKAGES = ("analysis", "bpmn", "flows", "org", "reports")


def written_in(root, module):
    """The problems a reader of files reports with the sentence beside it: (problem, rule) to sentence."""
    found, sentence = {}, ""
    tree = ast.parse((root / "bpmn" / f"{module}.py").read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.Assign, ast.Call))]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node, ast.Assign):
            if isinstance(node.value, ast.Constant) and getattr(node.targets[0], "id", "") == "sentence":
                sentence = node.value.value
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        said = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        if name == "_missing" and said:
            found["missing-reference", said[0]] = sentence
        elif name in {"report", "refusal"} and len(said) >= 2:
            found[said[0], said[1]] = sentence
    return found


@pytest.fixture
def problems(root):
    """Give every problem there is, with its English sentence."""
    found = RULES | DECISION_RULES
    for module in ("read", "nodes", "values", "walk", "decisions"):
        found |= written_in(root, module)
    found |= {("bad-annotation", rule): sentence for rule, sentence in ANNOTATIONS.items()}
    found |= {("not-xml", rule): sentence for rule, sentence in UNREADABLE.items()}
    found |= {("unsupported-element", kind): "{kind}" for kind in UNINTERPRETED_ROOTS | UNSUPPORTED}
    found |= {
        ("unsupported-element", rule): text
        for rule, text in REFUSALS.items()
        if ("unsupported-element", rule) not in RULES
    }
    found["missing-reference", "drawn-element"] = DRAWING["drawn-element"]
    found["bpmn-rule", "coordinate"] = DRAWING["coordinate"]
    return found


def test_every_problem_has_its_chinese_sentence(problems):
    assert len(problems) > 120
    assert [f"{name}.{rule}" for name, rule in problems if f"problem.{name}.{rule}" not in load("zh")] == []


def test_every_chinese_sentence_is_of_a_problem_there_is(problems):
    known = {f"problem.{name}.{rule}" for name, rule in problems}

    assert [key for key in load("zh").sentences if key.startswith("problem.") and key not in known] == []


def test_a_chinese_sentence_speaks_only_of_what_the_problem_tells(problems):
    sentences = load("zh").sentences
    told = {
        key: fields_of(sentences[key]) - fields_of(english.replace("!r", "")) - GIVEN
        for (name, rule), english in problems.items()
        if (key := f"problem.{name}.{rule}") in sentences
    }

    assert {key: fields for key, fields in told.items() if fields} == {}


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_has_its_sentence_with_fields_it_holds(package, language):
    errors = importlib.import_module(f"{package}.errors")
    words = load(language)
    for name, error in vars(errors).items():
        if not inspect.isclass(error) or error.__module__ != errors.__name__ or Exception in error.__bases__:
            continue
        assert f"error.{name}" in words, name
        held = set(inspect.signature(error.__init__).parameters) if "__init__" in vars(error) else set()
        assert fields_of(words.sentences[f"error.{name}"]) <= held, name
