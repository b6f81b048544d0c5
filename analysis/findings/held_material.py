"""`held-material`: the applicant hands in what an office issued itself, or what the case gave before.

In Chinese practice: 能通过部门间核验的不再要求提交. Giving what the same step took in is not issuing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from analysis.findings.finding import Finding
from analysis.findings.repeated_material import hand_ins, must_come_in
from analysis.findings.subject import MOST, Subject


def held_material(subject: Subject) -> Iterator[Finding]:
    """One finding a material: the steps that ask the applicant for what an office or the case already holds."""
    givers = _givers(subject)
    known = offices(subject)
    for material, steps in hand_ins(subject).items():
        found: list[str] = []
        evidence: dict[str, Any] = {"material": material}
        for step in steps:
            if must_come_in(subject, step, material):
                continue
            earlier = _earlier(subject, givers.get(material, ()), step)
            issuer = issuer_of(subject, step, material)
            if issuer in known:
                evidence["issuer"] = issuer
            if earlier:
                evidence.setdefault("given_by", []).extend(g for g in earlier if g not in evidence.get("given_by", ()))
            if earlier or issuer in known:
                found.append(step)
        if found:
            yield Finding(
                finding="held-material",
                steps=tuple(found),
                evidence=evidence,
                missing=subject.suggested_materials((*found, *evidence.get("given_by", ())), material),
                move="share-material",
            )


def _earlier(subject: Subject, givers: Sequence[str], step: str) -> list[str]:
    """Which of the steps that give a material a case passes before a step."""
    if len(givers) > MOST:
        subject.left_out.add("held-material")
    return [giver for giver in givers[:MOST] if subject.relations.before(giver, step)]


def _givers(subject: Subject) -> dict[str, list[str]]:
    """The steps that issue each material: they give it and did not take it themselves."""
    found: dict[str, list[str]] = {}
    for step in subject.steps:
        for material in subject.relations.gives(step) - subject.relations.needs(step):
            found.setdefault(material, []).append(step)
    return found


def offices(subject: Subject) -> frozenset[str]:
    """Names and codes of the offices whose registers can be asked: those of the procedure and of the organisation."""
    own = (text for unit in subject.model.units if not unit.applicant for text in (unit.name, unit.code) if text)
    return frozenset(own) | (subject.organisation or frozenset())


def issuer_of(subject: Subject, step: str, material: str) -> str:
    """Who issues a material a step needs, as the file says; empty where it does not."""
    wanted = (item for item in subject.node(step).materials if item.name == material and item.use == "needs")
    return next((item.issuer for item in wanted if item.issuer), "")
