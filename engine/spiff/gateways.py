"""Gateways that choose and join. SpiffWorkflow chooses, by conditions of our language; which tokens join is ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.MultiChoice import MultiChoice

from bpmn.expression import Expression
from engine.errors import NoWayOut
from engine.spiff.place import Flow, Place
from engine.spiff.token import WAITING, Token
from engine.spiff.waiting import is_true

if TYPE_CHECKING:
    from bpmn.model import Node
    from engine.spiff.place import Specification


class Condition(Operator):  # type: ignore[misc]  # SpiffWorkflow has no types
    """A condition of our language on a flow."""

    def __init__(self, expression: Expression) -> None:
        super().__init__(expression)

    def _matches(self, task: Token) -> bool:
        return is_true(task, self.args[0])


class Choice(Place):
    """What exclusive and inclusive choices share: who decides, and what is told."""

    def choose_by(self, token: Token) -> list[Flow] | None:
        """The flows somebody outside has chosen; none where the conditions decide."""
        if len(self.exits) < 2:
            return None
        case = token.workflow
        assert case.at is not None
        told = case.world.route(case.element_of(token), [flow.flow for flow in self.exits], case.at)
        return [flow for flow in self.exits if flow.flow in told] if told is not None else None

    def asked(self, token: Token) -> list[Flow]:
        """The flows that data under the name of the gateway choose, where no condition decides."""
        view = token.workflow.view(token)
        names = [self.element, *([self.node.name] if self.node is not None and self.node.name else [])]
        said = next((value for name in names if (value := view.get(name)) is not None), None)
        wanted = said if isinstance(said, (list, tuple)) else (said,)
        found = [flow for flow in self.exits if flow.flow in wanted or (flow.title and flow.title in wanted)]
        if not found:
            raise NoWayOut(token.workflow.element_of(token))
        return found

    def _on_complete_hook(self, my_task: Token) -> None:
        """The flows were taken when the choice was made."""

    def pass_by(self, token: Token) -> list[Flow] | None:
        """Tell that the gateway is passed, and take the flows somebody outside has chosen."""
        if self.tells:
            token.workflow.tell(self.tells, token)
        chosen = self.choose_by(token)
        if chosen is not None:
            token._sync_children(chosen)
        return chosen


class Exclusive(Choice, ExclusiveChoice):  # type: ignore[misc]
    """One token in, one token out, on the first flow whose condition holds, else on the default."""

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.pass_by(my_task) is not None or not self.exits:
            return True
        try:
            return bool(ExclusiveChoice._run_hook(self, my_task))
        except WorkflowException:
            my_task._sync_children(self.asked(my_task)[:1])
            return True


class Join(Place):
    """Waits for a token on every flow that leads to it, and takes one from each."""

    def __init__(self, spec: Specification, name: str, node: Node) -> None:
        super().__init__(spec, name, node)
        #: The flows that lead to it, by their ids in the model.
        self.entries: tuple[str, ...] = ()

    keeps_flow = True

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.entries) < 2:
            return True
        my_task._set_state(WAITING)
        first = first_on_each(my_task)
        if len(first) < len(self.entries):
            return False
        take(my_task, first.values())
        return True


class Parallel(Join):
    """A parallel gateway: joins, then splits."""


class Inclusive(Join, Choice, MultiChoice):  # type: ignore[misc]
    """Joins who can still come (BPMN 2.0.2, 13.4.3), then takes every flow whose condition holds."""

    def __init__(self, spec: Specification, name: str, node: Node) -> None:
        super().__init__(spec, name, node)
        #: Flows without condition: they are taken whatever the others are.
        self.always: list[Flow] = []

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.entries) < 2:
            return True
        my_task._set_state(WAITING)
        my_task.workflow.joining[my_task.id] = my_task
        return False

    def act(self, token: Token) -> bool:
        """Look at all other tokens: whether none can still come that counts, and so the join goes on."""
        first = first_on_each(token)
        if first.get(token.via) is not token or not self.is_complete(token, frozenset(first)):
            return False
        take(token, first.values())
        token._ready()
        return True

    def is_complete(self, token: Token, full: frozenset[str]) -> bool:
        """Whether no token elsewhere in the scope can come to an empty flow, that could not come to a full one."""
        empty = [entry for entry in self.entries if entry not in full]
        if not empty:
            return True
        case = token.workflow
        leads = case.program.leads_to(self)
        for other in token.scope.inside.values():
            case.spend(other)
            place = other.task_spec
            if place is self or not place.weighs or "h" in other.more:
                continue
            comes = any(place.name in leads[entry] for entry in empty)
            if comes and not any(place.name in leads[entry] for entry in full):
                return False
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.pass_by(my_task) is not None or not self.exits:
            return True
        matches, defaults = self._get_matching_outputs(my_task)
        chosen = matches or defaults
        if not chosen and not self.always:
            chosen = self.asked(my_task)
        my_task._sync_children([*self.always, *chosen])
        return True


class Rest(Place):
    """Where a complex gateway remembers which tokens of a round that is decided have come."""

    weighs = False
    tells = ""


class Counting(Inclusive):
    """A complex gateway that goes on with so many tokens, and takes those that still come without going on again."""

    def __init__(self, spec: Specification, name: str, node: Node, needs: int) -> None:
        super().__init__(spec, name, node)
        self.needs = needs
        self.rest = Rest(spec, f"{name}~", None)

    def act(self, token: Token) -> bool:
        """Whether the join goes on now."""
        for rest in token.scope.inside.values():
            if rest.task_spec is self.rest:
                return self._take_rest(token, rest)
        first = first_on_each(token)
        if first.get(token.via) is not token or len(first) < self.needs:
            return False
        if len(first) < len(self.entries):
            token.workflow.grow(self.rest, token.scope, {"s": sorted(first)})
        take(token, first.values())
        token._ready()
        return True

    def _take_rest(self, token: Token, rest: Token) -> bool:
        """A token comes after its round was decided; whether something changed."""
        case = token.workflow
        came = {*rest.more["s"], token.via}
        is_new = len(came) > len(rest.more["s"])
        if is_new:
            rest.more = {"s": sorted(came)}
            case.touch(rest)
            case.remove(token, "done")
        if self.is_complete(rest, frozenset(came)):
            case.remove(rest, "done")
            return True
        return is_new


def first_on_each(token: Token) -> dict[str, Token]:
    """The token that waits longest on each flow of a join."""
    place = token.task_spec
    token.workflow.spend(token, len(token.scope.inside) // 8)
    first: dict[str, Token] = {}
    for one in token.scope.inside.values():
        if one.task_spec is place and one._state == WAITING:
            first.setdefault(one.via, one)
    return first


def take(token: Token, others: Iterable[Token]) -> None:
    """A join takes its tokens: one goes on."""
    case = token.workflow
    case.joining.pop(token.id, None)
    for other in list(others):
        if other is not token:
            case.remove(other, "done")
    token.via = ""
    case.touch(token)
