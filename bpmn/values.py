"""The values attributes of BPMN have: flags, numbers, words of a list and references, each told where it is none."""

from typing import Any

from bpmn.elements import attribute
from bpmn.walk import Walk

#: The words BPMN 2.0 allows in each attribute that holds one of a list.
WORDS = {
    "behavior": ("None", "One", "All", "Complex"),
    "eventGatewayType": ("Exclusive", "Parallel"),
    "gatewayDirection": ("Unspecified", "Converging", "Diverging", "Mixed"),
    "ordering": ("Parallel", "Sequential"),
    "processType": ("None", "Public", "Private"),
}
_FLAGS = ("true", "false", "1", "0")
#: Longer numbers are none.
_MOST_DIGITS = 9


def flag_of(element: Any, name: str, walk: Walk, *, default: bool = False) -> bool:
    """An attribute that is true or false; the default where it is missing or says something else."""
    text = attribute(element, name)
    if not text:
        return default
    if text not in _FLAGS:
        _report(element, name, text, walk, ("true", "false"))
        return default
    return text in ("true", "1")


def number_of(element: Any, name: str, walk: Walk, *, default: int = 1) -> int:
    """An attribute that is a whole number; the default where it is missing or none. Whether it may be is not asked."""
    text = attribute(element, name)
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS:
        return int(text)
    if text:
        _report(element, name, text, walk, ("0", "1", "2", "…"))
    return default


def word_of(element: Any, name: str, walk: Walk) -> str:
    """An attribute that is one of a list of words; empty where it is missing, none of them or says nothing."""
    text = attribute(element, name)
    if text and text not in WORDS[name]:
        _report(element, name, text, walk, WORDS[name])
        return ""
    return text if text != "Unspecified" else ""


def _report(element: Any, name: str, text: str, walk: Walk, allowed: tuple[str, ...]) -> None:
    sentence = "BPMN has no {attribute}={value!r}; it knows {allowed}. Choose one of them."
    details = {"attribute": name, "value": text[:80], "allowed": ", ".join(allowed)}
    walk.report("bpmn-rule", "attribute-value", element, sentence, severity="warning", **details)


def referred(reference: str, name: str, element: Any, walk: Walk) -> str:
    """What a reference names: an id of the file, or the text as it stands where it names another file's."""
    if not reference:
        return ""
    resolved = walk.resolve(reference, element)
    if not resolved and not walk.is_external(reference, element):
        sentence = "{attribute} names {value}, which the file does not have. Choose it again."
        walk.report("missing-reference", "event", element, sentence, stops="run", attribute=name, value=reference)
    return resolved or reference


#: References that may name what is defined in no BPMN file.
_OUTSIDE = frozenset(("implementationRef", "definition"))


def referred_detail(reference: str, name: str, element: Any, walk: Walk) -> str:
    """What a detail of the file names; where the file lacks it, only the detail is in doubt."""
    resolved = walk.resolve(reference, element) if reference else ""
    if reference and not resolved and name not in _OUTSIDE and not walk.is_external(reference, element):
        sentence = "{attribute} names {value}, which the file does not have. Choose it again or remove it."
        details = {"attribute": name, "value": reference[:80]}
        walk.report("missing-reference", "detail", element, sentence, severity="warning", **details)
    return resolved or reference
