"""`share-material`: what is in the case already, or in a register, is not asked from the applicant again."""

from __future__ import annotations

from dataclasses import replace

from analysis.findings import Subject
from analysis.findings.held_material import issuer_of, offices
from analysis.findings.repeated_material import is_renewed, must_come_in
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
    asked = [step for step in move.steps if step in subject.model.node]
    if not any(material in subject.relations.handed_in(step) for step in asked):
        raise CannotMove("nothing-left", steps=list(move.steps))
    shared = [step for step in asked if _share(subject, change, move, step, material)]
    if not shared:
        is_new = any(is_renewed(subject, step, material) for step in asked)
        raise CannotMove("renewed" if is_new else "not-available", material=material)
    for step in shared:
        _drop_idle_hand_in(subject, change, step)
    return change.model


def _share(subject: Subject, change: Change, move: Move, step: str, material: str) -> bool:
    """Let one step take the material from elsewhere, if it can."""
    if material not in subject.relations.handed_in(step) or must_come_in(subject, step, material):
        return False
    if is_renewed(subject, step, material):
        return False
    origin = _origin(subject, move, step, material)
    if origin:
        change.set(step, materials=tuple(_taken(item, material, origin) for item in subject.node(step).materials))
    return bool(origin)


def _origin(subject: Subject, move: Move, step: str, material: str) -> str:
    """Where a step takes the material from instead; empty where from nowhere."""
    if material in subject.relations.available(step):
        return "internal"
    is_held = move.finding == "held-material" and issuer_of(subject, step, material) in offices(subject)
    return "shared" if is_held else ""


def _taken(item: GovMaterial, material: str, origin: str) -> GovMaterial:
    is_meant = item.name == material and item.use == "needs" and item.origin == "applicant"
    return replace(item, origin=origin) if is_meant else item


def _drop_idle_hand_in(subject: Subject, change: Change, step: str) -> None:
    """Take out the message by which the applicant handed papers in, where none is left to hand in at the step.

    Only one from a pool in which nothing is drawn, to a step that waits for no message.
    """
    left = any(item.use == "needs" and item.origin == "applicant" for item in change.nodes[step].materials)
    if left or change.nodes[step].kind == "receiveTask":
        return
    pools = {pool.id for pool in subject.model.pools if not pool.process}
    for message in subject.model.message_flows:
        if message.target == step and message.source in pools and subject.is_applicants(message.source):
            change.drop_message(message.id)
