"""The `gov:` annotations of a file: one table of elements and attributes, read into values and written back.

Every attribute has one `Kind` that reads its text and knows what it expects; the reader, the writer, the XML schema's
test and the reference page go by the same table. A wrong value is a `bad-annotation` error and the field keeps its
default; a name the table does not know is a warning, and stays in the file.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bpmn.annotation import NAMESPACE, Duration, GovMaterial, GovProcedure, GovStep, GovTime, GovUnit
from bpmn.model import ACTIVITIES, EVENTS, SUB_PROCESSES
from bpmn.problem import MAX_FAULTS, Problem

_PREFIX = f"{{{NAMESPACE}}}"
#: Most values an empirical distribution may list, and ids an attribute may name.
MAX_ITEMS = 10_000
#: No duration is longer than a hundred years.
MAX_SECONDS = 36_525 * 86_400.0

_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,30})?")
_INTEGER = re.compile(r"[0-9]{1,9}")
_SPAN = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_PART = r"(?:([0-9]{{1,9}}(?:[.,][0-9]{{1,30}})?){})?"
_DURATION = re.compile(
    "P" + _PART.format("W") + _PART.format("D") + "(T" + "".join(map(_PART.format, "HMS")) + ")?",
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What an attribute may say: how its text is read, and what to tell who wrote another."""

    read: Callable[[str], Any]
    expected: str
    #: The words allowed, where they are counted.
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """An attribute of a `gov:` element: its XML name, its field in the value, and its kind."""

    name: str
    field: str
    kind: Kind


def parse_duration(text: str) -> Duration:
    """Read an ISO 8601 duration of weeks, days, hours, minutes and seconds; an error for everything else.

    >>> parse_duration("P1DT30M")
    Duration(weeks=0.0, days=1.0, seconds=1800.0)
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    weeks, days, clock, *times = match.groups()
    parts = [weeks, days, *times]
    given = [part for part in parts if part is not None]
    if not given or clock == "T" or any(not part.isdigit() for part in given[:-1]):
        raise ValueError(text)
    numbers = [float(part.replace(",", ".")) if part else 0.0 for part in parts]
    seconds = numbers[2] * 3600 + numbers[3] * 60 + numbers[4]
    duration = Duration(weeks=numbers[0], days=numbers[1], seconds=seconds)
    if duration.on(day_seconds=86_400, week_days=7) > MAX_SECONDS:
        raise ValueError(text)
    return duration


def parse_hours(text: str) -> tuple[tuple[int, int], ...]:
    """Read spans of a day such as "09:00-12:00,13:30-17:30", in seconds; they follow each other and are never empty.

    >>> parse_hours("09:00-12:00,13:30-17:30")
    ((32400, 43200), (48600, 63000))
    """
    spans: list[tuple[int, int]] = []
    for part in text.split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise ValueError(text)
        hour, minute, end_hour, end_minute = map(int, match.groups())
        start, end = hour * 3600 + minute * 60, end_hour * 3600 + end_minute * 60
        if max(minute, end_minute) > 59 or not (spans[-1][1] if spans else 0) <= start < end <= 86_400:
            raise ValueError(text)
        spans.append((start, end))
    return tuple(spans)


def _number(low: float = 0.0, high: float = math.inf, *, above: bool = False) -> Callable[[str], float]:
    def read(text: str) -> float:
        if not _NUMBER.fullmatch(text):
            raise ValueError(text)
        value = float(text)
        if not low <= value <= high or (above and value == low):
            raise ValueError(text)
        return value

    return read


def _integer(low: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not _INTEGER.fullmatch(text) or int(text) < low:
            raise ValueError(text)
        return int(text)

    return read


def _boolean(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(text)
    return text in ("true", "1")


def _ids(text: str) -> tuple[str, ...]:
    ids = tuple(text.split())
    if len(ids) > MAX_ITEMS:
        raise ValueError(text)
    return ids


def _durations(text: str) -> tuple[Duration, ...]:
    values = _ids(text)
    if not values:
        raise ValueError(text)
    return tuple(map(parse_duration, values))


def one_of(*words: str) -> Kind:
    """The kind of an attribute with counted words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return Kind(read=read, expected=" | ".join(words), words=words)


