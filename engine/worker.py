"""The worker: due timers, messages between cases, cases a clock starts, calls outside, roots, the daily sweep.

Each round takes a batch of due jobs under a lease by the database's clock, and does each in a transaction of its own
together with what it does to its case, so that a bad case does not roll its neighbours back. A fence, asked for in that
transaction, refuses whoever lost the lease meanwhile. A job that fails waits longer each time and is stuck after six
attempts: shown, retried or dropped by hand. A job whose worker dies has cost an attempt too.

Run as many workers as there is work for; on SQLite one. `INSIDE` and `OUTSIDE` can be done by different workers, so
that slow calls do not hold up timers.
"""

import json
import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from bpmn.errors import BpmnError
from engine.command import Command
from engine.engine import ITSELF, Engine, check_data
from engine.errors import CallRefused, EngineError, JobHangs, NobodyWaits, NoSuchToken, NotWaiting
from engine.outgoing import Outgoing
from engine.starting import start_job
from org import OrgError
from store import Writing, jobs, roots
from store.errors import (
    Fenced,
    KeyReused,
    NoSuchCase,
    NoSuchItem,
    NoSuchProcedure,
    Stale,
    StoreError,
    Taken,
    Unkeepable,
)
from store.rows import JobRow, StartRow

#: Jobs that only touch the database, and jobs that reach somebody outside.
INSIDE = ("timer", "message", "start", "root")
OUTSIDE = ("call", "notice")
#: The leases of a batch are renewed after this part of them, while it is worked through.
_RENEWED = 3
_AN_HOUR = timedelta(hours=1)
#: What the database refuses because of the job itself, each time anew; everything else of it passes.
_OF_THE_JOB = (KeyReused, NoSuchCase, NoSuchItem, NoSuchProcedure, Stale, Taken, Unkeepable)
#: Retries of one job's transaction, and the seconds within which.
_TRIES, _WITHIN = 8, 30.0

_log = logging.getLogger(__name__)


