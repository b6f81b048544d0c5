"""One case in memory, without a database, under a virtual clock: what would happen if every step were simply done.

Every step is completed in its order, the case's data answering for its form; when nothing else moves, the clock goes on
to the next timer; a message that a pool nobody has drawn would send comes as soon as it is waited for. Where only other
messages, signals or conditions could move the case, it waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bpmn.errors import BpmnError
from engine.errors import EngineError, NoSuchToken, NotWaiting, StepBudgetSpent
from engine.spiff.frontier import WORK, Changes, Wait
from engine.spiff.program import Program
from engine.spiff.run import BUDGET, Run
from engine.spiff.world import World
from org import OrgError

#: The records of the tokens by which an element is completed.
_COMPLETED = frozenset(("completed", "passed", "rejected"))


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What became of the case."""

    #: "completed", "waiting" or "failed".
    outcome: str
    #: The id of each element that was completed, in its order.
    trace: tuple[str, ...] = ()
    #: The elements at which the case waits.
    waiting_at: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    #: When it came to its end, or to rest.
    at: datetime
    #: Why it failed, where it was no error event that ended it.
    error: Exception | None = field(default=None, compare=False)


def attempt(
    program: Program,
    world: World,
    data: Mapping[str, Any],
    *,
    start: datetime,
    begin: str = "",
    budget: int = BUDGET,
) -> Attempt:
    """Try one case from a moment on; `begin` is the start event, where it is not the usual one.

    At most `budget` steps are done in all; a case that needs more fails by `StepBudgetSpent`.
    """
    return _Trying(program, world, start, budget).tried(data, begin)


class _Trying:
    def __init__(self, program: Program, world: World, start: datetime, budget: int) -> None:
        self._program = program
        self._world = world
        self._at = start
        self._left = budget
        self._budget = budget
        self._trace: list[str] = []
        self._waits: dict[int, Wait] = {}

    def tried(self, data: Mapping[str, Any], begin: str) -> Attempt:
        """Go on until nothing moves any more."""
        run: Run | None = None
        try:
            run = Run.start(self._program, self._world, at=self._at, data=data, start=begin, budget=self._budget)
            ended = self._note(run)
            while not ended and (wait := self._next()) is not None:
                self._spend(wait)
                self._move(run, wait)
                ended = self._note(run)
        except (EngineError, BpmnError, OrgError) as error:
            return self._result("failed", run, error)
        if not ended:
            return self._result("waiting", run)
        return self._result("failed" if ended == "failed" else "completed", run)

    def _note(self, run: Run) -> str:
        """Keep what happened and what waits now; how the case ended, if it has."""
        changes: Changes = run.changes()
        self._trace += [fact.element for fact in changes.facts if fact.kind in _COMPLETED and fact.element]
        for token in changes.over:
            self._waits.pop(token, None)
        for wait in changes.waits:
            self._waits[wait.token] = wait
        return changes.ended

    def _next(self) -> Wait | None:
        """What is done next: work, then messages from outside, then the timer that is due first."""
        waits = self._waits.values()
        work = [wait for wait in waits if wait.kind in WORK or self._comes_by_itself(wait)]
        if work:
            return min(work, key=lambda wait: wait.token)
        timers = [wait for wait in waits if wait.kind == "timer" and wait.due is not None]
        return min(timers, key=lambda wait: (wait.due, wait.token), default=None)

    def _comes_by_itself(self, wait: Wait) -> bool:
        """Whether a message is sent by a pool in which nothing is drawn."""
        if wait.kind != "message":
            return False
        model, node = self._program.model_of(wait.element), self._program.node(wait.element)
        if node.kind == "boundaryEvent":
            return False
        return any(flow.target == node.id and flow.source not in model.node for flow in model.message_flows)

    def _move(self, run: Run, wait: Wait) -> None:
        try:
            if wait.kind in WORK:
                run.complete(wait.token, {}, self._at)
                return
            if wait.due is not None:
                self._at = max(self._at, wait.due)
            run.fire(wait.token, {}, self._at)
        except (NoSuchToken, NotWaiting):
            del self._waits[wait.token]

    def _spend(self, wait: Wait) -> None:
        self._left -= 1
        if self._left < 0:
            raise StepBudgetSpent(wait.element)

    def _result(self, outcome: str, run: Run | None, error: Exception | None = None) -> Attempt:
        waits = sorted(self._waits.values(), key=lambda wait: wait.token)
        return Attempt(
            outcome=outcome,
            trace=tuple(self._trace),
            waiting_at=tuple(wait.element for wait in waits) if outcome == "waiting" else (),
            data=run.data() if run is not None else {},
            at=self._at,
            error=error,
        )
