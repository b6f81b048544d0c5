"""A side laid out in lanes and drawn: what the map of the first page and the bands behind it are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bpmn.drawing import Mark, draw
from bpmn.layout import COMPACT, Style, lay_out
from bpmn.model import Bounds, Model
from reports.changes import labels, numbered
from reports.comparison import Side
from reports.study import Study

#: Width of a page between its margins, in pixels.
PAGE = 680.0
#: The smallest scale at which the names in a compact drawing are still read with ease: 小六, 6.5 points.
READABLE = 0.905

#: The most numbers of findings that stand at one step.
NUMBERS = 3

#: The measures of a drawing that has to be read, and to leave room for what stands beside it on a page.
CLOSE = COMPACT.evolve(
    gateway=12, event=11, column_gap=8, row_gap=5, lane_padding=2.5, pool_padding=2, spacing=3, band=14, lane=18
)
#: The same with names in two rows: lower and wider.
LOW = CLOSE.evolve(name_rows=2)


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A lane, or a pool without lanes."""

    name: str
    top: float
    bottom: float


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """One side laid out and drawn."""

    key: str
    #: Begins the ids of its parts, where a page has several drawings of one side.
    name: str
    model: Model
    svg: str
    #: The same without the numbers of the list, for the map.
    plain: str
    #: What became of each step, by id.
    marks: Mapping[str, Mark]
    #: The part of the plane that the picture shows.
    box: Bounds
    #: Where the heads of the lanes end.
    head: float
    strips: tuple[Strip, ...]


#: Under which name a model keeps its drawings by style.
_LAID_OUT = "_laid_out"


def lane_order(sides: Sequence[Side]) -> tuple[str, ...]:
    """The lanes of the first file in its order; those only the second has stand behind the lane they follow there."""
    order: list[str] = []
    for side in sides:
        place = 0
        for name in _lane_names(side.model):
            if name in order:
                place = order.index(name) + 1
            else:
                order.insert(place, name)
                place += 1
    return tuple(order)


def _lane_names(model: Model) -> list[str]:
    """Names of pools without lanes and of lanes, in the order of the file."""
    names = []
    for pool in model.pools:
        lanes = [lane.name for lane in model.lanes if lane.process == pool.process] if pool.process else []
        names += lanes or [pool.name]
    return list(dict.fromkeys(names or [lane.name for lane in model.lanes]))


def drawn(study: Study, key: str, side: Side, style: Style, *, name: str = "") -> Drawing:
    """Lay a side out and draw it."""
    name = name or key
    model = _laid_out(side.model, style)
    marks = _marks(study, key, side.model)
    unnumbered = {identity: replace(mark, number=None) for identity, mark in marks.items()}
    svg, plain = (
        draw(model, marks=shown, language=study.words.language, compact=True, prefix=f"{name}-{prefix}")
        for shown, prefix in ((marks, ""), (unnumbered, "map-"))
    )
    found = re.match(r'<svg [^>]*?viewBox="([^"]*)"', svg)
    x, y, width, height = map(float, found[1].split()) if found else (0.0, 0.0, 100.0, 40.0)
    model = model.evolve(
        shapes=tuple(shape for shape in model.shapes if shape.plane not in model.node),
        edges=tuple(edge for edge in model.edges if edge.plane not in model.node),
    )
    strips = _strips(model)
    lanes = {lane.id for lane in model.lanes} | {pool.id for pool in model.pools}
    left = min((shape.bounds.x for shape in model.shapes if shape.element in lanes), default=x)
    head = left + style.head if strips else x
    box = Bounds(x=x, y=y, width=width, height=height)
    return Drawing(
        key=key, name=name, model=model, svg=svg, plain=plain, marks=marks, box=box, head=head, strips=strips
    )


def _laid_out(model: Model, style: Style) -> Model:
    """A side laid out once for each style: the page, the documents and the findings draw it again and again."""
    known: list[tuple[Style, Model]] = vars(model).setdefault(_LAID_OUT, [])
    found = next((laid_out for one, laid_out in known if one == style), None)
    if found is None:
        found = lay_out(model, style=style)
        known.append((style, found))
    return found


def _marks(study: Study, key: str, model: Model) -> Mapping[str, Mark]:
    """What became of each step of a side, with its label in the lists; steps demanded by law have a heavy line."""
    states: dict[str, tuple[str, str]] = {}
    label = labels(study)
    for place, match in enumerate(study.comparison.changes if study.comparison is not None else ()):
        for identity in match.before if key == "before" else match.after:
            states[identity] = match.kind, label.get(place, "")
    # Where nobody decided anything, every finding of a step stands at it before, mended or not.
    is_found = study.proposal is not None and not study.is_decided and key != "after"
    by_step = study.proposal.by_step(made=False) if study.proposal is not None and is_found else {}
    marks = {}
    for node in model.nodes:
        if node.is_step:
            state, text = states.get(node.id, ("kept", ""))
            text = numbered(by_step[node.id], most=NUMBERS) if node.id in by_step else text
            is_law = node.step is not None and node.step.mandatory
            marks[node.id] = Mark(state=state, number=text or None, mandatory=is_law)
    return marks


def _strips(model: Model) -> tuple[Strip, ...]:
    """The rows of the drawing from the top."""
    parents = {lane.parent for lane in model.lanes}
    with_lanes = {lane.process for lane in model.lanes}
    named = {lane.id: lane.name for lane in model.lanes if lane.id not in parents}
    named |= {pool.id: pool.name for pool in model.pools if pool.process not in with_lanes}
    found = [
        Strip(name=named[shape.element], top=shape.bounds.y, bottom=shape.bounds.bottom)
        for shape in model.shapes
        if shape.element in named
    ]
    return tuple(sorted(found, key=lambda strip: strip.top))


def inside(svg: str) -> str:
    """What a picture draws, without its frame and its name."""
    body = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return re.sub(r"^<title\b.*?</desc>", "", body, count=1, flags=re.DOTALL)


def counts(study: Study, side: Side) -> str:
    """How many steps, units and visits a side has, in words."""
    words = study.words
    units = {unit.key for node in side.model.nodes if node.is_step and (unit := side.model.unit_of.get(node.id))}
    units -= {unit.key for unit in side.model.units if unit.applicant}
    parts = (
        words.counted("count.step", side.steps),
        words.counted("count.unit", len(units)),
        words.counted("count.visit", side.visits),
    )
    return " · ".join(parts)


def alternative(study: Study, drawing: Drawing) -> str:
    """What a picture shows, for those who do not see it; the list of changes is the table behind it."""
    side = dict(study.sides)[drawing.key]
    return study.words(f"report.flow.{drawing.key}-alt", title=side.title, counts=counts(study, side))
