"""Activities: work that waits for a person or an outgoing call, scripts, decisions, messages sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bpmn.expression import Expression
from engine.spiff.compensation import Record, remember, undone
from engine.spiff.events import Boundary, Catch, arm
from engine.spiff.frontier import Wait
from engine.spiff.place import Place
from engine.spiff.sending import send
from engine.spiff.token import WAITING, Token
from engine.spiff.trigger import Trigger
from engine.spiff.waiting import value_of

if TYPE_CHECKING:
    from bpmn.model import Node
    from engine.spiff.loops import Loop
    from engine.spiff.place import Specification


class Activity(Place):
    """A step or frame: its token rests until the work is done."""

    tells = "completed"

    def __init__(self, spec: Specification, name: str, node: Node) -> None:
        super().__init__(spec, name, node)
        #: The events on its edge that are waited for while it goes on.
        self.boundary: list[Boundary] = []
        #: Of one round or instance: the loop it is part of.
        self.loop: Loop | None = None
        #: How many tokens begin it.
        self.needs = node.start_quantity
        self.keeps_flow = self.needs > 1
        #: Where it can be undone: its record, and the step or event sub-process that undoes it.
        self.record: Record | None = None
        self.undone_by: Any = None
        #: Whether it stands in an ad-hoc sub-process.
        self.is_ad_hoc = False
        #: The message it sends when it is done, because a message flow leads out of it.
        self.sends: Trigger | None = None

    def _update_hook(self, my_task: Token) -> bool:
        if self.needs < 2 or "u" in my_task.more:
            return True
        my_task._set_state(WAITING)
        my_task.via = my_task.via or "~"
        here = [one for one in my_task.scope.inside.values() if one.task_spec is self and one._state == WAITING]
        if len(here) < self.needs:
            return False
        for other in here[: self.needs]:
            if other is not my_task:
                my_task.workflow.remove(other, "done")
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        my_task.via = ""
        result = self.work(my_task)
        if result is None and self.boundary:
            for event in self.boundary:
                arm(event, my_task.scope, my_task)
        return result

    def work(self, token: Token) -> bool | None:
        """Do what is to be done: whether it is done at once, or the token rests until somebody does it."""
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        if self.tells:
            my_task.workflow.tell(self.tells, my_task, my_task.made)
        if self.sends is not None and "u" not in my_task.more:
            send(my_task, self.sends)
        if self.record is not None and "u" not in my_task.more:
            remember(my_task)
        self.leave(my_task)

    def leave(self, token: Token) -> None:
        """Go on from here."""
        if self.loop is not None:
            self.loop.round_done(token)
        elif "u" in token.more:
            undone(token)
        else:
            super().leave(token)
        if self.is_ad_hoc and self.loop is None:
            token.scope.task_spec.step_done(token.scope)


class Work(Activity):
    """Work of a person, or an automatic step that calls something outside."""

    def __init__(self, spec: Specification, name: str, node: Node, *, is_automatic: bool, job: str) -> None:
        super().__init__(spec, name, node)
        self.is_automatic = is_automatic
        self.job = job

    def work(self, token: Token) -> bool | None:
        """Do it: whether it is done at once, or the token rests."""
        done = self.is_automatic and not self.job and token.workflow.world.done_here(self.node)  # type: ignore[arg-type]
        return True if done else None

    def waits(self, token: Token) -> Wait | None:
        """What a token here waits for."""
        if token._state == WAITING:
            return None  # it waits for other tokens to begin with
        case = token.workflow
        data: dict[str, Any] = {}
        instance = token.more.get("i", 0)
        if instance:
            data = {**(case.values.all(token.id) if self.has_data else {}), "loopCounter": instance}
        return Wait(
            token=token.id,
            element=case.element_of(token),
            kind="job" if self.is_automatic else "work",
            name=self.job,
            instance=instance,
            data=data,
        )


class Script(Activity):
    """A script of our language: each line assigns a value."""

    def __init__(self, spec: Specification, name: str, node: Node, lines: Sequence[tuple[str, Expression]]) -> None:
        super().__init__(spec, name, node)
        self.lines = tuple(lines)

    def work(self, token: Token) -> bool | None:
        """Do it: whether it is done at once, or the token rests."""
        for name, expression in self.lines:
            token.made[name] = value_of(token, expression)
            token.workflow.write(token, {name: token.made[name]})
        return True


class Decision(Activity):
    """A business rule task whose decision is at hand."""

    def work(self, token: Token) -> bool | None:
        """Do it: whether it is done at once, or the token rests."""
        assert self.node is not None
        case = token.workflow
        ruling = case.world.decide(self.node.decision, case.view(token))
        case.tell("decided", token, ruling.reasons)
        found = dict(ruling.outputs)
        if self.node.answer:
            is_one = len(found) == 1 and not self.node.answers_group
            found = {self.node.answer: next(iter(found.values())) if is_one else found}
        token.made = found
        case.write(token, token.made)
        return True


class Send(Activity):
    """A send task: the message goes out, and the token goes on."""

    def __init__(self, spec: Specification, name: str, node: Node, trigger: Trigger) -> None:
        super().__init__(spec, name, node)
        self.triggers = (trigger,)

    def work(self, token: Token) -> bool | None:
        """Do it: whether it is done at once, or the token rests."""
        send(token, self.triggers[0])
        return True


class Receive(Activity):
    """A receive task: a catching event with a box around it."""

    awaits = True

    def __init__(self, spec: Specification, name: str, node: Node, trigger: Trigger) -> None:
        super().__init__(spec, name, node)
        self.triggers = (trigger,)
        self.needs_all = False

    work = Catch._run_hook  # type: ignore[assignment]
    waits = Catch.waits
    fired = Catch.fired
    is_last = Catch.is_last
