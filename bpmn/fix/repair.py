"""`repair`: a file with everything repaired that has one safe repair, and the list of what was done.

First the file itself: ids, lists, leftovers. Then the flow, by repairs that keep every run. Then the diagram, in which
only what is new is laid out. What no repair concerns stays as it stands, to the byte where nothing was to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bpmn.draft import draft_of
from bpmn.fix.document import REPAIRS as OF_THE_FILE
from bpmn.fix.document import Document, is_ambiguous, said_more, torn_nodes
from bpmn.fix.flows import REPAIRS as OF_THE_FLOW
from bpmn.fix.sketch import Fix, Ground, Sketch
from bpmn.read import Reading
from bpmn.write import NO_LIMITS, serialised, write
from bpmn.xml import Limits, load, parse


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """A repaired file."""

    file: bytes
    #: What was done, in the order of the file; what was put in stands where it belongs to.
    fixes: tuple[Fix, ...]


def repair(source: bytes | Path, *, names: Mapping[str, str] | None = None, limits: Limits | None = None) -> Repaired:
    """Repair what can be repaired safely; the same bytes where there is nothing.

    `names` are the names events that are put in get, by kind: what people call a start and an end in their language.
    A file in which an id that is referred to is used twice keeps its flow and its diagram: which one is meant must be
    told by a person first. Repairing twice changes nothing more. Raises `UnreadableFile` as `read` does.
    """
    limits = limits or Limits()
    data = load(source, limits)
    document = _opened(data, limits)
    lines = {id_: element.sourceline or 0 for id_, element in document.walk.elements.items()}
    fixes = [fix for repairs in OF_THE_FILE for fix in repairs(document)]
    if fixes:
        data = serialised(document.draft.reading.root, data)
        document = _opened(data, NO_LIMITS)
    if not is_ambiguous(document):
        data, more = _repaired_flow(document, names or {})
        fixes += [replace(fix, line=lines.get(fix.element, 0)) for fix in more]
    return Repaired(file=data, fixes=tuple(sorted(fixes, key=lambda fix: fix.line)))


def _opened(data: bytes, limits: Limits) -> Document:
    reading = Reading(parse(data, limits), limits, data)
    return Document(draft_of(reading, reading.model))


def _repaired_flow(document: Document, names: Mapping[str, str]) -> tuple[bytes, list[Fix]]:
    """The flow repaired and the diagram full."""
    from bpmn.layout import complete, redraw

    model = document.model
    ground = Ground(fresh=document.walk.fresh_id, said_more=said_more(document), torn=torn_nodes(document), names=names)
    sketch = Sketch(model, ground)
    fixes = [fix for repairs in OF_THE_FLOW for fix in repairs(sketch)]
    drawn = complete(model)
    missing = len(drawn.shape.keys() - model.shape.keys()) + len(drawn.edge.keys() - model.edge.keys())
    if not missing:
        drawn = model
    else:
        whole = model.procedure_process
        details = {"count": str(missing)}
        fixes.append(Fix(fix="diagram", element=whole.id if whole else "", line=0, details=details))
    after = sketch.model().evolve(shapes=drawn.shapes, edges=drawn.edges)
    return write(redraw(drawn, after) if any(fix.fix in _MOVING for fix in fixes) else after), fixes


#: The repairs that put nodes in or take them out.
_MOVING = frozenset(
    (
        "duplicate-flow",
        "superfluous-gateway",
        "implicit-start",
        "implicit-end",
        "implicit-split",
        "implicit-join",
        "join-fork",
    )
)