TEXT = Kind(read=str, expected="a text")
BOOLEAN = Kind(read=_boolean, expected="true | false", words=("true", "false"))
AMOUNT = Kind(read=_number(), expected="a number, 0 or more")
POSITIVE = Kind(read=_number(above=True), expected="a number above 0")
SHARE = Kind(read=_number(high=1.0), expected="a share from 0 to 1, such as 0.08")
COUNT = Kind(read=_integer(0), expected="a whole number, 0 or more")
PEOPLE = Kind(read=_integer(1), expected="a whole number, 1 or more")
IDS = Kind(read=_ids, expected="ids, separated by spaces")
HOURS = Kind(read=parse_hours, expected="spans of a day in order, such as 09:00-12:00,13:30-17:30")
DURATION = Kind(read=parse_duration, expected="an ISO 8601 duration without months and years, such as P1DT30M")
DURATIONS = Kind(read=_durations, expected="ISO 8601 durations, separated by spaces")
LIMIT_UNIT = one_of("workday", "day", "hour", "month")
LEVEL = one_of("state", "province", "city", "county", "town", "village")
SOURCE = one_of("measured", "statute", "estimate", "suggested")
SUGGESTED = one_of("suggested")

STEP_KIND = one_of(
    "accept", "collect", "check", "decide", "approve", "forward", "record", "produce", "notify", "wait", "other"
)
CLOCK_STOP = one_of(
    "hearing",
    "tender",
    "auction",
    "inspection",
    "test",
    "quarantine",
    "appraisal",
    "expert-review",
    "publicity",
    "supplement",
    "suspension",
    "service",
)
DISTRIBUTION = one_of("fixed", "exponential", "normal", "lognormal", "gamma", "uniform", "triangular", "empirical")


def _table(*rows: tuple[str, str, Kind]) -> dict[str, Attribute]:
    return {name: Attribute(name=name, field=field_name, kind=kind) for name, field_name, kind in rows}


#: Every element of the namespace, with its attributes in the order they are written.
ELEMENTS: Mapping[str, Mapping[str, Attribute]] = {
    "procedure": _table(
        ("matter", "matter", TEXT),
        ("scenario", "scenario", one_of("as-is", "to-be")),
        ("class", "kind", one_of("internal", "vertical", "cross")),
        ("lead", "lead", TEXT),
        ("legalLimit", "legal_limit", AMOUNT),
        ("promisedLimit", "promised_limit", AMOUNT),
        ("limitUnit", "limit_unit", LIMIT_UNIT),
        ("arrivalsPerDay", "arrivals_per_day", POSITIVE),
        ("arrivalHours", "arrival_hours", HOURS),
        ("calendar", "calendar", one_of("CN", "none")),
        ("hours", "hours", HOURS),
    ),
    "unit": _table(
        ("code", "code", TEXT),
        ("level", "level", LEVEL),
        ("staff", "staff", PEOPLE),
        ("applicant", "applicant", BOOLEAN),
        ("hours", "hours", HOURS),
    ),
    "step": _table(
        ("kind", "kind", STEP_KIND),
        ("purpose", "purpose", TEXT),
        ("level", "level", LEVEL),
        ("mandatory", "mandatory", BOOLEAN),
        ("basis", "basis", TEXT),
        ("after", "after", IDS),
        ("separateFrom", "separate_from", IDS),
        ("post", "post", TEXT),
        ("visit", "visit", BOOLEAN),
        ("archive", "archive", BOOLEAN),
        ("limit", "limit", AMOUNT),
        ("limitUnit", "limit_unit", LIMIT_UNIT),
        ("clockStop", "clock_stop", CLOCK_STOP),
        ("rejects", "rejects", SHARE),
        ("automatic", "automatic", BOOLEAN),
        ("cost", "cost", AMOUNT),
        ("replaces", "replaces", IDS),
        ("source", "source", SUGGESTED),
    ),
    "time": _table(
        ("part", "part", one_of("work", "wait")),
        ("distribution", "distribution", DISTRIBUTION),
        ("mean", "mean", DURATION),
        ("sd", "sd", DURATION),
        ("min", "low", DURATION),
        ("mode", "mode", DURATION),
        ("max", "high", DURATION),
        ("values", "values", DURATIONS),
        ("source", "source", SOURCE),
        ("clock", "clock", one_of("work", "calendar")),
    ),
    "material": _table(
        ("name", "name", TEXT),
        ("use", "use", one_of("needs", "gives")),
        ("from", "origin", one_of("applicant", "shared", "internal")),
        ("to", "to", one_of("applicant")),
        ("issuer", "issuer", TEXT),
        ("original", "original", COUNT),
        ("copies", "copies", COUNT),
        ("surrender", "surrender", BOOLEAN),
        ("basis", "basis", TEXT),
        ("source", "source", SUGGESTED),
    ),
    "repeat": _table(("mean", "mean", AMOUNT), ("source", "source", SUGGESTED)),
    "branch": _table(("probability", "probability", SHARE), ("most", "most", PEOPLE), ("source", "source", SUGGESTED)),
    "end": _table(("outcome", "outcome", one_of("granted", "rejected"))),
    "origin": _table(("digest", "digest", TEXT)),
}

