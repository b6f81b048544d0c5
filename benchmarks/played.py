"""One case of a model, played by hand under a clock that stands still until it is told: for tests and for the coverage.

A play is a row of words, each one thing that happens:

    step        the wait at that element is over: work done, a job answered, an event fired
    step!E      the work at it fails with the error E
    @message    a message of that name comes; @message=key with what it is correlated by
    ~signal     a signal of that name comes
    +PT1H       so much time passes, and timers ring
    x:=3        before the next word: what it brings as data
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bpmn.decisions import Decisions
from bpmn.expression import Environment
from bpmn.expression.temporal import read_duration, read_moment
from bpmn.model import Model, Node
from engine.decisions import decide
from engine.spiff import Due, Ruling, Run, Wait, compiled

START = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)
#: What is told of an element that was passed or done.
_DONE = frozenset(("completed", "passed"))


@dataclass(kw_only=True)
class Clockwork:
    """The world around a case: a calendar clock, decisions, no chance."""

    decisions: Sequence[Decisions] = ()

    def environment(self, now: datetime) -> Environment:
        """What expressions may ask for at a moment."""
        return Environment(now=now)

    def due(self, node: Node, text: str, at: datetime) -> Due:
        """When a timer rings, by the calendar."""
        count, _, period = text.partition("/") if text.startswith("R") else ("", "", text)
        span = read_duration(period)
        if not isinstance(span, timedelta):
            moment = read_moment(text)
            if moment is None:
                raise ValueError(f"no timer: {text!r}")
            return Due(at=moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
        left = (int(count[1:]) - 1 if count[1:] else -1) if count else 0
        return Due(at=at + span, again=period if count else "", left=left)

    def route(self, element: str, flow_ids: Sequence[str], at: datetime) -> Sequence[str] | None:
        """Conditions decide."""
        return None

    def decide(self, decision_id: str, data: Mapping[str, Any]) -> Ruling:
        """Answer a decision out of those given."""
        return Ruling(outputs=decide(self.decisions, decision_id, data, Environment(now=START)).outputs, reasons={})

    def done_here(self, node: Node) -> bool:
        """Automatic steps that name nothing to do are passed."""
        return True


@dataclass(kw_only=True)
class Played:
    """A case under way, and what was done in it so far."""

    run: Run
    now: datetime = START
    #: The elements passed or done, in their order.
    log: list[str] = field(default_factory=list)
    #: What left the case, as "kind name".
    thrown: list[str] = field(default_factory=list)
    ended: str = ""

    @classmethod
    def started(
        cls,
        model: Model,
        data: Mapping[str, Any] | None = None,
        *,
        library: Mapping[str, Model] | None = None,
        decisions: Sequence[Decisions] = (),
        start: str = "",
        skip_scripts: bool = False,
    ) -> Played:
        """Begin a case; raises `Unrunnable` where the model cannot be run."""
        program = compiled(model, library=library or {}, decisions=tuple(decisions), skip_scripts=skip_scripts)
        played = cls(
            run=Run.start(program, Clockwork(decisions=decisions), at=START, data=dict(data or {}), start=start)
        )
        played.note()
        return played

    def note(self) -> None:
        """Take down what happened."""
        changes = self.run.changes()
        self.log += [fact.element for fact in changes.facts if fact.kind in _DONE]
        self.thrown += [f"{thrown.kind} {thrown.name}" for thrown in changes.thrown]
        self.ended = changes.ended or self.ended

    def play(self, words: str) -> Played:
        """Let happen what a row of words says."""
        data: dict[str, Any] = {}
        for word in words.split():
            name, sign, value = word.partition(":=")
            if sign:
                data[name] = json.loads(value)
                continue
            self.happen(word, data)
            data = {}
            self.note()
        return self

    def happen(self, word: str, data: Mapping[str, Any]) -> None:
        """Let one thing happen."""
        if word[0] == "@":
            name, _, key = word[1:].partition("=")
            self.run.deliver(name, data, json.dumps([key]) if key else "", self.now)
        elif word[0] == "~":
            self.run.signal(word[1:], data, self.now)
        elif word[0] == "+":
            self.passes(word[1:])
        elif "!" in word:
            element, _, code = word.partition("!")
            self.run.fail(self.at(element).token, code, data, self.now)
        elif self.at(word).kind in ("work", "job"):
            self.run.complete(self.at(word).token, data, self.now)
        else:
            self.run.fire(self.at(word).token, data, self.now)

    def at(self, element: str) -> Wait:
        """The first wait at an element."""
        found = next((wait for wait in self.run.waits() if wait.element == element), None)
        if found is None:
            raise LookupError(f"nothing waits at {element}: {self.waits}")
        return found

    @property
    def waits(self) -> list[str]:
        """The elements something waits at, in alphabetical order."""
        return sorted(wait.element for wait in self.run.waits())

    def passes(self, duration: str) -> None:
        """Let time pass; timers ring in their order."""
        span = read_duration(duration)
        if not isinstance(span, timedelta):
            raise ValueError(f"no duration: {duration!r}")
        until = self.now + span
        while True:
            due = [wait for wait in self.run.waits() if wait.due is not None and wait.due <= until]
            if not due:
                break
            first = min(due, key=lambda wait: (wait.due, wait.token))
            self.now = max(self.now, first.due or until)
            self.run.fire(first.token, {}, self.now)
            self.note()
        self.now = until
