"""Reading a procedure.toml: every key is known, every value has its type, and a fault names its place."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar, cast

from flows.errors import UnreadableProcedure
from flows.procedure import (
    KNOWN,
    SCENARIOS,
    SOURCES,
    Basis,
    Calibration,
    Illustration,
    Procedure,
    PublishedFigure,
    TimeSource,
    Words,
)

Value = TypeVar("Value")
Item = TypeVar("Item")

_KEYS = {
    "": "title summary class law_as_of basis times published calibration illustrative left_out notes",
    "basis": "law article says steps known",
    "times": "scenarios part elements source calibrated origin",
    "published": "place says citation known target",
    "calibration": "elapsed_working_s cases statement",
    "illustrative": "name says",
}


@dataclass(frozen=True, kw_only=True)
class _Table:
    """One table of the file, with the way to it for messages."""

    file: Path
    way: str
    values: Mapping[str, object]

    def fault(self, key: str, reason: str) -> UnreadableProcedure:
        return UnreadableProcedure(self.file, f"{self.way}.{key}" if self.way else key, reason)

    def only(self, keys: str) -> _Table:
        for key in self.values:
            if key not in keys.split():
                raise self.fault(key, "unknown-key")
        return self

    def get(self, key: str, kind: type[Value], default: Value | None = None) -> Value:
        value = self.values.get(key, default)
        if value is None:
            raise self.fault(key, "missing")
        is_wrong = not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)
        if is_wrong or isinstance(value, datetime):
            raise self.fault(key, "wrong-type")
        return cast(Value, value)

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.get(key, str)
        if value not in allowed:
            raise self.fault(key, "unknown-value")
        return value

    def texts(self, key: str, allowed: tuple[str, ...] | None = None) -> tuple[str, ...]:
        values = self.get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.fault(key, "wrong-type")
        if allowed is not None and not all(value in allowed for value in values):
            raise self.fault(key, "unknown-value")
        return tuple(values)

    def words(self, key: str) -> Words:
        return self.table(key).as_words()

    def as_words(self) -> Words:
        self.only("zh en")
        return {language: self.get(language, str).strip() for language in ("zh", "en")}

    def table(self, key: str) -> _Table:
        way = f"{self.way}.{key}" if self.way else key
        return _Table(file=self.file, way=way, values=self.get(key, dict))

    def tables(self, key: str, read: Callable[[_Table], Item]) -> tuple[Item, ...]:
        found = []
        for number, values in enumerate(self.get(key, list, []), start=1):
            if not isinstance(values, dict):
                raise self.fault(f"{key}[{number}]", "wrong-type")
            found.append(read(_Table(file=self.file, way=f"{key}[{number}]", values=values)))
        return tuple(found)


def read_procedure(folder: Path) -> Procedure:
    """The procedure in a folder. Raises `UnreadableProcedure` with the file and key at fault."""
    table = _parse(folder / "procedure.toml").only(_KEYS[""])
    as_is, to_be = folder / "as-is.bpmn", folder / "to-be.bpmn"
    if not as_is.is_file():
        raise UnreadableProcedure(as_is, "", "no-such-file")
    return Procedure(
        name=folder.name,
        title=table.words("title"),
        summary=table.words("summary"),
        kind=table.choice("class", ("internal", "vertical", "cross")),
        folder=folder,
        as_is=as_is,
        to_be=to_be if to_be.is_file() else None,
        law_as_of=table.get("law_as_of", date),
        basis=table.tables("basis", _basis),
        times=table.tables("times", _time),
        published=table.tables("published", _published),
        calibration=_calibration(table.table("calibration")) if "calibration" in table.values else None,
        illustrations=table.tables("illustrative", _illustration),
        left_out=table.tables("left_out", _Table.as_words),
        notes=table.tables("notes", _Table.as_words),
    )


def _parse(file: Path) -> _Table:
    try:
        return _Table(file=file, way="", values=tomllib.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise UnreadableProcedure(file, "", "no-such-file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableProcedure(file, "", f"not-toml: {error}") from None


def _basis(table: _Table) -> Basis:
    table.only(_KEYS["basis"])
    return Basis(
        law=table.get("law", str),
        article=table.get("article", str, ""),
        says=table.words("says"),
        steps=table.texts("steps"),
        known=table.choice("known", KNOWN),
    )


def _time(table: _Table) -> TimeSource:
    table.only(_KEYS["times"])
    return TimeSource(
        scenarios=table.texts("scenarios", SCENARIOS),
        part=table.choice("part", ("work", "wait")),
        elements=table.texts("elements"),
        source=table.choice("source", SOURCES),
        calibrated=table.get("calibrated", bool, False),
        origin=table.words("origin"),
    )


def _published(table: _Table) -> PublishedFigure:
    table.only(_KEYS["published"])
    return PublishedFigure(
        place=table.get("place", str),
        says=table.words("says"),
        citation=table.get("citation", str),
        known=table.choice("known", KNOWN),
        target=table.get("target", bool, False),
    )


def _calibration(table: _Table) -> Calibration:
    table.only(_KEYS["calibration"])
    targets = table.table("elapsed_working_s").only(" ".join(SCENARIOS))
    return Calibration(
        elapsed_working_s={scenario: float(targets.get(scenario, int)) for scenario in targets.values},
        cases=table.get("cases", str),
        statement=table.words("statement"),
    )


def _illustration(table: _Table) -> Illustration:
    table.only(_KEYS["illustrative"])
    return Illustration(name=table.get("name", str), says=table.words("says"))
