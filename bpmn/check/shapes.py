"""Good drawing of the diagram: what is not drawn, and what is drawn over something else."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from bpmn.check.specification.rule import Breach, Rule, breach, rule
from bpmn.model import Bounds, Model, Node, Shape

#: How far pools may reach into each other before they overlap, in units of the diagram; elements may not even touch.
_SLACK = 1.0


@rule("no-bpmndi", "", severity="warning")
def no_bpmndi(model: Model) -> Iterator[Breach]:
    """What stands in the file and not in the drawing is seen by no reader."""
    shapes, edges = model.shape, model.edge
    drawn = {_frame(node) for node in model.nodes if node.id in shapes}
    if any(pool.id in shapes for pool in model.pools):
        yield from (breach(pool.id) for pool in model.pools if pool.id not in shapes)
    with_lanes = {lane.process for lane in model.lanes if lane.id in shapes}
    for lane in model.lanes:
        if lane.process in with_lanes and lane.id not in shapes:
            yield breach(lane.id)
    for node in model.nodes:
        if node.id not in shapes and _frame(node) in drawn:
            yield breach(node.id)
    yield from (breach(artifact.id, line=artifact.line) for artifact in model.artifacts if artifact.id not in shapes)
    lines = [(flow.id, flow.source, flow.target) for flow in model.flows]
    lines += [(message.id, message.source, message.target) for message in model.message_flows]
    for line, source, target in lines if edges else ():
        if line not in edges and source in shapes and target in shapes:
            yield breach(line)


def _frame(node: Node) -> tuple[str, str]:
    return node.process, node.scope


@rule("no-overlapping-elements", "", severity="warning")
def no_overlapping_elements(model: Model) -> Iterator[Breach]:
    """Two shapes at one place cannot be told apart."""
    beside: dict[tuple[str, ...], list[Shape]] = {}
    drawn = model.shape
    for node in model.nodes:
        shape = drawn.get(node.id)
        if shape is not None and node.kind != "boundaryEvent":
            beside.setdefault((shape.plane, *_frame(node)), []).append(shape)
    pools = [drawn[pool.id] for pool in model.pools if pool.id in drawn]
    for shapes, slack in [(known, 0.0) for known in beside.values()] + [(pools, _SLACK)]:
        for one, other in _overlapping(shapes, slack):
            yield breach(one, other=_called(model, other))


def _called(model: Model, element: str) -> str:
    node = model.node.get(element)
    name = node.name if node is not None else next((pool.name for pool in model.pools if pool.id == element), "")
    return name.strip() or element


def _overlapping(shapes: Iterable[Shape], slack: float) -> Iterator[tuple[str, str]]:
    """Each shape that lies over one before it; found while a line goes over them from left to right.

    What lies over another is told once and then left out, so what the line crosses never overlaps and each shape is
    compared with its neighbours only.
    """
    turns: list[tuple[float, int, int, Shape]] = []
    for number, shape in enumerate(shapes):
        bounds = shape.bounds
        if bounds.width > slack and bounds.height > slack:
            turns.append((bounds.x, 0, number, shape))
            turns.append((bounds.x + bounds.width - slack, 1, number, shape))
    turns.sort()  # no two have one number and one turn, so that shapes themselves are never compared
    crossed: list[tuple[float, int, Shape]] = []
    left_out: set[int] = set()
    for _, is_over, number, shape in turns:
        entry = (shape.bounds.y, number, shape)
        at = bisect_left(crossed, entry)
        if is_over:
            if number not in left_out:
                del crossed[at]
            continue
        under = [k for _, _, k in crossed[max(at - 1, 0) : at + 1] if _share(k.bounds, shape.bounds, slack)]
        if under:
            left_out.add(number)
            yield shape.element, under[0].element
        else:
            crossed.insert(at, entry)


def _share(one: Bounds, other: Bounds, slack: float) -> bool:
    """Whether two rectangles share some height."""
    return one.y <= other.y + other.height - slack and other.y <= one.y + one.height - slack


#: Every rule of good drawing that is told from the diagram.
SHAPES: tuple[Rule, ...] = (no_bpmndi, no_overlapping_elements)
