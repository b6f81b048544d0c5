"""`zaizao study`: the main job, from a procedure's files to its before/after report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bpmn import Model
from bpmn.drawing import draw
from flows import Procedure, load, procedures
from reports.format import number, percent, plain, visible
from zaizao.cli import files, find, proposing
from zaizao.cli.failures import FILE, MACHINE, Refusal, explain
from zaizao.cli.figures import cut_table, headline, hours, marked, of_each_side, time_table, warnings
from zaizao.cli.options import Whole, simulated
from zaizao.cli.redesign import content_of, searched
from zaizao.cli.reporting import REPORTS, matter
from zaizao.cli.simulating import checked, compared, refuse_large, timed
from zaizao.cli.text import data, one_line, width
from zaizao.cli.time import names
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from analysis.findings import Finding
    from redesign import Redesign
    from reports.comparison import Comparison, Side
    from reports.proposal import Proposal
    from reports.study import Study

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
    #: Cases of a trial of each file on the real engine; 0 for none.
    trial: int = 0

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files to be read."""
        return (self.before,) if self.after is None else (self.before, self.after)

    def command(self, call: Call) -> str:
        """The line that repeats the study."""
        return call.line("study", files.told(self.name), "-o", "out", cases=self.cases, seed=self.seed)


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of one study."""

    #: How the program leaves.
    code: int
    #: None where the files are at fault.
    study: Study | None = None


@click.command("study", cls=Command)
@click.argument("name", required=False, shell_complete=lambda *_: [item.name for item in procedures()])
@option("--all", "everything", is_flag=True)
@option("-o", "--output", "target", required=True)
@simulated
@option("--trial", type=Whole(0, 1_000_000), default=0)
@click.pass_obj
def command(
    call: Call, name: str | None, everything: bool, target: str, cases: int, seed: int, trial: int, as_json: bool
) -> int:
    """Study one procedure, or every procedure of the library into a folder each with one sheet over all."""
    if everything == (name is not None):
        raise Refusal("study_one_or_all")
    folder = Path(target)
    if folder.exists() and not folder.is_dir():
        raise Refusal("not_a_folder", file=target)
    if name is not None:
        return run(call, replace(_job(name, folder, cases, seed), trial=trial), as_json=as_json).code
    return _all(call, folder, cases=cases, seed=seed, trial=trial, as_json=as_json)


def _all(call: Call, folder: Path, *, cases: int, seed: int, trial: int, as_json: bool) -> int:
    """Study every procedure; one that cannot be studied is listed with its reason, and the others go on."""
    from zaizao.cli import portfolio

    found = portfolio.Found(call=call, folder=folder, cases=cases, seed=seed)
    names = [procedure.name for procedure in procedures()]
    worst = 0
    for place, name in enumerate(names, start=1):
        if not as_json:
            head = call.say("study.procedure", place=place, count=len(names), name=name)
            click.echo(("\n" if place > 1 else "") + click.style(head, bold=True))
        try:
            job = replace(_job(name, folder / name, cases, seed), trial=trial)
            done = run(call, job, as_json=as_json)
        except Exception as error:
            sentence, code = explain(error, call.words)
            if code == MACHINE:
                raise
            click.echo(sentence, err=True)
            found.fail(name, sentence)
            worst = max(worst, code)
            continue
        worst = max(worst, done.code)
        if done.study is None:
            found.fail(name, call.say("study.at-fault"))
        else:
            found.add(name, done.study)
    said = found.write()
    if not as_json:
        click.echo("\n".join(said))
    return worst


def _job(name: str, folder: Path, cases: int, seed: int) -> Job:
    """Find what a name means: a file, else a procedure of the library."""
    if files.means_file(name):
        before, after, procedure = files.existing(name), None, None
    else:
        procedure = load(name)
        before, after = procedure.as_is, procedure.to_be
    return Job(name=name, before=before, after=after, procedure=procedure, folder=folder, cases=cases, seed=seed)


def run(call: Call, job: Job, *, as_json: bool) -> Done:
    """Check, find, redesign, prove, simulate and report; each part says what it did and how long it took."""
    from redesign import Options

    tell: Callable[[str], None] = (lambda _: None) if as_json else click.echo
    with _part(call, "check", tell) as said:
        usable = [found for file in job.inputs if (found := checked(call, str(file), {})) is not None]
        if len(usable) < len(job.inputs):
            return Done(code=FILE)
        models = [model for model, _ in usable]
        for place, model in zip(job.inputs, models, strict=True):
            refuse_large(str(place), model)
        warned = sum(len(problems) for _, problems in usable)
        said.append(call.say("study.warned" if warned else "study.clean", files=len(models), warnings=warned))
    with _part(call, "find", tell) as said:
        findings = find.findings(call, models[0])
        said.append(_found(call, findings))
    with _part(call, "redesign", tell) as said:
        redesign = searched(call, models[0], findings, Options(seed=job.seed))
        said.append(_moves(call, redesign))
    with _part(call, "prove", tell) as said:
        said += [call.say("study.proved", n=len(redesign.proof.obligations))] if redesign.moves else []
    with _part(call, "simulate", tell) as said:
        file = files.told(job.before.name)
        proposed = proposing.proposal(call, findings, redesign, cases=job.cases, seed=job.seed, file=file)
        if len(models) > 1:
            proposed = proposing.with_left(call, proposed, models[1])
        result = _measured(call, job, models, proposed)
        word = "one" if result is not proposed.comparison and len(models) == 1 else "both"
        said.append(call.say(f"study.{word}", cases=plain(number(job.cases, 0)), seed=job.seed))
    with _part(call, "factors", tell) as said:
        result, moved = _with_sensitivity(job, result)
        said.append(call.say("study.moved", n=moved))
    with _part(call, "trial", tell) as said:
        result = _with_trials(call, job, result)
        said += [call.say("study.tried", n=job.trial)] if job.trial else []
    with _part(call, "report", tell) as said:
        title = job.procedure.title[call.settings.language] if job.procedure is not None else models[0].title
        study = matter(call, result, title=title, command=job.command(call), procedure=job.procedure, proposal=proposed)
        written, report = _write(job, study)
        said.append(call.say("study.written"))
    tell("\n".join(_summary(call, job, study, written)))
    if as_json:
        click.echo(one_line(report))
    return Done(code=0, study=study)


def _found(call: Call, findings: Sequence[Finding]) -> str:
    """How many findings there are, how many can be used, are to be confirmed, are protected."""
    from reports.findings import is_usable

    counts = {
        "usable": sum(map(is_usable, findings)),
        "unsure": sum(not one.sure and not one.protected for one in findings),
        "protected": sum(one.protected for one in findings),
    }
    said = [call.say("study.found", n=len(findings))]
    said += [call.say(f"study.{name}", n=count) for name, count in counts.items() if count]
    return call.words("list.comma").join(said)


def _moves(call: Call, redesign: Redesign) -> str:
    """What the proposal does to the steps, and with how many moves."""
    if not redesign.moves:
        return call.say("study.nothing")
    from analysis.extent import steps_of

    before, after = (len(steps_of(model)) for model in (redesign.before, redesign.after))
    return call.say("study.moves", n=len(redesign.moves), before=before, after=after)


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


def _measured(call: Call, job: Job, models: list[Model], proposed: Proposal) -> Comparison | Side:
    """Compare the file as it is with the one decided, else with the proposal; measure it alone where there is none."""
    if len(models) == 1:
        return proposed.comparison or _alone(call, job, models)
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


def _with_trials(call: Call, job: Job, result: Comparison | Side) -> Comparison | Side:
    """Try what is studied on the real engine, where that was asked and where it can be run."""
    if not job.trial:
        return result
    from engine.errors import Unrunnable
    from reports.comparison import Side
    from zaizao.cli.trial import played

    def tried(side: Side) -> Side:
        try:
            return replace(side, trial=played(call, side.file, side.model, cases=job.trial, seed=job.seed))
        except (Refusal, Unrunnable) as refusal:
            click.echo(explain(refusal, call.words)[0], err=True)
            return side

    if isinstance(result, Side):
        return tried(result)
    return replace(result, before=tried(result.before), after=tried(result.after))


def _write(job: Job, study: Study) -> tuple[list[Path], dict[str, Any]]:
    """Write the page, the documents, the data and the pictures; the data last, since it names the others."""
    from reports.json import study_json

    contents = {f"report{ending}": make(study) for ending, make in REPORTS.items()}
    contents["as-is.svg"] = draw(study.before.model).encode()
    made = study.proposal.made if study.proposal is not None else None
    drawn = {"to-be": study.after.model} if study.after is not None else {}
    if made is not None and made.moves and study.is_decided:
        drawn["proposal"] = made.after
    for stem, model in drawn.items():
        is_made = made is not None and model is made.after
        file = content_of(made) if made is not None and is_made else model.source
        contents |= {f"{stem}.bpmn": file, f"{stem}.svg": draw(model).encode()}
    written = [job.folder / name for name in (*contents, "report.json")]
    report = study_json(
        procedure=files.told(job.name),
        as_is=study.before.times,
        comparison=study.comparison,
        files=[files.told(file) for file in written],
        sensitivity=study.before.sensitivity,
        proposal=study.proposal,
        trials={key: side.trial for key, side in study.sides} if job.trial else None,
    )
    contents["report.json"] = data(report)
    for name, content in contents.items():
        files.save(job.folder / name, content)
    return written, report


def _summary(call: Call, job: Job, study: Study, written: list[Path]) -> list[str]:
    """The sentence, the figures, what the program proposes beside them, what to know of them, and the files."""
    result = study.comparison
    if result is not None:
        lines = ["", headline(call, result), "", *cut_table(call, result)]
        lines += [call.words(f"why-not.{why}") for why in result.why_not]
    else:
        lines = ["", click.style(visible(study.title), bold=True), "", *time_table(call, study.before.times)]
    lines += ["", *_proposed(call, job, study)]
    each = [warnings(call, side.times, names(side.model)) for _, side in study.sides]
    said = marked(each[0] if len(each) == 1 else of_each_side(call, *each))
    lines += ["", *said] if said else []
    return [*lines, "", "   ".join(visible(files.told(file)) for file in written)]


def _proposed(call: Call, job: Job, study: Study) -> list[str]:
    """Where what stands after comes from, and what the program proposes beside what was decided."""
    proposed = study.proposed
    if study.is_proposed:
        return [call.say("study.is-proposed")]
    if not study.is_decided:
        return [call.say("study.no-to-be", name=visible(files.told(job.name)))]
    pair = proposed.comparison if proposed is not None else None
    left = study.proposal.left if study.proposal is not None else None
    lines = [call.say("study.left", n=len(left))] if left else []
    if pair is None or pair.cuts["time"].cut is None:
        return lines
    cut = pair.cuts["time"]
    fields = {"before": hours(cut.before), "after": hours(cut.after), "percent": plain(percent(cut.percent))}
    return [call.say("study.beside", **fields), *lines]
