"""The pages about problems and soundness say what the program does."""

import doctest
import re
from pathlib import Path

from bpmn.check import RULES
from bpmn.check.sentences import SPECIFICATION as SENTENCES
from bpmn.check.sentences import STYLE as DRAWING_SENTENCES
from bpmn.check.specification import SPECIFICATION
from bpmn.check.style import STYLE

_ROW = re.compile(r"^\| `([a-z-]+)` \| (.+?) \|(?: ([0-9., to]+) \|)?", re.MULTILINE)


def test_every_problem_and_rule_is_explained(root: Path) -> None:
    page = (root / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")
    sections = {
        name.strip(" ,"): body
        for head, _, body in (part.partition("\n") for part in page.split("\n## ")[1:])
        for name in head.split()
    }

    missing = [(problem, rule) for problem, rule in RULES if f"`{rule}`" not in sections.get(problem, "")]

    assert missing == []


def rows(root: Path, begin: str, end: str) -> dict[str, tuple[str, str]]:
    """Give the rules of a part of the page, each with its severity and section."""
    page = (root / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")
    part = page.partition(f"\n{begin}")[2].partition(f"\n{end}")[0]
    return {name: (severity, section) for name, severity, section in _ROW.findall(part)}


def test_the_page_gives_each_rule_of_the_specification_its_severity_and_section(root: Path) -> None:
    graded = {
        rule.name: ("error, run" if rule.stops == "run" else rule.severity, rule.section) for rule in SPECIFICATION
    }

    assert rows(root, "## bpmn-rule", "### Good drawing") == graded


def test_the_page_lists_every_rule_of_good_drawing(root: Path) -> None:
    assert rows(root, "### Good drawing", "## bad-annotation").keys() == {rule.name for rule in STYLE}


def test_every_rule_has_its_sentence_and_every_sentence_its_rule() -> None:
    assert SENTENCES.keys() == {rule.name for rule in SPECIFICATION}
    assert DRAWING_SENTENCES.keys() == {rule.name for rule in STYLE}


def test_examples_of_the_soundness_page_run(root: Path) -> None:
    page = str(root / "docs" / "explanation" / "soundness.md")

    failed, tried = doctest.testfile(page, module_relative=False)

    assert (failed, tried > 3) == (0, True)
