"""What stands on each board of a model and which of its lines are drawn there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from math import ceil

from bpmn.layout.board import Board, Item, Link, Strip
from bpmn.layout.style import Style
from bpmn.lettering import set_text
from bpmn.model import Artifact, Association, Data, Lane, MessageFlow, Model, Node, Pool

#: What a black box in the way of a message costs, in pools between its ends.
_BLOCKED = 4
#: Kinds of data that are drawn; the objects and stores behind references are not.
DRAWN_DATA = frozenset(("dataObjectReference", "dataStoreReference", "dataInput", "dataOutput"))


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The size of an expanded sub-process whose inside is laid out, and where the flow enters it, from its top."""

    width: float
    height: float
    axis: float


@dataclass(kw_only=True)
class Sorting:
    """The boards of a model, what stands on which, and the lines that are not routed in any grid."""

    model: Model
    style: Style
    #: The ids of the pools.
    pools: frozenset[str]
    #: Whether each sub-process is drawn with its inside.
    expanded: Mapping[str, bool]
    boards: dict[str, Board] = field(default_factory=dict)
    #: The nodes on each board.
    members: dict[str, list[Node]] = field(default_factory=dict)
    #: The board of every node, data reference and artifact.
    home: dict[str, str] = field(default_factory=dict)
    #: Lines with an end deeper inside than their board: source and target element by id.
    loose: dict[str, tuple[str, str]] = field(default_factory=dict)
    #: The sides by which messages from other boards reach a node.
    messages: dict[str, set[str]] = field(default_factory=dict)
    #: Text annotations and data that belong to no element, by board.
    lonely: dict[str, list[str]] = field(default_factory=dict)


def sort_out(model: Model, style: Style, expanded: Mapping[str, bool]) -> Sorting:
    """The boards of the model with strips and links, still without items; see `fill`."""
    sorting = Sorting(model=model, style=style, pools=frozenset(pool.id for pool in model.pools), expanded=expanded)
    frames = {node.id for node in model.nodes if node.is_frame}
    for scope in ("", *(node.id for node in model.nodes if node.is_frame)):
        sorting.boards[scope] = Board(scope=scope)
    for node in model.nodes:
        sorting.home[node.id] = node.scope if node.scope in frames else ""
        sorting.members.setdefault(sorting.home[node.id], []).append(node)
    sorting.boards[""].strips = _strips(model, style)
    for scope, board in sorting.boards.items():
        if scope:
            board.strips = [Strip()]
    _sort_links(sorting)
    return sorting


def _strips(model: Model, style: Style) -> list[Strip]:
    """The strips of the top: pools in their order, each with its leaf lanes; then processes without a pool."""
    strips: list[Strip] = []
    lanes: dict[str, list[Lane]] = {}
    children: dict[str, list[Lane]] = {}
    for lane in model.lanes:
        known = lane.parent in model.lane and lane.parent != lane.id
        (children.setdefault(lane.parent, []) if known else lanes.setdefault(lane.process, [])).append(lane)
    drawn = set()
    homeless = {node.process for node in model.nodes if not node.scope and node.id not in model.lane_of}
    for pool in _ordered_pools(model, style):
        if pool.process and pool.process in model.process and pool.process not in drawn:
            drawn.add(pool.process)
            strips += _of_process(pool.process, pool, lanes, children, style, homeless)
        else:
            strips.append(Strip(pool=pool.id, name=pool.name, is_band=True))
    for process in model.processes:
        if process.id not in drawn:
            strips += _of_process(process.id, None, lanes, children, style, homeless)
    return strips or [Strip()]


def _of_process(
    process: str,
    pool: Pool | None,
    lanes: Mapping[str, list[Lane]],
    children: Mapping[str, list[Lane]],
    style: Style,
    homeless: set[str],
) -> list[Strip]:
    name = pool.name if pool is not None else ""
    frame = pool.id if pool is not None else ""
    leaves = _leaves(_by_name(lanes.get(process, []), style), children, style)
    strips = [Strip(lane=lane.id, pool=frame, process=process, name=lane.name) for lane in leaves]
    if not strips or process in homeless:
        strips.insert(0, Strip(pool=frame, process=process, name=name))
    return strips


def _leaves(lanes: list[Lane], children: Mapping[str, list[Lane]], style: Style) -> list[Lane]:
    """The lanes without lanes in them, from the top."""
    leaves, stack = [], lanes[::-1]
    seen: set[str] = set()
    while stack:
        lane = stack.pop()
        if lane.id in seen:
            continue
        seen.add(lane.id)
        inner = _by_name(children.get(lane.id, []), style)
        if inner:
            stack.extend(inner[::-1])
        else:
            leaves.append(lane)
    return leaves


