"""Every problem by name and rule, with its English sentence.

A sentence says what is wrong and ends with what to do. Names in braces are filled from the details of the problem;
`{what}` is the element as a reader knows it, its name in quotes or else its id. The front door holds the same table in
other languages. The page docs/reference/problems.md explains each with an example.
"""

from bpmn.check.sentences import SPECIFICATION, STYLE
from bpmn.errors import EXPRESSION_FAULTS
from bpmn.model import Model
from bpmn.problem import Problem

#: Sentences of the problems that `check` finds itself; those of reading stand beside the reader.
RULES: dict[tuple[str, str], str] = {
    ("no-start", "none"): "{what} has no start: every element has a flow into it. Draw a start event.",
    ("no-start", "implicit"): (
        "{what} is {where} without start event; it begins at its elements without incoming flow. Draw a start event."
    ),
    ("no-end", "none"): "{what} has no end: a flow leads on from every element. Draw an end event.",
    ("no-end", "implicit"): (
        "{what} is {where} without end event; it ends at its elements without outgoing flow. Draw an end event."
    ),
    ("unreachable", "no-way-in"): "Nothing leads to {what}. Draw a flow to it or delete it.",
    ("unreachable", "no-case-comes"): "No case comes to {what}: no start leads there. Connect what is before it.",
    ("unreachable", "only-errors"): (
        "No case goes on from {what}: every way in it ends by an error or a cancellation. Draw an end event in it, or "
        "delete the flow out of it."
    ),
    ("dead-end", "no-way-on"): (
        "{what} leads nowhere, although the process has an end event. Draw a flow to what follows."
    ),
    ("dead-end", "after-event"): (
        "{what} leads nowhere: a case that an event brings there ends there. Draw a flow to what follows, or "
        "an end event."
    ),
    ("endless-loop", "no-way-out"): (
        "A case that comes to {what} never ends: nothing leads out of the loop {loop}. Draw a way out."
    ),
    ("endless-loop", "certain"): (
        "By the written shares a case never leaves the loop {loop}. Correct the shares of the flows that lead out."
    ),
    ("endless-loop", "calls"): (
        "{what} calls {value}, which on every way calls again what called it, so no case ever ends. Draw a way past "
        "the call."
    ),
    ("deadlock", "join-waits"): (
        "{what} waits for ever for {missing} where {choice} takes another way. Join with an exclusive "
        "gateway, or split with a parallel one."
    ),
    ("deadlock", "join-waits-for-event"): (
        "{what} waits for ever for {missing}, depending on which events happen at {choice}. Lead the ways of "
        "the event and of the step together with an exclusive gateway before the join."
    ),
    ("deadlock", "start-alone"): (
        "{what} waits for ever for {missing}: a case begins at one start only. Join with an exclusive "
        "gateway, or begin with one start and a parallel split."
    ),
    ("deadlock", "loop-before-join"): (
        "{what} waits for ever for {missing}: what it waits for comes only after it. Lead the loop back by "
        "an exclusive gateway."
    ),
    ("deadlock", "joins-wait-for-each-other"): (
        "{what} may wait for ever: what it waits for waits for it. Draw the loop with exclusive gateways."
    ),
    ("deadlock", "joins-never-act"): (
        "{what} waits for ever in every case: what it waits for waits for it. Join with an exclusive gateway."
    ),
    ("deadlock", "not-decided"): (
        "Whether every case of {what} ends properly is not decided after {limit} states. Join each parallel "
        "split by a gateway of its own kind."
    ),
    ("deadlock", "complex-gateway"): (
        "Whether every case of {what} ends properly is not decided: a complex gateway joins as its own "
        "expression says. Use an exclusive, parallel or inclusive gateway."
    ),
    ("deadlock", "token-quantity"): (
        "Whether every case of {what} ends properly is not decided: a step takes or gives several tokens at once "
        "(startQuantity, completionQuantity). Draw a gateway instead."
    ),
    ("deadlock", "message-never-comes"): (
        "{what} waits for ever for a message of {missing}, which no case has passed by then. Send it before it is "
        "waited for, or let a timer event end the waiting."
    ),
    ("deadlock", "message-may-not-come"): (
        "{what} may wait for ever for a message of {missing}: there are ways on which it is not sent. Send it on every "
        "way, or let a timer event end the waiting."
    ),
    ("lack-of-synchronisation", "second-token"): (
        "{what} lets through each of the branches that {split} starts together, so all that follows is done "
        "more than once. Join them with a gateway of the same kind."
    ),
    ("lack-of-synchronisation", "drawn-twice"): (
        "Two flows lead from {split} to {what}, so it is done twice. Delete one of them."
    ),
    ("lack-of-synchronisation", "event-beside-step"): (
        "{what} lets through both {split} and the events beside it, so all that follows is done more than "
        "once. Lead the event to an end of its own, or let it interrupt the step."
    ),
    ("lack-of-synchronisation", "swept"): (
        "{what} lets through each of the branches that {split} starts together; only the end that stops "
        "everything keeps what follows from being done again. Join them if that is not meant."
    ),
    ("lack-of-synchronisation", "conditions"): (
        "{what} lets through each of the branches that {split} starts; if more than one of their conditions "
        "holds, all that follows is done more than once. Split with an exclusive gateway."
    ),
    ("lack-of-synchronisation", "implicit-starts"): (
        "{what} lets through every beginning of {split}, so what follows may be done more than once: no "
        "start event says where it begins. Draw a start event."
    ),
    ("unbounded", "grows"): (
        "Each round of the loop at {what} starts more branches than it ends. Join the branches of {split} "
        "inside the loop."
    ),
    ("unbounded", "may-grow"): (
        "Rounds of the loop at {what} can start more branches than they end. Join the branches of {split} "
        "inside the loop."
    ),
    ("missing-reference", "link"): (
        "The link event {what} jumps to {value}, but no link event catches it. Draw one of the same name."
    ),
    ("missing-reference", "flow-node"): (
        "The flow {what} leads from or to {value}, which the model does not have. Draw the flow again."
    ),
    ("missing-reference", "called"): (
        "{what} calls {value}, which no file given has. Give its file too, or correct the id."
    ),
    ("missing-reference", "step-order"): (
        "{attribute} of gov:step at {what} names {value}, which is no step of the file. Correct the id."
    ),
    **{("bpmn-rule", name): sentence for name, sentence in (SPECIFICATION | STYLE).items()},
    ("bad-annotation", "several-procedures"): (
        "{what} carries gov:procedure, and so does {first}: one file is one procedure. Keep one, or split the file."
    ),
    ("bad-annotation", "applicant-procedure"): (
        "{what} is the applicant's pool and carries gov:procedure. Put it on the process of the office."
    ),
    ("bad-annotation", "promise-over-law"): (
        "The promised limit of {what}, {promised}, is longer than the legal one, {legal} ({unit}). Correct the two."
    ),
    ("bad-annotation", "never-open"): (
        "By {attribute} {what} is never open. Write hours such as 09:00-12:00,13:30-17:30."
    ),
    ("bad-annotation", "no-staff"): "{what} has staff {value}. Write 1 or more, or nothing for no limit.",
    ("bad-annotation", "two-values"): (
        "{what} is one unit with {first}, but their {attribute} differ: {value} and {other}. Write one value."
    ),
    ("bad-annotation", "share-range"): "The share {value} of {what} is not between 0 and 1. Correct it.",
    ("bad-annotation", "share-sum"): (
        "The shares of the flows that leave {what} sum to {value}. Correct them so that they sum to 1."
    ),
    ("bad-annotation", "share-unused"): (
        "The share {value} of {what} says nothing: its source does not choose. Take it away, or split with "
        "an exclusive gateway."
    ),
    ("bad-annotation", "share-of-timer"): (
        "The share of {what} says nothing: a timer races by its duration. Take it away."
    ),
    ("bad-annotation", "boundary-sum"): (
        "The shares of the events that interrupt {what} sum to {value}. Correct them so that they sum to 1 at most."
    ),
    ("bad-annotation", "rejects-range"): "The share {value} that {what} rejects is not between 0 and 1. Correct it.",
    ("bad-annotation", "negative-limit"): "The limit {value} of {what} is negative. Correct it.",
    ("bad-annotation", "clock-stop-without-basis"): (
        "{what} stops the clock for {value} without a basis, so its time is counted. Write the basis in law."
    ),
    ("bad-annotation", "mandatory-without-basis"): (
        "{what} is mandatory, but no basis says by which law. Write the basis."
    ),
    ("bad-annotation", "repeat-without-loop"): (
        "{what} has gov:repeat but is neither a loop nor a multi-instance. Draw it as one, or take gov:repeat away."
    ),
    ("bad-annotation", "order-itself"): "{attribute} of {what} names the step itself. Name another step.",
    ("bad-annotation", "order-no-step"): (
        "{attribute} of {what} names {value}, which is no step but an event, a gateway or a frame. Name a step."
    ),
    ("bad-annotation", "order-circle"): (
        "By their after attributes each of the steps {value} comes after the others. Take one of the orders away."
    ),
    ("bad-annotation", "time-twice"): "{what} has two times of the part {part}. Keep one.",
    ("bad-annotation", "distribution"): (
        "{what} has a time with the distribution {value}, which there is not. Write one of the known distributions."
    ),
    ("bad-annotation", "time-parameter"): "A {distribution} time of {what} lacks {attribute}. Write it.",
    ("bad-annotation", "time-negative"): "A time of {what} is negative. Correct it.",
    ("bad-annotation", "time-reversed"): "min, mode and max of a time of {what} are not in this order. Correct them.",
    ("unsupported-element", "complex-gateway"): (
        "{what} is a complex gateway that says no number of tokens, which cannot be run. Write activationCount >= n, "
        "or use an exclusive, parallel or inclusive gateway."
    ),
    ("unsupported-element", "ad-hoc"): (
        "{what} is an ad-hoc sub-process in which nobody chooses: all its steps are automatic. Draw their order."
    ),
    ("unsupported-element", "data-mapping"): (
        "{what} assigns or transforms data on their way, which is not run. Write a script task with assignments."
    ),
    ("unsupported-element", "computed-call"): (
        "{what} works out only in the case what it calls, which cannot be run. Name the process it calls."
    ),
    ("unsupported-element", "called-file"): (
        "{what} calls {value}, in a file that cannot be run. Check that file and repair it."
    ),
    ("unsupported-element", "event-gateway"): (
        "{what} waits for events, but something else follows it. Let a message, timer, signal or condition follow."
    ),
    ("unsupported-element", "cancel"): (
        "{what} cancels, but lies in no transaction. Draw it inside one, or as an error end event."
    ),
    ("unsupported-element", "repeated-timer"): (
        "{what} rings several times, but lets one token through. Write a duration, or lead a loop back to it."
    ),
    ("unsupported-element", "sign-in-id"): (
        "{what} has an id with one of the signs / * ~ > | #, which no id may have. Give it one of letters and digits."
    ),
    ("unsupported-element", "loop-without-end"): (
        "{what} is done again and again, and nothing says when it is over. Write its condition or its maximum."
    ),
    ("unsupported-element", "no-instances"): (
        "{what} is done several times, and nothing says how often. Write its number or its collection."
    ),
    ("unsafe-expression", "script"): (
        "{what} holds a script, which is never run. Write an expression, or let a service do the work."
    ),
    **{("unsafe-expression", name): "{what}: " + sentence for name, sentence in EXPRESSION_FAULTS.items()},
    ("unsafe-expression", "too-many"): (
        "The file holds more than {limit} characters of expressions; from {what} on they are not read. Split it."
    ),
    ("decision-gap", "branches-not-decided"): (
        "Whether the ways from {what} on leave a gap or overlap is not decided: there are too many conditions. Let a "
        "decision table choose the way."
    ),
    ("decision-gap", "branches"): (
        "No way on from {what} is for {value}. Add that case to a condition, or choose a default flow."
    ),
    ("decision-overlap", "branches"): (
        "{first} and {second} both lead on from {what} for {value}, but only the first is taken. Let the conditions "
        "exclude each other."
    ),
    ("data-not-available", "never"): (
        "{what} needs {value}, which nothing before it gives or takes in. Draw who gives it, take it in from the "
        "applicant or a register, or correct the name."
    ),
    ("data-not-available", "not-every-way"): (
        "{what} needs {value}, which only some ways to it bring ({givers}). Move the step behind what gives it, or "
        "let every way give it."
    ),
    ("data-not-available", "condition"): (
        "The condition of {what} reads {value}, which no step writes. Draw what writes it, or correct the name."
    ),
}

