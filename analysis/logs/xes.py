"""Histories as XES (IEEE 1849), the exchange format of process mining.

A case is a trace, a record an event. Its name is that of the step; where records of a case as a whole have none, what
happened stands for it. `lifecycle:transition` says what happened to a step in the words of the standard; what happened
in ours, the element and the flow stand beside it, so that nothing is lost.
"""

from collections.abc import Iterable, Iterator
from html import escape

from analysis.logs.text import Names, shown
from bpmn.history import History, Record

#: The transitions of the standard lifecycle by what happened.
TRANSITIONS = {
    "offered": "schedule",
    "claimed": "assign",
    "released": "reassign",
    "work-started": "start",
    "paused": "suspend",
    "suspended": "suspend",
    "resumed": "resume",
    "failed": "pi_abort",
    "retried": "reassign",
    "returned": "withdraw",
    "withdrawn": "withdraw",
    "completed": "complete",
    "rejected": "complete",
}

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00Z"/>\
<string key="lifecycle:transition" value="complete"/></global>
<classifier name="Activity" keys="concept:name lifecycle:transition"/>
"""


def write_xes(histories: Iterable[History], names: Names) -> Iterator[str]:
    """The log piece by piece, a case at a time."""
    yield _HEAD
    for history in histories:
        yield "".join(_trace(history, names))
    yield "</log>\n"


def _trace(history: History, names: Names) -> Iterator[str]:
    yield f"<trace>{_text('concept:name', history.case)}\n"
    for record in history.records:
        yield f"<event>{''.join(_event(record, names))}</event>\n"
    yield "</trace>\n"


def _event(record: Record, names: Names) -> Iterator[str]:
    yield _text("concept:name", names(record) or record.element or record.kind)
    yield f'<date key="time:timestamp" value="{record.at.isoformat(timespec="microseconds")}"/>'
    yield _text("lifecycle:transition", TRANSITIONS.get(record.kind, "unknown"))
    yield _text("zaizao:kind", record.kind)
    for key, value in (
        ("org:resource", record.person),
        ("org:group", record.unit),
        ("zaizao:element", record.element),
        ("zaizao:flow", record.flow),
        ("zaizao:process", record.process),
        ("zaizao:version", record.version),
    ):
        if value:
            yield _text(key, value)


def _text(key: str, value: str) -> str:
    return f'<string key="{key}" value="{escape(shown(value))}"/>'
