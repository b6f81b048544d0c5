"""The annexes of the letter as tables: figures, changes, times, and the method with its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reports import changes, clocks, cuts, docx_proposal, method, sensitivity, spread, steps, trust, whereabouts
from reports import format as write
from reports.comparison import Cut
from reports.cuts import Card
from reports.docx_table import Table
from reports.docx_xml import Column
from reports.entry import Entry
from reports.sources import Source, sources
from reports.study import Study


@dataclass(frozen=True, kw_only=True)
class Annex:
    """An annex: its title and its tables; none where it holds drawings."""

    title: str
    tables: tuple[Table, ...] = field(default=())


def annexes(study: Study) -> list[Annex]:
    """The annexes with tables, in their order; what does not occur is left out."""
    words = study.words
    pair = "" if study.after is not None else "-one"
    made = [
        Annex(title=words(f"docx.annex.figures{pair}"), tables=(_cuts(study), _limits(study), *_spread(study))),
        Annex(title=words("docx.annex.changes"), tables=_changes(study)),
        Annex(title=words("report.findings.title"), tables=tuple(docx_proposal.found(study))),
        Annex(title=words("docx.annex.proposal"), tables=_proposal(study)),
        Annex(title=words("docx.annex.times"), tables=(*_units(study), *_steps(study), *_sensitivity(study))),
        Annex(title=words("docx.annex.method"), tables=tuple(_method(study))),
    ]
    return [annex for annex in made if annex.tables]


def _proposal(study: Study) -> tuple[Table, ...]:
    return (*docx_proposal.compared(study), *docx_proposal.further(study), *docx_proposal.proof(study))


def _side_columns(study: Study) -> list[Column]:
    return [Column(head=study.side_name(key), is_number=True) for key, _ in study.sides]


# the figures


def _cuts(study: Study) -> Table:
    words, is_pair = study.words, study.after is not None
    columns = [Column(head=words("docx.table.name")), Column(head=words("docx.table.unit")), *_side_columns(study)]
    if is_pair:
        columns += [Column(head=words(f"docx.table.{name}"), is_number=True) for name in ("change", "percent")]
    columns.append(Column(head=words("docx.table.basis")))
    made = cuts.cards(study)
    names = ("steps-name", "time", "materials", "visits")
    rows = [_card_row(study, name, card) for name, card in zip(names, made, strict=True)]
    if study.comparison is not None:
        rows[2:2] = _cut_rows(study, ("median", "calendar", "limit"))
        rows[-1:-1] = _cut_rows(study, ("distinct",))
    caption = words("docx.table.cuts" if is_pair else "docx.table.cuts-one")
    colon = words("list.colon")
    notes = dict.fromkeys(f"{card.name}{colon}{note}" for card in made for note in card.notes)
    return Table(caption=caption, columns=tuple(columns), rows=tuple(rows), remarks=tuple(notes))


def _card_row(study: Study, name: str, card: Card) -> tuple[str, ...]:
    values = (card.before, card.after, card.change, card.percent) if card.after else (card.before,)
    basis = _basis(study, study.before.times.cases) if name == "time" else study.words("docx.table.counted")
    return (study.words(f"docx.table.{name}"), card.unit, *values, basis)


def _basis(study: Study, cases: int) -> str:
    """Of which cases a time is."""
    return study.cases if study.is_measured else study.words.counted("docx.table.simulated", cases)


def _cut_rows(study: Study, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Rows of the cuts that have no card of their own."""
    assert study.comparison is not None
    found = [(name, study.comparison.cuts[name]) for name in names if name in study.comparison.cuts]
    return [_cut_row(study, name, cut) for name, cut in found if cut.before is not None or cut.after is not None]


def _cut_row(study: Study, name: str, cut: Cut) -> tuple[str, ...]:
    words = study.words
    scale = study.calendar if name == "calendar" else study.scale
    if cut.unit == "s" and not study.is_untimed:
        values = [scale.text(value) for value in (cut.before, cut.after)]
        change = write.change(scale.text(cut.cut), cut.cut) if cut.cut is not None else write.UNKNOWN
        unit, basis = study.unit(scale), _basis(study, cut.n or 0)
    elif cut.unit == "s":
        values, change, unit, basis = [write.UNKNOWN] * 2, write.UNKNOWN, study.unit(scale), write.UNKNOWN
    else:
        values = [write.count(value) for value in (cut.before, cut.after)]
        change = write.change(write.count(abs(cut.cut)), cut.cut) if cut.cut is not None else write.UNKNOWN
        is_limit = name == "limit"
        unit = _limit_units(study, cut) if is_limit else words("docx.table.kinds")
        basis = words("docx.table.written" if is_limit else "docx.table.counted")
    is_known = cut.percent is not None and (cut.unit != "s" or not study.is_untimed)
    percent = write.change(write.percent(abs(cut.percent or 0.0)), cut.cut) if is_known else write.UNKNOWN
    return (words(f"docx.table.{name}"), unit, *values, change, percent, basis)


