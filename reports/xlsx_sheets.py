"""What stands on each sheet of the workbook, in the order of the sheets."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.measure import Measure, StepTime
from analysis.sensitivity import Change
from reports import charts, clocks, headline, method, sensitivity, trust, whereabouts, xlsx_proposal
from reports import format as write
from reports.changes import KINDS, labels
from reports.changes import note as changes_note
from reports.comparison import Cut
from reports.format import Scale
from reports.matching import Match
from reports.sources import sources
from reports.spread import BASES
from reports.study import Study, step_name, unit_name
from reports.xlsx_table import Amount, Cell, Chart, Column, Formula, Maker, Series, Table, columns

#: The colours of before and after, and of work, queue and wait, as in the page.
BEFORE, AFTER = "#7c8592", "#0a7357"
PARTS = {"work": "#1f3a56", "queue": "#b9771a", "wait": "#93adc3"}

#: Rows of the sheet of the distribution: each the middle of a hundredth of the cases.
SAMPLE = 100


def _side_keys(study: Study) -> list[str]:
    return [key for key, _ in study.sides]


def _scaled(value: float | None, scale: Scale) -> float | None:
    return None if value is None else scale.value(value)


# the summary: every cut a formula


def summary(study: Study) -> Table:
    """The figures of both sides; cut and per cent are formulas."""
    words = study.words
    sides = [(key, "number") for key in _side_keys(study)]
    cut = [("cut", "number"), ("percent", "percent"), ("low", "number"), ("high", "number")] if study.after else []
    made = columns(study, [("name", "text"), ("unit", "text"), *sides, *cut, ("basis", "text"), ("cases", "count")])
    rows = [_cut_row(study, name, cut) for name, cut in _cuts(study)]
    notes = [headline.headline(study).text, *headline.warnings(study)]
    if study.after is not None:
        notes.append(words("xlsx.formulas"))
    notes.append(words("xlsx.made", program=f"zaizao {study.version}", date=write.day(study.day)))
    drawn = (
        Chart(
            kind="bar",
            title=words("xlsx.head.percent"),
            format="0%",
            series=(Series(names="name", values="percent", colour=AFTER),),
        ),
    )
    return Table(
        columns=made, rows=tuple(rows), notes=tuple(notes), charts=drawn if study.after else (), is_filtered=False
    )


def _cuts(study: Study) -> list[tuple[str, Cut]]:
    """The cuts in the order of the sheet; of one procedure alone its figures."""
    names = ("steps", "time", "median", "calendar", "limit", "materials", "distinct", "visits")
    if study.comparison is not None:
        return [(name, study.comparison.cuts[name]) for name in names if name in study.comparison.cuts]
    side = study.before
    times, procedure = side.times.times, side.model.procedure
    figures: dict[str, tuple[float | None, str, str]] = {
        "steps": (side.steps, "count", "steps"),
        "time": (times.elapsed_working.mean, "s", "elapsed-working"),
        "median": (times.elapsed_working.median, "s", "elapsed-working"),
        "calendar": (times.elapsed_calendar.mean, "s", "elapsed-calendar"),
        "limit": (procedure.promised_limit, procedure.limit_unit, "promised-limit"),
        "materials": (side.materials, "count", "hand-ins"),
        "distinct": (side.distinct_materials, "count", "materials"),
        "visits": (side.visits, "count", "visits"),
    }
    n = side.times.cases
    return [
        (
            name,
            Cut(
                before=value,
                after=None,
                cut=None,
                percent=None,
                low=None,
                high=None,
                basis=basis,
                unit=unit,
                n=n if unit == "s" else None,
            ),
        )
        for name, (value, unit, basis) in figures.items()
    ]


def _cut_row(study: Study, name: str, cut: Cut) -> tuple[Cell, ...]:
    words = study.words
    is_time = cut.unit == "s"
    scale = study.calendar if cut.basis == "elapsed-calendar" else study.scale
    length = scale.seconds if is_time else 1.0
    is_known = not (is_time and study.is_untimed)
    before, after, saved, low, high = (
        None if value is None or not is_known else value / length
        for value in (cut.before, cut.after, cut.cut, cut.low, cut.high)
    )
    kind = "time" if is_time else "number" if name == "limit" else "count"
    head = words(f"docx.table.{'steps-name' if name == 'steps' else name}")
    if not is_time:
        basis = words("docx.table.written" if name == "limit" else "docx.table.counted")
    else:
        basis = words(f"basis.{cut.basis}")
    values: list[Cell] = [Amount(value=before, format=kind)]
    if study.after is not None:
        share = None if saved is None or not before else saved / before
        values += [
            Amount(value=after, format=kind),
            Formula(text=_difference("-", saved, cut), value=saved, format=kind),
            Formula(text='IF(AND(ISNUMBER({cut}),{before}<>0),{cut}/{before},"—")', value=share),
            Amount(value=low, format=kind),
            Amount(value=high, format=kind),
        ]
    return (head, _unit(study, name, cut, scale), *values, basis, cut.n)


def _difference(sign: str, saved: float | None, cut: Cut) -> str:
    """Before minus after; where limits are in different units nobody may subtract them."""
    both = f"{{before}}{sign}{{after}}"
    is_barred = saved is None and cut.before is not None and cut.after is not None
    return '"—"' if is_barred else f'IF(AND(ISNUMBER({{before}}),ISNUMBER({{after}})),{both},"—")'


def _unit(study: Study, name: str, cut: Cut, scale: Scale) -> str:
    if cut.unit == "s":
        return study.unit(scale)
    if name == "limit":
        units = cut.unit.split("/")
        return " / ".join(study.limit(2, unit).removeprefix(write.count(2)).strip() for unit in units)
    return study.words("docx.table.kinds" if name == "distinct" else f"unit.{name}")


# the changes


def matched(study: Study) -> Table | None:
    """Every match of steps, with how many of each side; the same labels as in the diagrams."""
    if study.comparison is None or study.after is None:
        return None
    keys = [("number", "text"), ("kind", "text"), ("steps-before", "text"), ("steps-after", "text"), ("units", "text")]
    keys += [("count-before", "count"), ("count-after", "count"), ("by", "text")]
    label = labels(study)
    rows = tuple(_match_row(study, match, label.get(place, "")) for place, match in enumerate(study.comparison.changes))
    return Table(columns=columns(study, keys), rows=rows, notes=(changes_note(study),))


def _match_row(study: Study, match: Match, label: str) -> tuple[Cell, ...]:
    assert study.after is not None
    words, join = study.words, study.words("list.separator").join
    sides = ((study.before.model, match.before), (study.after.model, match.after))
    names = [join(step_name(model, identity) for identity in steps) or write.UNKNOWN for model, steps in sides]
    units = [join(dict.fromkeys(filter(None, (unit_name(model, one) for one in steps)))) for model, steps in sides]
    shown = write.ARROW.join(dict.fromkeys(filter(None, units))) or write.UNKNOWN
    return (
        label,
        words(f"kind.{match.kind}"),
        *names,
        shown,
        len(match.before),
        len(match.after),
        words(f"by.{match.by}") if match.by else write.UNKNOWN,
    )


def reckoning(study: Study) -> Table | None:
    """How many steps of each side are of each kind of change; the sums are formulas over the sheet of changes."""
    if study.comparison is None:
        return None
    words, found = study.words, study.comparison.changes
    sheet = words("xlsx.sheet.changes")
    last = 4 + len(found)
    rows: list[tuple[Cell, ...]] = []
    for kind in KINDS:
        counts = [
            sum(len(getattr(match, side)) for match in found if match.kind == kind) for side in ("before", "after")
        ]
        cells = [
            Formula(
                text=f"SUMIF('{sheet}'!$B$5:$B${last},{{kind}},'{sheet}'!${letter}$5:${letter}${last})", value=count
            )
            for letter, count in zip("FG", counts, strict=True)
        ]
        rows.append((words(f"kind.{kind}"), *cells))
    sums = [sum(len(getattr(match, side)) for match in found) for side in ("before", "after")]
    total = [
        Formula(text=f"SUM({{count-{side}:all}})", value=value)
        for side, value in zip(("before", "after"), sums, strict=True)
    ]
    made = columns(study, [("kind", "text"), ("count-before", "count"), ("count-after", "count")])
    return Table(columns=made, rows=tuple(rows), last=(words("xlsx.head.sum"), *total), is_filtered=False)


# the times


def step_times(study: Study) -> Table:
    """What each step of each side takes in a mean case; the sum of its parts is a formula."""
    words = study.words
    longest = max(
        (part or 0.0 for _, side in study.sides for step in side.times.steps for part in _parts(step)), default=0.0
    )
    scale = write.office_scale(longest, study.before.times.day_seconds)
    unit = f" ({study.unit(scale)})"
    sides = [("side", "text")] if study.after is not None else []
    times = [("work", "time"), ("queue", "time"), ("wait", "time"), ("sum", "time"), ("times", "time")]
    made = columns(
        study,
        [*sides, ("step", "text"), ("unit", "text"), ("id", "text"), *times],
        **dict.fromkeys(("work", "queue", "wait", "sum"), unit),
    )
    rows: list[tuple[Cell, ...]] = []
    for key, side in study.sides:
        for step in side.times.steps:
            parts = [_scaled(part, scale) for part in _parts(step)]
            total = None if None in parts else sum(part for part in parts if part is not None)
            first = (study.side_name(key),) if study.after is not None else ()
            cells = (*parts, Formula(text=_SUM, value=total), step.times_per_case)
            rows.append((*first, step.name or step.id, step.unit, step.id, *cells))
    return Table(columns=made, rows=tuple(rows), notes=(words("xlsx.step-note", unit=study.unit(scale)),))


def _parts(step: StepTime) -> tuple[float | None, ...]:
    return step.work, step.queue, step.wait


_SUM = 'IF(COUNT({work},{queue},{wait})=3,{work}+{queue}+{wait},"—")'


def unit_times(study: Study) -> Table | None:
    """What each unit of each side takes of a mean case, with the parts as stacked bars."""
    if whereabouts.where(study) is None:
        return None
    words, scale, unit = study.words, study.scale, f" ({study.unit()})"
    names, is_pair = whereabouts.units(study), study.after is not None
    parts = ("work", "queue", "wait", "sum")
    keys = [(key, "text") for key in (("side", "unit") if is_pair else ("unit",))]
    made = columns(study, [*keys, *((part, "time") for part in parts)], **dict.fromkeys(parts, unit))
    rows: list[tuple[Cell, ...]] = []
    for key, side in study.sides:
        known = {one.unit: one for one in side.times.path.units}
        for name in names:
            one = known.get(name)
            values = [_scaled(getattr(one, part), scale) if one is not None else 0.0 for part in PARTS]
            total = None if None in values else sum(value for value in values if value is not None)
            first = (study.side_name(key),) if is_pair else ()
            rows.append((*first, name or study.words("report.where.no-unit"), *values, Formula(text=_SUM, value=total)))
    sums = [row[-1].value for row in rows if isinstance(row[-1], Formula)]
    most = charts.axis(0, 1, max((value for value in sums if isinstance(value, float)), default=0.0)).top
    drawn = [
        Chart(
            kind="bar",
            title=f"{study.side_name(key)} · {words('report.where.by-unit')}",
            unit=study.unit(),
            most=most,
            is_stacked=True,
            series=tuple(
                Series(
                    names="unit", values=part, colour=colour, rows=(len(names) * place, len(names) * (place + 1) - 1)
                )
                for part, colour in PARTS.items()
            ),
        )
        for place, (key, _) in enumerate(study.sides)
    ]
    note = words("xlsx.unit-note", unit=study.unit())
    return Table(columns=made, rows=tuple(rows), notes=(note,), charts=tuple(drawn) if names else ())


def limits(study: Study) -> Table | None:
    """The cases inside each limit; the share is a formula."""
    words = study.words
    keys = [("side", "text"), ("clock", "text"), ("limit", "number"), ("unit", "text"), ("inside", "count")]
    keys += [("cases", "count"), ("share", "percent"), ("share-low", "percent"), ("share-high", "percent")]
    rows: list[tuple[Cell, ...]] = []
    for key, side in study.sides:
        for found in side.times.limits:
            unit = study.limit(2, found.unit).removeprefix(write.count(2)).strip()
            share = Formula(
                text='IF({cases}>0,{inside}/{cases},"—")', value=found.inside / found.n if found.n else None
            )
            bounds = (found.low, found.high) if found.n else (None, None)
            first = (study.side_name(key), words(f"clock.{found.clock}"), found.limit, unit)
            rows.append((*first, found.inside, found.n, share, *bounds, words(f"xlsx.span.{found.span}")))
    made = columns(study, [*keys, ("from-to", "text")])
    return Table(columns=made, rows=tuple(rows), notes=clocks.clocks(study).notes[1:]) if rows else None


def all_times(study: Study) -> Table:
    """Every basis of every side: mean, its interval, median and percentiles, each row in its unit."""
    keys = [("basis", "text"), ("unit", "text"), ("side", "text")]
    keys += [(key, "time") for key in ("mean", "mean-low", "mean-high", "median", "p90", "p95")]
    rows: list[tuple[Cell, ...]] = []
    for name in BASES:
        for key, side in study.sides:
            measure: Measure = getattr(side.times.times, name)
            scale = study.calendar if name == "elapsed_calendar" else study.scale
            values = (measure.mean, measure.low, measure.high, measure.median, measure.p90, measure.p95)
            shown = [None if study.is_untimed else _scaled(value, scale) for value in values]
            first = (study.words(f"basis.{measure.basis}"), study.unit(scale), study.side_name(key))
            rows.append((*first, *shown, measure.n))
    return Table(columns=columns(study, [*keys, ("cases", "count")]), rows=tuple(rows))


def sample(study: Study) -> Table | None:
    """The distribution of each side as a line: the share of cases that are done after so long."""
    sides = [(key, side) for key, side in study.sides if side.times.sample and not side.times.overloaded]
    if study.is_untimed or not sides:
        return None
    words = study.words
    unit = f" ({study.unit()})"
    keys = [("percentile", "percent"), *((key, "time") for key, _ in sides)]
    lines = [[study.scale.value(value) for value in charts.quantiles(side.times.sample, SAMPLE)] for _, side in sides]
    rows = tuple(((place + 0.5) / SAMPLE, *(line[place] for line in lines)) for place in range(SAMPLE))
    series = tuple(
        Series(names="percentile", values=key, colour=AFTER if key == "after" else BEFORE) for key, _ in sides
    )
    drawn = Chart(
        kind="line", title=words("report.spread.title"), unit=words("xlsx.head.percentile"), format="0%", series=series
    )
    made = columns(study, keys, **{key: unit for key, _ in sides})
    return Table(columns=made, rows=rows, notes=(words("xlsx.sample-note", unit=study.unit()),), charts=(drawn,))


def moving(study: Study) -> Table | None:
    """What moves the mean time of each side for sure, the largest first: how far, with its interval."""
    panels = sensitivity.panels(study)
    scale = _moving_scale(study)
    known = [(study.side_name(key), side.sensitivity) for key, side in study.sides if side.sensitivity is not None]
    rows: list[tuple[Cell, ...]] = []
    for panel, (name, found) in zip(panels, known, strict=True):
        credible = [effect for effect in found.effects if effect.is_credible]
        for row, effect in zip(panel.rows, credible, strict=False):
            cells = [value for change in (effect.lower, effect.higher) for value in _change(change, scale)]
            rows.append((name, row.head, row.note, row.cells[0].split("\n")[0], *cells))
    ways = [f"{way}{end}" for way in ("lower", "higher") for end in ("", "-low", "-high")]
    keys = [(key, "text") for key in ("side", "factor", "unit", "value")] + [(way, "time") for way in ways]
    made = columns(study, keys, **dict.fromkeys(ways, f" ({study.unit(scale)})"))
    notes = dict.fromkeys(note for panel in panels for note in panel.notes)
    return Table(columns=made, rows=tuple(rows), notes=tuple(notes)) if rows else None


def _moving_scale(study: Study) -> Scale:
    """The unit in which the largest of the moves is read best."""
    effects = [effect for _, side in study.sides if side.sensitivity for effect in side.sensitivity.effects]
    changes = [change for effect in effects for change in (effect.lower, effect.higher) if change is not None]
    most = max((abs(change.seconds or 0.0) for change in changes), default=0.0)
    return write.office_scale(most, study.before.times.day_seconds)


def _change(change: Change | None, scale: Scale) -> list[float | None]:
    values = (change.seconds, change.low, change.high) if change is not None else (None, None, None)
    return [_scaled(value, scale) for value in values]


# the texts


def origins(study: Study) -> list[tuple[str, Table]]:
    """Law, published figures, where times come from: each a sheet, by the key of its name."""
    return [
        (
            source.key,
            Table(
                columns=tuple(Column(key=f"c{place}", head=head) for place, head in enumerate(source.heads)),
                rows=source.rows,
                notes=source.notes,
            ),
        )
        for source in sources(study)
    ]


def account(study: Study) -> Table:
    """How the figures were made, how far they can be trusted, and what makes them again."""
    words = study.words
    parts = (
        ("report.method.title", method.account(study)),
        ("report.method.doubts", trust.doubts(study)),
        ("report.method.repeat", method.repeat(study)),
    )
    rows = [(words(name), entry.term, "\n".join(entry.sentences)) for name, entries in parts for entry in entries]
    return Table(columns=columns(study, [("term", "text"), ("item", "text"), ("content", "text")]), rows=tuple(rows))


#: The sheets by the key of their names.
SHEETS: Sequence[tuple[str, Maker]] = (
    ("summary", summary),
    ("reckoning", reckoning),
    ("changes", matched),
    ("findings", xlsx_proposal.found),
    ("waterfall", xlsx_proposal.split),
    ("beside", xlsx_proposal.both),
    ("left", xlsx_proposal.left),
    ("pareto", xlsx_proposal.further),
    ("proof", xlsx_proposal.proof),
    ("steps", step_times),
    ("units", unit_times),
    ("limits", limits),
    ("times", all_times),
    ("sample", sample),
    ("sensitivity", moving),
    ("method", account),
)


def sheets(study: Study) -> list[tuple[str, Table]]:
    """All sheets that hold something, with the keys of their names; the method stands last."""
    made = [(name, make(study)) for name, make in SHEETS]
    found = [(name, table) for name, table in made if table is not None]
    return [*found[:-1], *origins(study), found[-1]]
