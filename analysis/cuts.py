"""What the four cuts count in one file: its steps, and the hand-ins, materials and visits of one case.

Steps count the drawing. Hand-ins and visits are the largest number one case can meet without repeating a loop: what
follows one another and what runs in parallel adds up, of branches that exclude each other the most counts, a loop
counts once with its way back, and each step once. Pools joined by message flows add up, and so does what an event may
begin beside the flow. A hand-in is one material at one step, whatever its copies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Generic

from analysis.extent import steps_of
from analysis.marking import Choice, Choices, Net, Puts, Takes, TooLarge, explore
from analysis.runs import Amount, Edge, Largest, Scale, Sets, best_run, components
from bpmn import blocks
from bpmn.begin import processes_of
from bpmn.blocks import Block, Rest
from bpmn.control_flow import control_flow
from bpmn.model import Model, Node


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What is counted in one file."""

    steps: int
    #: The most a case can meet: papers handed in, different ones among them, and visits.
    materials: int
    distinct: int
    visits: int
    #: Which of the three may be more than any case can meet, because the drawing is too tangled to decide it.
    bounds: tuple[str, ...] = ()


def counts(model: Model) -> Counts:
    """Count the steps of a file and what one case can meet; near-linear, but for tangled parts within a budget."""
    structure = _Structure(model)
    steps_with = Counter(name for node in model.nodes for name in handed_in(node))
    names = {name: 1 << bit for bit, name in enumerate(sorted(steps_with))}
    sets = Sets(lone=sum(names[name] for name, steps in steps_with.items() if steps == 1))
    materials = _Counted(structure, lambda node: len(handed_in(node)))
    visits = _Counted(structure, lambda node: int(node.step is not None and node.step.visit))
    distinct = _Most(structure, sets, lambda node: (sum(names[name] for name in handed_in(node)),))
    found = {
        "materials": materials.of_procedure().bit_count(),
        "distinct": max(bits.bit_count() for bits in distinct.of_procedure()),
        "visits": visits.of_procedure().bit_count(),
    }
    is_bound = {
        "materials": materials.is_bound,
        "distinct": distinct.is_bound or sets.is_bound,
        "visits": visits.is_bound,
    }
    bounds = tuple(name for name, bound in is_bound.items() if bound)
    return Counts(steps=len(steps_of(model)), bounds=bounds, **found)


def handed_in(node: Node) -> frozenset[str]:
    """The names of the materials the applicant hands in at a step."""
    if not node.is_activity:
        return frozenset()
    return frozenset(item.name for item in node.materials if item.use == "needs" and item.origin == "applicant")


