"""One case in one command: what is read of it, what is done to it, and all that is to be written, at once."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any

from bpmn.errors import BpmnError
from bpmn.history import DONE, Record
from engine.candidates import Membership, check_apart, check_person
from engine.command import Answer, Command, answer
from engine.errors import (
    CaseEnded,
    CaseSuspended,
    ClaimedByAnother,
    WrongData,
    WrongState,
)
from engine.lifecycle import CANDIDATE, CASE, HOLDER, ITEM, OPEN_CASE, OPEN_ITEM, Transition, allowed
from engine.procedures import Procedure
from engine.spiff.frontier import Changes, Frontier, Thrown, Wait
from engine.spiff.run import Run
from engine.spiff.values import NO_DATA, plain
from org import OrgError
from store import Reading
from store.errors import Stale
from store.moments import to_number
from store.rows import CaseRow, Effects, ItemRow, JobRow, KeptRecord, WaitRow

#: More open items than a case ever has.
_ALL = 100_000


class LiveCase:
    """A case under lock in one command.

    Operations (`engine.operations`) change it by `change`, `change_case` and `run`; nothing is written before `effects`
    is handed to the store.
    """

    def __init__(
        self,
        reading: Reading,
        row: CaseRow,
        procedure: Procedure,
        now: datetime,
        *,
        membership: Membership | None = None,
        is_new: bool = False,
        has_notices: bool = False,
    ) -> None:
        self._reading = reading
        self.row = row
        self.procedure = procedure
        #: Time never runs backwards in a case, whatever the clock of the machine says.
        self.now = max(now, row.latest)
        self._clock = now
        self.membership = membership
        self._is_new = is_new
        self._has_notices = has_notices
        self._run: Run | None = None
        self._records: list[Record] = []
        self._changed: dict[str, ItemRow] = {}
        self._new: list[ItemRow] = []
        self._jobs: list[JobRow] = []
        #: What is said of the completion of a token's step: who did it, with which data.
        self._told: dict[int, tuple[str, Mapping[str, Any]]] = {}
        #: Tokens whose timers and calls are put aside while the case is suspended.
        self.put_aside: list[int] = []

    # What is read

    @property
    def run(self) -> Run:
        """Its tokens, fetched when they are first needed."""
        if self._run is None:
            frontier = Frontier(
                last=self.row.tokens,
                tokens=self._reading.tokens(self.row.id),
                value=lambda scope, key: self._reading.value(self.row.id, scope, key),
                values=lambda scope: self._reading.values(self.row.id, scope),
            )
            self._run = Run.restore(self.procedure.program, self.procedure.world(self.now), frontier)
        return self._run

    def begin(self, data: Mapping[str, Any], start: str) -> None:
        """Put the first tokens of a new case."""
        self._run = Run.start(
            self.procedure.program, self.procedure.world(self.now), at=self.now, data=data, start=start
        )

    @cached_property
    def items(self) -> Mapping[int, ItemRow]:
        """Its open work items, as they were read, by token."""
        rows = self._reading.items(case=self.row.id, states=OPEN_ITEM, limit=_ALL) if not self._is_new else []
        return {row.token: row for row in rows}

    def history(self) -> Iterator[KeptRecord]:
        """Its records so far."""
        return self._reading.records(self.row.id)

    # Who may

    def check_case(self, operation: str) -> Transition:
        """The row of an operation on the case, if its state allows it."""
        return allowed(CASE, operation, self.row.state)

    def check_item(self, item: ItemRow, operation: str, person: str) -> Transition:
        """The row of an operation on an item, if its state and the case allow it to that person."""
        if operation == "claim" and item.person == person and item.state in ("claimed", "started"):
            raise WrongState(item.state)
        row = allowed(ITEM, operation, item.state)
        if self.row.state != "active":
            raise CaseSuspended(self.row.id) if self.row.state in OPEN_CASE else CaseEnded(self.row.id)
        if row.who == HOLDER and item.person:
            if item.person != person:
                raise ClaimedByAnother(item.person)
        elif row.who in (HOLDER, CANDIDATE):
            check_person(item, person, self.membership)
        if row.who in (HOLDER, CANDIDATE):
            self._check_apart(item, person)
        return row

    def _check_apart(self, item: ItemRow, person: str) -> None:
        own = item.element.rpartition("/")
        others = self.procedure.owners.apart.get(own[2], frozenset())
        if others:
            done = self._reading.items(case=self.row.id, states=("completed",), limit=_ALL)
            around = own[0] + own[1]
            check_apart(item, person, (one for one in done if one.element.removeprefix(around) in others))

    # What is changed

    def hold(self, item: ItemRow, operation: str, person: str) -> ItemRow:
        """The item in the hands of a person, who claims it by this where nobody has."""
        self.check_item(item, operation, person)
        return item if item.person else self.change(item, "claim", person=person)

    def change(
        self,
        item: ItemRow,
        operation: str,
        *,
        by: str = "",
        data: Mapping[str, Any] = NO_DATA,
        tells: bool = True,
        **changes: Any,
    ) -> ItemRow:
        """Let an operation change an item as the table says, and record it; `by` is who did it, else who holds it."""
        before = self._changed.get(item.id, item)
        row = allowed(ITEM, operation, before.state)
        is_held = bool(changes.get("person", before.person))
        after = before.evolve(state=row.follows(before.state, is_held=is_held), **changes)
        self._changed[item.id] = after
        if row.record and tells:
            self.record(row.record, element=item.element, person=by or after.person or before.person, data=data)
        return after

    def change_case(self, operation: str, command: Command, data: Mapping[str, Any] = NO_DATA, **changes: Any) -> None:
        """Let an operation change the case as the table says, and record it."""
        row = self.check_case(operation)
        self.row = self.row.evolve(state=row.follows(self.row.state), **changes)
        if row.record:
            self.record(row.record, person=command.by, data={**data, **command.why})

    def record(
        self, kind: str, *, element: str = "", person: str = "", flow: str = "", data: Mapping[str, Any] = NO_DATA
    ) -> None:
        """Add a record."""
        self._records.append(
            Record(
                case=self.row.id,
                kind=kind,
                at=self._clock,
                process=self.row.process,
                version=self.row.procedure,
                element=element,
                unit=self.procedure.owners.of(element).unit if element else "",
                person=person,
                flow=flow,
                data=data,
            )
        )

    def told(self, token: int, person: str, data: Mapping[str, Any]) -> None:
        """Say who does the step of a token, and with which data: its record will tell."""
        self._told[token] = (person, data)

    def add_job(self, job: JobRow) -> None:
        """Have something done by a worker."""
        self._jobs.append(job)

    def end(self, operation: str, command: Command) -> None:
        """End the case from outside: its tokens go, and with them items, waits and jobs."""
        self.change_case(operation, command, ended=self.now)
        self.run.terminate(self.now)

    # What is written

    def effects(self, done: ItemRow | None = None) -> Effects:
        """Everything to be written; `done` is the item whose step was done by this command."""
        effects = Effects(case=self.row, is_new=self._is_new)
        if self._run is not None:
            self._take(self._run.changes(), effects, done)
        effects.case = self.row
        effects.items = self._new
        effects.changed_items = list(self._changed.values())
        effects.jobs = self._jobs
        effects.records = self._records
        if self.put_aside:
            effects.jobs_gone = [*effects.jobs_gone, *self.put_aside]
        return effects

    def _take(self, changes: Changes, effects: Effects, done: ItemRow | None) -> None:
        """Turn what the tokens did into rows and records."""
        self.row = self.row.evolve(tokens=changes.last)
        effects.tokens, effects.gone = changes.tokens, changes.gone
        effects.values, effects.scopes_gone = changes.values, changes.scopes_gone
        for fact in changes.facts:
            person, data = self._told.get(fact.token, ("", {})) if fact.kind in DONE else ("", {})
            data = data or (plain(fact.data) if fact.data else {})
            # A flow says by itself where it begins.
            element = "" if fact.flow else fact.element
            self.record(fact.kind, element=element, person=person, flow=fact.flow, data=data)
        left = [token for token in changes.over if done is None or token != done.token]
        if left:
            self._withdraw(left)
            effects.waits_gone = effects.jobs_gone = left
        for number, thrown in enumerate(changes.thrown):
            self._throw(thrown, number)
        for wait in changes.waits:
            self._await(wait, effects)
        if changes.ended:
            self._end(changes)

    def _withdraw(self, tokens: Iterable[int]) -> None:
        """Take back the items of tokens that are gone."""
        for token in tokens:
            item = self.items.get(token)
            if item is not None and self._changed.get(item.id, item).state in OPEN_ITEM:
                self.change(item, "withdraw", ended=self.now)

    def _await(self, wait: Wait, effects: Effects) -> None:
        """Keep what a token waits for, so that a person or a worker finds it."""
        place = f"{self.row.id}:{wait.element}:{wait.token}"
        if wait.kind == "work":
            self._offer(wait)
        elif wait.kind in ("message", "signal"):
            effects.waits.append(
                WaitRow(
                    case=self.row.id,
                    token=wait.token,
                    element=wait.element,
                    kind=wait.kind,
                    name=wait.name,
                    correlation=wait.correlation,
                )
            )
        elif wait.kind == "timer" and wait.due is not None:
            self.add_job(self._job("timer", f"{place}:{to_number(wait.due)}", wait.token, wait.due))
        elif wait.kind == "job":
            body = json.dumps({"element": wait.element, "name": wait.name}, ensure_ascii=False)
            self.add_job(self._job("call", place, wait.token, self.now, body))
            self.record("called", element=wait.element)

    def await_again(self, wait: Wait) -> None:
        """After a suspension: have a timer or a call again."""
        if wait.kind in ("timer", "job"):
            self._await(wait, Effects(case=self.row))

    def _job(self, kind: str, id_: str, token: int, run_at: datetime, body: str = "") -> JobRow:
        return JobRow(id=id_, case=self.row.id, token=token, kind=kind, run_at=run_at, body=body)

    def _offer(self, wait: Wait) -> None:
        """Offer a step to those who may do it."""
        procedure = self.procedure
        node, owner = procedure.program.node(wait.element), procedure.owners.of(wait.element)
        candidates = ""
        if owner.assignments:
            environment = procedure.world(self.now).environment(self.now)
            try:
                candidates = owner.candidates({**self.run.data(), **wait.data}, environment)
            except BpmnError as error:
                raise WrongData(wait.element, str(error)) from error
        self._new.append(
            ItemRow(
                id=f"{self.row.id}-{wait.token}",
                case=self.row.id,
                token=wait.token,
                element=wait.element,
                name=node.name or node.id,
                unit=owner.unit,
                unit_name=owner.unit_name,
                post=owner.post,
                candidates=candidates,
                state="offered",
                since=self.now,
                due=self._due(wait.element),
            )
        )
        self.record("offered", element=wait.element)
        if self._has_notices:
            self._notify(self._new[-1])

    def _notify(self, item: ItemRow) -> None:
        """Have those who may do a step told of it; called off with the step."""
        said = {name: getattr(item, name) for name in ("element", "name", "unit", "unit_name", "post", "candidates")}
        said |= {"item": item.id, "due": item.due.isoformat() if item.due else None}
        key = f"{item.case}:{item.element}:{item.token}:notice"
        self.add_job(self._job("notice", key, item.token, self.now, json.dumps(said, ensure_ascii=False)))

    def _due(self, element: str) -> datetime | None:
        """When the step's own limit ends; none where it has none or its year has no calendar yet."""
        node = self.procedure.program.node(element)
        if node.step is None or node.step.limit is None:
            return None
        try:
            return self.procedure.office.clock_of(node).due(self.now, node.step.limit, node.step.limit_unit).due
        except OrgError:
            return None

    def _throw(self, thrown: Thrown, number: int) -> None:
        """Hand what leaves the case to a worker: other cases, or somebody outside, may wait for it."""
        if thrown.kind not in ("message", "signal"):
            return
        body = {"kind": thrown.kind, "name": thrown.name, "element": thrown.element}
        body |= {"correlation": thrown.correlation, "data": plain(thrown.data)}
        id_ = f"{self.row.id}:{thrown.element}:{self.row.version}.{number}"
        self.add_job(self._job("message", id_, 0, self.now, json.dumps(body, ensure_ascii=False)))

    def _end(self, changes: Changes) -> None:
        """Nothing is left to be done: the case is over."""
        if self.row.state in OPEN_CASE:
            row = self.check_case("break" if changes.ended == "failed" else "end")
            self.row = self.row.evolve(state=row.becomes, ended=self.now, outcome=self._outcome(changes))
        data = {"outcome": self.row.outcome} if self.row.outcome else {}
        self.record("ended", element=changes.end_element, data=data)

    def _outcome(self, changes: Changes) -> str:
        if changes.ended == "rejected":
            return "rejected"
        if changes.ended == "failed":
            return ""
        if not changes.end_element:
            return "granted"
        return self.procedure.program.node(changes.end_element).outcome or "granted"

    def answer(self, records: range) -> Answer:
        """What came of the command."""
        touched = (*self._changed.values(), *self._new)
        return answer(
            {
                "case": self.row.id,
                "process": self.row.process,
                "version": self.procedure.version,
                "digest": self.row.procedure,
                "state": self.row.state,
                "outcome": self.row.outcome,
                "records": list(records),
                "items": [described(item, self.procedure.office.zone) for item in touched if item.state in OPEN_ITEM],
            }
        )


def described(item: ItemRow, zone: tzinfo) -> dict[str, Any]:
    """A work item as answers and lists show it, its moments in a zone."""
    return {
        "item": item.id,
        "case": item.case,
        "element": item.element,
        "name": item.name,
        "unit": item.unit_name or item.unit,
        "person": item.person,
        "state": item.state,
        "since": item.since.astimezone(zone).isoformat(),
        "due": item.due.astimezone(zone).isoformat() if item.due is not None else None,
    }


def check_version(seen: int | None, stands: int, what: str) -> None:
    """Raise `Stale` where something has changed since it was looked at."""
    if seen is not None and seen != stands:
        raise Stale(what)
