"""The line of time cut against number of moves and the people needed: what each further move is worth (Pareto)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from redesign import MOST_USE, Staffing, people
from reports import format as write
from reports.charts import HALF, SMALL, Picture, axis, text_width
from reports.study import Study
from reports.words import Words


@dataclass(frozen=True, kw_only=True)
class Point:
    """The best set of so many moves."""

    moves: int
    #: Office time it cuts, in seconds.
    cut: float
    is_made: bool
    #: Whether a smaller set cuts more time.
    is_beside: bool = False
    #: The people each unit would need; None where nobody says how many cases arrive.
    staff: tuple[Staffing, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table under the picture: as it is, or the best set of so many moves."""

    moves: str
    cut: str
    #: The people all units need together, and the units that need others than before.
    people: str
    units: str
    is_made: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """The points, their picture and their table; as it is comes first in the table."""

    points: tuple[Point, ...]
    chart: Markup
    rows: tuple[Row, ...]
    #: The people of all units before; None where nobody says how many cases arrive.
    before: int | None
    #: How the people are counted, or why they are not.
    note: str


def pareto(study: Study) -> Line | None:
    """The best set of each size that cuts more time than every smaller one; None where there are not two.

    One is enough where it can be said how many people it needs.
    """
    made = study.proposal.made if study.proposal is not None else None
    if made is None:
        return None
    points = [
        Point(
            moves=len(one.moves),
            cut=one.saving.elapsed_working_s,
            is_made={move.key for move in one.moves} == {move.key for move in made.moves},
            staff=one.staff,
        )
        for one in made.line
        if one.saving.elapsed_working_s is not None
    ]
    if len(points) < (2 if made.staff is None else 1):
        return None
    if made.moves and made.saving.elapsed_working_s is not None and not any(point.is_made for point in points):
        # What is proposed may cut more of something else than time: then it stands beside the line.
        cut = made.saving.elapsed_working_s
        points.append(Point(moves=len(made.moves), cut=cut, is_made=True, is_beside=True, staff=made.staff_after))
    texts = [f"{point.moves}: {study.amount(point.cut)}" for point in points]
    title = study.words("list.separator").join(texts)
    chart = draw(points, [study.scale.text(point.cut) for point in points], study=study, title=title)
    return Line(
        points=tuple(points),
        chart=Markup(chart),
        rows=(_before(study, made.staff), *(_row(study, point, made.staff) for point in points)),
        before=people(made.staff),
        note=staff_note(study, made.staff),
    )


def staff_note(study: Study, staff: tuple[Staffing, ...] | None) -> str:
    """How the people are counted, or that nothing says how many cases arrive."""
    if staff is None:
        return study.words("report.pareto.no-staff")
    return study.words("report.pareto.staff", use=write.percent(100 * MOST_USE, 0))


def _before(study: Study, staff: tuple[Staffing, ...] | None) -> Row:
    return Row(moves=study.words("side.before"), cut="", people=write.count(people(staff)), units="")


def _row(study: Study, point: Point, before: tuple[Staffing, ...] | None) -> Row:
    return Row(
        moves=write.count(point.moves),
        cut=study.scale.text(point.cut),
        people=write.count(people(point.staff)),
        units=changed_units(study.words, before, point.staff),
        is_made=point.is_made,
    )


def draw(points: Sequence[Point], texts: Sequence[str], *, study: Study, title: str, height: float = 142.0) -> str:
    """Draw the points as steps: a set of moves is made as a whole, so nothing lies between two of them."""
    picture = Picture(width=HALF, height=height, title=title)
    bottom, left = height - 30, 34.0
    across = axis(left, HALF - 30, max(point.moves for point in points), whole=1.0)
    up = axis(bottom, 24.0, max(study.scale.value(point.cut) for point in points), about=4)
    for value in up.ticks:
        picture.path(f"M{left:.1f} {up.at(value):.1f}H{HALF - 24:.1f}", "ax" if value else "ax2")
        picture.label(left - 6, up.at(value) + 3.2, f"{value:g}", anchor="end", size=SMALL, style="tk")
    for value in across.ticks:
        if abs(value - round(value)) < 1e-6:  # there is no half a move
            picture.label(across.at(value), bottom + 12, f"{value:g}", anchor="middle", size=SMALL, style="tk")
    picture.label(HALF - 24, bottom + 25, study.words("report.pareto.axis"), anchor="end", size=SMALL, style="tk")
    path, edge = "", -1.0
    for point, text in zip(points, texts, strict=True):
        x, y = across.at(point.moves), up.at(study.scale.value(point.cut))
        if not point.is_beside:
            path += f"{'H' if path else 'M'}{x:.1f}{'V' if path else ' '}{y:.1f}"
        picture.disc(x, y, 5.0 if point.is_made else 3.4, f"dot {'after' if point.is_made else 'now'} ringed")
        half = text_width(text, SMALL) / 2
        if point.is_made:
            picture.label(x, y + 15, text, anchor="middle", size=SMALL, style="after")
        elif x - half > edge + 3:
            picture.label(x, y - 7, text, anchor="middle", size=SMALL)
            edge = x + half
    picture.marks.insert(0, f'<path d="{path}" class="step"/>')
    picture.label(0, 10, study.unit(), size=SMALL, style="tk")
    return picture.svg()


def unit_note(study: Study) -> str:
    """What the line shows, and of how many sets tried."""
    made = study.proposal.made if study.proposal is not None else None
    tried = write.count(made.tried if made is not None else 0)
    return study.words(f"report.pareto.{'complete' if made is not None and made.complete else 'tried'}", tried=tried)


def changed_units(words: Words, before: tuple[Staffing, ...] | None, after: tuple[Staffing, ...] | None) -> str:
    """The units that need more or fewer people than before, with both numbers."""
    old = {one.element: one for one in before or ()}
    new = {one.element: one for one in after or ()}
    texts = [
        f"{(old.get(key) or new[key]).unit} {_needed(old.get(key))} → {_needed(new.get(key))}"
        for key in dict.fromkeys((*old, *new))
        if _needed(old.get(key)) != _needed(new.get(key))
    ]
    return words("list.separator").join(texts)


def _needed(one: Staffing | None) -> int:
    return one.needed if one is not None else 0