def _by_name(lanes: list[Lane], style: Style) -> list[Lane]:
    """Lanes in the order the style asks for; the others keep theirs, after those."""
    place = {name: number for number, name in enumerate(style.lane_order)}
    code = {lane.id: lane.unit.code if lane.unit is not None else "" for lane in lanes}
    return sorted(lanes, key=lambda lane: place.get(lane.name, place.get(code[lane.id], len(place))))


def _ordered_pools(model: Model, style: Style) -> list[Pool]:
    """The applicant first, then so that message flows are short: neighbours change places while that helps.

    A black box between two pools makes a message between them go all the way around it.
    """
    place = {name: number for number, name in enumerate(style.lane_order)}
    applicants = {pool.id for pool in model.pools if pool.unit is not None and pool.unit.applicant}
    names: dict[str, list[str]] = {}
    for lane in model.lanes:
        names.setdefault(lane.process, []).append(lane.name)

    def rank(pool: Pool) -> tuple[int, bool]:
        inside = names.get(pool.process, []) if pool.process else []
        return min(place.get(name, len(place)) for name in (pool.name, *inside)), pool.id not in applicants

    pools = sorted(model.pools, key=rank)
    ends = [pair for pair in (_pools_of(model, flow) for flow in model.message_flows) if pair[0] != pair[1]]
    if style.lane_order or not 2 < len(pools) <= 30 or len(ends) > 2000:
        return pools

    def length(order: list[Pool]) -> int:
        at = {pool.id: number for number, pool in enumerate(order)}
        boxes = list(accumulate((not pool.process for pool in order), initial=0))
        spans = (sorted((at[one], at[other])) for one, other in ends if one in at and other in at)
        return sum(last - first + _BLOCKED * (boxes[last] - boxes[first + 1]) for first, last in spans)

    best = length(pools)
    for _ in range(len(pools)):
        before = best
        for number in range(len(pools) - 1):
            tried = [*pools[:number], pools[number + 1], pools[number], *pools[number + 2 :]]
            if length(tried) < best:
                pools, best = tried, length(tried)
        if best == before:
            break
    return pools


def _pools_of(model: Model, flow: MessageFlow) -> tuple[str, str]:
    return _pool_of(model, flow.source), _pool_of(model, flow.target)


def _pool_of(model: Model, end: str) -> str:
    node = model.node.get(end)
    process = node.process if node is not None else end
    pool = model.pool_of_process.get(process)
    return pool.id if pool is not None else end


def _sort_links(sorting: Sorting) -> None:
    """Give every flow, message and association between drawn elements to the board both ends stand on."""
    model = sorting.model
    for order, flow in enumerate(model.flows):
        source = model.node.get(flow.source)
        link = Link(
            id=flow.id,
            kind="flow",
            source=flow.source,
            target=flow.target,
            name=flow.name,
            is_default=source is not None and source.default == flow.id,
            probability=flow.probability,
            order=order,
        )
        _sort_link(sorting, link)
    for order, message in enumerate(model.message_flows):
        link = Link(
            id=message.id, kind="message", source=message.source, target=message.target, name=message.name, order=order
        )
        _sort_link(sorting, link)
    _sort_beside(sorting)


def _sort_link(sorting: Sorting, link: Link) -> None:
    """Lift both ends to the board they have in common; deeper ends make the line loose."""
    ends = [_end(sorting, end) for end in (link.source, link.target)]
    if ends[0] is None or ends[1] is None:
        return
    paths = [_path(sorting, end) for end in ends if end is not None]
    depth = 0
    while depth + 1 < min(len(paths[0]), len(paths[1])) and paths[0][depth] == paths[1][depth]:
        depth += 1
    source, target = paths[0][depth], paths[1][depth]
    board = sorting.home.get(source, sorting.home.get(target, ""))
    model = sorting.model
    port = ""
    if source in model.node and model.node[source].attached_to in model.node:
        port, source = source, model.node[source].attached_to
    if target in model.node and model.node[target].attached_to in model.node:
        target = model.node[target].attached_to
    is_frame = [end in sorting.pools for end in (source, target)]
    is_loose = any(len(path) > depth + 1 and sorting.expanded.get(path[depth], True) for path in paths)
    lifted = Link(
        id=link.id,
        kind=link.kind,
        source="" if is_frame[0] else source,
        target="" if is_frame[1] else target,
        port=port,
        source_pool=source if is_frame[0] else "",
        target_pool=target if is_frame[1] else "",
        name=link.name,
        is_default=link.is_default,
        probability=link.probability,
        order=link.order,
    )
    if is_loose or (source == target and is_frame[0]):
        sorting.loose[link.id] = (link.source, link.target)
        if link.kind == "message":
            _note_sides(sorting, link)
    sorting.boards[board].links.append(lifted)


