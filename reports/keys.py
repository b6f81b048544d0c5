"""The keys of the drawings as drawings: what the parts of a bar and the lines of a box mean."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from reports import charts
from reports.changes import reckon
from reports.charts import LABEL, text_width
from reports.diagrams import SAMPLES
from reports.study import Study


def key_of_parts(study: Study) -> str:
    """The parts a time is made of, of those that occur."""
    parts = [name for name in charts.PARTS if any(getattr(result.path, name) for result in study.results)]
    mark = '<rect x="0.5" y="5.5" width="13" height="8" class="tm {}"/>'
    return _row(study, [(mark.format(name), 14.0, study.words(f"part.{name}")) for name in parts])


def key_of_changes(study: Study) -> str:
    """The kinds of change, of those that occur."""
    matches = study.comparison.changes if study.comparison is not None else ()
    kinds = [line.kind for line in reckon(matches).lines if line.before or line.after]
    return _row(study, [(str(SAMPLES[kind]), 34.0, study.words(f"kind.{kind}")) for kind in kinds])


def _row(study: Study, marks: Sequence[tuple[str, float, str]]) -> str:
    """Marks with their names in a row."""
    drawn, x = "", 0.0
    for mark, width, name in marks:
        drawn += f'<g transform="translate({x:.1f} 0)">{mark}</g>'
        drawn += f'<text x="{x + width + 5:.1f}" y="13.5" font-size="{LABEL}">{escape(name)}</text>'
        x += width + text_width(name, LABEL) + 24
    title = escape(": ".join((study.words("docx.key"), study.words("list.separator").join(name for *_, name in marks))))
    frame = f'viewBox="0 0 {max(x, 1.0):.1f} 20" width="{max(x, 1.0):.1f}" height="20"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {frame} role="img"><title>{title}</title>{drawn}</svg>'
