"""The report as one web page: no script, nothing fetched, printable on A4, in Chinese or English.

Everything a file says goes through one gate: `_shown` makes hidden characters visible, and the templates escape
what they insert. Only what our own modules drew or wrote as markup is let through as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from reports import (
    beside,
    changes,
    clocks,
    cuts,
    hand_overs,
    headline,
    method,
    pareto,
    proof,
    sensitivity,
    spread,
    steps,
    treatment,
    trust,
    waits,
    waterfall,
    whereabouts,
)
from reports import format as write
from reports.diagrams import SAMPLES, diagrams, found_diagrams, proposed_diagrams
from reports.room import is_long
from reports.study import Study, step_name
from reports.words import Words

#: The beginning of a text with Chinese in it in a picture, which says its language on a page in another one.
_CHINESE_TEXT = re.compile(
    "<(text|tspan)(?=[ >][^<]*[\u4e00-\u9fff])(?=[^>]*>[^<]*[\u4e00-\u9fff])|<(title)(?=>[\u4e00-\u9fff])"
)

#: A word of so many letters with no place to break widens a column.
UNBROKEN = 36
_BREAKS = re.compile("[\\s\u2e80-\uffef-]+")
_TEXT = re.compile(">([^<]+)<")
_MONO = re.compile('<dd class="mono">.*?</dd>', re.DOTALL)

#: Titles longer than this are cut in the running head of the pages.
LONG_TITLE = 26


def report_html(study: Study) -> str:
    """Write a report as one web page."""
    page = environment().get_template("report.html.jinja").render(_page(study))
    if _is_unbroken(page):
        page = page.replace("<main>", '<main class="unbroken">', 1)
    return page if study.words.language == "zh" else _CHINESE_TEXT.sub(r'<\1\2 lang="zh-CN"', page)


def _is_unbroken(page: str) -> bool:
    """Whether a word in the page is so long that it would widen its column, and the page with it."""
    start = page.index("<main>")
    texts = _TEXT.findall(_MONO.sub("", page[start:]))
    return any(len(word) >= UNBROKEN for text in texts if len(text) >= UNBROKEN for word in _BREAKS.split(text))


@cache
def environment() -> Environment:
    """The templates of the pages."""
    made = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["spoken"] = _spoken
    return made


def _shown(value: object) -> object:
    """Let markup through, make hidden characters of all other text visible."""
    return write.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@pass_context
def _spoken(context: Context, text: str) -> str | Markup:
    """Mark a text with Chinese in it as Chinese, on a page in another language."""
    if context["language"] == "zh" or not any("\u4e00" <= letter <= "\u9fff" for letter in text):
        return text
    return Markup('<span lang="zh-CN">{}</span>').format(write.visible(text))


def _page(study: Study) -> dict[str, object]:
    return {
        "study": study,
        "words": study.words,
        "language": study.words.language,
        "css": page_css(study.words, study.kind, _about(study)),
        "unit": study.unit(),
        "calendar_unit": study.unit(study.calendar),
        "gap": study.words("list.gap"),
        **_first_page(study),
        **_second_page(study),
        **_findings(study),
        **_last_pages(study),
        "sensitivity": sensitivity.panels(study),
    }


def _first_page(study: Study) -> dict[str, object]:
    cut = study.comparison.cuts.get("time") if study.comparison else None
    drawn = diagrams(study)
    return {
        "kind": study.kind,
        "about": _about(study),
        "is_example": study.procedure is not None and bool(study.procedure.illustrations),
        "headline": headline.headline(study),
        "is_long": is_long(study),
        "direction": headline.direction(cut) if cut else "only",
        "warnings": headline.warnings(study),
        "lead": headline.lead(study),
        "cards": cuts.cards(study),
        "limits": clocks.limit_strip(study),
        "trials": clocks.trial_strip(study),
        "diagrams": drawn,
        "flow_notes": _flow_notes(study, is_map=bool(drawn.full)),
        "reckoning": changes.reckon(study.comparison.changes) if study.comparison else None,
        "samples": SAMPLES,
    }


def _flow_notes(study: Study, *, is_map: bool) -> list[str]:
    """What has to be known to read the diagrams of the first page."""
    words = study.words
    notes = [words("report.flow.note"), words("report.legend.law")] if study.after else [words("report.legend.law")]
    if is_map:
        return [*notes, words("report.flow.map", full=words("report.flow.full"))]
    if study.proposal is not None and not study.is_decided:
        return [*notes, words("report.legend.found")]
    return [*notes, words("report.legend.number")] if study.comparison else notes


def _about(study: Study) -> list[str]:
    kind = study.before.model.procedure.kind
    about = [study.title, *([study.words(f"class.{kind}")] if kind else []), write.day(study.day)]
    return [write.visible(text) for text in about]


def _second_page(study: Study) -> dict[str, object]:
    listed = changes.changes(study)
    return {
        "clocks": clocks.clocks(study),
        "where": whereabouts.where(study),
        "spread": spread.spread(study),
        "changes": listed,
        "changes_note": changes.note(study),
        "is_changed": any(change.kind != "kept" for change in listed),
        "waits": waits.waits(study),
        "hands": hand_overs.matrices(study),
    }


def _findings(study: Study) -> dict[str, object]:
    """What the program finds and proposes itself, and its proof."""
    line = pareto.pareto(study)
    return {
        "treatment": treatment.treatment(study),
        "found_diagrams": found_diagrams(study),
        "waterfall": waterfall.waterfall(study),
        "beside": beside.beside(study),
        "proposed_diagrams": proposed_diagrams(study),
        "left": treatment.left_lines(study) if study.proposal is not None and study.proposal.left is not None else None,
        "proof": proof.proved(study),
        "pareto": line,
        "pareto_note": pareto.unit_note(study) if line is not None else "",
    }


def _last_pages(study: Study) -> dict[str, object]:
    return {
        "account": method.account(study),
        "doubts": trust.doubts(study),
        "repeat": method.repeat(study),
        "is_unproved": bool(trust.unproved_times(study)),
        "is_timed": not study.is_untimed,
        "step_lists": steps.step_lists(study),
        "law_day": write.day(study.procedure.law_as_of) if study.procedure else "",
        "named": lambda identities: _named(study, identities),
        "scenarios": lambda names: _scenarios(study, names),
    }


def _named(study: Study, identities: Sequence[str]) -> str:
    """The names of steps of either side, each once."""
    names = [
        step_name(side.model, identity)
        for identity in identities
        for _, side in study.sides
        if identity in side.model.node
    ]
    return study.words("list.separator").join(dict.fromkeys(names)) or write.UNKNOWN


def _scenarios(study: Study, names: Sequence[str]) -> str:
    sides = {"as-is": "before" if study.after else "only", "to-be": "after"}
    return study.words("list.separator").join(study.side_name(sides[name]) for name in names if name in sides)


def page_css(words: Words, kind: str, about: Sequence[str]) -> Markup:
    """The style of a page, with the running head and the page numbers of paper."""
    folder = resources.files("reports") / "templates"
    sheets = [(folder / name).read_text(encoding="utf-8") for name in ("tokens.css", "report.css")]
    head = css_text(f"{words('report.product')}  {kind}")
    title, *rest = about
    told = css_text(" · ".join([title if len(title) <= LONG_TITLE else f"{title[:LONG_TITLE]}…", *rest]))
    page = (
        "@page { size: A4; margin: 14mm 15mm 12mm; font: 8pt var(--sans); color: #616b79;\n"
        f"  @top-left {{ content: {head}; }} @top-right {{ content: {told}; }}\n"
        '  @bottom-center { content: "— " counter(page) " / " counter(pages) " —"; } }\n'
        "@page :first { margin-top: 10mm; margin-bottom: 10mm;\n"
        "  @top-left { content: none; } @top-right { content: none; } }\n"
    )
    return Markup("\n".join([*sheets, page]))


def css_text(text: str) -> str:
    r"""Write a text as a CSS string that nothing in it can end: all but letters and digits is written as a number.

    >>> css_text('a"</style>')
    '"a\\22 \\3c \\2f style\\3e "'
    """
    return '"' + "".join(letter if letter.isalnum() else f"\\{ord(letter):x} " for letter in text) + '"'
