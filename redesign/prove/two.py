"""Both sides of a redesign, and which step of the new one stands for a step of the old one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from analysis.findings import Subject
from bpmn.annotation import GovStep
from bpmn.model import Model

_NOTHING = GovStep()
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
            for old in said(self.after, step).replaces:
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


def said(subject: Subject, step: str) -> GovStep:
    """What `gov:step` says of a step."""
    return subject.node(step).step or _NOTHING
