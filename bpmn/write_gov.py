"""Writing `gov:` annotations: only the attributes that changed, into the element that says them, or a new one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bpmn.annotation import NAMESPACE, Duration, GovMaterial, GovProcedure, GovStep, GovTime, GovUnit
from bpmn.edit import Editor
from bpmn.elements import local_name
from bpmn.errors import UnwritableValue
from bpmn.gov import ELEMENTS

_PREFIX = f"{{{NAMESPACE}}}"
Value = GovProcedure | GovUnit | GovStep | GovTime | GovMaterial


def format_number(value: float) -> str:
    """A number as the file says it: the shortest digits that read back as the same number, without exponent."""
    if value != value or value in (float("inf"), float("-inf")):
        raise UnwritableValue(str(value))
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")


def format_duration(duration: Duration) -> str:
    """An ISO 8601 duration; only its last part may have decimals."""
    parts = [(duration.weeks, "W"), (duration.days, "D")]
    seconds = duration.seconds
    if seconds == int(seconds):
        minutes, rest = divmod(int(seconds), 60)
        times = [(float(minutes // 60), "H"), (float(minutes % 60), "M"), (float(rest), "S")]
    else:
        times = [(seconds, "S")]
    said = [(number, letter) for number, letter in (*parts, *times) if number]
    if any(number != int(number) for number, _ in said[:-1]) or any(number < 0 for number, _ in said):
        raise UnwritableValue(repr(duration))
    date = "".join(format_number(number) + letter for number, letter in parts if number)
    clock = "".join(format_number(number) + letter for number, letter in times if number)
    return f"P{date}T{clock}" if clock else f"P{date}" if date else "PT0S"


def format_hours(hours: Sequence[tuple[int, int]]) -> str:
    """Spans of the day, such as "09:00-12:00,13:30-17:30"."""
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in hours)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def format_value(value: Any) -> str:
    """Any value of an annotation as its attribute says it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Duration):
        return format_duration(value)
    if isinstance(value, int | float):
        return format_number(value)
    if value and isinstance(value[0], str):
        return " ".join(value)
    if value and isinstance(value[0], Duration):
        return " ".join(map(format_duration, value))
    return format_hours(value)


_BLANKS: dict[str, Value] = {
    "procedure": GovProcedure(),
    "unit": GovUnit(),
    "step": GovStep(),
    "time": GovTime(),
    "material": GovMaterial(name=""),
}


#: Attributes a new element says even where they have their default, because people look for them.
_ALWAYS = frozenset(("part", "distribution", "name", "use", "from"))


class GovWriter:
    """Brings changed annotations into a tree."""

    def __init__(self, edit: Editor, kept: dict[tuple[str, str], list[Any]]) -> None:
        self._edit = edit
        #: The elements the old values came from.
        self._kept = kept

    def put(self, owner: Any, id_: str, name: str, old: Value | None, new: Value | None) -> None:
        """Say one annotation of an element, or take it away."""
        elements = self._kept.get((id_, name), [])
        element = elements[0] if elements else None
        if new is None:
            self._remove(element)
        elif new != old:
            if element is None:
                element = self._new(owner, name)
            self._say(element, name, old or _BLANKS[name], new)

    def put_number(self, owner: Any, id_: str, name: str, attribute: str, value: Any) -> None:
        """Say an annotation that is a single attribute, or take it away."""
        elements = self._kept.get((id_, name), [])
        text = format_value(value)
        if text:
            element = elements[0] if elements else self._new(owner, name)
            element.set(attribute, text)
        elif elements:
            self._remove(elements[0])

    def put_attributes(self, owner: Any, id_: str, name: str, values: Mapping[str, Any]) -> None:
        """Say the attributes of an annotation, or take it away where none is left."""
        elements = self._kept.get((id_, name), [])
        texts = {attribute: format_value(value) for attribute, value in values.items()}
        if not any(texts.values()):
            self._remove(elements[0] if elements else None)
            return
        element = elements[0] if elements else self._new(owner, name)
        for attribute, text in texts.items():
            if text:
                element.set(attribute, text)
            else:
                element.attrib.pop(attribute, None)

    def put_all(self, owner: Any, id_: str, name: str, old: Sequence[Value], new: Sequence[Value]) -> None:
        """Say several annotations of one kind, in their order."""
        left = list(zip(old, self._kept.get((id_, name), []), strict=True))
        said = []
        for number, value in enumerate(new):
            match = _match(left, value, new[number + 1 :])
            if match is None:
                element, before = self._new(owner, name), _BLANKS[name]
            else:
                left.remove(match)
                before, element = match
            self._say(element, name, before, value)
            said.append(element)
        for _, element in left:
            self._remove(element)
        self._sort(said)

    def _sort(self, elements: list[Any]) -> None:
        """Bring elements into their order, if they are in another one."""
        if not elements:
            return
        order = {element: place for place, element in enumerate(elements[0].getparent())}
        places = [order[element] for element in elements]
        if places == sorted(places):
            return
        before = elements[0]
        for element in elements[1:]:
            self._edit.remove(element)
            self._edit.insert_behind(before, element)
            before = element

    def _say(self, element: Any, name: str, old: Value, new: Value) -> None:
        blank = _BLANKS[name]
        for attribute in ELEMENTS[name].values():
            value = getattr(new, attribute.field)
            if value == getattr(old, attribute.field) and not (old is blank and attribute.name in _ALWAYS):
                continue
            is_needed = value != getattr(blank, attribute.field) or attribute.name in _ALWAYS
            text = format_value(value)
            if is_needed and (text or isinstance(value, str)):
                element.set(attribute.name, text)
            else:
                element.attrib.pop(attribute.name, None)

    def _new(self, owner: Any, name: str) -> Any:
        extensions = next((child for child in owner if local_name(child) == "extensionElements"), None)
        if extensions is None:
            extensions = self._edit.add(owner, "extensionElements")
        return self._edit.add_foreign(extensions, _PREFIX + name, {"gov": NAMESPACE})

    def _remove(self, element: Any) -> None:
        if element is None:
            return
        extensions = element.getparent()
        self._edit.remove(element)
        if extensions is not None and len(extensions) == 0 and not (extensions.text or "").strip():
            self._edit.remove(extensions)


def _match(left: list[tuple[Value, Any]], value: Value, later: Sequence[Value]) -> tuple[Value, Any] | None:
    """The old value a new one replaces: an equal one, else one of the same name or part no later value equals."""
    equal = next((pair for pair in left if pair[0] == value), None)
    if equal is not None:
        return equal
    return next((pair for pair in left if _key(pair[0]) == _key(value) and pair[0] not in later), None)


def _key(value: Value) -> tuple[str, str]:
    if isinstance(value, GovMaterial):
        return value.name, value.use
    return (value.part, "") if isinstance(value, GovTime) else ("", "")
