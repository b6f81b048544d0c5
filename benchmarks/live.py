"""What the benchmarks of live cases share: procedures to run, plain SpiffWorkflow as the peer, a bare commit.

The peer keeps a case as that library's own serializer does: the whole case as one JSON text, read and written at every
step. It is given the same drawings, with the conditions in its own language.
"""

import sqlite3
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

from bpmn import Model, build, read

#: A form of four fields, as a clerk fills it in at a step.
FORM: Mapping[str, Any] = {"decision": "approved", "comment": "ok, forwarded", "amount": 1250, "rework": -1}

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:x">'
    '<bpmn:process id="p" isExecutable="true">'
)
_TAIL = "</bpmn:process></bpmn:definitions>"


class Drawing:
    """One procedure in both languages: conditions say `equal` in ours and in the peer's."""

    def __init__(self, steps: int) -> None:
        self.parts: list[str] = []
        #: How many steps a case has.
        self.steps = steps

    def node(self, kind: str, id_: str, more: str = "") -> None:
        """Add a node."""
        self.parts.append(f'<bpmn:{kind} id="{id_}" {more}/>')

    def flow(self, source: str, target: str, condition: str = "", id_: str = "") -> None:
        """Add a flow; a condition names a variable and a value with `@` between."""
        text = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>'
        self.parts.append(
            f'<bpmn:sequenceFlow id="{id_ or f"f_{source}_{target}"}" sourceRef="{source}" targetRef="{target}">'
            f"{text if condition else ''}</bpmn:sequenceFlow>"
        )

    def source(self, equal: str = "=") -> bytes:
        """The file."""
        return (_HEAD + "".join(self.parts) + _TAIL).replace("@", equal).encode()

    def model(self) -> Model:
        """The file, read."""
        return read(self.source())


def linear(steps: int) -> Drawing:
    """Steps in a row."""
    drawing = Drawing(steps)
    names = ["s", *(f"t{place}" for place in range(steps)), "e"]
    drawing.node("startEvent", "s")
    for name in names[1:-1]:
        drawing.node("userTask", name)
    drawing.node("endEvent", "e")
    for source, target in pairwise(names):
        drawing.flow(source, target)
    return drawing


def office(steps: int) -> Drawing:
    """Steps in a row with a way back after every fifth one, as approvals look."""
    drawing = Drawing(steps + steps // 5)
    drawing.node("startEvent", "s")
    before = "s"
    for place in range(steps):
        drawing.node("userTask", f"t{place}")
        drawing.flow(before, f"t{place}")
        before = f"t{place}"
        if place % 5 == 4:
            drawing.node("exclusiveGateway", f"g{place}", f'default="ok{place}"')
            drawing.flow(before, f"g{place}")
            drawing.flow(f"g{place}", before, f"rework @ {place}")
            drawing.node("userTask", f"n{place}")
            drawing.flow(f"g{place}", f"n{place}", id_=f"ok{place}")
            before = f"n{place}"
    drawing.node("endEvent", "e")
    drawing.flow(before, "e")
    return drawing


def loop() -> Drawing:
    """One step that is gone back to until `again` is not yes."""
    drawing = Drawing(1_000)
    drawing.node("startEvent", "s")
    drawing.node("exclusiveGateway", "m")
    drawing.node("userTask", "t")
    drawing.node("exclusiveGateway", "g", 'default="out"')
    drawing.node("endEvent", "e")
    for source, target, condition, id_ in (
        ("s", "m", "", ""), ("m", "t", "", ""), ("t", "g", "", ""),
        ("g", "m", 'again @ "yes"', ""), ("g", "e", "", "out"),
    ):  # fmt: skip
        drawing.flow(source, target, condition, id_)
    return drawing


def blocks(count: int) -> Model:
    """Parallel blocks of two steps in a row."""
    builder = build("blocks").start("s")
    for place in range(count):
        builder.parallel(f"p{place}").branch().step(f"a{place}").branch().step(f"b{place}").join(f"q{place}")
    return builder.end("e").model


class PlainSpiff:
    """Cases of one procedure on SpiffWorkflow alone, each kept as its serializer's JSON text."""

    def __init__(self, drawing: Drawing) -> None:
        from SpiffWorkflow.bpmn.parser import BpmnParser
        from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
        from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
        from SpiffWorkflow.util.task import TaskState

        parser = BpmnParser()
        parser.add_bpmn_str(drawing.source("=="))
        self._specs = parser.get_spec("p"), parser.get_subprocess_specs("p")
        self._workflow = BpmnWorkflow
        self._serializer = BpmnWorkflowSerializer()
        self._ready = TaskState.READY

    def begin(self) -> str:
        """Start a case."""
        workflow = self._workflow(*self._specs)
        workflow.do_engine_steps()
        return str(self._serializer.serialize_json(workflow))

    def step(self, case: str, form: Mapping[str, Any]) -> str:
        """Restore the case, complete the waiting step, and keep the case again."""
        workflow = self._serializer.deserialize_json(case)
        task = workflow.get_next_task(state=self._ready, manual=True)
        task.data.update(form)
        task.run()
        workflow.do_engine_steps()
        return str(self._serializer.serialize_json(workflow))


def bare_commits(folder: Path, *, durable: bool, seconds: float = 0.5) -> float:
    """The seconds of one INSERT of a row with a commit of its own on SQLite, with nothing around it."""
    connection = sqlite3.connect(folder / f"bare-{durable}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
    connection.execute("CREATE TABLE IF NOT EXISTS bare(id INTEGER PRIMARY KEY, text TEXT)")
    done, begun = 0, perf_counter()
    while perf_counter() - begun < seconds:
        for _ in range(20):
            connection.execute("INSERT INTO bare(text) VALUES (?)", ("x" * 100,))
        done += 20
    spent = (perf_counter() - begun) / done
    connection.close()
    return spent


def seconds_each(steps: int, step: Callable[[], object]) -> float:
    """The mean seconds of a step that is done so many times."""
    begun = perf_counter()
    for _ in range(steps):
        step()
    return (perf_counter() - begun) / steps
