"""The English sentences of the rules of the specification and of good drawing, by the name of the rule.

As in `rules`: what is wrong, then what to do. Where each stands in the specification is told by the rule itself.
"""

#: Chapters 7 to 10 of BPMN 2.0.2.
SPECIFICATION = {
    "flow-between-pools": (
        "A sequence flow leads from {source} to {target} in another pool. Draw a message flow instead."
    ),
    "flow-across-sub-process": (
        "A sequence flow leads from {source} to {target} across the edge of a sub-process. Connect the "
        "sub-process itself."
    ),
    "flow-out-of-end": (
        "A flow leads from the end event {source} on to {target}. Delete it, or draw {source} as an intermediate event."
    ),
    "flow-into-boundary": ("A flow leads from {source} into the boundary event {target}. Lead it to the step itself."),
    "flow-into-start": ("A flow leads from {source} back to the start event {target}. Lead it to the first step."),
    "condition-not-boolean": (
        "The condition {value} of {what} is neither true nor false. Write a comparison, such as amount > 3."
    ),
    "condition-alone": (
        "The only way on from {source}, to {target}, has a condition; where it does not hold, the case stops. "
        "Delete the condition, or draw the other way."
    ),
    "condition-unused": (
        "{what} has a condition, but {gateway} does not choose by conditions. Delete it, or choose with an "
        "exclusive gateway."
    ),
    "condition-after-event": (
        "{what} has a condition, but nothing chooses behind the event {gateway}. Delete it, or choose with an "
        "exclusive gateway behind the event."
    ),
    "condition-after-event-gateway": (
        "{what} has a condition, but at {gateway} what happens first decides. Delete the condition."
    ),
    "condition-on-default": (
        "{what} is the default flow of {gateway} and has a condition nobody asks. Delete the condition or "
        "choose another default flow."
    ),
    "default-unused": (
        "{what} has a default flow, but does not choose by conditions. Choose with an exclusive gateway, or "
        "take the default away."
    ),
    "awaited-kind": (
        "{what} waits for events but leads to {target}, which waits for none that it may. Draw an event that waits "
        "for a message, a time, a condition or a signal there, or a receive task."
    ),
    "awaited-mixed": ("{what} leads to message events and to receive tasks. Draw events only, or receive tasks only."),
    "awaited-with-boundary": (
        "{what} stands behind an event-based gateway and has an event at its edge. Draw that event behind the "
        "gateway too."
    ),
    "awaited-by-others": (
        "{what} stands behind an event-based gateway, and another flow leads to it as well. Lead that flow to the "
        "gateway or past it."
    ),
    "event-gateway-alone": (
        "{what} waits for one of several events, but fewer than two ways lead from it. Draw the other event, or "
        "take the gateway away."
    ),
    "instantiate-in-flow": (
        "{what} is to begin a case, but a flow leads to it. Delete the flow, or let a start event begin the case."
    ),
    "parallel-event-gateway": (
        "{what} waits for all its events without beginning a case. Split with a parallel gateway instead."
    ),
    "gateway-direction": (
        "{what} is marked {value}, but its flows say otherwise. Save the file again with the tool it was drawn with."
    ),
    "no-condition": (
        "Nothing says when {gateway} leads to {target}. Write a condition on that flow or make it the default."
    ),
    "boundary-elsewhere": (
        "{what} sits on {host}, which stands in another process or sub-process. Draw it on a step beside it."
    ),
    "call-missing": "{what} calls nothing. Choose the process it calls, or draw a task.",
    "decision-missing": "{what} asks for a decision, but names none. Choose the decision, or draw another task.",
    "rounds-missing": (
        "{what} is done several times, but neither a number from 0 on nor a collection says how often. Write one."
    ),
    "compensation-in-flow": (
        "{what} undoes other work and is called by its event, but a flow leads to or from it. Delete the flow."
    ),
    "compensation-handler": (
        "{what} calls for work to be undone, but no association leads to what undoes it. Draw the association."
    ),
    "event-sub-process-in-flow": (
        "{what} is begun by an event, but a flow leads to or from it. Delete the flow, or draw a plain sub-process."
    ),
    "event-sub-process-start": (
        "{what} is to be begun by an event, but its start event names none. Choose the event it waits for."
    ),
    "event-sub-process-starts": (
        "{what} has {count} start events; one event begins an event sub-process. Draw one for each."
    ),
    "ad-hoc-content": (
        "{what} begins or ends something inside an ad-hoc sub-process, where people choose what to do. Delete it, "
        "or draw a plain sub-process."
    ),
    "ad-hoc-empty": "{what} is an ad-hoc sub-process without activity. Draw what can be done in it.",
    "behavior-unused": (
        "{what} throws events at conditions of its own, but its behaviour is {value}. Choose the behaviour Complex."
    ),
    "event-kind": (
        "{what} is an event of the kind {kind}, which cannot stand there; there can be: {expected}. Choose another "
        "kind of event, or draw it elsewhere."
    ),
    "sub-process-blank-start-event": (
        "{what} waits for an event inside a sub-process, which the flow alone begins. Take its kind away, or let the "
        "event begin an event sub-process."
    ),
    "event-empty": "{what} catches an event, but does not say which. Choose what it waits for.",
    "cancel-outside-transaction": (
        "{what} cancels a transaction, but belongs to none. Draw it in or on a transaction, or choose another kind."
    ),
    "event-leads-nowhere": "No flow leads on from the event {what}. Draw the flow to what follows.",
    "link-in-flow": (
        "{what} is a link event; nothing leads on from where a link jumps off, and nothing leads to where it lands. "
        "Delete that flow."
    ),
    "condition-missing": "{what} waits for a condition, but does not say which. Write the condition.",
    "code-missing": "{what} throws an {kind} without code, so nothing catches it. Choose one that has a code.",
    "time-missing": "{what} waits for a time, but does not say which. Write the time.",
    "time-form": ("The time {value} of {what} is not of the form this timer takes. Write it such as {expected}."),
    "event-names-nothing": "{what} is a {kind} event of an executable process and names no {kind}. Choose it.",
    "time-unreadable": (
        "The time {value} of {what} is neither written by ISO 8601 nor an expression. Write it anew, such as P3D."
    ),
    "public-executable": (
        "{what} is a public process and marked executable. Make it a private one, or take the mark away."
    ),
    "end-without-start": "{what} has an end event and no start event. Draw where it begins.",
    "message-inside-pool": ("The message flow {what} stays inside its pool. Draw a sequence flow instead."),
    "message-sender": (
        "The message flow {what} comes from {node}, which sends no message. Let it come from a step, a throwing "
        "event or a pool."
    ),
    "message-receiver": (
        "The message flow {what} leads to {node}, which receives no message. Lead it to a step, a catching event or "
        "a pool."
    ),
    "message-event": (
        "The message flow {what} begins or ends at the event {node}, which is no message event. Choose the kind "
        "message for it."
    ),
    "multiplicity": "{what} stands for at least {least} and at most {most} participants. Correct the two.",
    "optional-in-no-set": "{value} is named by {attribute} of {what} and not by {whole}. Name it in both.",
    "state-name": "{value} is drawn in a state; so that all of it is known as one, call it {expected}.",
    "several-sets": "{what} carries one message, but has {count} of: {kind}. Keep one.",
    "message-data": "{value} of {what} is not of the type of the message {message}. Choose one type for both.",
    "loop-item": (
        "One round of {what} works on {value}, which is not the type of one piece of {whole}. Choose the type of "
        "the pieces."
    ),
    "two-lanes": "{what} stands in two lanes, {first} and {second}. Let one lane list it.",
    "reference-kind": (
        "{attribute} names {value}, which is a {kind}; asked for is: {expected}. Choose again what it names."
    ),
    "too-many-children": "A {kind} has more than one of: {child}. Keep one.",
    "missing-child": "A {kind} lacks its {child}. Write it, or export the file again from its tool.",
    "misplaced-child": "A {kind} holds a {child}, which may not stand there. Move it to where it belongs.",
    "number-range": "{attribute} is {value}; it must be {least} or more. Correct it.",
    "address": "{attribute} is {value}, which is no address. Write a URI.",
    "prose-expression": (
        "The {kind} {value} is written in plain words, so the process cannot be executed. Write it as a formal "
        "expression."
    ),
    "data-in-no-set": "Nothing names {value}, no {kind} and no association. Name it in one, or delete it.",
    "collection-differs": (
        "This data says that it is no collection, but its type {value} is one. Mark the data as a collection too."
    ),
    "operation-missing": (
        "The event sends or receives the typed message {value}, but names no operation for it. Choose the operation."
    ),
}

