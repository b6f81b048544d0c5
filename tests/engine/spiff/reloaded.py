"""A case that is dropped and loaded from its rows after everything that happens to it."""

from __future__ import annotations

from benchmarks.played import START, Clockwork, Played
from engine.spiff import Changes, Run, compiled
from tests.engine.walking import Rows


class Reloaded(Played):
    """Played as a hot case is, and each time also loaded anew: both must stand where the other stands."""

    @classmethod
    def of(cls, program, data=None, *, start="", world=None):
        """Begin a case of a program."""
        world = world or Clockwork()
        played = cls(run=Run.start(program, world, at=START, data=data or {}, start=start))
        played.program, played.world, played.rows, played.facts = program, world, Rows(), []
        played.note()
        return played

    @classmethod
    def begin(cls, model, data=None, **more):
        """Begin a case of a model."""
        return cls.of(compiled(model), data, **more)

    def note(self):
        changes = self.changes()
        hot = self.run
        self.run = Run.restore(self.program, self.world, self.rows.frontier())
        assert hot.waits() == self.run.waits()
        assert hot.data() == self.run.data()
        again = self.run.changes()
        assert (again.tokens, again.gone, again.values) == ({}, [], {})
        self.log += [fact.element for fact in changes.facts if fact.kind in ("completed", "passed")]
        self.facts += changes.facts
        self.thrown += [f"{thrown.kind} {thrown.name}" for thrown in changes.thrown]
        self.ended = changes.ended or self.ended

    def changes(self) -> Changes:
        """What changed, kept."""
        changes = self.run.changes()
        self.rows.apply(changes)
        return changes

    @property
    def taken(self):
        """The flows taken, in their order."""
        return [fact.flow for fact in self.facts if fact.kind == "flow-taken"]
