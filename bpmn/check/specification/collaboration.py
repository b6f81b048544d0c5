"""Chapter 9: pools, who takes part, and the messages between them."""

from collections.abc import Iterator, Mapping

from bpmn.check.specification.rule import Breach, breach, called, rule
from bpmn.check.specification.tables import RECEIVERS, SENDERS
from bpmn.model import MessageFlow, Model, Node


@rule("message-inside-pool", "9.4", about=("messageFlow",))
def message_inside_pool(model: Model) -> Iterator[Breach]:
    """A message goes from one participant to another; within a pool the sequence flow leads on."""
    pools = {pool.id: pool.process or pool.id for pool in model.pools}
    for message in model.message_flows:
        source, target = (_side(model, pools, end) for end in (message.source, message.target))
        if source == target:
            yield breach(message.id)


def _side(model: Model, pools: Mapping[str, str], end: str) -> str:
    node = model.node.get(end)
    return node.process if node is not None else pools.get(end, end)


def _ends(model: Model) -> Iterator[tuple[MessageFlow, Node | None, Node | None]]:
    for message in model.message_flows:
        yield message, model.node.get(message.source), model.node.get(message.target)


@rule("message-sender", "7.6.2", about=("messageFlow",))
def message_sender(model: Model) -> Iterator[Breach]:
    """Only pools, activities, throwing and end events send; what waits for a message sends none."""
    for message, source, _ in _ends(model):
        if source is not None and source.kind not in SENDERS:
            yield breach(message.id, node=called(source))


@rule("message-receiver", "7.6.2", about=("messageFlow",))
def message_receiver(model: Model) -> Iterator[Breach]:
    """Only pools, activities, start and catching events receive; what sends a message receives none."""
    for message, _, target in _ends(model):
        if target is not None and target.kind not in RECEIVERS:
            yield breach(message.id, node=called(target))


@rule("message-event", "7.6.2", stops="run", about=("messageFlow",))
def message_event(model: Model) -> Iterator[Breach]:
    """An event that sends or receives says so by its message."""
    for message, source, target in _ends(model):
        for node, kinds in ((source, SENDERS), (target, RECEIVERS)):
            if node is not None and node.is_event and node.kind in kinds and node.event("message") is None:
                yield breach(message.id, node=called(node))


@rule("multiplicity", "9.3.1", about=("participant",))
def multiplicity(model: Model) -> Iterator[Breach]:
    """The most participants are no fewer than the least."""
    for pool in model.pools:
        if pool.multiplicity is not None and pool.multiplicity[1] < pool.multiplicity[0]:
            least, most = map(str, pool.multiplicity)
            yield breach(pool.id, least=least, most=most)
