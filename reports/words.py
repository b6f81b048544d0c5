"""Every sentence people read, one file per language: reports/words/zh.toml and reports/words/en.toml.

A sentence is found by its key and holds named fields: `words("report.headline.falls", title="企业开办", …)`. Keys are
the same in every language, and so are the fields of each; a test holds them to it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from reports.errors import MissingWord, UnknownLanguage
from reports.format import count as number_of

#: The languages there are words in; the first is what people get who ask for none.
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The sentences of one language."""

    language: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, /, **fields: object) -> str:
        """Give the sentence of `key` with its fields filled in.

        >>> load("en")("unit.hour")
        'working hours'
        """
        sentence = self.sentences.get(key)
        if sentence is None:
            raise MissingWord(key, self.language)
        # The sentence is ours; only the values come from files, and they are inserted as text, never read as a format.
        return sentence.format_map({name: str(value) for name, value in fields.items()})

    def __contains__(self, key: str) -> bool:
        return key in self.sentences

    def counted(self, key: str, count: float, /, **fields: object) -> str:
        """Give the sentence of `key` for a number of things, its field {count}: `key.one` where there is just one.

        >>> load("en").counted("count.step", 1)
        '1 step'
        """
        return self(f"{key}.{'one' if count == 1 else 'other'}", count=number_of(count), **fields)


@cache
def load(language: str) -> Words:
    """Read the words of a language, once."""
    if language not in LANGUAGES:
        raise UnknownLanguage(language)
    # Beside this module, not through importlib.resources: every command waits for its words.
    text = (Path(__file__).with_name("words") / f"{language}.toml").read_text(encoding="utf-8")
    return Words(language=language, sentences=_flatten(tomllib.loads(text)))


def fields_of(sentence: str) -> frozenset[str]:
    """Name the fields a sentence has.

    >>> sorted(fields_of("{before} to {after}"))
    ['after', 'before']
    """
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def _flatten(table: Mapping[str, object]) -> dict[str, str]:
    """Make dotted keys of nested tables."""
    flat: dict[str, str] = {}
    waiting = [("", table)]
    while waiting:
        prefix, part = waiting.pop()
        for name, value in part.items():
            if isinstance(value, Mapping):
                waiting.append((f"{prefix}{name}.", value))
            else:
                flat[f"{prefix}{name}"] = str(value)
    return flat
