"""How wide a text is and where its lines break, without a font at hand.

A character above U+2E80 is one em wide, any other 0.55 em: close enough for every face of the stack that the drawings
name. Lines break between Chinese characters and after spaces; a closing mark never begins a line, an opening mark never
ends one, and a Latin word is never cut, unless it is longer than the line at the smallest type allowed.
"""

import re
from dataclasses import dataclass
from unicodedata import category

#: Width of a Latin letter or digit, in em.
LATIN = 0.55
#: Height of a line of text, in em.
LINE = 1.2

#: No drawing shows more characters of one text.
_LONGEST = 1200

#: What stands for a character that cannot be seen.
_HIDDEN = "\ufffd"

_CLOSING = "，。、；：！？）》」』】〉”’…％,.;:!?)]}%"
_OPENING = "（《「『【〈“‘([{"
_WORD = re.compile(r"[^\s⺀-\U0010ffff]+|[⺀-\U0010ffff]")
_JOINT = re.compile(r"(?<=[_/\-.:])|(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A text broken into lines at a size of type."""

    lines: tuple[str, ...]
    size: float
    #: Whether something of the text is left out.
    is_cut: bool = False

    @property
    def width(self) -> float:
        """The width of its longest line."""
        return max((width(line) * self.size for line in self.lines), default=0.0)

    @property
    def height(self) -> float:
        """The height of all its lines."""
        return len(self.lines) * self.size * LINE


def width(text: str) -> float:
    """The width of a line of text, in em."""
    return sum(1.0 if ord(character) >= 0x2E80 else LATIN for character in text)


def set_text(text: str, *, room: float, lines: int, size: float, smallest: float) -> Setting:
    """The text in at most so many lines of that width, as large as it fits, else with an ellipsis.

    Lines are balanced: the last one is not a single character where two even lines are possible. The number of lines is
    that of the largest type; smaller type gets the lines that the same height holds.
    """
    is_long = len(text) > _LONGEST
    text = _visible(text[:_LONGEST])
    if not text:
        return Setting(lines=(), size=size)
    current = size
    while True:
        allowed = max(1, int(lines * size / current + 1e-9))
        broken = _balanced(_pieces(text, current, room, split=current <= smallest), room / current)
        if len(broken) <= allowed and (current <= smallest or all(width(line) * current <= room for line in broken)):
            return Setting(lines=broken, size=current, is_cut=is_long)
        if current <= smallest:
            return Setting(lines=_shortened(broken, allowed, room / current), size=current, is_cut=True)
        current = max(smallest, current - 1)


def _visible(text: str) -> str:
    """The text with a sign for each control and direction character: none may hide, or turn a drawing's text around."""
    return "".join(map(_shown, text)).strip()


def _shown(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return " " if character in "\t\r" or category(character) == "Zs" else _HIDDEN


def _pieces(text: str, size: float, room: float, *, split: bool) -> list[list[str]]:
    """The unbreakable pieces of each paragraph; a piece ends with a blank where one follows it in the text."""
    paragraphs = []
    for paragraph in text.split("\n"):
        pieces: list[str] = []
        end = 0
        for match in _WORD.finditer(paragraph):
            blank, word = match.start() > end, match.group()
            end = match.end()
            if pieces and not blank and (word[0] in _CLOSING or pieces[-1][-1] in _OPENING):
                pieces[-1] += word
                continue
            if pieces and blank:
                pieces[-1] += " "
            pieces.extend(_cut(word, room / size) if split else [word])
        if pieces:
            paragraphs.append(pieces)
    return paragraphs


def _cut(word: str, room: float) -> list[str]:
    """A word too long for a line of the smallest type, cut at its joints, or anywhere if it has none."""
    if width(word) <= room:
        return [word]
    cut: list[str] = []
    for part in _JOINT.split(word):
        step = max(1, int(room / LATIN))
        cut.extend(part[start : start + step] for start in range(0, len(part), step))
    return [part for part in cut if part]


def _balanced(paragraphs: list[list[str]], room: float) -> tuple[str, ...]:
    """The fewest lines that fit, each paragraph at the smallest width that needs no more of them."""
    lines: list[str] = []
    for pieces in paragraphs:
        best = _filled(pieces, room)
        if len(best) == 1:
            lines.extend(best)
            continue
        low, high = max(width(piece.rstrip()) for piece in pieces), room
        while high - low > 0.3:
            middle = (low + high) / 2
            tried = _filled(pieces, middle)
            low, high, best = (middle, high, best) if len(tried) > len(best) else (low, middle, tried)
        lines.extend(best)
    return tuple(lines)


def _filled(pieces: list[str], room: float) -> list[str]:
    lines, line, used = [], "", 0.0
    for piece in pieces:
        wide = width(piece.rstrip())
        if line and used + wide > room + 1e-9:
            lines.append(line.rstrip())
            line, used = "", 0.0
        line += piece
        used += width(piece)
    return [*lines, line.rstrip()]


def _shortened(lines: tuple[str, ...], allowed: int, room: float) -> tuple[str, ...]:
    """The first lines, the last of them ending in an ellipsis at a place where a line may break."""
    last = lines[allowed - 1]
    while last and width(last) + 1 > room:
        shorter = last[:-1] if ord(last[-1]) >= 0x2E80 or " " not in last else last[: last.rindex(" ")]
        last = shorter.rstrip()
    return (*lines[: allowed - 1], last + "…")
