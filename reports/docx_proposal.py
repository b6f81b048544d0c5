"""What the program finds and proposes, as tables of an annex: findings, both redesigns, what is left, the proof."""

from __future__ import annotations

from reports import format as write
from reports.beside import beside
from reports.docx_table import Table
from reports.docx_xml import Column
from reports.pareto import pareto, unit_note
from reports.proof import Proved, proved
from reports.study import Study
from reports.treatment import Line, left_lines, treatment


def found(study: Study) -> list[Table]:
    """Every finding with what is done about it; what the moves save together stands last."""
    made = treatment(study)
    if made is None:
        return []
    words = study.words
    if not made.lines:
        only = (Column(head=words("report.findings.finding")),)
        return [Table(caption="", columns=only, rows=((words("report.findings.none"),),))]
    columns = [Column(head=words("report.changes.number"))]
    columns += [Column(head=words(f"report.findings.{name}")) for name in ("finding", "done")]
    names = ("alone", "counted", "saved")
    columns += [Column(head=words(f"report.findings.{name}"), is_number=True) for name in names]
    columns.append(Column(head=words("report.findings.trust.head")))
    lines = [*made.lines, *([made.total] if made.total is not None else [])]
    remarks = [words("docx.unit", unit=study.unit()), words("report.findings.note")]
    remarks += [words("report.findings.more", count=made.more)] if made.more else []
    remarks += [words("report.findings.nothing-pays")] if made.total is None else []
    rows = tuple(_row(line) for line in lines)
    return [Table(caption=made.summary, columns=tuple(columns), rows=rows, remarks=tuple(remarks))]


def _row(line: Line) -> tuple[str, ...]:
    number = str(line.number) if line.number else ""
    said = f"{line.title}\n{line.says}" if line.says else line.title
    return (number, said, line.done, line.alone, line.counted, _counts(line), line.trust)


def _counts(line: Line) -> str:
    """Steps, materials and visits saved, in one cell: the sentences need the room."""
    counts = (line.steps, line.materials, line.visits)
    return counts[0] if set(counts) == {write.UNKNOWN} else " / ".join(counts)


def compared(study: Study) -> list[Table]:
    """What somebody decided beside the proposal, and what the decided one leaves."""
    return [*_beside(study), *_left(study)]


def _beside(study: Study) -> list[Table]:
    words, rows = study.words, beside(study)
    if not rows:
        return []
    heads = ("side.before", "report.beside.decided", "report.beside.cut", "side.proposed", "report.beside.cut")
    columns = [Column(head=words("docx.table.name")), Column(head=words("report.beside.unit"))]
    columns += [Column(head=words(head), is_number=True) for head in heads]
    cells = tuple(
        (row.name, row.unit, row.before, row.decided, row.decided_cut, row.proposed, row.proposed_cut) for row in rows
    )
    note = (words("report.beside.note"),)
    return [Table(caption=words("report.beside.title"), columns=tuple(columns), rows=cells, remarks=note)]


def _left(study: Study) -> list[Table]:
    words, lines = study.words, left_lines(study)
    if not lines:
        return []
    columns = [Column(head=words(f"report.findings.{name}")) for name in ("finding", "could")]
    columns += [Column(head=words(f"report.findings.{name}"), is_number=True) for name in ("alone", "saved")]
    cells = tuple((f"{line.title}\n{line.says}", line.done, line.alone, _counts(line)) for line in lines)
    note = (words("report.left.note"), words("docx.unit", unit=study.unit()))
    return [Table(caption=words("report.left.title"), columns=tuple(columns), rows=cells, remarks=note)]


def further(study: Study) -> list[Table]:
    """As it is and the best set of moves of each size: the time it cuts, the people it needs."""
    line, words = pareto(study), study.words
    if line is None:
        return []
    heads = (("axis", True), ("cut", True), ("people", True), ("units", False))
    columns = tuple(Column(head=words(f"report.pareto.{name}"), is_number=is_number) for name, is_number in heads)
    rows = tuple((row.moves, row.cut, row.people, row.units) for row in line.rows)
    remarks = (words("docx.unit", unit=study.unit()), unit_note(study), line.note)
    return [Table(caption=words("report.pareto.title"), columns=columns, rows=rows, remarks=remarks)]


def proof(study: Study) -> list[Table]:
    """How many obligations of each kind hold, and those that something else now fulfils."""
    found = proved(study)
    if found is None:
        return []
    words = study.words
    heads = (("kind", False), ("says", False), ("held", True))
    columns = tuple(Column(head=words(f"proof.{name}"), is_number=is_number) for name, is_number in heads)
    rows = tuple((kind.name, kind.says, f"{kind.held} / {kind.count}") for kind in found.kinds)
    made = [Table(caption=words("proof.title"), columns=columns, rows=rows, remarks=(words("proof.note"),))]
    return [*made, _notable(study, found)] if found.notable else made


def _notable(study: Study, found: Proved) -> Table:
    words = study.words
    columns = tuple(Column(head=words(f"proof.{name}")) for name in ("kind", "subject", "held", "shown-by"))
    rows = tuple(
        (duty.kind, duty.subject, words(f"proof.{'yes' if duty.holds else 'no'}"), duty.witness)
        for duty in found.notable
    )
    remarks = (words("proof.notable-note"), *([words("proof.more", count=found.more)] if found.more else []))
    return Table(caption=words("proof.notable"), columns=columns, rows=rows, remarks=remarks)
