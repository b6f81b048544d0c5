"""Good drawing: what is allowed and yet leads readers astray. Everything here is a warning."""

from collections import Counter
from collections.abc import Iterator

from bpmn.check.shapes import SHAPES
from bpmn.check.specification.rule import Breach, Rule, breach, broken, called, end, rule
from bpmn.control_flow import compensation
from bpmn.elements import EVENT_DEFINITIONS
from bpmn.model import GATEWAYS, SUB_PROCESSES, Lane, Model, Node, Pool, Root, SequenceFlow
from bpmn.problem import Problem

#: What events refer to, and what people know by its name.
_GLOBAL = ("message", "signal", "error", "escalation")


def _flows_of(model: Model, node: Node) -> tuple[tuple[SequenceFlow, ...], tuple[SequenceFlow, ...]]:
    return model.incoming[node.id], model.outgoing[node.id]


@rule("label-required", "", severity="warning")
def label_required(model: Model) -> Iterator[Breach]:
    """A reader knows steps, events, choices, pools and lanes by their names."""
    wholes: tuple[Pool | Lane, ...] = (*model.pools, *model.lanes)
    for whole in wholes:
        if not whole.name.strip():
            yield breach(whole.id, line=whole.line)
    for node in model.nodes:
        if not node.name.strip() and _needs_name(model, node):
            yield breach(node.id)
    for flow in model.flows:
        if flow.condition and not flow.name.strip():
            yield breach(flow.id)


def _needs_name(model: Model, node: Node) -> bool:
    """Whether it has something to say: a plain start or end, a join and a parallel split have not."""
    if node.is_gateway:
        return node.kind not in ("parallelGateway", "eventBasedGateway") and len(model.outgoing[node.id]) > 1
    return not (node.is_frame or (node.kind in ("startEvent", "endEvent") and not node.events))


@rule("fake-join", "", severity="warning")
def fake_join(model: Model) -> Iterator[Breach]:
    """Flows that meet at a step look joined, but each brings the case there by itself."""
    incoming = model.incoming
    for node in model.nodes:
        if len(incoming[node.id]) > 1 and not node.is_gateway and node.kind != "endEvent":
            yield breach(node.id)  # an end takes what comes, one after the other


@rule("no-implicit-split", "", severity="warning")
def no_implicit_split(model: Model) -> Iterator[Breach]:
    """Several flows out of a step begin branches side by side; a gateway shows that."""
    outgoing = model.outgoing
    for node in model.nodes:
        flows = outgoing[node.id]
        if len(flows) < 2 or node.is_gateway or node.default:
            continue  # beside a default, what has no condition was forgotten: `conditional-flows` tells it
        if sum(not flow.condition for flow in flows) > 1:
            yield breach(node.id)


@rule("no-gateway-join-fork", "", severity="warning", about=GATEWAYS)
def no_gateway_join_fork(model: Model) -> Iterator[Breach]:
    """A gateway that joins and splits at once is read as one of the two."""
    for node in model.nodes:
        if node.is_gateway and all(len(flows) > 1 for flows in _flows_of(model, node)):
            yield breach(node.id)


@rule("superfluous-gateway", "", severity="warning", about=GATEWAYS)
def superfluous_gateway(model: Model) -> Iterator[Breach]:
    """A gateway with one way in and one way out decides nothing."""
    for node in model.nodes:
        if node.is_gateway and all(len(flows) == 1 for flows in _flows_of(model, node)):
            yield breach(node.id)


@rule("no-duplicate-sequence-flows", "", severity="warning")
def no_duplicate_sequence_flows(model: Model) -> Iterator[Breach]:
    """Two flows between the same two elements are one way drawn twice."""
    ways = [(flow.source, flow.target) for flow in model.flows]
    if len(set(ways)) == len(ways):
        return
    for (source, target), count in Counter(ways).items():
        if count > 1:
            yield breach(target, source=end(model, source), count=str(count))