#: Good drawing.
STYLE = {
    "label-required": "{what} has no name. Write what it is.",
    "fake-join": (
        "Several flows lead to {what}, which looks like a join and is none. Join them with a gateway before it."
    ),
    "no-implicit-split": (
        "Several flows leave {what} and are all taken side by side. Split with a parallel gateway after it."
    ),
    "no-gateway-join-fork": "{what} joins flows and splits them again. Draw a gateway for each.",
    "superfluous-gateway": "{what} has one flow in and one out, so it decides nothing. Take it away.",
    "no-duplicate-sequence-flows": "{count} flows lead from {source} to {what}. Keep one.",
    "conditional-flows": (
        "Nothing says when {gateway} leads to {target}. Write the condition of that flow, or make it the default."
    ),
    "no-inclusive-gateway": (
        "{what} is an inclusive gateway; which of its branches run is hard to see. Draw the choices with exclusive "
        "and parallel gateways."
    ),
    "no-complex-gateway": (
        "{what} is a complex gateway; what it does stands in an expression. Use an exclusive, parallel or inclusive "
        "one."
    ),
    "no-disconnected": "{what} has no flow at all. Connect it, or delete it.",
    "empty-sub-process": "Nothing is drawn in the sub-process {what}. Draw its steps, or make it a task.",
    "single-blank-start-event": (
        "{what} has {count} start events that wait for nothing. Begin at one, or say what each waits for."
    ),
    "single-event-definition": "{what} waits for or does {count} things at once. Draw an event for each.",
    "link-event": (
        "The link event {what} has no name, or another of its name lands here too. Give it a name of its own."
    ),
    "superfluous-termination": "{what} stops everything else, but nothing else can run. Draw a plain end event.",
    "global-unnamed": "The {kind} {what} has no name. Write what it is.",
    "global-alike": "The {kind} {what} has the name {value}, and so has {other}. Keep one, or rename it.",
    "global-unused": "Nothing in the file uses the {kind} {value}. Delete it, or connect what is to use it.",
    "no-bpmndi": "{what} is in the file and not in its diagram. Lay the diagram out again.",
    "no-overlapping-elements": "{what} lies over {other} in the diagram. Move it, or lay the diagram out again.",
}
