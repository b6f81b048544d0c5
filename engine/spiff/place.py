"""What stands in the shared, read-only specification: places tokens come to, and flows between them.

Every place is a SpiffWorkflow task specification. `Task.run` asks `_run_hook`, which does what happens there and says
whether the token goes on (true) or rests (none); `_on_complete_hook` then puts tokens on what follows.
A flow is a specification no task is ever made of: it resolves to the place it leads to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.specs.base import TaskSpec

from engine.spiff.frontier import Wait
from engine.spiff.token import Token

if TYPE_CHECKING:
    from bpmn.model import Node
    from engine.spiff.trigger import Trigger


class Specification(BpmnProcessSpec):  # type: ignore[misc]  # SpiffWorkflow has no types
    """Everything a program has places for, by name; no start and end of its own."""

    def __init__(self, name: str) -> None:
        # The constructor of BpmnProcessSpec adds places of its own, whose names could be those of elements.
        WorkflowSpec.__init__(self, name=name)


class Flow(TaskSpec):  # type: ignore[misc]
    """A sequence flow: where it leads, and what is told when it is taken."""

    def __init__(self, spec: Specification, name: str, flow: str, target: Place, title: str = "") -> None:
        super().__init__(spec, name)
        #: Its id in the model.
        self.flow = flow
        #: What people call it.
        self.title = title
        self.target = target


class Place(BpmnTaskSpec):  # type: ignore[misc]
    """Where a token can be: it passes at once, tells so, and goes on by every flow."""

    #: Whether a token here keeps its scope open.
    weighs = True
    #: Whether a token here holds others.
    is_scope = False
    #: Whether a token here holds rounds or instances of one activity; is a transaction; an event sub-process.
    repeats = False
    is_transaction = False
    is_event_frame = False
    #: Whether a token here outlives the interruption of its scope: what only remembers something.
    stays = False
    #: Whether a token here has data of its own, and whether it sees those around it.
    has_data = False
    sees_out = True
    #: The events a token here waits for or throws, and whether a token that comes here by a flow waits for them itself.
    triggers: tuple[Trigger, ...] = ()
    awaits = False
    #: Whether a token here remembers the flow it came by.
    keeps_flow = False
    #: What a token here that went on tells of.
    tells = "passed"

    def __init__(self, spec: Specification, name: str, node: Node | None) -> None:
        super().__init__(spec, name)
        #: The node of the model; none for a process.
        self.node = node
        #: Its id in the model; empty for what is not drawn.
        self.element = node.id if node is not None else ""
        #: What follows: flows, or places without a drawn flow. Where conditions choose, the one place that chooses.
        self.exits: list[Any] = []
        #: How many tokens go out on each.
        self.gives = 1
        #: What tokens at call activities put before the ids of the elements called.
        self.prefix = ""

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """Nothing is looked ahead: tokens are made where they are."""

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready(self, my_task: Token) -> None:
        my_task.workflow.queue.append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        if self.tells and self.element:
            my_task.workflow.tell(self.tells, my_task)
        self.leave(my_task)

    def leave(self, token: Token) -> None:
        """Put tokens on what follows."""
        for _ in range(self.gives):
            token._sync_children(self.exits)

    def waits(self, token: Token) -> Wait | None:
        """What a token that rests here waits for; none where only other tokens move it."""
        return None

    def close(self, token: Token) -> None:
        """Of a scope: no token is left in it that keeps it open."""

    def fired(self, token: Token) -> None:
        """What a token here waits for has happened."""