@rule("conditional-flows", "", severity="warning")
def conditional_flows(model: Model) -> Iterator[Breach]:
    """A way out of a choice that says in no word when it is taken was forgotten rather than meant."""
    outgoing = model.outgoing
    for node in model.nodes:
        flows = outgoing[node.id]
        if not flows:
            continue
        chooses = len(flows) > 1 and node.kind in ("exclusiveGateway", "inclusiveGateway")
        if node.kind in ("parallelGateway", "eventBasedGateway") or not (
            chooses or node.default or any(flow.condition for flow in flows)
        ):
            continue
        for flow in flows:
            if not (flow.condition or flow.name.strip() or flow.id == node.default) and flow.probability is None:
                yield breach(flow.id, gateway=called(node), target=end(model, flow.target))


@rule("no-inclusive-gateway", "", severity="warning", about=("inclusiveGateway",))
def no_inclusive_gateway(model: Model) -> Iterator[Breach]:
    """Which branches an inclusive gateway starts and waits for is seldom what readers think."""
    yield from (breach(node.id) for node in model.nodes if node.kind == "inclusiveGateway")


@rule("no-complex-gateway", "", severity="warning", about=("complexGateway",))
def no_complex_gateway(model: Model) -> Iterator[Breach]:
    """What a complex gateway does stands in an expression nobody sees."""
    yield from (breach(node.id) for node in model.nodes if node.kind == "complexGateway")


@rule("no-disconnected", "", severity="warning")
def no_disconnected(model: Model) -> Iterator[Breach]:
    """An element without any flow beside others that have some was forgotten."""
    alone: dict[tuple[str, str], list[str]] = {}
    incoming, outgoing = model.incoming, model.outgoing
    undoing = compensation(model)
    for node in model.nodes:
        if outgoing[node.id] or incoming[node.id] or _jumps(node) or node.id in undoing:
            continue
        if node.triggered_by_event or node.for_compensation or _is_chosen(model, node):
            continue
        alone.setdefault((node.process, node.scope), []).append(node.id)
    size = Counter((node.process, node.scope) for node in model.nodes) if alone else {}
    for scope, nodes in alone.items():
        if size[scope] > 1:
            yield from map(breach, nodes)


def _is_chosen(model: Model, node: Node) -> bool:
    """Whether people choose it in an ad-hoc sub-process."""
    return node.is_activity and node.scope in model.node and model.node[node.scope].kind == "adHocSubProcess"


def _jumps(node: Node) -> bool:
    return node.kind == "boundaryEvent" or node.event("link") is not None


@rule("empty-sub-process", "", severity="warning", about=SUB_PROCESSES)
def empty_sub_process(model: Model) -> Iterator[Breach]:
    """A sub-process in which nothing is drawn has no start, no end and no work."""
    filled = {node.scope for node in model.nodes}
    for node in model.nodes:
        if node.is_frame and node.kind != "adHocSubProcess" and node.id not in filled:
            yield breach(node.id)


def _starts(model: Model) -> Iterator[tuple[Node, Node | None]]:
    """Every start event and the sub-process around it."""
    for node in model.nodes:
        if node.kind == "startEvent":
            yield node, model.node.get(node.scope)


@rule("single-blank-start-event", "", severity="warning", about=("startEvent",))
def single_blank_start_event(model: Model) -> Iterator[Breach]:
    """Of two start events that wait for nothing, nobody knows which one begins the case."""
    blank = Counter(node.scope or node.process for node, _ in _starts(model) if not node.events)
    for whole, count in blank.items():
        if count > 1:
            yield breach(whole, count=str(count))


@rule("single-event-definition", "", severity="warning", about=EVENT_DEFINITIONS)
def single_event_definition(model: Model) -> Iterator[Breach]:
    """An event of several kinds shows none of them in the drawing."""
    for node in model.nodes:
        if node.is_event and len(node.events) > 1:
            yield breach(node.id, count=str(len(node.events)))