def _limit_units(study: Study, cut: Cut) -> str:
    """The unit of a limit without its number; both where they differ."""
    names = [study.limit(2, unit).removeprefix(write.count(2)).strip() for unit in cut.unit.split("/")]
    return " / ".join(names)


def _limits(study: Study) -> Table:
    section = clocks.clocks(study)
    columns = (Column(head=study.words("docx.table.clock")), *_side_columns(study))
    rows = tuple((row.head, *row.cells) for row in section.rows)
    return Table(caption=study.words("docx.table.limits"), columns=columns, rows=rows, remarks=section.notes[1:])


def _spread(study: Study) -> list[Table]:
    section = spread.spread(study)
    if section is None:
        return []
    words = study.words
    columns = [Column(head=words("docx.table.basis"), is_merged=study.after is not None)]
    columns += [Column(head=words("report.unproved.side"))] if study.after is not None else []
    columns += [Column(head=head, is_number=True) for head in section.heads]
    rows = [(row.head, *([row.note] if study.after is not None else []), *row.cells) for row in section.rows]
    return [Table(caption=words("docx.table.spread"), columns=tuple(columns), rows=tuple(rows))]


# the changes


def _changes(study: Study) -> tuple[Table, ...]:
    if study.comparison is None:
        return ()
    words = study.words
    heads = ("number", "kind", "before", "after", "units", "by")
    columns = tuple(Column(head=words(f"report.changes.{name}"), is_number=False) for name in heads)
    rows = tuple(
        (
            change.label,
            words(f"kind.{change.kind}"),
            change.before,
            change.after,
            change.units,
            change.by,
        )
        for change in changes.changes(study)
    )
    return (Table(caption="", columns=columns, rows=rows, remarks=(changes.note(study),)), _reckoning(study))


def _reckoning(study: Study) -> Table:
    assert study.comparison is not None
    words = study.words
    found = changes.reckon(study.comparison.changes)
    lines = [(f"kind.{line.kind}", line.before, line.after) for line in found.lines]
    lines.append(("report.legend.total", found.before, found.after))
    rows = tuple((words(name), write.count(before), write.count(after)) for name, before, after in lines)
    columns = (Column(head=words("report.changes.kind")), *_side_columns(study))
    return Table(caption=words("docx.table.reckoning"), columns=columns, rows=rows)


# the times


def _units(study: Study) -> list[Table]:
    found = whereabouts.where(study)
    if found is None:
        return []
    words, is_pair = study.words, study.after is not None
    columns = [Column(head=words("report.where.unit"), is_merged=is_pair)]
    columns += [Column(head=words("report.unproved.side"))] if is_pair else []
    columns += [Column(head=head, is_number=True) for head in found.heads]
    rows = [(row.head, *([row.note] if is_pair else []), *row.cells) for row in found.rows]
    remarks = (words("docx.unit", unit=study.unit()), words("report.where.note"), *found.sums)
    return [Table(caption=words("docx.table.units"), columns=tuple(columns), rows=tuple(rows), remarks=remarks)]


def _steps(study: Study) -> list[Table]:
    words = study.words
    made = []
    for table in steps.step_tables(study):
        columns = [Column(head=words("report.steps.step")), Column(head=words("report.where.unit"))]
        columns += [Column(head=head, is_number=True) for head in table.heads]
        rows = tuple((row.head, row.note, *row.cells) for row in table.rows)
        caption = words("docx.table.steps", side=table.side)
        remark = words("report.steps.note", side=table.side, unit=table.unit)
        made += [Table(caption=caption, columns=tuple(columns), rows=rows, remarks=(remark,))] if rows else []
    return made


def _sensitivity(study: Study) -> list[Table]:
    """What moves the mean time of each side, the largest first."""
    words = study.words
    made = []
    for panel in sensitivity.panels(study):
        columns = [Column(head=panel.heads[0]), Column(head=panel.heads[1])]
        columns += [Column(head=head, is_number=True) for head in panel.heads[2:]]
        rows = tuple((row.head, row.note, *row.cells) for row in panel.rows)
        caption = words("docx.table.sensitivity", side=panel.side)
        remarks = (words("docx.unit", unit=panel.unit), *panel.notes)
        made += [Table(caption=caption, columns=tuple(columns), rows=rows, remarks=remarks)] if rows else []
    return made


# the method and its sources


def _method(study: Study) -> list[Table]:
    words = study.words
    parts = (
        ("report.method.title", method.account(study)),
        ("report.method.doubts", trust.doubts(study)),
        ("report.method.repeat", method.repeat(study)),
    )
    made = [_entries(study, words(name), entries) for name, entries in parts if entries]
    return [*made, *(_source(study, source) for source in sources(study))]


def _entries(study: Study, caption: str, entries: Sequence[Entry]) -> Table:
    words = study.words
    columns = (Column(head=words("docx.table.item")), Column(head=words("docx.table.content")))
    rows = tuple((entry.term, "\n".join(entry.sentences)) for entry in entries)
    return Table(caption=caption, columns=columns, rows=rows)


def _source(study: Study, source: Source) -> Table:
    columns = tuple(Column(head=head) for head in source.heads)
    return Table(caption=source.title, columns=columns, rows=source.rows, remarks=source.notes)
