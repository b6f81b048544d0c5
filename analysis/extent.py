"""What belongs to the procedure of a file: the pools joined by message flows, and the steps in them."""

from __future__ import annotations

from collections import defaultdict

from bpmn.model import Model, Node


def processes_of(model: Model) -> frozenset[str]:
    """The processes of the procedure: its own, those joined to it by message flows, and those it calls.

    A pool without a process joins those that send to it or hear from it.
    """
    first = model.procedure_process
    if first is None:
        return frozenset()
    neighbours: dict[str, set[str]] = defaultdict(set)
    for message in model.message_flows:
        source, target = _place(model, message.source), _place(model, message.target)
        neighbours[source].add(target)
        neighbours[target].add(source)
    for node in model.nodes:
        if node.called in model.process:
            neighbours[node.process].add(node.called)
    found, waiting = {first.id}, [first.id]
    while waiting:
        for place in neighbours[waiting.pop()] - found:
            found.add(place)
            waiting.append(place)
    return frozenset(found) & model.process.keys()


def steps_of(model: Model) -> tuple[Node, ...]:
    """The steps of the procedure: its activities outside the applicant's pools, in the order of the file.

    Events, gateways and frames are none; a call activity is one where what it calls is not in the file, else the
    called steps stand for it.
    """
    processes = processes_of(model) - model.applicant_processes
    return tuple(
        node for node in model.nodes if node.process in processes and node.is_step and node.called not in model.process
    )


def _place(model: Model, end: str) -> str:
    """The process an end of a message flow lies in, or the pool where that has none."""
    if end in model.node:
        return model.node[end].process
    pool = next((pool for pool in model.pools if pool.id == end), None)
    return pool.process if pool is not None and pool.process else end
