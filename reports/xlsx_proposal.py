"""What the program finds and proposes, as sheets: every finding, every obligation, the split of the cut."""

from __future__ import annotations

from analysis.findings import Saving
from redesign import people
from reports import format as write
from reports.beside import beside
from reports.pareto import pareto
from reports.proof import duties
from reports.proposal import Item
from reports.study import Study
from reports.treatment import left_lines, treatment
from reports.waterfall import waterfall
from reports.xlsx_table import Cell, Chart, Formula, Series, Table, columns

#: The colour of what is cut, as in the page.
CUT = "#b87400"
#: What a finding saves beside time.
_COUNTS = ("steps", "materials", "visits")


def found(study: Study) -> Table | None:
    """Every finding with its number, what is done about it, and what it saves alone and as one of all."""
    made = treatment(study, most=None)
    if made is None or study.proposal is None or not made.lines:
        return None
    unit = f" ({study.unit()})"
    keys = [("number", "count"), ("finding", "text"), ("says", "text"), ("steps-named", "text"), ("done", "text")]
    keys += [(key, "time") for key in ("alone", "counted", "counted-low", "counted-high")]
    keys += [(f"saved-{name}", "count") for name in _COUNTS] + [("trust", "text"), ("ids", "text")]
    heads = dict.fromkeys(("alone", "counted", "counted-low", "counted-high"), unit)
    rows = []
    for line, item in zip(made.lines, study.proposal.items, strict=True):
        first = (line.number, line.title, line.says, line.steps_named, line.done)
        saving = item.finding.saving if item.finding is not None else None
        alone = saving.elapsed_working_s if saving is not None else None
        figures = (_scaled(study, alone), *_counted(study, item), *_counts(saving))
        rows.append((*first, *figures, line.trust, " ".join(item.steps)))
    total = sum(value for row in rows if isinstance(value := row[6], float))
    last: tuple[Cell, ...] = ()
    if study.proposal.made.moves:
        whole = Formula(text="SUM({counted:all})", value=total)
        last = ("", study.words("report.findings.total"), "", "", "", "", whole, *[""] * 7)
    notes = (made.summary, study.words("report.findings.note"))
    return Table(columns=columns(study, keys, **heads), rows=tuple(rows), notes=notes, last=last)


def _scaled(study: Study, seconds: float | None) -> float | None:
    return None if seconds is None else study.scale.value(seconds)


def _counted(study: Study, item: Item) -> tuple[float | None, ...]:
    share = item.share
    if share is None:
        return (None,) * 3
    return tuple(_scaled(study, value) for value in (share.elapsed_working_s, share.low, share.high))


def _counts(saving: Saving | None) -> tuple[int | None, ...]:
    return tuple(None if saving is None else int(getattr(saving, name)) for name in _COUNTS)


def split(study: Study) -> Table | None:
    """From the mean as it is to the mean as proposed: each kind of finding with what it brings."""
    made = waterfall(study)
    if made is None:
        return None
    keys = [("finding", "text"), ("numbers", "text"), ("counted", "time")]
    falls = [row for row in made.rows if row.kind in ("fall", "rise") and row.end is not None]
    ends = {row.kind: row for row in made.rows if row.kind in ("now", "after")}
    rows = tuple((row.name, row.note, row.start - (row.end or 0.0)) for row in falls)
    total = Formula(text="SUM({counted:all})", value=sum(row[2] for row in rows))
    notes = (made.note, *(f"{row.name} {row.text} {study.unit()}" for row in ends.values()))
    drawn = Chart(
        kind="bar",
        title=study.words("report.waterfall.title"),
        unit=study.unit(),
        series=(Series(names="finding", values="counted", colour=CUT),),
    )
    heads = columns(study, keys, counted=f" ({study.unit()})")
    last = (study.words("report.findings.total"), "", total)
    return Table(columns=heads, rows=rows, notes=notes, last=last, charts=(drawn,), is_filtered=False)


