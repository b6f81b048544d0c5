"""The steps of the procedure of a file: those of the pools joined by message flows."""

from __future__ import annotations

from bpmn.begin import processes_of
from bpmn.model import Model, Node


def steps_of(model: Model) -> tuple[Node, ...]:
    """The steps of the procedure: its activities outside the applicant's pools, in the order of the file.

    Events, gateways and frames are none; a call activity is one where what it calls is not in the file, else the
    called steps stand for it.
    """
    processes = processes_of(model) - model.applicant_processes
    return tuple(
        node for node in model.nodes if node.process in processes and node.is_step and node.called not in model.process
    )
