"""`share-material`: what is in the case already, or in a register, is not asked from the applicant again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.findings import Subject
from analysis.findings.repeated_material import must_come_in
from bpmn.annotation import GovMaterial
from bpmn.model import Model
from redesign.change import Change
from redesign.errors import CannotMove
from redesign.move import Move


def share_material(subject: Subject, move: Move) -> Model:
    """Let each step that can take the material from elsewhere do so.

    A step takes it from the case where it is there on every way to the step, else from the register of the office that
    issued it. Raises `CannotMove` where no step can.
    """
    material = str(move.details["material"])
    change = Change(subject.model)
    shared = 0
    spared = move.steps if move.finding == "held-material" else _repeated(subject, move.steps, material)
    for step in spared:
        origin = _origin(subject, move, step, material)
        if origin and not must_come_in(subject, step, material):
            change.set(step, materials=tuple(_taken(item, material, origin) for item in subject.node(step).materials))
            shared += 1
    if not shared:
        raise CannotMove("not-available", material=material)
    return change.model


def _repeated(subject: Subject, steps: Sequence[str], material: str) -> list[str]:
    """The hand-ins that repeat an earlier one that stays."""
    kept: list[str] = []
    found: list[str] = []
    for step in steps:
        if any(subject.relations.always_before(earlier, step) for earlier in kept) and not must_come_in(
            subject, step, material
        ):
            found.append(step)
        else:
            kept.append(step)
    return found


def _origin(subject: Subject, move: Move, step: str, material: str) -> str:
    """Where a step takes the material from instead; empty where from nowhere."""
    if move.finding == "repeated-material" or _is_given_before(subject, step, material):
        return "internal"
    return "shared" if "issuer" in move.details else ""


def _is_given_before(subject: Subject, step: str, material: str) -> bool:
    return material in subject.relations.available(step)


def _taken(item: GovMaterial, material: str, origin: str) -> GovMaterial:
    is_meant = item.name == material and item.use == "needs" and item.origin == "applicant"
    return replace(item, origin=origin) if is_meant else item
