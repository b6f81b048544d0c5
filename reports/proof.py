"""The proof of a redesign as people read it: how many obligations of each kind hold, and each with what shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpmn.model import Model
from redesign import Obligation
from reports import format as write
from reports.findings import named
from reports.study import Study

#: Notable obligations the page lists; the workbook has all.
SHOWN = 24
#: What shows an obligation and holds ids of elements.
_ELEMENTS = frozenset(
    {
        *("stands_for_it", "stands_for", "after", "separate_from", "from", "to"),
        *("done_by", "given_by", "before", "missed_before", "path", "element"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """An obligation as people read it."""

    kind: str
    #: What it speaks of: a step, a message; empty for the whole procedure.
    subject: str
    holds: bool
    #: What shows it, in a sentence.
    witness: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """The obligations of one kind."""

    name: str
    #: What they say.
    says: str
    held: int
    count: int

    @property
    def holds(self) -> bool:
        """Whether all of them hold."""
        return self.held == self.count


@dataclass(frozen=True, kw_only=True)
class Proved:
    """A proof: its kinds, and the obligations that fail or that something else now fulfils."""

    kinds: tuple[Kind, ...]
    notable: tuple[Duty, ...]
    #: How many more are notable than are listed.
    more: int


def proved(study: Study) -> Proved | None:
    """The proof of what the program proposes; None where it proposes nothing."""
    if study.proposal is None or not study.proposal.made.moves:
        return None
    groups: dict[str, list[Obligation]] = {}
    for one in study.proposal.made.proof.obligations:
        groups.setdefault(one.obligation, []).append(one)
    kinds = tuple(_kind(study, name, found) for name, found in groups.items())
    notable = [one for found in groups.values() for one in found if not one.holds or _is_notable(one)]
    notable.sort(key=lambda one: one.holds)
    shown = tuple(_duty(study, one) for one in notable[:SHOWN])
    return Proved(kinds=kinds, notable=shown, more=len(notable) - len(shown))


def duties(study: Study) -> list[Duty]:
    """Every obligation of the proposal with what shows it."""
    made = study.proposal.made if study.proposal is not None else None
    return [_duty(study, one) for one in made.proof.obligations] if made is not None and made.moves else []


def _kind(study: Study, name: str, found: list[Obligation]) -> Kind:
    count = len(found)
    key = f"obligation.{name}"
    says = study.words(key, n=write.count(count)) if key in study.words else name
    return Kind(name=_name(study, name), says=says, held=sum(one.holds for one in found), count=count)


def _name(study: Study, name: str) -> str:
    key = f"proof.name.{name}"
    return study.words(key) if key in study.words else name


def _is_notable(one: Obligation) -> bool:
    """Whether something other than before fulfils it: another step stands for it, or a step is gone."""
    witness = one.witness
    heir = witness.get("stands_for_it", witness.get("stands_for", one.element))
    return heir != one.element or witness.get("how") in ("one-step", "never-the-other-way")


def _duty(study: Study, one: Obligation) -> Duty:
    before, after = (side.model for side in _sides(study))
    subject = named(after if one.element in after.node else before, one.element) if one.element else ""
    return Duty(kind=_name(study, one.obligation), subject=subject, holds=one.holds, witness=_witness(study, one))


def _sides(study: Study) -> tuple[Any, Any]:
    made = study.proposed
    assert made is not None
    assert made.after is not None
    return made.before, made.after


def _witness(study: Study, one: Obligation) -> str:
    """What shows an obligation: a sentence of its kind, else what it says by name."""
    how = one.witness.get("how")
    ways = (how, "holds") if one.holds else ("failed",)
    keys = [f"proof.witness.{one.obligation}.{way}" for way in ways]
    fields = _fields(study, one.witness)
    for key in keys:
        if key in study.words:
            return study.words(key, **{**dict.fromkeys(_ALL, write.UNKNOWN), **fields})
    said = [f"{name}={text}" for name, text in fields.items() if text != write.UNKNOWN]
    return study.words("list.comma").join(said)


#: Every field a sentence may speak of.
_ALL = ("basis", "material", "method", "nodes", "lost", "problem", "rule", "message", "kind", *sorted(_ELEMENTS))


def _fields(study: Study, witness: Mapping[str, Any]) -> dict[str, str]:
    before, after = (side.model for side in _sides(study))
    return {name: _text(study, (after, before), name, value) for name, value in witness.items()}


def _text(study: Study, models: tuple[Model, Model], name: str, value: object) -> str:
    words = study.words
    if isinstance(value, Mapping):
        return _shares(study, value)
    if isinstance(value, (list, tuple)):
        texts = [_text(study, models, name, one) for one in value]
        if len(texts) > 3:
            return words("list.more", names=words("list.separator").join(texts[:3]), count=write.count(len(texts)))
        return words("list.separator").join(texts) or write.UNKNOWN
    if name in _ELEMENTS and isinstance(value, str) and value:
        return next((named(model, value) for model in models if value in model.node), named(models[0], value))
    if name == "lost" and f"proof.lost.{value}" in words:
        return words(f"proof.lost.{value}")
    if name == "method" and f"proof.method.{value}" in words:
        return words(f"proof.method.{value}")
    if isinstance(value, bool) or value is None or value == "":
        return write.UNKNOWN
    return write.number(float(value)) if isinstance(value, float) else str(value)


def _shares(study: Study, shares: Mapping[str, Any]) -> str:
    """The shares of outcomes."""
    said = []
    for name, share in shares.items():
        key = f"outcome.{name}"
        outcome = study.words(key) if key in study.words else str(name)
        is_number = isinstance(share, (int, float)) and not isinstance(share, bool)
        said.append(f"{outcome} {write.percent(100 * float(share)) if is_number else json.dumps(share)}")
    return study.words("list.separator").join(said) or write.UNKNOWN
