"""The page that teaches BPMN: its examples are what it says they are, and each is drawn and shown."""

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from bpmn.check import check


@pytest.fixture
def examples(root: Path) -> list[Any]:
    return list(run_path(str(root / "docs" / "semantics.py"))["examples"]())


def test_each_example_is_right_or_wrong_as_the_page_says(examples: list[Any]) -> None:
    for example in examples:
        errors = [(p.problem, p.element) for p in check(example.model) if p.severity == "error"]
        assert errors == list(example.wrong), example.name


def test_each_example_is_drawn_and_shown_once(root: Path, examples: list[Any]) -> None:
    text = (root / "docs" / "explanation" / "bpmn-semantics.md").read_text(encoding="utf-8")

    for example in examples:
        assert text.count(f"../pictures/semantics-{example.name}.svg") == 1
        assert (root / "docs" / "pictures" / f"semantics-{example.name}.svg").is_file()