_STEPS = ACTIVITIES - SUB_PROCESSES
#: The elements of the drawing each annotation belongs to.
PLACES: Mapping[str, frozenset[str]] = {
    "procedure": frozenset(("process",)),
    "unit": frozenset(("lane", "participant")),
    "step": _STEPS,
    "time": _STEPS | EVENTS,
    "material": _STEPS,
    "repeat": ACTIVITIES,
    "branch": frozenset(("sequenceFlow",)),
    "end": frozenset(("endEvent",)),
    "origin": frozenset(("definitions", "process")),
}
#: The attribute without which an element says nothing.
REQUIRED: Mapping[str, str] = {"material": "name", "repeat": "mean", "branch": "probability", "end": "outcome"}
#: What a distribution is made of, by fields of `GovTime`.
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "fixed": ("mean",),
    "exponential": ("mean",),
    "normal": ("mean", "sd"),
    "lognormal": ("mean", "sd"),
    "gamma": ("mean", "sd"),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "empirical": ("values",),
}


@dataclass(kw_only=True)
class Annotations:
    """What the extension elements of one element say."""

    procedure: GovProcedure | None = None
    unit: GovUnit | None = None
    step: GovStep | None = None
    times: list[GovTime] = field(default_factory=list)
    materials: list[GovMaterial] = field(default_factory=list)
    repeat: float | None = None
    probability: float | None = None
    most: int | None = None
    share_source: str = ""
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """The element of the drawing an annotation stands on."""

    kind: str
    id: str
    name: str = ""
    #: Whether it is an event with a timer, which may say by a `gov:time` without durations which clock it goes by.
    has_timer: bool = False


