"""Making many values of a frozen class: what a frozen class sets field by field the hard way is set plainly here."""

from dataclasses import MISSING, fields
from typing import Any, TypeVar

Value = TypeVar("Value")


def maker(kind: type[Value]) -> type[Value]:
    """A class called as a frozen one with slots, with the same result in a third of the time.

    It has the same slots, so that a value can be filled before it becomes one of the frozen class.

    >>> from bpmn.shapes import Bounds
    >>> maker(Bounds)(x=0.0, y=0.0, width=2.0, height=1.0)
    Bounds(x=0.0, y=0.0, width=2.0, height=1.0)
    """
    known = fields(kind)  # type: ignore[arg-type]
    defaults = {f"_{field.name}": field.default for field in known if field.default is not MISSING}
    heads = [f"{field.name}=_{field.name}" if f"_{field.name}" in defaults else field.name for field in known]
    lines = [f"self.{field.name} = {field.name}" for field in known]
    names: dict[str, Any] = {**defaults, "_kind": kind}
    exec(f"def __init__(self, *, {', '.join(heads)}):\n " + "\n ".join([*lines, "self.__class__ = _kind"]), names)
    slots = tuple(field.name for field in known)
    return type(kind.__name__, (), {"__slots__": slots, "__init__": names["__init__"]})
