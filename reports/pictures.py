"""The drawings of the page as pictures for Word: each carries its own colours, and says in words what it shows.

The style sheet of the page stays the one place where a chart's colours stand: its rules for drawings are read from
there, with their values filled in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib import resources

from bpmn.picture import missing_characters, png, size, texts

#: Pixels of the picture to one of the drawing: fit for print.
ZOOM = 3

#: What a rule of the style sheet may say of a drawing.
PROPERTIES = frozenset(("fill", "stroke", "stroke-width", "stroke-dasharray"))

#: The ground of the parts of a bar in which offices are closed.
HATCH = (
    '<pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="4" height="4" class="hatch-ground"/><path d="M0 0V4" class="hatch-line"/></pattern>'
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture, its size in pixels of the drawing, and what it shows in words."""

    png: bytes
    width: float
    height: float
    alternative: str
    #: Characters of it the font has no shape for.
    missing: tuple[str, ...]


def picture(svg: str, *, shared: str = "", zoom: float = ZOOM) -> Picture:
    """Draw one of the page's drawings; `shared` is a drawing of which it shows parts."""
    defined = "".join(re.findall(r"<defs>(.*?)</defs>", shared, flags=re.DOTALL))
    end = svg.index(">") + 1
    whole = _inked(f"{svg[:end]}<style>{_rules()}</style><defs>{HATCH}{defined}</defs>{svg[end:]}")
    width, height = size(svg)
    title = re.search(r"<title\b[^>]*>(.*?)</title>", svg, flags=re.DOTALL)
    return Picture(
        png=png(whole, zoom),
        width=width,
        height=height,
        alternative=unescape(title[1]) if title else "",
        missing=missing_characters(texts(defined + svg)),
    )


def _inked(svg: str) -> str:
    """Give each text without a colour of its own the ink: a rule for all would also colour those that have one."""
    return re.sub(r"<text (?![^>]*\bfill=)", f'<text fill="{_values()["--ink"]}" ', svg)


@cache
def _values() -> dict[str, str]:
    """The values of the page's style sheet by name."""
    tokens = (resources.files("reports") / "templates" / "tokens.css").read_text(encoding="utf-8")
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", tokens))


@cache
def _rules() -> str:
    """The rules of the page's style sheet that colour drawings, their values filled in."""
    folder = resources.files("reports") / "templates"
    sheet = re.sub(r"/\*.*?\*/", "", (folder / "report.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    rules = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        said = [part.strip() for part in body.split(";") if part.partition(":")[0].strip() in PROPERTIES]
        if said and "@" not in selector and selector.strip() != "svg text":
            rules.append(f"{selector.strip()}{{{';'.join(said)}}}")
    return re.sub(r"var\((--[\w-]+)\)", lambda found: _values().get(found[1], "none"), "".join(rules))
