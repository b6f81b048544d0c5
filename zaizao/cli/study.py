"""`zaizao study`: the main job, from a procedure's files to its before/after report."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bpmn import Model
from bpmn.check import check
from bpmn.drawing import draw
from flows import Procedure, load, procedures
from reports.format import number, plain, visible
from zaizao.cli import files, find, proposing
from zaizao.cli.failures import FILE, Refusal
from zaizao.cli.figures import cut_table, headline, marked, of_each_side, time_table, warnings
from zaizao.cli.options import simulated
from zaizao.cli.redesign import content_of
from zaizao.cli.reporting import REPORTS, matter
from zaizao.cli.simulating import compared, ready, timed
from zaizao.cli.text import width
from zaizao.cli.time import names
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from reports.comparison import Comparison, Side
    from reports.proposal import Proposal

#: The cell at which the seconds of each part stand.
COLUMN = 78


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be studied: one file, or a procedure's two, and how."""

    #: As the user called it.
    name: str
    before: Path
    after: Path | None
    procedure: Procedure | None
    folder: Path
    cases: int
    seed: int

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files to be read."""
        return (self.before,) if self.after is None else (self.before, self.after)

    def command(self, call: Call) -> str:
        """The line that repeats the study."""
        words = [
            "zaizao",
            "study",
            files.told(self.name),
            "-o",
            "out",
            "--cases",
            str(self.cases),
            "--seed",
            str(self.seed),
        ]
        return shlex.join([*words, "--lang", call.settings.language])


@click.command("study", cls=Command)
@click.argument("name", required=False, shell_complete=lambda *_: [item.name for item in procedures()])
@option("--all", "everything", is_flag=True)
@option("-o", "--output", "target", required=True)
@simulated
@click.pass_obj
def command(call: Call, name: str | None, everything: bool, target: str, cases: int, seed: int, as_json: bool) -> int:
    """Study one procedure, or every procedure of the library into a folder each."""
    if everything == (name is not None):
        raise Refusal("study_one_or_all")
    folder = Path(target)
    if folder.exists() and not folder.is_dir():
        raise Refusal("not_a_folder", file=target)
    jobs = [_job(name, folder, cases, seed)] if name is not None else _jobs(folder, cases, seed)
    return max((run(call, job, as_json=as_json) for job in jobs), default=0)


def _job(name: str, folder: Path, cases: int, seed: int) -> Job:
    """Find what a name means: a file, else a procedure of the library."""
    if "/" in name or "\\" in name or Path(name).suffix or Path(name).exists():
        before, after, procedure = files.existing(name), None, None
    else:
        procedure = load(name)
        before, after = procedure.as_is, procedure.to_be
    return Job(name=name, before=before, after=after, procedure=procedure, folder=folder, cases=cases, seed=seed)


def _jobs(folder: Path, cases: int, seed: int) -> list[Job]:
    return [_job(procedure.name, folder / procedure.name, cases, seed) for procedure in procedures()]


def run(call: Call, job: Job, *, as_json: bool) -> int:
    """Check, simulate and report; each part says what it did and how long it took."""
    from reports.comparison import Comparison

    tell: Callable[[str], None] = (lambda _: None) if as_json else click.echo
    with _part(call, "check", tell) as said:
        found = [ready(call, str(file), {}) for file in job.inputs]
        models = [model for model in found if model is not None]
        if len(models) < len(found):
            return FILE
        said.append(_checked(call, models))
    with _part(call, "find", tell) as said:
        findings = find.findings(call, models[0])
        said.append(call.say("study.found", n=len(findings), protected=sum(one.protected for one in findings)))
    with _part(call, "redesign", tell) as said:
        redesign = proposing.made(call, models[0], findings, seed=job.seed)
        said.append(call.say("study.moves", n=len(redesign.moves)))
    with _part(call, "prove", tell) as said:
        said.append(call.say("study.proved", n=len(redesign.proof.obligations)))
    with _part(call, "simulate", tell) as said:
        file = files.told(job.before.name)
        proposed = proposing.proposal(call, findings, redesign, cases=job.cases, seed=job.seed, file=file)
        proposed = proposing.with_left(call, proposed, models[1]) if len(models) > 1 else proposed
        result = _simulated(call, job, models) if len(models) > 1 else proposed.comparison or _alone(call, job, models)
        word = "both" if isinstance(result, Comparison) else "one"
        said.append(call.say(f"study.{word}", cases=plain(number(job.cases, 0)), seed=job.seed))
    with _part(call, "factors", tell) as said:
        result, moved = _with_sensitivity(job, result)
        said.append(call.say("study.moved", n=moved))
    with _part(call, "report", tell) as said:
        written, report = _write(call, job, result, proposed)
        said.append(call.say("study.written"))
    tell("\n".join(_summary(call, job, result, written)))
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    return 0


@contextmanager
def _part(call: Call, name: str, tell: Callable[[str], None]) -> Iterator[list[str]]:
    """Tell one part of the work when it is done, with its seconds."""
    said: list[str] = []
    begun = time.perf_counter()
    yield said
    if said:
        label = call.say(f"study.{name}")
        line = f"{label}{' ' * (10 - width(label))}{said[0]}"
        seconds = call.say("study.seconds", seconds=f"{time.perf_counter() - begun:.1f}")
        tell(click.style("✓ ", fg="green") + line + " " * (COLUMN - width(line)) + click.style(seconds, dim=True))


def _checked(call: Call, models: list[Model]) -> str:
    found = sum(len(check(model)) for model in models)
    return call.say("study.warned" if found else "study.clean", files=len(models), warnings=found)


def _simulated(call: Call, job: Job, models: list[Model]) -> Comparison:
    """Compare the file as it is with the one decided."""
    named = tuple(files.told(file.name) for file in job.inputs)
    return compared(call, *models, cases=job.cases, seed=job.seed, files=named)


def _alone(call: Call, job: Job, models: list[Model]) -> Side:
    """Measure the one file there is, where nothing better was decided or found."""
    from reports.comparison import side

    times = timed(call, models[0], cases=job.cases, seed=job.seed, start=None, warm_up=None)
    return side(models[0], file=files.told(job.before.name), times=times)


def _with_sensitivity(job: Job, result: Comparison | Side) -> tuple[Comparison | Side, int]:
    """Find what moves the time of each side, and say how many numbers of the files were moved."""
    from analysis.sensitivity import MOST_CASES, sensitivity
    from reports.comparison import Side

    def asked(side: Side) -> Side:
        return replace(side, sensitivity=sensitivity(side.model, cases=min(job.cases, MOST_CASES), seed=job.seed))

    sides = [asked(side) for side in ([result] if isinstance(result, Side) else [result.before, result.after])]
    moved = sum(len(side.sensitivity.effects) for side in sides if side.sensitivity is not None)
    if isinstance(result, Side):
        return sides[0], moved
    return replace(result, before=sides[0], after=sides[1]), moved


def _write(call: Call, job: Job, result: Comparison | Side, proposed: Proposal) -> tuple[list[Path], dict[str, Any]]:
    """Write the page, the documents, the data and the pictures; the data last, since it names the others."""
    from reports.comparison import Comparison
    from reports.json import study_json

    pair = result if isinstance(result, Comparison) else None
    before = result.before if isinstance(result, Comparison) else result
    title = job.procedure.title[call.settings.language] if job.procedure is not None else before.model.title
    study = matter(call, result, title=title, command=job.command(call), procedure=job.procedure, proposal=proposed)
    contents = {f"report{ending}": make(study) for ending, make in REPORTS.items()}
    contents["as-is.svg"] = draw(before.model).encode()
    drawn = {"to-be": pair.after.model} if pair is not None else {}
    if job.after is not None and proposed.made.moves:
        drawn["proposal"] = proposed.made.after
    for stem, model in drawn.items():
        file = model.source if model is not proposed.made.after else content_of(proposed.made)
        contents |= {f"{stem}.bpmn": file, f"{stem}.svg": draw(model).encode()}
    written = [job.folder / name for name in (*contents, "report.json")]
    report = study_json(
        procedure=files.told(job.name),
        as_is=before.times,
        comparison=pair,
        files=[files.told(file) for file in written],
        sensitivity=before.sensitivity,
        proposal=proposed,
    )
    contents["report.json"] = json.dumps(report, ensure_ascii=False, indent=1).encode()
    for name, content in contents.items():
        files.save(job.folder / name, content)
    return written, report


def _summary(call: Call, job: Job, result: Comparison | Side, written: list[Path]) -> list[str]:
    """The sentence, the figures, what to know of them, and where the files are."""
    from reports.comparison import Comparison

    sides: tuple[Side, ...]
    if isinstance(result, Comparison):
        lines = ["", headline(call, result), "", *cut_table(call, result)]
        sides = (result.before, result.after)
        lines += [call.words(f"why-not.{why}") for why in result.why_not]
    else:
        lines = ["", click.style(visible(result.title), bold=True), "", *time_table(call, result.times)]
        lines += ["", call.say("study.no_to_be", name=files.told(job.name))]
        sides = (result,)
    each = [warnings(call, side.times, names(side.model)) for side in sides]
    said = marked(each[0] if len(each) == 1 else of_each_side(call, *each))
    lines += ["", *said] if said else []
    return [
        *lines,
        "",
        "   ".join(files.told(file) for file in written),
    ]
