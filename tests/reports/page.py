"""The page of a report as its tests read it: its text by block, its elements, whether they are closed in order."""

import re
from datetime import date
from html.parser import HTMLParser

from reports.format import GAP
from reports.html import report_html
from reports.study import study_of

HOSTILE = '"><script>alert(1)</script>{{7*7}}\u202ecba\x00</style><img src=x onerror=y>'
LANGUAGES = ("zh", "en")
VOID = {"meta", "col", "br"}


class Page(HTMLParser):
    """The text of a page by block, its elements and whether they are closed in order."""

    def __init__(self, html):
        super().__init__()
        self.lines, self.open, self.tags, self.attributes, self._line, self._drawn = [], [], [], [], "", 0
        self.feed(html)
        self._end_line()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.extend(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "svg" and ("aria-labelledby" in dict(attrs) or self._drawn):
            self._drawn += 1
        if tag in {"p", "h1", "h2", "h3", "tr", "dt", "dd", "div", "section", "text", "title", "desc"}:
            self._end_line()
        elif tag in {"td", "th"}:
            self._line += " | "
        elif tag in {"span", "b", "small"}:
            self._line += " "

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.extend(attrs)

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag
        if tag == "svg" and self._drawn:
            self._drawn -= 1

    def handle_data(self, data):
        # What the drawings say is tested where they are drawn.
        if not self._drawn and "style" not in self.open:
            self._line += data

    def _end_line(self):
        line = " ".join(self._line.split(" ")).strip().replace("\n", " ")
        if line.strip(" |"):
            self.lines.append(re.sub(r" {2,}", " ", line))
        self._line = ""

    @property
    def text(self):
        return "\n".join(self.lines)


def write(content, language="zh", **changes):
    given = {
        "title": "企业开办" if language == "zh" else "Business start-up",
        "version": "0.1.0",
        "day": date(2026, 11, 24),
        "command": "zaizao study business-start-up -o out --seed 20261124",
    }
    return report_html(study_of(content, language=language, **{**given, **changes}))


def text_of(content, language="zh", **changes):
    return Page(write(content, language, **changes)).text.replace(GAP, " ")
