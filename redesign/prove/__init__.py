"""The proof that a redesign is as good in law as what it replaces: sound, lawful and complete.

A proof is a list of obligations, each with its witness: the step that stands for a demanded one, the steps that give a
paper, the shares of outcomes before and after. A failed one names the step and the path. It reads both models and
trusts no move.
"""

from __future__ import annotations

from bpmn.model import Model
from redesign.prove.complete import complete
from redesign.prove.lawful import lawful
from redesign.prove.sound import sound
from redesign.prove.two import Two
from redesign.result import Proof

__all__ = ["prove"]


def prove(before: Model, after: Model) -> Proof:
    """Prove a redesign; near-linear, as its parts are."""
    two = Two(before, after)
    return Proof(obligations=(*sound(two), *lawful(two), *complete(two)))
