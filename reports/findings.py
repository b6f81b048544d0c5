"""Findings told to people: their names, their sentences with what shows them, their savings; and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bpmn.model import Model
from reports.format import count, percent, plain
from reports.words import Words

if TYPE_CHECKING:
    from analysis.findings import Finding, Found, Saving

#: More steps of a finding than that are not all named.
NAMED = 3


#: Moves a person has to choose.
BY_HAND = frozenset(("assign-owner", "assign-lead"))


def is_usable(finding: Finding, *, measured: bool = True) -> bool:
    """Whether the move of a finding can be made: it is sure, and was measured, or nothing speaks against it."""
    if not finding.sure or not finding.move or finding.protected or finding.move in BY_HAND:
        return False
    return finding.saving is not None or not measured


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding in the shape of docs/reference/json.md."""
    return {
        "finding": finding.finding,
        "steps": list(finding.steps),
        "evidence": dict(finding.evidence),
        "protected": finding.protected,
        "sure": finding.sure,
        "missing": [{"element": one.element, "annotation": one.annotation} for one in finding.missing],
        "move": finding.move,
        "saving": saving_json(finding.saving),
    }


def found_json(found: Found) -> dict[str, Any]:
    """All that was found, what was not looked at, and what more could be found with which annotations."""
    return {
        "findings": [finding_json(finding) for finding in found.findings],
        "left_out": list(found.left_out),
        "lacking": [
            {"annotation": one.annotation, "elements": list(one.elements), "findings": list(one.findings)}
            for one in found.lacking
        ],
    }


def saving_json(saving: Saving | None) -> dict[str, Any]:
    """What is saved; numbers that are not known are null."""
    if saving is None:
        names = ("steps", "elapsed_working_s", "work_s", "materials", "visits")
        return dict.fromkeys(names, None) | {"low": None, "high": None, "source": ""}
    return {
        "steps": saving.steps,
        "elapsed_working_s": _rounded(saving.elapsed_working_s),
        "work_s": _rounded(saving.work_s),
        "materials": saving.materials,
        "visits": saving.visits,
        "low": _rounded(saving.low),
        "high": _rounded(saving.high),
        "source": saving.source,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)


def title(words: Words, name: str) -> str:
    """What people call a finding or a move."""
    return words(f"finding.{name}.title")


def move_title(words: Words, move: str) -> str:
    """What people call a move."""
    return words(f"move.{move}.title") if move else ""


def steps_text(words: Words, model: Model, steps: Iterable[str], *, most: int = NAMED) -> str:
    """The names of steps; of many the first ones and their number."""
    names = [named(model, step) for step in steps]
    if len(names) > most:
        return words("list.more", names=words("list.separator").join(names[:most]), count=len(names))
    return words("list.separator").join(names)


def named(model: Model, element: str) -> str:
    """The name of an element, or its id where it has none."""
    node = model.node.get(element)
    flow = model.flow.get(element)
    lane = model.lane.get(element)
    name = node.name if node is not None else flow.name if flow is not None else lane.name if lane is not None else ""
    return name.replace("\n", "") or element


def sentence(words: Words, model: Model, finding: Finding) -> str:
    """Why it is a finding, in a sentence with its evidence."""
    return words(f"finding.{finding.finding}.{_reason(finding)}", **_fields(words, model, finding))


def _reason(finding: Finding) -> str:
    """Which of its sentences says why it is one."""
    if "hand_overs" in finding.evidence:
        return "why-often"
    if "asked_anyway" in finding.evidence:
        return "why-anyway"
    return "why-open" if finding.finding == "rework-loop" and finding.evidence["share"] is None else "why"


def _fields(words: Words, model: Model, finding: Finding) -> Mapping[str, object]:
    """What sentences speak of: the steps by name, and the evidence as text."""
    evidence = finding.evidence
    fields: dict[str, object] = {"steps": steps_text(words, model, finding.steps), "count": len(finding.steps)}
    for name, value in evidence.items():
        fields[name] = _text(words, model, name, value)
    return fields


#: Evidence that holds ids of elements, and evidence that holds keys of units.
_ELEMENTS = frozenset(
    {
        *("spared", "given_by", "remove", "keep", "demanded", "not_always"),
        *("came_from", "went_to", "sends_back", "back_to", "order", "steps"),
        *("turns_down", "asked_anyway"),
    }
)
_UNITS = frozenset(("from", "at", "unit", "units"))


def _text(words: Words, model: Model, name: str, value: object) -> str:
    if isinstance(value, (list, tuple)):
        return words("list.separator").join(_text(words, model, name, one) for one in value)
    if name in _ELEMENTS and isinstance(value, str):
        return named(model, value)
    if name in _UNITS and isinstance(value, str):
        return next((unit.name for unit in model.units if unit.key == value), value)
    if name in ("share", "rejects") and isinstance(value, (int, float)):
        return plain(percent(100 * float(value)))
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, (int, float)):
        return plain(count(float(value)))
    return str(value)


def bases(model: Model, finding: Finding) -> list[str]:
    """What in the law protects the steps of a finding, each once."""
    said = (model.node[step].step for step in finding.steps)
    return list(dict.fromkeys(step.basis for step in said if step is not None and step.mandatory and step.basis))


def lacking(words: Words, finding: Finding) -> list[str]:
    """What is not written down and would make a finding sure, each once."""
    return list(dict.fromkeys(words(f"missing.{one.annotation}") for one in finding.missing))


def between_sentence(words: Words, models: Mapping[str, Model], finding: Finding) -> str:
    """What several procedures each do, in a sentence with their names."""
    titles = [models[file].title for file in finding.evidence["files"]]
    fields = {**finding.evidence, "files": words("list.separator").join(dict.fromkeys(titles))}
    return words(f"finding.{finding.finding}.why", **fields)