#: Longest value quoted in a message.
_LONGEST = 80


def found(
    model: Model,
    case: tuple[str, str],
    element: str,
    *,
    severity: str = "error",
    stops: str = "all",
    line: int = 0,
    **details: str,
) -> Problem:
    """Make a problem of an element: the name and rule of its case, and its sentence. A warning stops nothing."""
    name, place = _named(model, element)
    details = {"what": f"“{shortened(name)}”" if name.strip() else element, **details}
    return Problem(
        problem=case[0],
        severity=severity,
        stops=stops if severity == "error" else "nothing",
        rule=case[1],
        element=element,
        name=name,
        line=line or place,
        details=details,
        message=RULES[case].format_map({key: shortened(value) for key, value in details.items()}),
    )


def _named(model: Model, element: str) -> tuple[str, int]:
    """Find the name of an element and its line."""
    for known in (
        model.node.get(element),
        model.flow.get(element),
        model.process.get(element),
        model.lane.get(element),
    ):
        if known is not None:
            return known.name, known.line
    pools = {pool.id: (pool.name, pool.line) for pool in model.pools}
    return pools.get(element) or next(((m.name, m.line) for m in model.message_flows if m.id == element), ("", 0))


def shortened(text: str) -> str:
    """A text as a sentence quotes it."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
