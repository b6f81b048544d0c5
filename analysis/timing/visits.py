"""How often a case comes to each step, and with that its mean hand-ins and visits: plain arithmetic.

From the outside in: what comes into a block is handed on to the blocks inside it, by their shares. In a loop, and where
several ways lead on and back, what comes to each place is the solution of linear equations: what enters it plus what
every place before it sends (Kemeny and Snell, Finite Markov Chains, 1960).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.timing.structure import Irreducible, Structure
from bpmn.block import Block, Exclusive, Frame, Inclusive, Leaf, Loop, Parallel, Rest, children, fold
from bpmn.model import Node

#: Larger systems of equations are not solved.
_MOST_PLACES = 1_500


@dataclass(frozen=True, kw_only=True)
class Visits:
    """What a mean case meets."""

    #: How often it comes to each step of an office.
    steps: Mapping[str, float]
    #: Papers it hands in, and how often its applicant has to come.
    hand_ins: float
    in_person: float


def visits(structure: Structure) -> Visits:
    """Count what a mean case meets; raises Irreducible where time or a rejection beside others breaks steps off."""
    counting = _Counting(structure)
    counting.run()
    found = {
        name: times
        for name, times in counting.met.items()
        if structure.model.node[name].is_step and structure.model.node[name].called not in structure.pools.called
    }
    nodes = [(structure.model.node[name], times) for name, times in found.items()]
    own = [(node, times) for node, times in nodes if not structure.model.is_applicants(node)]
    return Visits(
        steps=found,
        hand_ins=sum(_papers(node) * times for node, times in own),
        in_person=sum(times for node, times in own if node.step is not None and node.step.visit),
    )


def _papers(node: Node) -> int:
    """The papers the applicant hands in at a step, each once."""
    return len({item.name for item in node.materials if item.use == "needs" and item.origin == "applicant"})


class _Counting:
    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.met: dict[str, float] = {}
        #: The share of what enters a block that leaves it again; the rest is turned down in it.
        self.passes: dict[int, float] = {}
        self.passes_called: dict[str, float] = {}
        #: How often each process is called.
        self.calls: dict[str, float] = {}

    def run(self) -> None:
        """Count from the whole procedure inward."""
        for node in self.structure.met:
            if self.structure.keys(node):
                raise Irreducible("boundary-timer", node)
        calls = self.structure.calls or ()
        blocks = self.structure.pools.called
        for process in calls:
            self.passes_called[process] = fold(blocks[process], self._pass)
        fold(self.structure.tree, self._pass)
        self._enter(self.structure.tree, 1.0)
        # Each after all that call it.
        for process in reversed(calls):
            self._enter(blocks[process], self.calls.get(process, 0.0))

    def _enter(self, tree: Block, times: float) -> None:
        """Count what is met inside a block that is come to so often."""
        waiting: list[tuple[Block, float]] = [(tree, times)]
        while waiting:
            block, times = waiting.pop()
            if not isinstance(block, Leaf):
                waiting.extend(zip(children(block), self._inward(block, times), strict=True))
                continue
            self.met[block.node] = self.met.get(block.node, 0.0) + times
            node = self.structure.model.node.get(block.node)
            if node is not None and node.called in self.passes_called:
                self.calls[node.called] = self.calls.get(node.called, 0.0) + times * self._rounds(block.node)

    def _rounds(self, node: str) -> float:
        if self.structure.times(node).rounds != 1.0 and self.structure.model.node[node].loop is not None:
            return self.structure.times(node).rounds
        return 1.0

    def _pass(self, block: Block, inside: Sequence[float]) -> float:
        """Which share of the cases that come to a block leave it."""
        share = self._passed(block, inside)
        self.passes[id(block)] = share
        return share

    def _passed(self, block: Block, inside: Sequence[float]) -> float:
        if isinstance(block, Leaf):
            node = self.structure.model.node.get(block.node)
            if node is None:
                return 1.0
            return (1.0 - self.structure.rejects(node)) * self.passes_called.get(node.called, 1.0)
        if isinstance(block, Exclusive):
            weights = self.structure.weights(block.node, [branch.flows for branch in block.branches])
            return sum(weight * share for weight, share in zip(weights, inside, strict=True))
        if isinstance(block, Loop):
            again = self._again(block)
            return inside[0] * (1.0 - again) / (1.0 - inside[0] * again * inside[1])
        if isinstance(block, Parallel | Inclusive) or (isinstance(block, Rest) and block.kind == "parallel"):
            if any(share < 1.0 for share in inside):
                raise Irreducible("rejects-in-parallel", getattr(block, "node", ""))
            return 1.0
        if isinstance(block, Rest):
            return self._solved(block, inside)[0]
        if isinstance(block, Frame) and self._rounds(block.node) != 1.0 and inside[0] < 1.0:
            raise Irreducible("rejects-in-rounds", block.node)
        share = 1.0
        for passed in inside:
            share *= passed
        return share

    def _again(self, block: Loop) -> float:
        again, _ = self.structure.weights(block.node, [block.back.flows, block.exits])
        if again > 1.0 - 1e-12:
            raise Irreducible("endless-loop", block.node)
        return again

    def _inward(self, block: Block, times: float) -> list[float]:
        """What comes to each of the blocks inside a block."""
        passes = [self.passes[id(child)] for child in children(block)]
        if isinstance(block, Exclusive):
            weights = self.structure.weights(block.node, [branch.flows for branch in block.branches])
            return [times * weight for weight in weights]
        if isinstance(block, Inclusive):
            return [times * share for share in self._chances(block)]
        if isinstance(block, Loop):
            again = self._again(block)
            body = times / (1.0 - passes[0] * again * passes[1])
            return [body, body * passes[0] * again]
        if isinstance(block, Frame):
            return [times * self._rounds(block.node)]
        if isinstance(block, Rest) and {place.kind for place in block.places[2:]} <= {"exclusive"}:
            return [times * share for share in self._solved(block, passes)[1]]
        if isinstance(block, Parallel | Rest):
            return [times for _ in passes]
        found = []
        for passed in passes:
            found.append(times)
            times *= passed
        return found

    def _chances(self, block: Inclusive) -> list[float]:
        chances = [self.structure.probability(branch.flows[0]) for branch in block.branches]
        roles = [branch.role for branch in block.branches]
        none = 1.0
        for chance, role in zip(chances, roles, strict=True):
            none *= 1.0 - chance if role == "choice" else 1.0
        is_drawn_again = "always" not in roles and "default" not in roles
        known = {"always": 1.0, "default": none}
        scale = 1.0 / (1.0 - none) if is_drawn_again and none < 1.0 else 1.0
        return [known.get(role, chance * scale) for chance, role in zip(chances, roles, strict=True)]

    def _solved(self, block: Rest, passes: Sequence[float]) -> tuple[float, list[float]]:
        """What leaves a part of choices, and what comes to each of its ways, for one case that enters it."""
        nodes = [place.node for place in block.places]
        if not {place.kind for place in block.places[2:]} <= {"exclusive"} or len(nodes) > _MOST_PLACES:
            raise Irreducible("irreducible", next((node for node in nodes if node), ""))
        weights = self._weights(block)
        matrix = np.eye(len(nodes))
        for edge, weight, passed in zip(block.edges, weights, passes, strict=True):
            matrix[edge.target, edge.source] -= weight * passed
        entered = np.zeros(len(nodes))
        entered[0] = 1.0
        try:
            met = np.linalg.solve(matrix, entered)
        except np.linalg.LinAlgError:
            raise Irreducible("endless-loop", next((node for node in nodes if node), "")) from None
        return float(met[1]), [
            float(met[edge.source]) * weight for edge, weight in zip(block.edges, weights, strict=True)
        ]

    def _weights(self, block: Rest) -> list[float]:
        """The share of each way among those that leave its place."""
        leaving: dict[int, list[int]] = {}
        for number, edge in enumerate(block.edges):
            leaving.setdefault(edge.source, []).append(number)
        weights = [0.0] * len(block.edges)
        for place, numbers in leaving.items():
            flows = [block.edges[number].branch.flows for number in numbers]
            for number, weight in zip(numbers, self.structure.weights(block.places[place].node, flows), strict=True):
                weights[number] = weight
        return weights
