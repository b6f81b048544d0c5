"""The pages on operations and refusals say what the table and the sentences in the code say."""

import inspect
from pathlib import Path

import pytest

import engine.errors
import store.errors
from engine.errors import EngineError
from engine.lifecycle import TRANSITIONS, Transition
from reports.words import load

#: What nobody meets by itself: only the kinds under it are raised.
FAMILIES = ("EngineError", "Refused", "TokenError")
REFUSALS = [
    kind
    for name, kind in vars(engine.errors).items()
    if inspect.isclass(kind) and issubclass(kind, EngineError) and name not in FAMILIES
]


def page(root: Path, name: str) -> list[str]:
    return (root / "docs" / "reference" / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: f"{row.of}-{row.operation}")
def test_every_row_of_the_table_is_told(root: Path, row: Transition) -> None:
    states = ", ".join(f"`{state}`" for state in row.states if state) or "–"
    becomes = f"`{row.becomes}`" if row.becomes else "stays"
    held = f"; held: `{row.held}`" if row.held else ""
    record = f"`{row.record}`" if row.record else "–"

    assert f"| {row.of} | `{row.operation}` | {states} | {becomes}{held} | {record} | {row.who} |" in page(
        root, "operations.md"
    )


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_every_refusal_is_told_with_its_sentence(root: Path, kind: type[EngineError]) -> None:
    sentence = " ".join((kind.__doc__ or "").split())

    assert f"| `{kind.__name__}` | {sentence} |" in page(root, "refusals.md")
    assert sentence.count(".") >= 2, "it says what is wrong, and then what to do"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_every_refusal_has_its_words(kind: type[EngineError], language: str) -> None:
    assert f"error.{kind.__name__}" in load(language)


def test_no_page_tells_of_what_is_not_there(root: Path) -> None:
    told = {line.split("`")[1] for line in page(root, "refusals.md") if line.startswith("| `")}

    assert told <= {kind.__name__ for kind in REFUSALS} | set(vars(store.errors))
    rows = [line for line in page(root, "operations.md") if line.startswith(("| case", "| item"))]
    assert len(rows) == len(TRANSITIONS)