class Worker:
    """Does the jobs of a store until it is told to stop."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Callable[[], datetime],
        chance: random.Random,
        outgoing: Outgoing | None = None,
        kinds: Iterable[str] = (*INSIDE, *OUTSIDE),
        batch: int = 50,
        lease: timedelta = jobs.LEASE,
    ) -> None:
        self._engine = engine
        self._store = engine.store
        self._clock = clock
        self._chance = chance
        self._outgoing = outgoing or Outgoing()
        self._kinds = tuple(kinds)
        self._batch = batch
        self._lease = lease
        self._does: Mapping[str, Callable[[JobRow], None]] = {
            "timer": self._timer,
            "message": self._message,
            "start": self._start,
            "root": self._root,
            "call": self._call,
            "notice": self._notice,
        }

    def run(self, stop: Event, pause: float = 1.0) -> None:
        """Go on until `stop` is set; the job under way is finished first, those that were only taken go back."""
        self._plan_root()
        while not stop.is_set():
            try:
                self._store.tidy()
                done = self.step(stop)
            except StoreError as error:
                _log.warning("the database: %s", error)
                done = 0
            if not done:
                stop.wait(pause)

    def step(self, stop: Event | None = None) -> int:
        """Take a batch of due jobs and do them; how many that were."""
        held = self._one_again(jobs.claim(self._store, self._kinds, batch=self._batch, lease=self._lease))
        done, renewed = 0, self._clock()
        while held:
            if stop is not None and stop.is_set():
                self._give_back(held)
                break
            if self._clock() - renewed > self._lease / _RENEWED:
                renewed, held = self._clock(), jobs.renew(self._store, held, lease=self._lease)
                continue
            self.do(held.pop(0))
            done += 1
        return done

    def _one_again(self, held: Sequence[JobRow]) -> list[JobRow]:
        """Of jobs tried before do one, and that last: where it kills its worker, it costs no other an attempt."""
        again = [job for job in held if job.attempts > 1]
        self._give_back(again[1:])
        return [job for job in held if job.attempts == 1] + again[:1]

    def do(self, job: JobRow) -> None:
        """Do one job that is held; whatever goes wrong stays with it."""
        try:
            self._does[job.kind](job)
        except Fenced:
            _log.info("job %s is somebody else's by now", job.id)
        except CallRefused as error:
            self._stick(job, str(error))
        except (EngineError, BpmnError, OrgError, *_OF_THE_JOB) as error:
            self._put_off(job, str(error))
        except StoreError as error:
            _log.warning("job %s: %s", job.id, error)
            self._give_back([job])
        except Exception as error:
            _log.exception("job %s", job.id)
            self._put_off(job, f"{type(error).__name__}: {error}"[:500])

    def _stick(self, job: JobRow, why: str) -> None:
        self._after(job, lambda writing: jobs.stick(writing, job, why))

    def _put_off(self, job: JobRow, why: str) -> None:
        def work(writing: Writing) -> None:
            jobs.back_off(writing, job, why, self._chance)

        self._after(job, work)

    def _give_back(self, held: Sequence[JobRow]) -> None:
        def work(writing: Writing) -> None:
            for job in held:
                jobs.give_back(writing, job)

        if held:
            self._after(held[0], work)

    def _after(self, job: JobRow, work: Callable[[Writing], None]) -> None:
        """Say what became of a job; if even that fails its lease runs out."""
        try:
            self._store.perform(work)
        except StoreError as error:
            _log.warning("job %s: %s", job.id, error)

    def _within(self, work: Callable[[Writing], None]) -> None:
        self._store.perform(work, tries=_TRIES, within=_WITHIN)

    # Inside

    def _timer(self, job: JobRow) -> None:
        """A timer is due."""

        def work(writing: Writing) -> None:
            case = self._engine.live(writing, writing.case(job.case), max(self._clock(), job.run_at))
            jobs.finish(writing, job)
            if case.row.state != "active":
                return  # over: nothing rings there; suspended: its timers come back with it
            try:
                case.run.fire(job.token, {}, case.now)
            except (NoSuchToken, NotWaiting):
                return  # what it was set for is over
            writing.save(case.effects())

        self._within(work)

    def _message(self, job: JobRow) -> None:
        """Something was thrown that others may wait for: cases here, or somebody outside."""
        told = json.loads(job.body)
        about = json.loads(told["correlation"]) if told["correlation"] else {}
        command = Command(do=told["kind"], by=ITSELF, name=told["name"], data=told["data"] or {}, correlation=about)

        def work(writing: Writing) -> None:
            self._engine.apply(writing, command, self._clock(), lambda: jobs.finish(writing, job))

        try:
            self._within(work)
        except NobodyWaits:
            self._unheard(job, told)

    def _unheard(self, job: JobRow, told: Mapping[str, Any]) -> None:
        """Nobody waits for what was thrown: it goes outside where it has a way there, or is gone.

        A message that a procedure can wait for is kept and tried again: its case may come to the place only later.
        """
        is_message = told["kind"] == "message"
        is_sent = is_message and bool(self._outgoing.routes.get(told["name"]))
        if is_message and not is_sent and self._engine.is_heard(told["name"]):
            raise NobodyWaits(told["name"])

        def work(writing: Writing) -> None:
            jobs.finish(writing, job)
            jobs.add(writing, [self._outside(job, told)] if is_sent else [])

        self._within(work)

    def _outside(self, job: JobRow, told: Mapping[str, Any]) -> JobRow:
        """The call that brings a message outside; its key stays that of the message."""
        body = json.dumps({"element": told["element"], "name": told["name"], "data": told["data"]}, ensure_ascii=False)
        return JobRow(id=f"{job.id}:out", case=job.case, kind="call", run_at=self._clock(), body=body)

    def _start(self, job: JobRow) -> None:
        """A timer starts a case, unless a newer version has other starts by now."""
        told = json.loads(job.body)
        start = StartRow(
            procedure=told["procedure"],
            process=told["process"],
            element=told["element"],
            kind="timer",
            name=told["text"],
        )

        def work(writing: Writing) -> None:
            if start not in writing.starts("timer", start.name):
                jobs.finish(writing, job)
                return
            command = Command(do="start", by=ITSELF, procedure=start.procedure, to=start.element)
            self._engine.apply(writing, command, max(self._clock(), job.run_at), lambda: jobs.finish(writing, job))
            if told["period"] and told["left"]:
                again = start_job(start, job.run_at, self._engine.settings.timezone, told["period"], told["left"])
                jobs.add(writing, [again] if again is not None else [])

        self._within(work)

    def _root(self, job: JobRow) -> None:
        """Make the hourly root, and plan the next; once a day remove old keys of commands and jobs that are done."""
        now = self._clock()
        roots.keep(self._store, now)
        following = _root_job(now)

        def work(writing: Writing) -> None:
            jobs.finish(writing, job)
            jobs.add(writing, [following])

        self._within(work)
        if following.run_at.date() > job.run_at.date():
            jobs.sweep(self._store, now - jobs.KEPT)

    def _plan_root(self) -> None:
        if "root" not in self._kinds:
            return
        try:
            self._store.perform(lambda writing: jobs.add(writing, [_root_job(self._clock())]))
        except StoreError as error:
            _log.warning("the hourly root: %s", error)

    # Outside

    def _call(self, job: JobRow) -> None:
        """Make a call; what comes back completes the step that waits for it."""
        name, body = self._asked(job)
        answer = self._sent(name, job.id.removesuffix(":out"), body)
        check_data(answer)

        def work(writing: Writing) -> None:
            if not job.token:
                jobs.finish(writing, job)
                return
            case = self._engine.live(writing, writing.case(job.case), self._clock())
            jobs.finish(writing, job)
            if case.row.state != "active":
                return
            case.record("answered", element=body["element"], data=answer)
            try:
                case.run.complete(job.token, answer, case.now)
            except (NoSuchToken, NotWaiting):
                return  # nobody waits for the answer any more
            writing.save(case.effects())

        self._within(work)

    def _asked(self, job: JobRow) -> tuple[str, dict[str, Any]]:
        """The name of a call, and what it brings: where it comes from, and the data its step reads."""
        told = json.loads(job.body)
        body = {"key": job.id, "case": job.case, "element": told["element"], "data": told.get("data", {})}
        if job.token:
            with self._store.reading() as reading:
                case = self._engine.live(reading, reading.case(job.case), self._clock())
                body |= {"process": case.row.process, "data": case.run.data()}
        return told["name"], body

    def _notice(self, job: JobRow) -> None:
        """Tell somebody something."""
        body: dict[str, Any] = json.loads(job.body)
        self._sent("notice", job.id, {"key": job.id, "case": job.case, **body})
        self._within(lambda writing: jobs.finish(writing, job))

    def _sent(self, name: str, key: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send something outside, for as long as it may take; what hangs is left behind."""
        result: list[Mapping[str, Any]] = []
        errors: list[Exception] = []

        def send() -> None:
            try:
                result.append(self._outgoing.send(name, key, body))
            except Exception as error:
                errors.append(error)

        thread = Thread(target=send, name=f"zaizao-call-{name}"[:60], daemon=True)
        thread.start()
        thread.join(self._outgoing.seconds)
        if errors:
            raise errors[0]
        if not result:
            raise JobHangs(name)
        return result[0]


def _root_job(now: datetime) -> JobRow:
    """The job of the next full hour's root."""
    hour = now.replace(minute=0, second=0, microsecond=0) + _AN_HOUR
    return JobRow(id=f"root:{hour.isoformat()}", kind="root", run_at=hour)
