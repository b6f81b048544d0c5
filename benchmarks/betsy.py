"""The conformance cases of uniba-dsg/betsy, played with this engine.

The scripts in its files are placeholders that each engine gives a meaning. Here `SCRIPT_task1` is traced when it is
passed, `INCREMENT_INTEGER_VARIABLE` becomes an assignment, `THROW_ERROR` work that fails, and what waits or notes the
time becomes work of ten seconds. A case passes when exactly the asserted tasks were traced, as often as asserted.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.played import START, Played
from bpmn import read
from bpmn.model import Model, Node
from engine.errors import EngineError, Unrunnable

#: What an input of a case says about the variable `test`.
_TEXTS = {f"input{letters}": letters.lower() for letters in ("A", "B", "C", "AB", "AC", "BC", "ABC")}
_NUMBER = re.compile(r"setIntegerVariable\((\d+)\)")
_LASTS = timedelta(seconds=10)
#: After so long a case is looked at as it stands.
_LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one case."""

    category: str
    name: str
    #: "passed", "refused" (named by the check before it is run) or "wrong".
    verdict: str
    #: What it was given.
    given: str = ""
    #: Why it was refused, or what was seen instead.
    why: str = ""


def verdicts(folder: Path, expected: Path) -> Iterator[Verdict]:
    """Play every case; `folder` holds the files, `expected` what is asserted of them."""
    for test in json.loads(expected.read_text("utf-8"))["tests"]:
        model = read(folder / test["file"])
        for case in test["cases"]:
            verdict, why = judged(model, case["input"], case["expect"])
            yield Verdict(
                category=test["category"], name=test["name"], verdict=verdict, given=", ".join(case["input"]), why=why
            )


def judged(model: Model, given: Sequence[str], asserted: Sequence[str]) -> tuple[str, str]:
    """The verdict of one case, and why."""
    must_fail = {"assertGenericError", "assertRuntimeException"} & set(asserted)
    try:
        trace = traced(model, _data(given), in_parallel="useParallelProcess" in given)
    except Unrunnable as refusal:
        why = "; ".join(sorted({f"`{problem.rule}`: {problem.message}" for problem in refusal.problems}))
        return ("passed" if "assertGenericError" in must_fail else "refused"), why
    except EngineError as error:
        return ("passed", type(error).__name__) if must_fail else ("wrong", f"{type(error).__name__}: {error}")
    wanted = Counter(map(_wanted, asserted))
    if must_fail or trace != wanted:
        return "wrong", f"{sorted(trace.elements())} instead of {sorted(wanted.elements())}"
    return "passed", ""


def traced(model: Model, data: Mapping[str, Any], *, in_parallel: bool = False) -> Counter[str]:
    """Play a case to where nothing comes by itself any more, and count what was traced.

    Where it says so, a case of the file's other process is begun before, and gets the signals of the first.
    """
    other = _other_start(model) if in_parallel else ""
    beside = Played.started(_meant(model), data, start=other, skip_scripts=True) if other else None
    played = Played.started(_meant(model), data, skip_scripts=True)
    labels = {node.id: _label(node.script.strip()) for node in model.nodes if node.kind == "scriptTask"}
    together = _work(played, model)
    log = played.log
    if beside is not None:
        log = log + beside.play(" ".join(f"~{thrown.partition(' ')[2]}" for thrown in played.thrown)).log
    found = Counter(label for element in log if (label := labels.get(element.rpartition("/")[2], "")))
    if together:
        found["execution parallel"] += 1
    if "right data" in found and played.run.data().get("read") != "text":
        del found["right data"]
    return found


def _other_start(model: Model) -> str:
    """The plain start of the second process, where no message joins it to the first."""
    starts = [node for node in model.nodes if node.kind == "startEvent" and not node.scope and not node.events]
    first = model.procedure_process
    others = [node.id for node in starts if first is not None and node.process != first.id]
    return others[0] if others and not model.message_flows else ""


def _work(played: Played, model: Model) -> bool:
    """Do all work that waits, each as long as it lasts; whether two that note the time were ever under way at once."""
    together = False
    begun: dict[int, timedelta] = {}
    while played.now - START < _LONGEST and not played.ended:
        work = {wait.token: model.node[wait.element] for wait in played.run.waits() if wait.kind == "work"}
        for token, node in work.items():
            begun.setdefault(token, played.now - START)
            if node.script.strip() == "THROW_ERROR":
                played.run.fail(token, "", {}, played.now)
                played.note()
                break
        else:
            together = together or sum("TIMESTAMP" in node.script for node in work.values()) > 1
            ready = [token for token in work if played.now - START >= begun[token] + _LASTS]
            for token in ready[:1]:
                played.run.complete(token, {}, played.now)
                played.note()
            if not ready:
                played.passes("PT1S")
    return together


def _meant(model: Model) -> Model:
    """The model with a meaning for its placeholders."""
    return model.evolve(nodes=tuple(map(_given_meaning, model.nodes)))


def _given_meaning(node: Node) -> Node:
    script = node.script.strip()
    if script.startswith("INCREMENT"):
        return node.evolve(script="integerVariable = integerVariable + 1", script_format="feel")
    if script == "SET_STRING_DATA":
        return node.evolve(script='written = "text"', script_format="feel")
    if script == "LOG_DATA":
        return node.evolve(script="read = written", script_format="feel")
    if script == "THROW_ERROR" or script.startswith(("WAIT", "CREATE_TIMESTAMP")):
        return node.evolve(kind="userTask", script="", script_format="")
    return node


def _label(script: str) -> str:
    if script.startswith("SCRIPT_"):
        return script.removeprefix("SCRIPT_")
    return {
        "INCREMENT_INTEGER_VARIABLE_AND_LOG": "increment",
        "CREATE_MARKER_FILE": "marker exists",
        "LOG_DATA": "right data",
    }.get(script, "")


def _wanted(asserted: str) -> str:
    """What a case asserts, as it is traced."""
    plain = {
        "assertMarkerExists": "marker exists",
        "assertDataCorrect": "right data",
        "assertExecutionParallel": "execution parallel",
    }
    return plain.get(asserted, asserted.removeprefix("assert").lower())


def _data(given: Sequence[str]) -> dict[str, Any]:
    """The data a case begins with."""
    data: dict[str, Any] = {"test": "", "integerVariable": 0}
    for word in given:
        number = _NUMBER.fullmatch(word)
        if number:
            data["integerVariable"] = int(number.group(1))
        elif word in _TEXTS:
            data["test"] = _TEXTS[word]
    return data
