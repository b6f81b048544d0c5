"""Both sides of a redesign, and which step of the new one stands for a step of the old one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from analysis.findings import Subject
from analysis.findings.repeated_check import stands_for
from bpmn.model import Model

#: Under which name a model keeps what is asked about it, as many redesigns of one model are proved.
_KNOWN = "_subject"


class Two:
    """The procedure before and after, with how the steps of each relate."""

    def __init__(self, before: Model, after: Model) -> None:
        self.before: Subject = vars(before).get(_KNOWN) or Subject(before)
        vars(before)[_KNOWN] = self.before
        self.after = Subject(after)

    @cached_property
    def _heirs(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for step in self.after.all_steps:
            for old in self.after.said(step).replaces:
                found.setdefault(old, step)
        return found

    def heir(self, step: str) -> str:
        """The step that stands for an old one: itself, or the one that replaces it; empty where it is gone."""
        return step if step in self.after.model.node else self._heirs.get(step, "")

    @cached_property
    def olds(self) -> Mapping[str, tuple[str, ...]]:
        """The old steps that each new one stands for; a new one that stands for none misses."""
        found: dict[str, list[str]] = {}
        for step in self.before.all_steps:
            if heir := self.heir(step):
                found.setdefault(heir, []).append(step)
        return {heir: tuple(olds) for heir, olds in found.items()}

    @cached_property
    def gone(self) -> tuple[str, ...]:
        """The old steps that nothing stands for."""
        return tuple(step for step in self.before.all_steps if not self.heir(step))

    def stand_in(self, step: str) -> str:
        """The step that checks or approves for one that is gone, in every case that met it; empty for none."""
        for other in self.before.steps:
            heir = self.heir(other) if other != step else ""
            if heir and (self._checks(other, step) or self._approves(other, step)):
                return heir
        return ""

    def _checks(self, other: str, step: str) -> bool:
        """Whether another step checks the same in every case that meets the step, which has nothing new to look at."""
        if not self.before.said(step).purpose:
            return False
        if any(self.before.kind(one) not in ("check", "") for one in (step, other)):
            return False
        return stands_for(self.before, other, step)

    def _approves(self, other: str, step: str) -> bool:
        """Whether another approval comes later for every case that is still under way."""
        related = self.before.relations
        if not self.before.kind(step) == self.before.kind(other) == "approve" or not related.before(step, other):
            return False
        return related.always_after(step, other) or related.always_before(step, other)
