"""What the letter says before its annexes: situation, cuts, where the time goes, limits of use, method, next steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports import changes, clocks, cuts, headline, method, proof, treatment, trust, waterfall, whereabouts
from reports import format as write
from reports.comparison import Side
from reports.cuts import Card
from reports.entry import Entry
from reports.study import Study

#: Units named among those that take most of the office time.
BUSIEST = 3

_CHINESE = "\u2e80-\u9fff\u3000-\u303f\uff00-\uffef"


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point of a part: its name, where it has one, and what is said."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the letter: its heading and what it says, first in paragraphs, then point by point."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()


def official(text: str, language: str) -> str:
    """Write figures as official documents do: no gaps in Chinese, thousands with commas in English.

    >>> official("由 10\u202f000 件减少 95.2\u202f%", "zh"), official("10\u202f000 cases, 95.2\u202f%", "en")
    ('由10000件减少95.2%', '10,000 cases, 95.2%')
    """
    text = re.sub(r"[\u202f ]%", "%", text).replace(write.ARROW, " → ")
    if language != "zh":
        return text.replace(write.GAP, ",")
    text = text.replace(write.GAP, "").replace("「", "“").replace("」", "”")
    return re.sub(rf"(?<=[{_CHINESE}]) (?=[\d{write.MINUS}+])|(?<=[\d%]) (?=[{_CHINESE}])", "", text)


def letter(study: Study, annex: int) -> list[Part]:
    """The parts of the letter; `annex` is the number of the one with the method in full."""
    made = [_situation(study), _results(study), _proposal(study), _time(study), _kept(study)]
    made += [_bounds(study), _method(study, annex)]
    made.append(Part(heading=study.words("docx.part.next"), points=_next(study)))
    return [part for part in made if part.paragraphs or part.points]


def _situation(study: Study) -> Part:
    words, procedure = study.words, study.before.model.procedure
    said = [study.procedure.summary[words.language]] if study.procedure is not None else []
    if procedure.kind:
        kind = words(f"class.{procedure.kind}")
        fields = {"title": study.title, "class": kind, "lead": procedure.lead}
        said.append(words("docx.situation.class-lead" if procedure.lead else "docx.situation.class", **fields))
    said.append("".join(_joined(study, [_size(study, key, side) for key, side in study.sides])))
    said.append(_joined(study, [_limits(study, key, side) for key, side in study.sides]))
    if study.procedure is not None and study.procedure.illustrations:
        said.append(words("docx.situation.example"))
    return Part(heading=words("docx.part.situation"), paragraphs=tuple(said))


def _joined(study: Study, sentences: Sequence[str]) -> str:
    """Sentences one after the other."""
    return ("" if study.words.language == "zh" else " ").join(sentences)


def _size(study: Study, key: str, side: Side) -> str:
    words = study.words
    units = {unit.key for node in side.model.nodes if node.is_step and (unit := side.model.unit_of.get(node.id))}
    units -= {unit.key for unit in side.model.units if unit.applicant}
    return words(
        "docx.situation.side",
        side=study.side_name(key),
        steps=words.counted("count.step", side.steps),
        units=words.counted("count.unit", len(units)),
        visits=words.counted("count.visit", side.visits),
    )


def _limits(study: Study, key: str, side: Side) -> str:
    told = {}
    for clock in clocks.CLOCKS:
        amount, unit = clocks.limit_of(side, clock)
        told[clock] = study.words("clock.none") if amount is None else study.limit(amount, unit)
    return study.words("docx.situation.limits", side=study.side_name(key), **told)


# what was cut


def _results(study: Study) -> Part:
    words = study.words
    lead = headline.lead(study)
    if study.comparison is not None and study.comparison.cuts["time"].cut is not None and not study.is_untimed:
        del lead[0]  # the cut of time is a point of its own
    said = [_sentence(study, headline.headline(study).text), *lead]
    points = tuple(
        Point(name=card.name, text=_joined(study, _figure(study, name, card)))
        for name, card in zip(("steps", "time", "materials", "visits"), cuts.cards(study), strict=True)
    )
    heading = words("docx.part.cuts" if study.after is not None else "docx.part.figures")
    return Part(heading=heading, paragraphs=(_joined(study, said), *_reckoning(study)), points=points)


def _proposal(study: Study) -> Part:
    """What was found and is proposed: how many findings, which bring most, and what stands beside a decision."""
    heading = study.words("docx.part.proposal")
    if study.proposal is None:
        return Part(heading=heading)
    said = [_sentence(study, treatment.summary(study))]
    falls = waterfall.waterfall(study)
    most = [row for row in falls.rows if row.kind == "fall"][:BUSIEST] if falls is not None else []
    if most:
        named = [f"{row.name} {row.text.lstrip(write.MINUS)} {study.unit()}" for row in most]
        said.append(study.words("docx.proposal.most", kinds=study.words("list.separator").join(named)))
    if proved := proof.proved(study):
        counts = {"held": sum(kind.held for kind in proved.kinds), "count": sum(kind.count for kind in proved.kinds)}
        said.append(study.words("docx.proposal.proved", **counts))
    elif not study.proposal.made.moves:
        said.append(study.words("report.findings.nothing-pays"))
    if study.proposal.left is not None:
        count = len(study.proposal.left)
        said.append(study.words.counted("docx.proposal.left", count) if count else study.words("report.left.none"))
    return Part(heading=heading, paragraphs=(_joined(study, said),))


def _sentence(study: Study, text: str) -> str:
    return f"{text}{'。' if study.words.language == 'zh' else '.'}"


def _figure(study: Study, name: str, card: Card) -> list[str]:
    """A cut in a sentence, and what it was counted on in another."""
    said = [study.words(f"docx.cut.{_direction(study, name, card)}", **_fields(card))]
    if card.notes:
        said.append(study.words("docx.cut.basis", notes=study.words("list.stop").join(card.notes)))
    return said


def _fields(card: Card) -> dict[str, str]:
    return {
        "before": card.before,
        "after": card.after,
        "unit": card.unit,
        "amount": card.change.lstrip("+" + write.MINUS),
        "percent": card.percent.lstrip("+" + write.MINUS),
    }


def _direction(study: Study, name: str, card: Card) -> str:
    """How a cut is told: "one", "unknown", "from-nothing", "same", "uncertain", "falls" or "rises"."""
    if study.comparison is None or not card.after:
        return "one"
    cut = study.comparison.cuts[name]
    if cut.cut is None or write.UNKNOWN in {card.before, card.after} or not study.comparison.comparable:
        return "unknown"
    if cut.cut == 0:
        return "same"
    if cut.before == 0:
        return "from-nothing"
    which = headline.direction(cut)
    return "uncertain" if which == "same" else which


def _reckoning(study: Study) -> list[str]:
    """The account of all steps: both sums and the kinds they are made of."""
    if study.comparison is None:
        return []
    found = changes.reckon(study.comparison.changes)
    kinds = [
        f"{study.words(f'kind.{line.kind}')} {write.count(line.before)}{write.ARROW}{write.count(line.after)}"
        for line in found.lines
        if line.before or line.after
    ]
    before, after = found.sums
    joined = study.words("list.separator").join(kinds)
    return [study.words("docx.cut.reckoning", before=before, after=after, kinds=joined)] if kinds else []


# where the time goes, and whether limits are kept


def _time(study: Study) -> Part:
    found = whereabouts.where(study)
    said = [*found.sums, *_busiest(study)] if found is not None else [study.words("report.where.none")]
    return Part(heading=study.words("docx.part.time"), paragraphs=tuple(said))


def _busiest(study: Study) -> list[str]:
    """The units that take most of the office time of a mean case, with their times."""
    said = []
    for key, side in study.sides:
        times = {
            unit.unit: unit.work + unit.queue + unit.wait
            for unit in side.times.path.units
            if unit.work is not None and unit.queue is not None and unit.wait is not None
        }
        most = sorted((name for name in times if times[name] > 0), key=lambda name: -times[name])[:BUSIEST]
        named = [f"{name or study.words('report.where.no-unit')} {study.amount(times[name])}" for name in most]
        if named:
            units = study.words("list.separator").join(named)
            said.append(study.words("docx.time.busiest", side=study.side_name(key), units=units))
    return said


def _kept(study: Study) -> Part:
    """The shares of cases inside each limit, with both their numbers, or why there is none."""
    section = clocks.clocks(study)
    said = []
    for row in section.rows[: len(clocks.CLOCKS)]:
        cells = [cell.split("\n") for cell in row.cells]
        told = [
            study.words("docx.time.side", side=head, share=share, counts=study.words("list.comma").join(rest))
            for head, (share, *rest) in zip(section.heads, cells, strict=True)
        ]
        sides = study.words("list.stop").join(told)
        said.append(study.words("docx.time.share", clock=row.head, sides=sides))
    return Part(heading=study.words("docx.part.kept"), paragraphs=(_joined(study, [*said, *section.notes[1:]]),))


# what limits the figures, and what they rest on


def _bounds(study: Study) -> Part:
    points = tuple(_point(study, entry) for entry in trust.doubts(study) if entry.is_warning)
    return Part(heading=study.words("docx.part.bounds"), points=points)


def _point(study: Study, entry: Entry) -> Point:
    sentences = [text if text[-1:] in "。." else _sentence(study, text) for text in entry.sentences if text]
    return Point(name=entry.term, text=_joined(study, sentences))


def _method(study: Study, annex: int) -> Part:
    told = {study.words(f"method.{name}.term") for name in ("simulation", "interval", "calendar", "sources")}
    entries = [entry for entry in (*method.account(study), *trust.doubts(study)) if entry.term in told]
    more = study.words("docx.method.more", number=str(annex))
    points = tuple(_point(study, entry) for entry in entries)
    return Part(heading=study.words("docx.part.method"), points=points, paragraphs=(more,))


def _next(study: Study) -> tuple[Point, ...]:
    words = study.words
    results = study.results
    said = [words("docx.next.incomparable")] if study.comparison and not study.comparison.comparable else []
    said += [words("docx.next.decide")] if study.is_proposed else []
    for key, side in study.sides:
        for overload in side.times.overloaded:
            fields = {"unit": overload.unit, "needed": write.count(overload.needed), "side": study.side_name(key)}
            said.append(words("docx.next.overload", **fields))
    terms = {entry.term for entry in trust.doubts(study)}
    said += [words(f"docx.next.{name}") for name in ("missing", "suggested") if words(f"method.{name}.term") in terms]
    unproved = trust.unproved_times(study)
    said += [words.counted("docx.next.estimated", len(unproved))] if unproved else []
    if study.procedure is not None and study.procedure.illustrations:
        said.append(words("docx.next.illustrative"))
    if any(result.estimated_years for result in results):
        said.append(words("docx.next.calendar"))
    said.append(words("docx.next.trial" if study.after is not None else "docx.next.redraw"))
    return tuple(Point(name="", text=text) for text in said)