def both(study: Study) -> Table | None:
    """What somebody decided beside the proposal: cut and per cent are formulas."""
    if not beside(study) or study.comparison is None or study.proposed is None or study.proposed.comparison is None:
        return None
    words = study.words
    keys = [("name", "text"), ("unit", "text"), ("before", "number")]
    for side in ("decided", "proposed"):
        keys += [(side, "number"), (f"{side}-cut", "number"), (f"{side}-percent", "percent")]
    rows = []
    for name, line in zip(("steps", "time", "materials", "visits"), beside(study), strict=True):
        cuts = (study.comparison.cuts[name], study.proposed.comparison.cuts[name])
        size = study.scale.seconds if name == "time" else 1.0
        before = cuts[0].before
        cells: list[Cell] = [line.name, line.unit, None if before is None else before / size]
        for side, cut in zip(("decided", "proposed"), cuts, strict=True):
            saved = None if cut.cut is None else cut.cut / size
            share = None if cut.percent is None else cut.percent / 100
            both_known = f"AND(ISNUMBER({{before}}),ISNUMBER({{{side}}}))"
            cells.append(None if cut.after is None else cut.after / size)
            cells.append(Formula(text=f'IF({both_known},{{before}}-{{{side}}},"—")', value=saved))
            is_share = f"AND(ISNUMBER({{{side}-cut}}),{{before}}<>0)"
            cells.append(Formula(text=f'IF({is_share},{{{side}-cut}}/{{before}},"—")', value=share))
        rows.append(tuple(cells))
    return Table(
        columns=columns(study, keys), rows=tuple(rows), notes=(words("report.beside.note"),), is_filtered=False
    )


def left(study: Study) -> Table | None:
    """What the decided redesign leaves on the table."""
    lines = left_lines(study)
    known = study.proposal.left if study.proposal is not None else None
    if not lines or not known:
        return None
    keys = [("finding", "text"), ("says", "text"), ("done", "text"), ("alone", "time")]
    keys += [(f"saved-{name}", "count") for name in _COUNTS]
    rows = []
    for line, finding in zip(lines, known, strict=True):
        saving = finding.saving
        alone = _scaled(study, saving.elapsed_working_s if saving is not None else None)
        rows.append((line.title, line.says, line.done, alone, *_counts(saving)))
    heads = columns(study, keys, alone=f" ({study.unit()})")
    return Table(columns=heads, rows=tuple(rows), notes=(study.words("report.left.note"),))


def further(study: Study) -> Table | None:
    """As it is and the best set of moves of each size: how much time it cuts, how many people it needs."""
    line = pareto(study)
    if line is None:
        return None
    words = study.words
    keys = [("moves", "count"), ("counted", "time"), ("people", "count"), ("other-staff", "text")]
    keys.append(("is-proposed", "text"))
    as_it_is: tuple[Cell, ...] = (0, 0.0, line.before, "", "")
    rows = tuple(
        (point.moves, _scaled(study, point.cut), people(point.staff), row.units, _yes(study, point.is_made))
        for point, row in zip(line.points, line.rows[1:], strict=True)
    )
    heads = columns(study, keys, counted=f" ({study.unit()})")
    notes = (words("report.pareto.title"), line.note)
    return Table(columns=heads, rows=(as_it_is, *rows), notes=notes, is_filtered=False)


def _yes(study: Study, is_so: bool) -> str:
    return study.words("xlsx.portfolio.yes") if is_so else ""


def proof(study: Study) -> Table | None:
    """Every obligation of the proof with what shows it."""
    words, listed = study.words, duties(study)
    if not listed:
        return None
    keys = [("obligation", "text"), ("subject", "text"), ("holds", "text"), ("witness", "text")]
    rows = tuple(
        (duty.kind, duty.subject or write.UNKNOWN, words(f"proof.{'yes' if duty.holds else 'no'}"), duty.witness)
        for duty in listed
    )
    return Table(columns=columns(study, keys), rows=rows, notes=(words("proof.note"),))
