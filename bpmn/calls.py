"""Call activities whose process is at hand: played as sub-processes that hold what is called.

A called process of the same file moves into its first call, so that its steps keep their ids; every further call, and
every call into another file, has a copy with the id of the call before each id. Lanes and units of the called process
hold for its steps. What the call itself says of time, rejections and papers is for the case that nothing is called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bpmn.model import Association, Lane, Model, Node, Root, SequenceFlow

#: Copies of copies grow without bounds; no file grows to more nodes.
_MOST_NODES = 50_000


@dataclass(frozen=True, kw_only=True)
class Flattened:
    """A model with its calls filled in, and the calls that cannot be: their ids by rule."""

    model: Model
    refused: Mapping[str, str]


def flattened(model: Model, library: Mapping[str, Model]) -> Flattened:
    """Fill in every call of a process that is in the model, else in one of a library, in its order.

    A process that calls itself, directly or through others, is not filled in, nor is a call beyond the largest size.
    """
    if not any(node.kind == "callActivity" and node.called for node in model.nodes):
        return Flattened(model=model, refused={})
    return _Filling(model, library).filled()


def called_task(call: Node, model: Model, library: Mapping[str, Model]) -> Root | None:
    """The global task a call activity calls, of its own model or else of a library in its order.

    A global task is one step: its call is not filled in, it is the step, done by whom and with what the task says
    (`Model.details_of` its id).
    """
    if call.kind != "callActivity" or not call.called:
        return None
    for holder in (model, *library.values()):
        for name in called_names(call.called):
            for root in holder.roots:
                if root.id == name and root.kind in GLOBAL_TASKS:
                    return root
    return None


#: The root elements a call activity may call instead of a process.
GLOBAL_TASKS = frozenset(
    ("globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask")
)


def called_names(called: str) -> Iterable[str]:
    """Give what is called, and the same without the prefix that stands for another file's namespace."""
    return dict.fromkeys((called, called.rpartition(":")[2]))


class _Filling:
    def __init__(self, model: Model, library: Mapping[str, Model]) -> None:
        self.model = model
        self.library = library
        self.nodes = {node.id: node for node in model.nodes}
        self.flows: dict[str, list[SequenceFlow]] = {}
        for flow in model.flows:
            self.flows.setdefault(flow.process, []).append(flow)
        self.lanes = list(model.lanes)
        self.associations = list(model.associations)
        self.roots = list(model.roots)
        self.used: set[str] = set()
        self.refused: dict[str, str] = {}
        #: The processes each call lies in, so that none is called inside itself.
        self.around: dict[str, tuple[str, ...]] = {}

    def filled(self) -> Flattened:
        """Fill in one call after the other, those inside filled ones last."""
        waiting = [node.id for node in reversed(self.model.nodes) if node.called]
        own = {node.id: (node.process,) for node in self.model.nodes}
        moved: set[str] = set()
        while waiting:
            call = self.nodes.get(waiting.pop())
            if call is None or call.kind != "callActivity" or call.id in moved:
                continue
            holder, called = self._holder(call.called)
            if holder is None:
                continue
            call = replace(call, called=called)
            around = self.around.get(call.id, own.get(call.id, ()))
            if call.called in around:
                self.refused[call.id] = "recursive-call"
                continue
            inside = [node for node in holder.nodes if node.process == call.called]
            if len(self.nodes) + len(inside) > _MOST_NODES:
                self.refused[call.id] = "too-many-calls"
                continue
            if self._talks(call.called, holder):
                self.refused[call.id] = "call-messages"
                continue
            found = self._fill(call, holder, inside)
            for node in found:
                self.around[node] = (*around, call.called)
            waiting.extend(node for node in reversed(found) if self.nodes[node].called)
        return Flattened(model=self._model(), refused=self.refused)

    def _holder(self, called: str) -> tuple[Model | None, str]:
        """The model a called process stands in, and its id there."""
        for name in called_names(called):
            for model in (self.model, *self.library.values()):
                if name in model.process:
                    return model, name
        return None, called

    def _is_moved(self, called: str, holder: Model) -> bool:
        """Whether the called process itself moves into this call."""
        own = self.model.procedure_process
        return holder is self.model and called not in self.used and (own is None or own.id != called)

    def _talks(self, called: str, holder: Model) -> bool:
        """Whether messages open a called process, or go to or from one that does not move: to which copy is open."""
        for message in holder.message_flows:
            source, target = holder.node.get(message.source), holder.node.get(message.target)
            if source is None or target is None or called not in (source.process, target.process):
                continue
            if not self._is_moved(called, holder) or (target.process == called and target.kind == "startEvent"):
                return True
        return False

    def _fill(self, call: Node, holder: Model, inside: Iterable[Node]) -> list[str]:
        """Put a called process into its call; the ids its nodes have there."""
        moves = self._is_moved(call.called, holder)
        self.used.add(call.called)

        def named(id_: str) -> str:
            return id_ if moves or not id_ else f"{call.id}/{id_}"

        # What an inner call of a moved process was filled with is not copied: it is filled again.
        found = [
            replace(
                node,
                id=named(node.id),
                process=call.process,
                scope=named(node.scope) or call.id,
                default=named(node.default),
                attached_to=named(node.attached_to),
            )
            for node in inside
        ]
        self.nodes.update((node.id, node) for node in found)
        self.nodes[call.id] = replace(call, kind="subProcess", called="", times=(), step=None, materials=())
        flows = [flow for flow in holder.flows if flow.process == call.called]
        self.flows.setdefault(call.process, []).extend(
            replace(
                flow,
                id=named(flow.id),
                source=named(flow.source),
                target=named(flow.target),
                process=call.process,
                scope=named(flow.scope) or call.id,
            )
            for flow in flows
        )
        if moves:
            self.flows.pop(call.called, None)
        self._take_rest(call, holder, {node.id: named(node.id) for node in inside}, moves=moves)
        return [node.id for node in found]

    def _take_rest(self, call: Node, holder: Model, names: Mapping[str, str], *, moves: bool) -> None:
        """Take over who does the steps, and what is associated with them."""
        lanes = [lane for lane in holder.lanes if lane.process == call.called]
        pool = holder.pool_of_process.get(call.called)
        if not lanes and pool is not None and pool.unit is not None:
            own = (name for node, name in names.items() if not holder.node[node].scope)
            self.lanes.append(
                Lane(id=f"{call.id}/{pool.id}", name=pool.name, process=call.called, nodes=tuple(own), unit=pool.unit)
            )
        if moves:
            return
        for lane in lanes:
            parent = f"{call.id}/{lane.parent}" if lane.parent else ""
            nodes = tuple(names[node] for node in lane.nodes if node in names)
            self.lanes.append(replace(lane, id=f"{call.id}/{lane.id}", parent=parent, nodes=nodes))
        self.associations.extend(_renamed(holder.associations, names))
        known = {root.id for root in self.roots}
        self.roots.extend(root for root in holder.roots if root.id not in known)

    def _model(self) -> Model:
        flows = tuple(flow for found in self.flows.values() for flow in found)
        return self.model.evolve(
            nodes=tuple(self.nodes.values()),
            flows=flows,
            lanes=tuple(self.lanes),
            associations=tuple(self.associations),
            roots=tuple(self.roots),
        )


def _renamed(associations: Iterable[Association], names: Mapping[str, str]) -> Iterable[Association]:
    for line in associations:
        if line.source in names or line.target in names:
            source, target = names.get(line.source, line.source), names.get(line.target, line.target)
            yield replace(
                line, id=f"{names.get(line.source, names.get(line.target))}/{line.id}", source=source, target=target
            )
