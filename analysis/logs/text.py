"""What of a text may go into a log that other programs open."""

import unicodedata
from collections.abc import Callable

from bpmn.history import Record

#: Gives the name of the element a record is about, empty where nobody knows it.
Names = Callable[[Record], str]

#: What begins a formula in a spreadsheet, in both widths.
FORMULA = frozenset("=+-@\t\r＝＋－＠")
#: Kinds of characters that only hide or turn something.
_HIDING = frozenset(("Cc", "Cf", "Co", "Cs", "Zl", "Zp"))


def shown(text: str) -> str:
    r"""The text with what is hidden in it made visible: control characters, marks that turn its direction.

    >>> shown("a\u202eb")
    'a⟨U+202E⟩b'
    """
    if text.isprintable():
        return text
    return "".join(f"⟨U+{ord(one):04X}⟩" if _hides(one) else one for one in text)


def _hides(character: str) -> bool:
    return unicodedata.category(character) in _HIDING and character not in "\u200c\u200d"


def cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula.

    >>> cell("=1+1"), cell("受理")
    ("'=1+1", '受理')
    """
    safe = shown(text)
    return f"'{safe}" if text and (text[0] in FORMULA or safe[0] in FORMULA) else safe
