"""The pages about problems and soundness say what the program does."""

import doctest
from pathlib import Path

from bpmn.check import RULES


def test_every_problem_and_rule_is_explained(root: Path) -> None:
    page = (root / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")
    sections = {
        name.strip(" ,"): body
        for head, _, body in (part.partition("\n") for part in page.split("\n## ")[1:])
        for name in head.split()
    }

    missing = [(problem, rule) for problem, rule in RULES if f"`{rule}`" not in sections.get(problem, "")]

    assert missing == []


def test_examples_of_the_soundness_page_run(root: Path) -> None:
    page = str(root / "docs" / "explanation" / "soundness.md")

    failed, tried = doctest.testfile(page, module_relative=False)

    assert (failed, tried > 3) == (0, True)
