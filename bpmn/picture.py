"""A drawing as a PNG picture, the same on every machine: set in the one font that comes with the program.

The drawing must carry its own colours; a page's style sheet does not reach it.
"""

from __future__ import annotations

import re
import struct
from functools import cache
from html import unescape
from math import sqrt
from pathlib import Path

#: The family every text is set in, whatever the drawing asks for: fonts of the machine are never used.
FAMILY = "Noto Sans CJK SC"

#: The most pixels a picture has; a larger drawing is drawn at a smaller zoom, so that it can still be opened.
MOST_PIXELS = 60_000_000

#: The longest side a picture may have: more than this office programs do not open.
LONGEST = 30_000


def png(svg: str, zoom: float = 3) -> bytes:
    """Draw an SVG picture as PNG on white, `zoom` pixels to each of its own, fewer where it is very large.

    Pictures inside it are left out: none of our drawings has any, and a link would be read from the disk.
    """
    from resvg_py import svg_to_bytes

    return svg_to_bytes(
        svg_string=re.sub(r"<(?:fe)?image\b[^>]*>", "", svg, flags=re.IGNORECASE),
        zoom=_bounded(svg, zoom),
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[str(_font_file())],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
        serif_family=FAMILY,
        monospace_family=FAMILY,
    )


def missing_characters(text: str) -> tuple[str, ...]:
    """Name the characters of a text the font has no shape for, each once, in their order; spaces need none."""
    known = _characters()
    return tuple(dict.fromkeys(letter for letter in text if ord(letter) not in known and not letter.isspace()))


def texts(svg: str) -> str:
    """All that a drawing says in letters."""
    found = re.findall(r"<text\b[^>]*>(.*?)</text>", svg, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", "".join(found)))


def size(svg: str) -> tuple[float, float]:
    """The width and height a drawing says it has."""
    found = re.search(r'<svg\b[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"', svg)
    return (float(found[1]), float(found[2])) if found else (100.0, 100.0)


def _bounded(svg: str, zoom: float) -> float:
    """The zoom, or the largest at which the picture keeps within its bounds."""
    width, height = size(svg)
    return min(zoom, sqrt(MOST_PIXELS / max(width * height, 1.0)), LONGEST / max(width, height, 1.0))


@cache
def _font_file() -> Path:
    import noto_cjk_sans_otc

    return next(Path(noto_cjk_sans_otc.__file__).parent.glob("*.ttc"))


# ---- which characters the font has: its table `cmap` (OpenType 1.9), segments of 4 bytes and of 2


@cache
def _characters() -> frozenset[int]:
    """All characters of the first font of the collection; its fonts differ in shapes, not in which they have."""
    with _font_file().open("rb") as stream:
        data = stream.read(64 * 1024)
        begin, length = _table(data, b"cmap")
        stream.seek(begin)
        cmap = stream.read(length)
    found: set[int] = set()
    for place in range(_short(cmap, 2)):
        start = _long(cmap, 4 + 8 * place + 4)
        if _short(cmap, start) == 12:
            found |= _groups(cmap, start)
    return frozenset(found)


def _table(data: bytes, tag: bytes) -> tuple[int, int]:
    """Where a table of the first font stands in the file, and how long it is."""
    font = _long(data, 12) if data[:4] == b"ttcf" else 0
    for place in range(_short(data, font + 4)):
        record = font + 12 + 16 * place
        if data[record : record + 4] == tag:
            return _long(data, record + 8), _long(data, record + 12)
    return 0, 0


def _groups(cmap: bytes, start: int) -> set[int]:
    """The characters of a subtable of format 12: groups of a first and a last character."""
    found: set[int] = set()
    for place in range(_long(cmap, start + 12)):
        first, last = struct.unpack_from(">II", cmap, start + 16 + 12 * place)
        found.update(range(first, last + 1))
    return found


def _short(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 2], "big")


def _long(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "big")
