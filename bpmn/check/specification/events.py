"""Chapter 10, section 5: what events wait for or do, where they stand, and what leads on from them."""

import re
from collections.abc import Iterator

from bpmn.check.specification.rule import Breach, breach, called, executable_of, rule
from bpmn.check.specification.tables import PLACES
from bpmn.elements import EVENT_DEFINITIONS
from bpmn.model import SUB_PROCESSES, EventDefinition, Model, Node

_PLACE_OF = {
    "intermediateCatchEvent": "catch",
    "intermediateThrowEvent": "throw",
    "boundaryEvent": "boundary",
    "endEvent": "end",
}
#: Events that something follows.
_ON_THE_WAY = ("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
#: What names what an event waits for.
_NAMING = ("messageEventDefinition", "signalEventDefinition")
#: A point or span of time, or a repetition of one, by ISO 8601.
_SPAN = r"P(?=.)(?:\d+(?:[.,]\d+)?[YMWD])*(?:T(?:\d+(?:[.,]\d+)?[HMS])+)?"
_POINT = r"\d{4}-?\d\d-?\d\d(?:T\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?"
_TIME = re.compile(rf"(?:R\d*/)?(?:{_POINT}/)?(?:{_SPAN}|{_POINT})(?:/(?:{_SPAN}|{_POINT}))?|R\d*")
#: A repetition as the clock of a machine writes it, field after field.
_CRON = r"(?:[\d*/?,#LW-]|[A-Z]{3})+(?:\s+(?:[\d*/?,#LW-]|[A-Z]{3})+){4,6}"
#: What stands in a timer of one form and belongs to another, and an example of what does not.
_FORMS = {
    "timeDuration": (re.compile(rf"{_POINT}|R\d*/.*|{_CRON}"), "P3D"),
    "timeDate": (re.compile(rf"{_SPAN}|R\d*/.*|{_CRON}"), "2026-10-01T09:00:00"),
    "timeCycle": (re.compile(rf"{_POINT}|{_CRON}"), "R/PT1H"),
}
_WORD = re.compile(r"[^\W\d]\w*")
#: A word, or words, as people write them: no sign of any language of expressions among them.
_WORDS = re.compile(r"[\w,.'’-]+(?:\s+[\w,.'’-]+)*")


def place_of(model: Model, node: Node) -> str:
    """The place an event stands at, by which it is told what it may wait for or do."""
    if node.kind != "startEvent":
        place = _PLACE_OF[node.kind]
        return place if node.interrupting or node.kind != "boundaryEvent" else "boundary-beside"
    frame = model.node.get(node.scope)
    if frame is None:
        return "start"
    if not frame.triggered_by_event:
        return "sub-process-start"
    return "event-sub-process-start" if node.interrupting else "event-sub-process-start-beside"


def _events(model: Model) -> Iterator[tuple[Node, EventDefinition]]:
    for node in model.nodes:
        if node.is_event:
            for event in node.events:
                yield node, event


@rule("event-kind", "10.5", about=EVENT_DEFINITIONS)
def event_kind(model: Model) -> Iterator[Breach]:
    """What an event can wait for or do depends on where it stands."""
    for node, event in _events(model):
        place = place_of(model, node)
        if place != "sub-process-start" and event.kind not in PLACES[place].kinds:
            expected = " | ".join(sorted(PLACES[place].kinds))
            yield breach(node.id, kind=event.kind, place=place, expected=expected)


@rule("sub-process-blank-start-event", "10.5.2", stops="run", about=SUB_PROCESSES)
def sub_process_blank_start_event(model: Model) -> Iterator[Breach]:
    """A sub-process begins when the flow comes to it; its start event waits for nothing."""
    for node, _ in _events(model):
        if node.kind == "startEvent" and place_of(model, node) == "sub-process-start":
            yield breach(node.id)


@rule("event-empty", "10.5.4", stops="run", about=("intermediateCatchEvent", "boundaryEvent", *SUB_PROCESSES))
def event_empty(model: Model) -> Iterator[Breach]:
    """An event that catches, in the flow or at the edge of a step, says what it waits for."""
    told = {fault.element for fault in model.faults if fault.rule == "event-definition"}
    for node in model.nodes:
        is_silent = node.is_event and not node.events and node.id not in told
        if is_silent and not PLACES[place_of(model, node)].may_be_empty:
            yield breach(node.id)


@rule("cancel-outside-transaction", "10.5.5", about=("cancelEventDefinition",))
def cancel_outside_transaction(model: Model) -> Iterator[Breach]:
    """Only a transaction can be cancelled: by an end in it, caught at its edge."""
    for node, event in _events(model):
        if event.kind != "cancel" or node.kind not in ("boundaryEvent", "endEvent"):
            continue
        around = node.attached_to if node.kind == "boundaryEvent" else _transaction_around(model, node)
        if around not in model.node or model.node[around].kind != "transaction":
            yield breach(node.id)


def _transaction_around(model: Model, node: Node) -> str:
    """The innermost transaction around a node; empty where there is none."""
    scope = node.scope
    while scope in model.node and model.node[scope].kind != "transaction":
        scope = model.node[scope].scope
    return scope


@rule("boundary-elsewhere", "10.5.4", about=("boundaryEvent",))
def boundary_elsewhere(model: Model) -> Iterator[Breach]:
    """An event at the edge of a step belongs to the same flow as the step."""
    for node in model.nodes:
        host = model.node.get(node.attached_to)
        if host is not None and (host.process, host.scope) != (node.process, node.scope):
            yield breach(node.id, host=called(host))


@rule(
    "event-leads-nowhere",
    "10.5.4",
    stops="run",
    about=("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"),
)
def event_leads_nowhere(model: Model) -> Iterator[Breach]:
    """An event on the way is followed by something; only a throwing link and what undoes work are not."""
    for node in model.nodes:
        if node.kind not in _ON_THE_WAY:
            continue
        if model.outgoing[node.id] or (node.kind == "intermediateThrowEvent" and node.event("link")):
            continue
        if node.event("compensate") is None or node.kind != "boundaryEvent":
            yield breach(node.id)


@rule("link-in-flow", "10.5.4", stops="run", about=("linkEventDefinition",))
def link_in_flow(model: Model) -> Iterator[Breach]:
    """A link stands for a long flow: nothing leads on from where it jumps off, nothing leads to where it lands."""
    for node in model.nodes:
        if node.event("link") is None:
            continue
        flows = {"intermediateThrowEvent": model.outgoing, "intermediateCatchEvent": model.incoming}.get(node.kind)
        if flows is not None and flows[node.id]:
            yield breach(node.id)


@rule("condition-missing", "10.5.5", stops="run", about=("conditionalEventDefinition",))
def condition_missing(model: Model) -> Iterator[Breach]:
    """An event of an executable process that waits for a condition names it."""
    executable = executable_of(model)
    for node, event in _events(model):
        if event.kind == "conditional" and not event.expression and node.process in executable:
            yield breach(node.id)


@rule("code-missing", "8.4.3", stops="run", about=("errorEventDefinition", "escalationEventDefinition"))
def code_missing(model: Model) -> Iterator[Breach]:
    """An error or escalation thrown in an executable process has a code, by which it is caught."""
    executable = executable_of(model)
    codes = {root.id: root.code for root in model.roots}
    for node, event in _events(model):
        throws = node.kind in ("intermediateThrowEvent", "endEvent") and event.kind in ("error", "escalation")
        has_code = codes.get(event.reference, event.reference)  # what names no element of the file is a code itself
        if throws and not has_code and node.process in executable:
            yield breach(node.id, kind=event.kind)


@rule(
    "event-names-nothing",
    "10.5.5",
    stops="run",
    purpose="run",
    about=("messageEventDefinition", "signalEventDefinition"),
)
def event_names_nothing(model: Model) -> Iterator[Breach]:
    """What an executable process waits for has a name; a tool binds what is sent in ways of its own."""
    executable = executable_of(model)
    met = {end for line in model.message_flows for end in (line.source, line.target)}
    for node, event in _events(model):
        is_named = event.reference or event.operation or node.id in met
        catches = node.kind not in ("intermediateThrowEvent", "endEvent")
        if event.kind in ("message", "signal") and catches and not is_named and node.process in executable:
            yield breach(node.id, kind=event.kind)


@rule("time-form", "10.5.5", stops="run", purpose="run", about=("timerEventDefinition",))
def time_form(model: Model) -> Iterator[Breach]:
    """A date is no span of time, and what repeats is written by ISO 8601."""
    for node, event in _events(model):
        wrong, expected = _FORMS.get(event.timer, (None, ""))
        if wrong is not None and wrong.fullmatch(event.expression.strip()):
            yield breach(node.id, value=event.expression.strip(), expected=expected)


@rule("time-missing", "10.5.5", severity="warning", about=("timerEventDefinition",))
def time_missing(model: Model) -> Iterator[Breach]:
    """A timer of an executable process says when."""
    executable = executable_of(model)
    for node, event in _events(model):
        if event.kind == "timer" and not event.expression and node.process in executable:
            yield breach(node.id)


@rule("time-unreadable", "10.5.5", stops="run", about=("timerEventDefinition",))
def time_unreadable(model: Model) -> Iterator[Breach]:
    """A time is written by ISO 8601 or as an expression; the word for a variable stands elsewhere in the file too."""
    executable = executable_of(model)
    unread = {
        node.id: event.expression
        for node, event in _events(model)
        if event.kind == "timer" and node.process in executable and _WORDS.fullmatch(event.expression)
        if not _TIME.fullmatch(event.expression)
    }
    variables = _variables(model, {text for text in unread.values() if _WORD.fullmatch(text)})
    for node, text in unread.items():
        if text not in variables:
            yield breach(node, value=text)


def _variables(model: Model, words: set[str]) -> set[str]:
    """The words a file holds not just once; all of them where there is no file or its encoding hides them."""
    if not words:
        return words
    counts = dict.fromkeys(words, 0)
    for match in _WORD.finditer(model.source.decode("utf-8", "replace")):
        if match.group() in counts:
            counts[match.group()] += 1
    return {word for word, count in counts.items() if count != 1}