def _note_sides(sorting: Sorting, link: Link) -> None:
    """Remember from where a message comes that no grid routes, so that labels keep out of its way."""
    place = {strip.pool: number for number, strip in enumerate(sorting.boards[""].strips)}
    source, target = (place.get(_pool_of(sorting.model, end), 0) for end in (link.source, link.target))
    sorting.messages.setdefault(link.source, set()).add("bottom" if target > source else "top")
    sorting.messages.setdefault(link.target, set()).add("top" if target > source else "bottom")


def _end(sorting: Sorting, end: str) -> str | None:
    """The drawn element of an end: a node, a pool, the pool of a process; none if there is none."""
    model = sorting.model
    if end in model.node:
        return end
    if end in sorting.pools:
        return end
    pool = model.pool_of_process.get(end)
    return pool.id if pool is not None else None


def _path(sorting: Sorting, end: str) -> list[str]:
    """The end with the frames around it, the outermost first."""
    path = [end]
    while sorting.home.get(path[-1]):
        path.append(sorting.home[path[-1]])
    return path[::-1]


def _sort_beside(sorting: Sorting) -> None:
    """Data and notes go to the board of the element they belong to, else to that of their scope."""
    model = sorting.model
    elements: dict[str, Data | Artifact] = {data.id: data for data in model.data if data.kind in DRAWN_DATA}
    elements.update({artifact.id: artifact for artifact in model.artifacts if artifact.kind == "textAnnotation"})
    tied: dict[str, list[str]] = {}
    for association in model.associations:
        for one, other in ((association.source, association.target), (association.target, association.source)):
            if one in elements and other in model.node:
                tied.setdefault(one, []).append(other)
    for element, value in elements.items():
        scope = value.scope if isinstance(value, Data) and value.scope in sorting.boards else ""
        homes = [sorting.home[node] for node in tied.get(element, [])]
        board = scope if scope in homes or not homes else homes[0]
        sorting.home[element] = board
        nodes = [node for node in tied.get(element, []) if sorting.home[node] == board]
        if nodes:
            host = model.node[nodes[0]].attached_to
            sorting.boards[board].anchors[element] = host if host in model.node else nodes[0]
        else:
            sorting.lonely.setdefault(board, []).append(element)
    for order, association in enumerate(model.associations):
        _sort_association(sorting, association, elements, order)


def _sort_association(
    sorting: Sorting, association: Association, elements: Mapping[str, Data | Artifact], order: int
) -> None:
    ends = (association.source, association.target)
    if all(end in sorting.home for end in ends):
        homes = {sorting.home[end] for end in ends}
        link = Link(id=association.id, kind="association", source=ends[0], target=ends[1], order=order)
        if len(homes) == 1 and ends[0] != ends[1]:
            model = sorting.model
            source = model.node.get(ends[0])
            target = model.node.get(ends[1])
            if (
                source is not None
                and source.attached_to in model.node
                and target is not None
                and not target.attached_to
            ):
                link = Link(
                    id=link.id, kind=link.kind, source=source.attached_to, target=ends[1], port=ends[0], order=order
                )
                sorting.boards[homes.pop()].links.append(link)
                return
            if not any(node is not None and node.attached_to for node in (source, target)):
                sorting.boards[homes.pop()].links.append(link)
                return
    sorting.loose[association.id] = ends


def fill(sorting: Sorting, scope: str, frames: Mapping[str, Frame]) -> Board:
    """Put the items on a board; `frames` has the sizes of the sub-processes on it."""
    board = sorting.boards[scope]
    strip_of = {strip.lane: place for place, strip in enumerate(board.strips) if strip.lane}
    of_process: dict[str, int] = {}
    for place, strip in enumerate(board.strips):
        of_process.setdefault(strip.process, place)
        if strip.is_band:
            _add_band(board, strip, place, sorting.style)
    first_leaf = _first_leaves(sorting.model, strip_of)
    for node in sorting.members.get(scope, ()):
        if node.attached_to in sorting.model.node:
            continue
        place = 0
        if not scope:
            lane = sorting.model.lane_of.get(node.id)
            place = first_leaf.get(lane.id, -1) if lane is not None else -1
            if place < 0 or board.strips[place].process != node.process:
                place = of_process.get(node.process, 0)
        board.items[node.id] = _item(sorting, node, place, frames.get(node.id))
    _add_beside(sorting, scope, of_process)
    return board


