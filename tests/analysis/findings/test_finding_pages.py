"""The pages of the findings: each finding has one, with an example in which it holds."""

from runpy import run_path

import pytest

from analysis.findings import FINDINGS
from reports.words import load

NAMES = [*FINDINGS, "waiting-hotspot"]


@pytest.fixture(scope="module")
def examples(root):
    return {example.name: example for example in run_path(str(root / "docs" / "findings.py"))["examples"]()}


@pytest.mark.parametrize("name", NAMES)
def test_each_finding_has_a_page_with_its_example(root, examples, name):
    text = (root / "docs" / "reference" / "findings" / f"{name}.md").read_text(encoding="utf-8")

    assert text.startswith(f"# {name} {load('zh')(f'finding.{name}.title')}\n")
    assert f"findings/{name}-before.svg" in text
    assert examples[name].finding.finding == name
    assert all(
        f"`{key}`" in text or f"`{key}," in text or f", `{key}`" in text for key in examples[name].finding.evidence
    )


@pytest.mark.parametrize("name", ["shared-material", "shared-check"])
def test_what_is_found_between_files_has_a_page(root, name):
    assert (root / "docs" / "reference" / "findings" / f"{name}.md").is_file()


def test_every_picture_of_a_page_is_drawn(root):
    folder = root / "docs" / "pictures" / "findings"
    pages = "".join(
        page.read_text(encoding="utf-8") for page in (root / "docs" / "reference" / "findings").glob("*.md")
    )

    assert all(f"findings/{picture.name}" in pages for picture in folder.glob("*.svg"))
