"""Events that are waited for: between flows, behind event-based gateways, on the edge of activities, at starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.frontier import Wait
from engine.spiff.place import Place
from engine.spiff.token import STARTED, Token
from engine.spiff.trigger import TELLS, Trigger
from engine.spiff.waiting import await_, holds_anew, rings_again, triggers_of, wait_for

if TYPE_CHECKING:
    from bpmn.model import Node
    from engine.spiff.place import Specification
    from engine.spiff.scopes import EventFrame


class Waiting(Place):
    """A place some token waits at for an event: one of several definitions, or all of them."""

    def __init__(self, spec: Specification, name: str, node: Node, triggers: tuple[Trigger, ...]) -> None:
        super().__init__(spec, name, node)
        self.triggers = triggers
        self.needs_all = node.parallel_multiple and len(triggers) > 1

    def waits(self, token: Token) -> Wait | None:
        """What a token here waits for."""
        for trigger in triggers_of(token):
            return wait_for(token, trigger)
        return wait_for(token, None) if self.awaits and not self.triggers and "h" not in token.more else None

    def ask(self, token: Token) -> bool:
        """Whether the condition a token waits for came to hold; then it acts."""
        trigger = next(triggers_of(token))
        if not holds_anew(token, trigger):
            return False
        self.fired(token)
        return True

    def is_last(self, arm: Token, host: Token) -> bool:
        """Whether what happened is enough; of several that must all come, each that came goes."""
        if not self.needs_all:
            return True
        arm.workflow.remove(arm, "done")
        return not any(other.task_spec is self for other in host.arms)


def arm(place: Waiting, scope: Token, host: Token) -> None:
    """Let a token's events be waited for, one token each."""
    case = host.workflow
    for number, trigger in enumerate(place.triggers):
        token = case.grow(place, scope, {"h": host.id, "n": number} if number else {"h": host.id}, weighs=False)
        token._set_state(STARTED)
        host.arms.append(token)
        if await_(token, trigger):
            case.happened.append((token, trigger))


class Catch(Waiting):
    """An event between flows, or a receive task: the token waits."""

    awaits = True

    def _run_hook(self, my_task: Token) -> bool | None:
        if len(self.triggers) > 1:
            arm(self, my_task.scope, my_task)
            return None
        if self.triggers and await_(my_task, self.triggers[0]):
            told = TELLS.get(self.triggers[0].kind)
            if told:
                my_task.workflow.tell(told, my_task)
            return True
        return None

    def fired(self, token: Token) -> None:
        """What a token here waits for has happened."""
        if "h" not in token.more:
            token.complete()
            return
        host = token.workflow.tasks[token.more["h"]]
        if host.task_spec is not self:
            host.task_spec.chosen(host, token)
        elif self.is_last(token, host):
            host.complete()


class EventGateway(Place):
    """Waits for what follows it: the first event that happens takes the token, the others are called off."""

    def _run_hook(self, my_task: Token) -> bool | None:
        for flow in self.exits:
            arm(flow.target, my_task.scope, my_task)
        return None

    def chosen(self, host: Token, armed: Token) -> None:
        """One of the events has happened: its token goes on behind it."""
        place = armed.task_spec
        if not place.is_last(armed, host):
            return
        case = host.workflow
        flow = next(flow for flow in self.exits if flow.target is place)
        case.tell("passed", host)
        case.remove(armed, "done")
        following = case.put_on(host, flow)
        case.remove(host, "done")
        following.complete()


class Beside(Waiting):
    """An event that is waited for while something else goes on, and may happen more than once."""

    def goes_on(self, armed: Token, host: Token) -> None:
        """After an event that does not interrupt: whether it is waited for again."""
        case = armed.workflow
        if self.needs_all:
            arm(self, armed.scope if armed.id in case.tasks else host.scope, host)
            return
        trigger = next(triggers_of(armed))
        if trigger.kind == "timer" and not rings_again(armed):
            case.remove(armed, "done")
        elif trigger.kind == "message":
            case.touch(armed)
            if await_(armed, trigger):
                case.happened.append((armed, trigger))


class Boundary(Beside):
    """An event on the edge of an activity."""

    def __init__(
        self, spec: Specification, name: str, node: Node, triggers: tuple[Trigger, ...], *, interrupting: bool
    ) -> None:
        super().__init__(spec, name, node, triggers)
        self.interrupting = interrupting

    def fired(self, token: Token) -> None:
        """What a token here waits for has happened."""
        case = token.workflow
        host = case.tasks[token.more["h"]]
        scope = host.scope
        if not self.is_last(token, host):
            return
        if self.interrupting:
            case.remove(token, "done")
            case.remove(host)
        else:
            self.goes_on(token, host)
        case.enter(self, scope)


class EventStart(Beside):
    """The start of an event sub-process: waited for while the scope around it goes on."""

    #: The sub-process it begins, and whether that ends what goes on around it.
    frame: EventFrame
    interrupting = True

    def fired(self, token: Token) -> None:
        """What a token here waits for has happened."""
        case = token.workflow
        scope = case.tasks[token.more["h"]]
        if not self.is_last(token, scope):
            return
        if self.interrupting:
            case.remove(token, "done")
            for other in list(scope.inside.values()):
                if not other.task_spec.stays:
                    case.remove(other)
        else:
            self.goes_on(token, scope)
        self.frame.begin_at(scope, self)