class _Structure:
    """The blocks of a model, and its processes in such an order that what is called comes before its caller."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.flow = control_flow(model)
        self.blocks = blocks.decompose(self.flow)
        calls: dict[str, list[str]] = {process.id: [] for process in model.processes}
        for node in model.nodes:
            if node.called in model.process and node.process in calls:
                calls[node.process].append(node.called)
        called = {target for targets in calls.values() for target in targets}
        own = model.procedure_process
        offices = processes_of(model) - model.applicant_processes
        #: The processes that are not counted where they are called.
        self.begun = {
            process for process in offices if process not in called or (own is not None and process == own.id)
        }
        index = {process: number for number, process in enumerate(calls)}
        names = list(calls)
        numbered = {index[process]: [index[target] for target in targets] for process, targets in calls.items()}
        #: Processes that call each other stand together.
        self.order = [[names[number] for number in sorted(component)] for component in components(numbered)]
        self.order = [together for together in self.order if offices.intersection(together)]


class _Most(Generic[Amount]):
    """The most of one kind of thing that a case can meet."""

    def __init__(self, structure: _Structure, scale: Scale[Amount], weigh: Callable[[Node], Amount]) -> None:
        self.structure = structure
        self.scale = scale
        self.weigh = weigh
        self.is_bound = False
        self.of_process: dict[str, Amount] = {}

    def of_procedure(self) -> Amount:
        """All pools together. Processes that call each other are one in this: none is met twice."""
        for together in self.structure.order:
            total = self._sum(self._of_process(process) for process in together)
            self.of_process.update(dict.fromkeys(together, total))
        return self._sum(self.of_process[process] for process in sorted(self.structure.begun))

    def _of_process(self, process: str) -> Amount:
        total = self.scale.nothing
        for scope, block in zip(self.structure.flow.scopes, self.structure.blocks, strict=True):
            if scope.process != process or not (scope.parent < 0 or scope.triggered):
                continue
            amount = blocks.fold(block, self._combine)
            # Whether what an event begins excludes the rest of the flow is not decided here.
            self.is_bound = self.is_bound or (scope.triggered and amount != self.scale.nothing)
            total = self.scale.add(total, amount)
        return total

    def _combine(self, block: Block, inside: Sequence[Amount]) -> Amount:
        if isinstance(block, blocks.Leaf):
            return self._of_node(self.structure.model.node[block.node])
        if isinstance(block, blocks.Exclusive):
            return self._best(inside)
        if isinstance(block, blocks.Inclusive):
            return self._of_inclusive([branch.role for branch in block.branches], inside)
        if isinstance(block, Rest) and block.kind == "exclusive":
            return self._of_choices(block, inside)
        if isinstance(block, Rest) and block.kind == "mixed":
            return self._of_mixed(block, inside)
        return self._sum(inside)

    def _of_node(self, node: Node) -> Amount:
        if node.called in self.of_process:
            return self.scale.add(self.weigh(node), self._called(self.of_process[node.called]))
        return self.weigh(node)

    def _called(self, amount: Amount) -> Amount:
        """What is met in a called process, at one of its calls."""
        return amount

    def _of_inclusive(self, roles: Sequence[str], inside: Sequence[Amount]) -> Amount:
        """All that may be taken together, or else the default with what is always taken."""
        chosen = self._sum(amount for role, amount in zip(roles, inside, strict=True) if role != "default")
        if "default" not in roles:
            return chosen
        default = self._sum(amount for role, amount in zip(roles, inside, strict=True) if role != "choice")
        return self.scale.best(chosen, default)

    def _of_choices(self, rest: Rest, inside: Sequence[Amount]) -> Amount:
        edges = [Edge(edge.source, edge.target, amount) for edge, amount in zip(rest.edges, inside, strict=True)]
        return self._run(edges)

    def _of_mixed(self, rest: Rest, inside: Sequence[Amount]) -> Amount:
        """Follow the tokens where choices and parallel branches are not nested; where that is too much, a bound."""
        if all(amount == self.scale.nothing for amount in inside):
            return self.scale.nothing
        net, work = _net_of(rest)
        amounts = {place: amount for place, amount in zip(work, inside, strict=True) if amount != self.scale.nothing}
        try:
            steps = explore(net, (0,), _every_choice(net, rest, amounts.keys()))
        except TooLarge:
            self.is_bound = True
            return self._sum(inside)
        over = max(step.source for step in steps) + 1
        return self._run(
            [
                Edge(
                    step.source,
                    over if step.target < 0 else step.target,
                    self._sum(amounts[place] for place in step.passed),
                )
                for step in steps
            ]
        )

    def _run(self, edges: Sequence[Edge[Amount]]) -> Amount:
        run = best_run(edges, 0, self.scale)
        self.is_bound = self.is_bound or run.is_bound
        return run.amount

    def _sum(self, amounts: Iterable[Amount]) -> Amount:
        total = self.scale.nothing
        for amount in amounts:
            total = self.scale.add(total, amount)
        return total

    def _best(self, amounts: Iterable[Amount]) -> Amount:
        best = self.scale.nothing
        for amount in amounts:
            best = self.scale.best(best, amount)
        return best


class _Counted(_Most[int]):
    """The most things a case can meet, each step's own: what two steps or two calls bring is counted twice."""

    def __init__(self, structure: _Structure, number: Callable[[Node], int]) -> None:
        super().__init__(structure, Largest(), lambda node: self._new(number(node)))
        self.used = 0

    def _new(self, number: int) -> int:
        """So many things never met before."""
        self.used += number
        return ((1 << number) - 1) << (self.used - number)

    def _called(self, amount: int) -> int:
        return self._new(amount.bit_count())


#: How each place of a rest takes and puts tokens.
_GAME: Mapping[str, tuple[Takes, Puts]] = {
    "entry": ("any", "all"),
    "exit": ("any", "all"),
    "terminate": ("any", "terminate"),
    "exclusive": ("any", "choice"),
    "parallel": ("all", "all"),
    "inclusive-split": ("any", "choice"),
    "inclusive-join": ("some", "all"),
}


def _net_of(rest: Rest) -> tuple[Net, list[int]]:
    """The token game of a rest, its begin on edge 0, and the place that stands for the work on each of its edges."""
    net = Net()
    for place in rest.places:
        takes, puts = _GAME[place.kind]
        net.place(takes=takes, puts=puts)
    net.edge(-1, 0)
    work = []
    for edge in rest.edges:
        middle = net.place()
        net.edge(edge.source, middle)
        net.edge(middle, edge.target)
        work.append(middle)
    everything = frozenset(range(len(net.targets)))
    for ended in net.places:
        if ended.puts == "terminate":
            ended.inside = everything
    return net, work


def _every_choice(net: Net, rest: Rest, noted: Set[int]) -> Choices:
    """Any way of an exclusive place; of an inclusive one all that may be taken together, and the default."""
    # Edge 0 is the begin; each edge of the rest became two, around the place of its work.
    roles = {1 + 2 * number: edge.branch.role for number, edge in enumerate(rest.edges)}

    def at(place: int) -> list[Choice]:
        leaving = net.places[place].leaving
        if rest.places[place].kind == "exclusive":
            return [Choice(share=1.0, edges=(edge,)) for edge in leaving]
        chosen = tuple(edge for edge in leaving if roles[edge] != "default")
        default = tuple(edge for edge in leaving if roles[edge] != "choice")
        return [Choice(share=1.0, edges=edges) for edges in dict.fromkeys((chosen, default))]

    return Choices(at=at, notes=noted.__contains__)
