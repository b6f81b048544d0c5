"""An entry of the accounts on the last pages: a term and what is said to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reports import format as write
from reports.comparison import Side
from reports.study import Study

#: Names listed before the rest is counted.
NAMED = 12


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A term of the account and what is said to it."""

    term: str
    sentences: tuple[str, ...]
    #: Whether it limits what the figures can be used for.
    is_warning: bool = False


def entry(study: Study, key: str, sentences: Iterable[str], *, is_warning: bool = False) -> Entry:
    """Make the entry of a key of the words."""
    return Entry(term=study.words(f"method.{key}.term"), sentences=tuple(sentences), is_warning=is_warning)


def each(study: Study, tell: Callable[[Study, Side], str]) -> list[str]:
    """Say something of each side, once where it is the same of both."""
    said = [(study.side_name(key), tell(study, side)) for key, side in study.sides]
    if len({text for _, text in said}) == 1:
        return [said[0][1]] if said[0][1] else []
    return [study.words("method.of-side", side=name, text=text) for name, text in said if text]


def listed(study: Study, names: Iterable[str]) -> str:
    """Names in a row; after the first dozen the rest is counted."""
    found = list(dict.fromkeys(names))
    text = study.words("list.separator").join(found[:NAMED])
    return text if len(found) <= NAMED else study.words("list.more", names=text, count=write.count(len(found)))