class Annotator:
    """Reads annotations and collects what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Problem] = []
        #: The elements looked at, so that those in places nobody looks at are told in the end.
        self.seen: set[Any] = set()
        #: The elements every value came from, by the id of their place and the name of the annotation.
        self.kept: dict[tuple[str, str], list[Any]] = {}
        self._reported: defaultdict[str, int] = defaultdict(int)

    def read(self, extensions: Iterable[Any], place: Place) -> Annotations:
        """Turn the `gov:` elements among the extension elements into values."""
        found = Annotations()
        once: set[str] = set()
        for extension in extensions:
            for element in extension.iterchildren(f"{_PREFIX}*"):
                self.seen.add(element)
                self._read_element(element, place, found, once)
        return found

    def _read_element(self, element: Any, place: Place, found: Annotations, once: set[str]) -> None:
        name = element.tag.removeprefix(_PREFIX)
        if name not in ELEMENTS:
            return self._report(element, place, "unknown-element", annotation=name)
        if place.kind not in PLACES[name]:
            return self._report(element, place, "misplaced", annotation=name, found_on=place.kind)
        if name in once and name not in ("time", "material"):
            return self._report(element, place, "repeated", severity="error", annotation=name)
        once.add(name)
        for child in element.iterchildren(f"{_PREFIX}*"):
            self.seen.add(child)
            self._report(child, place, "misplaced", annotation=child.tag.removeprefix(_PREFIX), found_on=f"gov:{name}")
        required = REQUIRED.get(name)
        if required is not None and not element.get(required, "").strip():
            return self._missing(element, place, name, required)
        values = self._values(element, place, name)
        return self._keep(element, place, name, values, found)

    def _keep(self, element: Any, place: Place, name: str, values: dict[str, Any], found: Annotations) -> None:
        line = element.sourceline or 0
        if name not in ("time", "material"):
            self._note(element, place, name)
        if name == "procedure":
            found.procedure = GovProcedure(**values, line=line)
        elif name == "unit":
            found.unit = GovUnit(**values, line=line)
        elif name == "step":
            found.step = GovStep(**values, line=line)
        elif name == "time":
            self._keep_time(element, place, GovTime(**values, line=line), found)
        elif name == "material":
            self._note(element, place, "material")
            found.materials.append(GovMaterial(**values, line=line))
        elif name == "repeat":
            found.repeat = values.get("mean")
        elif name == "branch":
            found.probability, found.most = values.get("probability"), values.get("most")
            found.share_source = values.get("source", "")
        elif name == "end":
            found.outcome = values.get("outcome", "")

    def _keep_time(self, element: Any, place: Place, time: GovTime, found: Annotations) -> None:
        if any(other.part == time.part for other in found.times):
            self._report(element, place, "repeated", severity="error", annotation="time", part=time.part)
            return
        if self._has_parameters(element, place, time):
            self._note(element, place, "time")
            found.times.append(time)

    def _note(self, element: Any, place: Place, name: str) -> None:
        self.kept.setdefault((place.id, name), []).append(element)

    def _has_parameters(self, element: Any, place: Place, time: GovTime) -> bool:
        """Whether the distribution has what it is made of, in an order that can be."""
        needed = PARAMETERS[time.distribution]
        given = [name for name in ("mean", "sd", "low", "mode", "high", "values") if getattr(time, name)]
        if place.has_timer and not given and time.distribution == "fixed":
            return True
        names = {attribute.field: attribute.name for attribute in ELEMENTS["time"].values()}
        missing = [names[name] for name in needed if name not in given]
        for name in missing:
            # An attribute that is there but could not be read has been told already.
            if name not in element.attrib:
                self._missing(element, place, "time", name, distribution=time.distribution)
        for name in given:
            if name not in needed:
                details = {"attribute": names[name], "distribution": time.distribution}
                self._report(element, place, "unused-attribute", annotation="time", **details)
        if missing:
            return False
        if _is_reversed(time):
            self._report(element, place, "reversed", severity="error", annotation="time")
            return False
        return True

    def _values(self, element: Any, place: Place, name: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, text in element.attrib.items():
            attribute = ELEMENTS[name].get(key)
            if attribute is None:
                if not key.startswith("{") or key.startswith(_PREFIX):
                    written = key.replace(_PREFIX, "gov:")
                    self._report(element, place, "unknown-attribute", annotation=name, attribute=written)
                continue
            try:
                values[attribute.field] = attribute.kind.read(text.strip())
            except ValueError:
                details = {"attribute": key, "value": shorten(text), "expected": attribute.kind.expected}
                self._report(element, place, "bad-value", severity="error", annotation=name, **details)
        return values

    def _missing(self, element: Any, place: Place, annotation: str, attribute: str, **details: str) -> None:
        details = {"attribute": attribute, "expected": ELEMENTS[annotation][attribute].kind.expected, **details}
        self._report(element, place, "missing-attribute", severity="error", annotation=annotation, **details)

    def _report(self, element: Any, place: Place, rule: str, *, severity: str = "warning", **details: str) -> None:
        self._reported[rule] += 1
        if self._reported[rule] > MAX_FAULTS:
            return
        problem = Problem(
            problem="bad-annotation",
            severity=severity,
            stops="all" if severity == "error" else "nothing",
            rule=rule,
            element=place.id,
            name=place.name,
            line=element.sourceline or 0,
            details=details,
            message=_MESSAGES[rule].format_map(details),
        )
        self.faults.append(problem)

    def report_unseen(self, root: Any, owner_of: Callable[[Any], Place]) -> None:
        """Tell of annotations that stand where nobody reads them."""
        for element in root.iter(f"{_PREFIX}*"):
            parent = element.getparent()
            if element in self.seen or (parent is not None and parent.tag.startswith(_PREFIX)):
                continue
            name = element.tag.removeprefix(_PREFIX)
            if name != "origin":
                place = owner_of(element)
                self._report(element, place, "misplaced", annotation=name, found_on=place.kind)


_MESSAGES = {
    "unknown-element": "There is no annotation gov:{annotation}. Correct its name or remove it.",
    "unknown-attribute": "gov:{annotation} has no attribute {attribute}. Correct its name or remove it.",
    "misplaced": "gov:{annotation} says nothing on a {found_on}. Move it to the element it is meant for.",
    "repeated": "gov:{annotation} stands here a second time. Keep one.",
    "bad-value": "{attribute}={value!r} of gov:{annotation} is not understood. Write {expected}.",
    "missing-attribute": "gov:{annotation} lacks {attribute}. Write {expected}.",
    "unused-attribute": "A {distribution} time does not use {attribute}. Remove it or name the distribution meant.",
    "reversed": "min, mode and max of gov:time are not in this order. Correct them.",
}


def shorten(text: str) -> str:
    """A value as a message quotes it."""
    return text if len(text) <= 80 else text[:79] + "…"


def _is_reversed(time: GovTime) -> bool:
    """Whether min, mode, max decrease on every clock the time may go by."""
    points = [point for point in (time.low, time.mode, time.high) if point is not None]
    clocks = {"work": ((25_200, 5),), "calendar": ((86_400, 7),)}.get(time.clock, ((25_200, 5), (86_400, 7)))
    return all(
        any(
            before.on(day_seconds=day, week_days=week) > after.on(day_seconds=day, week_days=week)
            for before, after in pairwise(points)
        )
        for day, week in clocks
    )
