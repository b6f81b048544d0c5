"""What a file draws but the model does not hold: choreographies, conversations, messages, bands of participants.

It is kept in the file as it stands; a picture shows it as a plain shape with its name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bpmn.model import Model


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """An element only its kind and name are known of."""

    id: str
    #: The BPMN element.
    kind: str
    name: str = ""


def uninterpreted(model: Model) -> dict[str, Drawn]:
    """The drawn elements of a model it does not hold itself, by id, out of the file it was read from."""
    wanted = {shape.element for shape in model.shapes} | {edge.element for edge in model.edges}
    wanted -= held(model)
    if not wanted or not model.source:
        return {}
    return _found(model, wanted)


def held(model: Model) -> set[str]:
    """Everything a shape or edge may draw that the model holds."""
    parts: Iterable[Iterable[str]] = (
        (node.id for node in model.nodes),
        (pool.id for pool in model.pools),
        (lane.id for lane in model.lanes),
        (flow.id for flow in model.flows),
        (flow.id for flow in model.message_flows),
        (data.id for data in model.data),
        (artifact.id for artifact in model.artifacts),
        (line.id for line in model.associations),
    )
    return {name for part in parts for name in part}


def _found(model: Model, wanted: set[str]) -> dict[str, Drawn]:
    from bpmn.elements import attribute, local_name
    from bpmn.write import NO_LIMITS
    from bpmn.xml import parse

    found: dict[str, Drawn] = {}
    for element in parse(model.source, NO_LIMITS).iter("{*}*"):
        name = attribute(element, "id")
        if name in wanted and name not in found and local_name(element):
            found[name] = Drawn(id=name, kind=local_name(element), name=attribute(element, "name"))
    return found
