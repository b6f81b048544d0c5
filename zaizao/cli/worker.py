"""`zaizao worker`: what is due and what goes out, by any number of workers on any machines."""

from __future__ import annotations

import random
import signal
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from zaizao import wiring
from zaizao.cli.acting import moment
from zaizao.cli.databases import engine_of, kept_in, opened
from zaizao.cli.failures import Refusal
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, Command, option

if TYPE_CHECKING:
    from engine.worker import Worker
    from store import Store
    from store.rows import JobRow

#: Jobs that are shown.
SHOWN = 1000


@click.command("worker", cls=Command)
@option("--once", is_flag=True)
@option("--list", "listing", is_flag=True)
@option("--retry", "retry_job", metavar="JOB", default="")
@option("--drop", "drop_job", metavar="JOB", default="")
@kept_in
@click.pass_obj
def command(call: Call, once: bool, listing: bool, retry_job: str, drop_job: str, database: str, as_json: bool) -> int:
    """Work until told to stop, or once; show what is not done, or deal with what is stuck."""
    if bool(retry_job) + bool(drop_job) + listing + once > 1:
        raise Refusal("job_needs_one")
    with opened(call, database, wait=30.0) as store:
        if listing:
            _list(call, store, as_json=as_json)
        elif retry_job or drop_job:
            _deal(call, store, retry_job, drop_job, as_json=as_json)
        elif once:
            _once(call, store, as_json=as_json)
        else:
            _work(call, store)
    return 0


def _worker(call: Call, store: Store) -> Worker:
    """A worker by the settings of the call."""
    from engine.outgoing import Outgoing
    from engine.worker import Worker

    settings = call.settings
    outgoing = Outgoing(
        hosts=frozenset(settings.outgoing_hosts),
        routes=settings.outgoing_routes,
        folder=Path(settings.outgoing_folder) if settings.outgoing_folder else None,
    )
    return Worker(engine_of(call, store), clock=wiring.now, chance=random.SystemRandom(), outgoing=outgoing)


def _work(call: Call, store: Store) -> None:
    """Work until the signal to stop; what is under way is finished first."""
    stop = Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    click.echo(call.say("worker.running"), err=True)
    _worker(call, store).run(stop)


def _once(call: Call, store: Store, *, as_json: bool) -> None:
    """Do what is due now."""
    worker, done = _worker(call, store), 0
    while number := worker.step():
        done += number
    with store.reading() as reading:
        left = [job for job in reading.jobs(states=("ready", "stuck"), limit=SHOWN) if job.attempts]
    stuck = sum(job.state == "stuck" for job in left)
    fields = {"done": done, "back": len(left) - stuck, "stuck": stuck}
    if as_json:
        click.echo(one_line(fields))
    else:
        click.echo(call.say("worker.done", **fields) if done or left else call.say("worker.none"))


def _list(call: Call, store: Store, *, as_json: bool) -> None:
    with store.reading() as reading:
        jobs = reading.jobs(limit=SHOWN)
    if as_json:
        click.echo(one_line({"jobs": [_json(job) for job in jobs]}))
        return
    if not jobs:
        click.echo(call.say("worker.none"))
        return
    heads = ("worker.job", "worker.kind", "worker.state", "live.due", "worker.attempts", "worker.error")
    columns = [Column(head=call.say(head), shrinks=head in ("worker.job", "worker.error")) for head in heads]
    rows = [
        [
            job.id,
            call.say(f"job-kind.{job.kind}"),
            call.say(f"job.{job.state}"),
            moment(call, job.run_at),
            str(job.attempts),
            job.error,
        ]
        for job in jobs
    ]
    click.echo("\n".join(table(columns, rows, cells=screen())))


def _deal(call: Call, store: Store, retried: str, dropped: str, *, as_json: bool) -> None:
    """Have a stuck job tried again, or never again."""
    from store import jobs
    from store.errors import NoSuchJob

    name = retried or dropped
    with store.reading() as reading:
        found = next((job for job in reading.jobs(states=("stuck", "withheld"), limit=100_000) if job.id == name), None)
    if found is None:
        raise NoSuchJob(name)
    act = jobs.retry if retried else jobs.drop
    store.perform(lambda writing: act(writing, found.case, found.id))
    word = "worker.retried" if retried else "worker.dropped"
    click.echo(one_line({"job": name, "retried": bool(retried)}) if as_json else call.say(word, job=name))


def _json(job: JobRow) -> dict[str, Any]:
    return {
        "job": job.id,
        "case": job.case,
        "kind": job.kind,
        "state": job.state,
        "due": job.run_at.isoformat(),
        "attempts": job.attempts,
        "error": job.error,
    }
