"""The data of a case: one value for each scope and key, read only when an expression asks, written only if changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from json import JSONDecoder, JSONEncoder, loads
from types import MappingProxyType
from typing import Any

from bpmn.expression.functions import written
from engine.errors import UnkeepableValue

#: What stands for "there is no such value"; null is a value.
MISSING = object()
#: No data.
NO_DATA: Mapping[str, Any] = MappingProxyType({})


class Values:
    """All values of a case that were read or written since it was loaded."""

    def __init__(
        self, last: int, value: Callable[[int, str], str | None], values: Callable[[int], Mapping[str, str]]
    ) -> None:
        self._value, self._values = value, values
        #: Scopes beyond this one are new: nothing of them is kept yet.
        self._last = last
        self._texts: dict[tuple[int, str], str | None] = {}
        self._read: dict[tuple[int, str], Any] = {}
        #: What is to be kept.
        self.changed: dict[tuple[int, str], str | None] = {}
        self.scopes_gone: list[int] = []

    def get(self, scope: int, key: str) -> Any:
        """One value, numbers as exact decimals, or `MISSING`."""
        place = (scope, key)
        if place in self._read:
            return self._read[place]
        text = self._text(place)
        value = self._read[place] = MISSING if text is None else _decode(text)
        return value

    def _text(self, place: tuple[int, str]) -> str | None:
        if place not in self._texts:
            self._texts[place] = self._value(*place) if place[0] <= self._last else None
        return self._texts[place]

    def put(self, scope: int, key: str, value: Any) -> None:
        """Write one value."""
        place = (scope, key)
        self._texts[place] = self.changed[place] = as_json(value)
        self._read.pop(place, None)

    def remove(self, scope: int, key: str) -> None:
        """Take one value away."""
        self._texts[scope, key] = self.changed[scope, key] = None
        self._read.pop((scope, key), None)

    def all(self, scope: int) -> dict[str, Any]:
        """Everything in a scope, as plain JSON values."""
        texts: dict[str, str | None] = dict(self._values(scope)) if scope <= self._last else {}
        texts.update((key, text) for (of, key), text in self._texts.items() if of == scope)
        return {key: loads(text) for key, text in texts.items() if text is not None}

    def leave(self, scope: int) -> None:
        """A scope is over: all its values go."""
        for place in [place for place in self.changed if place[0] == scope]:
            del self.changed[place]
        for place in [place for place in self._texts if place[0] == scope]:
            self._texts[place] = None
            self._read.pop(place, None)
        if scope <= self._last:
            self.scopes_gone.append(scope)

    def kept(self, last: int) -> None:
        """Everything was written down: begin anew."""
        self.changed, self.scopes_gone, self._last = {}, [], max(self._last, last)


class View(Mapping[str, Any]):
    """What one token sees: its scope, then those around it."""

    def __init__(self, values: Values, scopes: tuple[int, ...], over: Mapping[str, Any]) -> None:
        self._kept, self._scopes, self._over = values, scopes, over

    def __getitem__(self, key: str) -> Any:
        if key in self._over:
            return self._over[key]
        for scope in self._scopes:
            value = self._kept.get(scope, key)
            if value is not MISSING:
                return value
        raise KeyError(key)

    def _everything(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for scope in reversed(self._scopes):
            found.update(self._kept.all(scope))
        return {**found, **self._over}

    def __iter__(self) -> Iterator[str]:
        return iter(self._everything())

    def __len__(self) -> int:
        return len(self._everything())


_decode = JSONDecoder(parse_float=Decimal).decode
#: Around an exact decimal while its text is made; no character of any text.
_SIGN = "\ufdd0"


def _plain(value: Any) -> Any:
    """What JSON has no word for: exact decimals as they are, moments and durations as their text."""
    if isinstance(value, Decimal):
        return f"{_SIGN}{written(value)}{_SIGN}" if value.is_finite() else None
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    text = written(value)
    if text is None:
        raise UnkeepableValue(type(value).__name__)
    return text


_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain).encode
#: The same without exact decimals, to see whether the text of a value itself holds the sign.
_encode_rough = JSONEncoder(
    ensure_ascii=False, default=lambda value: 0 if isinstance(value, Decimal) else _plain(value)
).encode
_ordered = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode


def plain(value: Any) -> Any:
    """A value as JSON knows it: as it would be read again."""
    return loads(as_json(value))


def canonical(values: Mapping[str, Any]) -> str:
    """Named values as the one text they are compared by, in the order of their names; empty where there are none."""
    return _ordered(dict(values)) if values else ""


def as_json(value: Any) -> str:
    """The JSON text of a value; raises `UnkeepableValue` for what JSON cannot say."""
    try:
        text = _encode(value)
    except (ValueError, TypeError, RecursionError):
        raise UnkeepableValue(type(value).__name__) from None
    if _SIGN in text:
        if _SIGN in _encode_rough(value):
            raise UnkeepableValue("text")
        text = text.replace(f'"{_SIGN}', "").replace(f'{_SIGN}"', "")
        try:
            _decode(text)
        except ValueError:
            raise UnkeepableValue("text") from None
    return text
