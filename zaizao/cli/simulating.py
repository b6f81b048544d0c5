"""What the commands that simulate share: refusing what is wrong, telling of the compiler, showing progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bpmn import Model
from bpmn.calls import flattened
from bpmn.check import check
from bpmn.problem import Problem
from reports.format import visible
from zaizao import wiring
from zaizao.cli.check import stopping
from zaizao.cli.failures import Outage, Refusal, located
from zaizao.cli.files import load
from zaizao.cli.progress import progress
from zaizao.cli.worded import Call

if TYPE_CHECKING:
    from analysis.measure import TimeResult
    from reports.comparison import Comparison

#: At most so many problems are spelled out where a figure is refused; `zaizao check` shows all.
SHOWN = 5
#: Elements of a file for which moves are searched and a report is written; nobody could read a longer one.
MOST_REDESIGNED = 10_000


def ready(call: Call, file: str, library: Mapping[str, Model]) -> Model | None:
    """Read a file to be simulated, with its calls filled in; where something in it is wrong, say what."""
    found = checked(call, file, library)
    return found[0] if found is not None else None


def checked(call: Call, file: str, library: Mapping[str, Model]) -> tuple[Model, tuple[Problem, ...]] | None:
    """The same, with the warnings of the file."""
    from analysis.simulation import refusals

    return _judged(call, file, library, refusals)


def usable(call: Call, file: str, library: Mapping[str, Model]) -> Model | None:
    """Read a file to be judged or changed, with its calls filled in; where something in it is wrong, say what."""
    found = _judged(call, file, library, lambda _model, _library: ())
    return found[0] if found is not None else None


def _judged(
    call: Call,
    file: str,
    library: Mapping[str, Model],
    refusals: Callable[[Model, Mapping[str, Model]], Iterable[Problem]],
) -> tuple[Model, tuple[Problem, ...]] | None:
    model = load(file)
    found = check(model)
    problems = stopping(found, "analysis") or tuple(refusals(model, library))
    for problem in problems[:SHOWN]:
        click.echo(located(file, problem, call.words), err=True)
    if len(problems) > SHOWN:
        click.echo(call.say("check.more", file=visible(file), n=len(problems) - SHOWN), err=True)
    return None if problems else (flattened(model, library).model, found)


def refuse_large(file: str, model: Model) -> None:
    """Refuse to redesign a file that is no procedure any more."""
    if len(model.nodes) > MOST_REDESIGNED:
        raise Refusal("too_large", file=file, n=str(len(model.nodes)), limit=str(MOST_REDESIGNED))


def timed(
    call: Call, model: Model, *, cases: int, seed: int, start: datetime | None, warm_up: int | None
) -> TimeResult:
    """Simulate one model under a progress bar."""
    from analysis.time import time

    announce_compiler(call)
    with progress(call.say("study.simulate")) as bar:
        return time(model, cases=cases, seed=seed, start=start, warm_up=warm_up, progress=bar)


def replicated(
    call: Call, model: Model, address: str, *, cases: int, seed: int, start: datetime | None, warm_up: int | None
) -> TimeResult:
    """Simulate one model in independent runs on a cluster."""
    from analysis.sweeps import default_runs, replications

    try:
        with wiring.cluster(address), progress(call.say("study.simulate")) as bar:
            return replications(
                model,
                runs=default_runs(cases),
                cases=cases,
                seed=seed,
                workers=None,
                start=start,
                warm_up=warm_up,
                progress=bar,
            ).result
    except wiring.NoCluster as fault:
        failure = Refusal if fault.reason in ("extra", "address") else Outage
        fields = {"address": fault.address, "seconds": str(wiring.CLUSTER_SECONDS), "version": wiring.version()}
        raise failure(f"cluster_{fault.reason}", **fields) from fault


def compared(call: Call, before: Model, after: Model, *, cases: int, seed: int, files: tuple[str, ...]) -> Comparison:
    """Simulate two models with common random numbers under a progress bar."""
    from reports.comparison import compare

    announce_compiler(call)
    with progress(call.say("study.simulate")) as bar:
        return compare(before, after, cases=cases, seed=seed, progress=bar, files=(files[0], files[1]))


def announce_compiler(call: Call) -> None:
    """Say that the kernel is being compiled, where it is, so that nobody takes the wait for a hang."""
    from analysis.simulation import is_compiled

    if not is_compiled():
        click.echo(call.say("study.compiling"), err=True)
