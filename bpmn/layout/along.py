"""Where the nodes of a changed diagram stand along the flow.

Every node stands so far behind what comes before it as it did, and nothing moves that the change does not reach: a node
behind a step that is gone moves up, one behind a step put in makes room, and whatever follows goes along. Three kinds
of distances are kept, each the least a node must stand behind another: of a flow (as long as it was, to the nearest
node before, else the usual white), of neighbours in a row, and of shapes with an upright line between them, which stay
above one another. The places are the longest ways through these distances (Gansner et al. 1993 speak of the same
constraints), found in a few sweeps in the order of the flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bpmn.layout.changes import Change
from bpmn.model import Model

#: Sweeps over the nodes of one scope; straight messages may ask for more than one.
_SWEEPS = 40
#: Least white kept between neighbours in a row.
_APART = 20.0
#: White above and below a box that belongs to its row.
_ROW = 6.0


@dataclass(kw_only=True)
class Along:
    """Left edges of nodes, and widths of the sub-processes whose inside changed."""

    x: dict[str, float] = field(default_factory=dict)
    width: dict[str, float] = field(default_factory=dict)


def places_along(change: Change) -> Along:
    """The place of every node along the flow; inner sub-processes first, since they may grow."""
    along = Along()
    scopes: dict[tuple[str, str], list[str]] = {}
    for name in change.order:
        node = change.after.node[name]
        if not node.attached_to:
            scopes.setdefault((node.scope, change.planes[name]), []).append(name)
    inner_first = sorted(scopes.items(), key=lambda item: -_depth(change.after, item[0][0]))
    for (scope, plane), names in inner_first:
        _Scope(change, along, names).place()
        _widen(change, along, scope, plane, names)
    for (scope, plane), names in reversed(inner_first):
        shape = change.before.shape.get(scope)
        if scope in along.x and shape is not None and plane == shape.plane:
            for name in names:
                along.x[name] += along.x[scope] - shape.bounds.x
    return along


def _depth(model: Model, scope: str) -> int:
    depth = 0
    while scope in model.node and depth <= len(model.nodes):
        scope, depth = model.node[scope].scope, depth + 1
    return depth


def _widen(change: Change, along: Along, scope: str, plane: str, names: list[str]) -> None:
    """Let an expanded sub-process grow or shrink with what is in it."""
    shape = change.before.shape.get(scope)
    stood = [change.box(name).right for name in names if name in change.kept]
    if shape is None or not stood or plane != shape.plane:
        return
    stands = [along.x[name] + along.width.get(name, change.size(name)[0]) for name in names]
    difference = max(stands) - max(stood)
    if abs(difference) > 0.5 and max(stood) < shape.bounds.right:
        along.width[scope] = max(shape.bounds.width + difference, min(100.0, shape.bounds.width))


class _Scope:
    """The nodes of one scope and the distances between them."""

    def __init__(self, change: Change, along: Along, names: list[str]) -> None:
        self._change, self._along, self._names = change, along, names
        self._here = set(names)
        self._links = [link for link in change.links if link[0] in self._here and link[1] in self._here]
        self._pairs = dict(self._straight_lines())
        self._affected = self._reached_by_change()
        #: What stands before each node, with the least distance between their left edges.
        self._behind: dict[str, list[tuple[str, float]]] = {name: [] for name in names}
        self._ask_for_flows()
        self._ask_for_rows()
        for (one, other), offset in self._pairs.items():
            self._behind[other].append((one, offset))
            self._behind[one].append((other, -offset))

    def place(self) -> None:
        """Set the left edge of every node."""
        change, x = self._change, self._along.x
        stood = [change.box(name).x for name in self._names if change.stays(name)]
        process = {name: change.after.node[name].process for name in self._names}
        least: dict[str, float] = {}
        for name in self._names:
            if change.stays(name):
                least[process[name]] = min(least.get(process[name], float("inf")), change.box(name).x)
        for name in self._names:
            keeps = change.stays(name) and (name not in self._affected or not self._behind[name])
            x[name] = change.box(name).x if keeps else least.get(process[name], min(stood, default=160.0))
        for _ in range(_SWEEPS):
            moved = False
            for name in self._names:
                wish = max((x[other] + distance for other, distance in self._behind[name]), default=x[name])
                if wish > x[name] + 0.01:
                    x[name], moved = wish, True
            if not moved:
                break
        self._move_up()

    def _move_up(self) -> None:
        """A new node with nothing before it stands right before what follows it."""
        change, x = self._change, self._along.x
        for name in reversed(self._names):
            if not change.stays(name) and not self._behind[name]:
                following = [x[target] for source, target in self._links if source == name]
                x[name] = max(x[name], min(following, default=x[name]) - self._width(name) - change.gap)

    def _width(self, name: str) -> float:
        return self._along.width.get(name, self._change.size(name)[0])

    def _straight_lines(self) -> Iterator[tuple[tuple[str, str], float]]:
        """Pairs of nodes that stay and are joined by an upright line, with the distance of their left edges."""
        change = self._change
        for source, target in change.upright:
            one, other = self._lifted(source), self._lifted(target)
            if one and other and one != other and change.stays(one) and change.stays(other):
                yield (one, other), change.box(other).x - change.box(one).x

    def _lifted(self, end: str) -> str:
        """The node of this scope that an end is, sits on or is inside of."""
        node = self._change.after.node
        seen: set[str] = set()
        while end in node and end not in self._here and end not in seen:
            seen.add(end)
            end = node[end].attached_to or node[end].scope
        return end if end in self._here else ""

    def _reached_by_change(self) -> set[str]:
        """The nodes the change moves: new ones, those with another flow to them, and all that follow."""
        change = self._change
        old = change.links_before
        now = set(self._links)
        stack = [name for name in self._names if not change.stays(name)]
        stack += [target for source, target in self._links if (source, target) not in old]
        stack += [
            target
            for source, target in old
            if target in self._here and (source, target) not in now and self._was_before(source, target)
        ]
        stack += [name for name in self._names if name in self._along.width]
        following: dict[str, list[str]] = {}
        for source, target in self._links:
            following.setdefault(source, []).append(target)
        for one, other in self._pairs:
            following.setdefault(one, []).append(other)
            following.setdefault(other, []).append(one)
        found = set(stack)
        while stack:
            for other in following.get(stack.pop(), ()):
                if other not in found:
                    found.add(other)
                    stack.append(other)
        return found

    def _was_before(self, source: str, target: str) -> bool:
        shape = self._change.before.shape
        return source in shape and target in shape and shape[source].bounds.centre[0] < shape[target].bounds.centre[0]

    def _ask_for_flows(self) -> None:
        change = self._change
        aligned = {name for pair in self._pairs for name in pair}
        old = change.links_before
        before: dict[str, list[str]] = {}
        for source, target in self._links:
            before.setdefault(target, []).append(source)
        for target, sources in before.items():
            known = {
                source: change.box(target).x - change.box(source).right
                for source in sources
                if {source, target} <= change.kept
                and (source, target) in old
                and change.box(source).x < change.box(target).x
            }
            moving = [source for source in known if source in self._affected or not change.stays(target)]
            nearest = min(moving, key=lambda source: known[source], default="") if target not in aligned else ""
            for source in sources:
                if {source, target} <= change.kept and (source, target) in old and source not in known:
                    # One above the other; they stay so.
                    self._behind[target].append((source, change.box(target).x - change.box(source).x))
                    continue
                if source in known and source == nearest:
                    white = known[source]
                elif source in known:
                    white = min(known[source], change.gap)
                else:
                    white = self._white(target, sources, change.names.get((source, target), ""))
                self._behind[target].append((source, self._width(source) + white))

    def _white(self, target: str, sources: list[str], name: str) -> float:
        """The white before a node that something else leads to now: as it was, if usual, and room for a name."""
        change = self._change
        white = change.gap
        if change.stays(target) and len(sources) == 1:
            gone = [
                change.box(target).x - change.before.shape[flow.source].bounds.right
                for flow in change.before.incoming[target]
                if flow.source in change.before.shape
            ]
            white = min([gap for gap in gone if _APART <= gap <= 2 * change.gap], default=white)
        return max(white, change.style.label(name).width + 14) if name else white

    def _ask_for_rows(self) -> None:
        """Each node that stays keeps behind those next to it in its row."""
        change = self._change
        staying = sorted((name for name in self._names if change.stays(name)), key=lambda name: change.box(name).x)
        front: list[tuple[float, float, str]] = []
        for name in staying:
            box = change.box(name)
            top, bottom = box.y - _ROW, box.bottom + _ROW
            rest = []
            for begin, end, other in front:
                if end <= top or begin >= bottom:
                    rest.append((begin, end, other))
                    continue
                white = box.x - change.box(other).right
                if white > -_ROW:
                    self._behind[name].append((other, self._width(other) + min(white, _APART)))
                rest += [(begin, top, other)] * (begin < top) + [(bottom, end, other)] * (end > bottom)
            front = [*rest, (top, bottom, name)]
