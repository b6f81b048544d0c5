"""How much of the first page its diagrams may take: what the headline, the cuts and the limits above them leave."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports import clocks, cuts, headline
from reports.charts import text_width
from reports.lanes import PAGE
from reports.study import Study

#: Height of the first page between its margins, and of what always stands on it: heads, rules, the four cuts.
SHEET, FIXED = 1043.0, 246.0
#: Headlines longer than this are set smaller, so that they stay within two lines.
LONG_HEADLINE = 46
#: A line of a card's notes, how wide it is, and how many lines always fit.
NOTE, NOTE_WIDTH, NOTES = 13.0, 146.0, 3


def room(study: Study) -> float:
    """The height left for the diagrams, in pixels; estimated, and rather too little than too much."""
    is_latin = study.words.language != "zh"
    # Headlines and running text in Latin letters are set a little closer than single words are reckoned.
    close = 0.9 if is_latin else 1.02
    used = FIXED + _lines([headline.headline(study).text], close * _headline_size(study), 1.32) + 12
    used += _lines(["".join(headline.lead(study))], close * (10.7 if is_latin else 11.4), 1.5) + 7
    found = headline.warnings(study)
    used += _lines(found, 12.2, 1.6) + 20 if found else 0.0
    for title, strip in (("limits", clocks.limit_strip(study)), ("trial", clocks.trial_strip(study))):
        used += _lines(["　".join([study.words(f"report.{title}.title"), *strip])], 10.4, 1.5) + 5 if strip else 0.0
    notes = [sum(math.ceil(text_width(note, 9.7) / NOTE_WIDTH) for note in card.notes) for card in cuts.cards(study)]
    used += NOTE * max(0, max(notes) - NOTES)
    return SHEET - used


def is_long(study: Study) -> bool:
    """Whether the headline is set small."""
    return len(headline.headline(study).text) > (LONG_HEADLINE if study.words.language == "zh" else 2 * LONG_HEADLINE)


def _headline_size(study: Study) -> float:
    if is_long(study):
        return 20.0
    return 25.3 if study.words.language == "zh" else 19.4


def _lines(texts: Sequence[str], size: float, leading: float) -> float:
    """How high texts are set across the page, each on lines of its own."""
    return sum(math.ceil(text_width(text, size) / PAGE) * size * leading for text in texts)
