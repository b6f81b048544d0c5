"""Both sides of a redesign, and which step of the new one stands for a step of the old one."""

from __future__ import annotations

from functools import cached_property

from analysis.findings import Subject
from bpmn.model import Model


class Two:
    """The procedure before and after, with how the steps of each relate."""

    def __init__(self, before: Model, after: Model) -> None:
        self.before = Subject(before)
        self.after = Subject(after)

    @cached_property
    def _heirs(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for step in self.after.all_steps:
            said = self.after.node(step).step
            for old in said.replaces if said is not None else ():
                found.setdefault(old, step)
        return found

    def heir(self, step: str) -> str:
        """The step that stands for an old one: itself, or the one that replaces it; empty where it is gone."""
        return step if step in self.after.model.node else self._heirs.get(step, "")

    @cached_property
    def kept(self) -> dict[str, str]:
        """Every old step that has an heir, with it."""
        return {step: heir for step in self.before.all_steps if (heir := self.heir(step))}
