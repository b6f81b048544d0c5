"""What the tokens ask of the world around a case: clocks, decisions, chance. Handed in; nothing here is global."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bpmn.expression import Environment
from bpmn.model import Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """When a timer rings, and how it goes on after that."""

    at: datetime
    #: Of a cycle: the text of its period, asked for anew, counted from the last moment, each time it rings.
    again: str = ""
    #: Of a cycle: how often more it rings; -1 without end.
    left: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What a decision answers, and how that came about."""

    #: By the names of the outputs.
    outputs: Mapping[str, Any]
    #: For the record: the rules that held and what was asked, as plain data.
    reasons: Mapping[str, Any]


class World(Protocol):
    """Everything outside a case that its tokens need. Its answers are facts: they are asked once and kept."""

    def environment(self, now: datetime) -> Environment:
        """Give what expressions may ask for at a moment."""

    def due(self, node: Node, text: str, at: datetime) -> Due:
        """Say when a timer rings whose text is given (expressions are worked out), counted from a moment."""

    def route(self, element: str, flow_ids: Sequence[str], at: datetime) -> Sequence[str] | None:
        """Say which flows a choice takes; none where its conditions decide."""

    def decide(self, decision_id: str, data: Mapping[str, Any]) -> Ruling:
        """Evaluate a decision over the data of the case."""

    def done_here(self, node: Node) -> bool:
        """Whether an automatic step that names nothing to do is passed at once; else it waits as a job."""