def _first_leaves(model: Model, strip_of: Mapping[str, int]) -> dict[str, int]:
    """The strip of every lane: its own, or that of the first lane in it."""
    found = dict(strip_of)
    for leaf in strip_of:
        lane = model.lane.get(model.lane[leaf].parent)
        while lane is not None and lane.id not in found:
            found[lane.id] = strip_of[leaf]
            lane = model.lane.get(lane.parent)
    return found


def _add_band(board: Board, strip: Strip, place: int, style: Style) -> None:
    half = style.band / 2
    board.items[strip.pool] = Item(id=strip.pool, kind="band", strip=place, width=0, up=half, down=half, is_wide=True)


def _item(sorting: Sorting, node: Node, strip: int, frame: Frame | None) -> Item:
    style = sorting.style
    if frame is not None:
        width, up, down = frame.width, frame.axis, frame.height - frame.axis
    else:
        width, high = style.size(node)
        up = down = high / 2
    ports = sorting.model.boundary_events.get(node.id, ())
    shifts, width = _ports(ports, width, style)
    pitch = style.task[0] + style.column_gap
    item = Item(
        id=node.id,
        kind="node",
        strip=strip,
        width=width,
        up=up,
        down=down,
        # What is wide only for its events keeps one column: they are set out from the middle of it.
        span=max(1, ceil((width - style.column_gap) / pitch))
        if width > 2 * style.task[0] and (frame is not None or not ports)
        else 1,
        is_wide=node.is_activity,
        is_gateway=node.is_gateway,
        keeps_order=node.kind in ("parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"),
        is_rejection=node.outcome == "rejected",
        messages=sorting.messages.get(node.id, set()),
    )
    item.ports = dict(zip((port.id for port in ports), shifts, strict=True))
    item.port_room = style.event / 2 + 4
    return item


#: So many boundary events have room for their names on a step of any width.
_FEW = 2


def _ports(ports: tuple[Node, ...], width: float, style: Style) -> tuple[list[float], float]:
    """Where boundary events sit from the middle of their host, which stays free, and how wide it must be for them."""
    if not ports:
        return [], width
    half = ceil(len(ports) / 2)
    step = style.event * 1.3
    if len(ports) > _FEW and style.has_labels:
        step = max(step, *(style.label(port.name).width + 8 for port in ports if port.name), 0.0)
        width = max(width, (2 * half - 1) * step + style.event * 1.6)
    width = max(width, 2 * half * step + 6)
    if any(port.name for port in ports) and style.has_labels:
        step = max(step, min(style.label_room + 12, (width / 2 - style.event * 0.8) / half))
    outermost = width / 2 - style.event * 0.8
    right = [outermost - step * place for place in range(half)]
    left = [-outermost + step * place for place in range(len(ports) - half)]
    return [*left, *right[::-1]], width


def _add_beside(sorting: Sorting, scope: str, of_process: Mapping[str, int]) -> None:
    """Data and notes that belong to an item of the board; the others stand below everything, in one row."""
    board, style, model = sorting.boards[scope], sorting.style, sorting.model
    texts = {artifact.id: artifact.text for artifact in model.artifacts}
    process_of = {data.id: data.process for data in model.data}
    process_of.update((artifact.id, artifact.process) for artifact in model.artifacts)
    for element in [*board.anchors, *sorting.lonely.get(scope, [])]:
        anchor = board.items.get(board.anchors.get(element, ""))
        strip = anchor.strip if anchor is not None else 0
        if anchor is None and not scope:
            strip = of_process.get(process_of[element], 0)
        if element in texts:
            setting = set_text(
                texts[element], room=style.task[0], lines=12, size=style.label_size, smallest=style.label_size
            )
            width, high = style.task[0] + 10, max(style.gateway * 0.6, setting.height + 8)
        else:
            width, high = style.data
        board.items[element] = Item(
            id=element,
            kind="note" if element in texts else "data",
            strip=strip,
            width=width,
            up=high / 2,
            down=high / 2,
            is_wide=True,
        )