@rule("link-event", "", severity="warning", about=("linkEventDefinition",))
def link_event(model: Model) -> Iterator[Breach]:
    """A link has a name, and lands at one place only."""
    landings: Counter[tuple[str, str, str]] = Counter()
    for node in model.nodes:
        link = node.event("link")
        if link is None:
            continue
        name = link.reference.strip()
        if not name:
            yield breach(node.id)
        elif node.kind == "intermediateCatchEvent":
            place = (node.process, node.scope, name)
            landings[place] += 1
            if landings[place] == 2:
                yield breach(node.id)


@rule("superfluous-termination", "", severity="warning", about=("terminateEventDefinition",))
def superfluous_termination(model: Model) -> Iterator[Breach]:
    """An end that stops everything else means nothing where there is nothing else."""
    beside = {(node.process, node.scope) for node in model.nodes if _begins_beside(node, model.outgoing[node.id])}
    beside |= {
        (frame.process, frame.scope) for node, frame in _starts(model) if frame is not None and not node.interrupting
    }
    begun = {(node.process, node.scope) for node, _ in _starts(model)}
    firsts = Counter(
        (node.process, node.scope)
        for node in model.nodes
        if not (model.incoming[node.id] or node.triggered_by_event or node.kind == "boundaryEvent")
    )
    for node in model.nodes:
        scope = (node.process, node.scope)
        begins_as_one = scope in begun or firsts[scope] < 2
        if node.kind == "endEvent" and node.event("terminate") is not None and begins_as_one and scope not in beside:
            yield breach(node.id)


def _begins_beside(node: Node, flows: tuple[SequenceFlow, ...]) -> bool:
    """Whether something can be under way beside what follows a node."""
    if node.kind == "boundaryEvent":
        return not node.interrupting
    return len(flows) > 1 and node.kind not in ("exclusiveGateway", "eventBasedGateway")


def _global(model: Model) -> Iterator[tuple[Root, str]]:
    """Everything events refer to, with the name people know it by."""
    for root in model.roots:
        if root.kind in _GLOBAL:
            yield root, root.name.strip() or root.code.strip()


@rule("global-unnamed", "", severity="warning", about=_GLOBAL)
def global_unnamed(model: Model) -> Iterator[Breach]:
    """Messages, signals, errors and escalations are told apart by their names."""
    for root, name in _global(model):
        if not name:
            yield breach(root.id, line=root.line, kind=root.kind)


@rule("global-alike", "", severity="warning", about=_GLOBAL)
def global_alike(model: Model) -> Iterator[Breach]:
    """Two messages of one name are one to every reader, and two to the machine."""
    first: dict[tuple[str, str], str] = {}
    for root, name in _global(model):
        if name and first.setdefault((root.kind, name), root.id) != root.id:
            yield breach(root.id, line=root.line, kind=root.kind, value=name, other=first[root.kind, name])


@rule("global-unused", "", severity="warning", about=_GLOBAL)
def global_unused(model: Model) -> Iterator[Breach]:
    """A message nobody sends or waits for was left behind."""
    used = set(_used(model))
    for root, name in _global(model):
        if root.id not in used:
            yield breach(root.id, line=root.line, kind=root.kind, value=name or root.id)


def _used(model: Model) -> Iterator[str]:
    for node in model.nodes:
        yield from (event.reference for event in node.events)
    for message in model.message_flows:
        yield from (message.message, message.source, message.target)
    for line in model.associations:
        yield from (line.source, line.target)
    for detail in model.details:
        yield from (value for _, value in detail.says)


#: Every rule of good drawing.
STYLE: tuple[Rule, ...] = (*(known for known in list(globals().values()) if isinstance(known, Rule)), *SHAPES)


def style(model: Model) -> Iterator[Problem]:
    """Everything that is allowed and better drawn otherwise."""
    return broken(model, STYLE, purpose="analysis")
