"""Where a procedure's law, figures and times come from, as tables: for Word and Excel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows import Procedure
from reports import format as write
from reports import trust
from reports.study import Study, step_name


@dataclass(frozen=True, kw_only=True)
class Source:
    """One table of sources."""

    #: "unproved", "law", "published", "origins" or "background".
    key: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def sources(study: Study) -> list[Source]:
    """The tables that have a row: times without proof, law, published figures, where times come from, notes."""
    made = [_unproved(study)]
    if study.procedure is not None:
        made += [make(study, study.procedure) for make in (_law, _published, _times, _background)]
    return [source for source in made if source.rows]


def _unproved(study: Study) -> Source:
    words, is_pair = study.words, study.after is not None
    heads = [words("report.unproved.side")] if is_pair else []
    heads += [words(name) for name in ("report.steps.step", "report.where.unit", "part.work", "part.wait")]
    rows = [
        (*([line.side] if is_pair else []), line.step, line.unit, line.work, line.wait, line.source)
        for line in trust.unproved_times(study)
    ]
    return Source(
        key="unproved",
        title=words("report.unproved.title"),
        heads=(*heads, words("report.unproved.source")),
        rows=tuple(rows),
        notes=(words("report.unproved.note"),),
    )


def _law(study: Study, procedure: Procedure) -> Source:
    words = study.words
    rows = tuple(
        (
            "\n".join(filter(None, (basis.law, basis.article))),
            basis.says[words.language],
            named(study, basis.steps),
            words(f"known.{basis.known}"),
        )
        for basis in procedure.basis
    )
    heads = tuple(words(f"report.law.{name}") for name in ("law", "says", "steps", "known"))
    note = words("report.law.note", day=write.day(procedure.law_as_of))
    return Source(key="law", title=words("report.law.title"), heads=heads, rows=rows, notes=(note,))


def _published(study: Study, procedure: Procedure) -> Source:
    words = study.words
    rows = tuple(
        (
            "\n".join((figure.place, *([words("report.published.target")] if figure.target else []))),
            figure.says[words.language],
            figure.citation,
            words(f"known.{figure.known}"),
        )
        for figure in procedure.published
    )
    heads = tuple(words(f"report.published.{name}") for name in ("place", "says", "citation"))
    return Source(
        key="published",
        title=words("report.published.title"),
        heads=(*heads, words("report.law.known")),
        rows=rows,
        notes=(words("report.published.note"),),
    )


def _times(study: Study, procedure: Procedure) -> Source:
    words = study.words
    sides = {"as-is": "before" if study.after is not None else "only", "to-be": "after"}
    join = words("list.separator").join
    rows = tuple(
        (
            join(study.side_name(sides[name]) for name in time.scenarios if name in sides),
            words(f"part.{time.part}"),
            named(study, time.elements),
            "\n".join((words(f"source.{time.source}"), *([words("report.origins.calibrated")] * time.calibrated))),
            time.origin[words.language],
        )
        for time in procedure.times
    )
    names = ("report.unproved.side", "report.origins.part", "report.origins.elements", "report.unproved.source")
    heads = (*(words(name) for name in names), words("report.origins.origin"))
    return Source(
        key="origins",
        title=words("report.origins.title"),
        heads=heads,
        rows=rows,
        notes=(words("report.origins.note"),),
    )


def _background(study: Study, procedure: Procedure) -> Source:
    words = study.words
    rows = tuple((note[words.language],) for note in procedure.notes)
    title = words("report.background.title")
    return Source(key="background", title=title, heads=(title,), rows=rows)


def named(study: Study, identities: Sequence[str]) -> str:
    """The names of steps of either side, each once."""
    names = [
        step_name(side.model, identity)
        for identity in identities
        for _, side in study.sides
        if identity in side.model.node or identity in side.model.flow
    ]
    return study.words("list.separator").join(dict.fromkeys(names)) or write.UNKNOWN
