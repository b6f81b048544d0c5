"""`zaizao db`: the database of live cases: made, brought up to date, backed up, restored, verified, archived."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reports.format import count, minute, plain, visible
from zaizao import wiring
from zaizao.cli.acting import moment
from zaizao.cli.databases import address, asked, confirm, file_of, kept_in, opened
from zaizao.cli.failures import FILE, Outage
from zaizao.cli.files import existing, save
from zaizao.cli.options import Moment
from zaizao.cli.progress import progress
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, Command, Group, option

if TYPE_CHECKING:
    from store.damage import Damage

#: Who did it, where nobody says so.
OPERATOR = "operator"


@click.command("db-init", cls=Command)
@kept_in
@click.pass_obj
def init(call: Call, database: str, as_json: bool) -> int:
    """Make the tables, and on SQLite the file; where they stand already nothing happens."""
    from store import create, exists

    url = address(call, database)
    was_there = exists(url)
    create(url)
    word = "db-init.there" if was_there else "db-init.made"
    _tell(call, as_json, {"database": _named(url), "made": not was_there}, call.say(word, database=_named(url)))
    return 0


@click.command("db-upgrade", cls=Command)
@kept_in
@click.pass_obj
def upgrade(call: Call, database: str, as_json: bool) -> int:
    """Bring the tables up to this version, while work goes on."""
    from store.schema import current
    from store.schema import upgrade as bring_up

    url = address(call, database)
    before = current(url)
    if not before:
        raise Outage("no_database", database=_named(url))
    bring_up(url)
    after = current(url)
    sentence = call.say("db-upgrade.same" if before == after else "db-upgrade.done", before=before, after=after)
    _tell(call, as_json, {"database": _named(url), "before": before, "after": after}, sentence)
    return 0


@click.command("db-backup", cls=Command)
@option("-o", "--output", "target", required=True)
@kept_in
@click.pass_obj
def backup(call: Call, target: str, database: str, as_json: bool) -> int:
    """Write a backup while work goes on."""
    from store.backup import backup as write_backup

    path = Path(target)
    with opened(call, database, wait=30.0) as store:
        made = write_backup(store, path, wiring.now())
    facts = {"file": target, "kind": made.kind, "schema": made.schema, "at": made.at.isoformat(), "parts": made.parts}
    _tell(call, as_json, facts, call.say("db-backup.done", file=visible(target), size=_size(path)))
    return 0


@click.command("db-restore", cls=Command)
@click.argument("file")
@kept_in
@option("--force", "over", is_flag=True)
@asked
@option("--as", "person", metavar="PERSON", default=OPERATOR)
@click.pass_obj
def restore(call: Call, file: str, database: str, over: bool, yes: bool, person: str, as_json: bool) -> int:
    """Put a backup into an empty database, verify it there, and keep its outgoing work back."""
    from store.backup import restore as bring_back

    url = address(call, database)
    if over:
        confirm(call, call.say("db-restore.sure", database=_named(url)), yes=yes)
    found = bring_back(existing(file), url, wiring.now(), person, force=over)
    verified = found.verified
    facts = {"database": _named(url), "withheld": found.withheld, "aside": found.aside}
    facts |= {"cases": verified.cases, "records": verified.records, "damage": _damage(verified.damage)}
    sentence = call.say("db-restore.done", database=_named(url), cases=_count(verified.cases), n=_count(found.withheld))
    more = [call.say("db-restore.aside", file=visible(found.aside))] if found.aside else []
    _tell(call, as_json, facts, "\n".join([sentence, *more, *_damage_table(call, verified.damage)]))
    return FILE if verified.damage else 0


@click.command("db-release", cls=Command)
@kept_in
@asked
@option("--as", "person", metavar="PERSON", default=OPERATOR)
@click.pass_obj
def release(call: Call, database: str, yes: bool, person: str, as_json: bool) -> int:
    """Let the outgoing work of a restored copy go out."""
    from store.backup import release as let_go

    confirm(call, call.say("db-release.sure"), yes=yes)
    with opened(call, database) as store:
        jobs = let_go(store, wiring.now(), person)
    _tell(call, as_json, {"jobs": jobs}, call.say("db-release.done", n=_count(jobs)))
    return 0


@click.command("db-verify", cls=Command)
@option("--root", "roots", multiple=True, metavar="FILE")
@kept_in
@click.pass_obj
def verify(call: Call, roots: tuple[str, ...], database: str, as_json: bool) -> int:
    """Read everything and name all damage; leave with 1 where there is some."""
    from store.roots import read
    from store.verify import verify as find_damage

    kept = [read(existing(file).read_text(encoding="utf-8", errors="replace")) for file in roots]
    with opened(call, database, wait=30.0) as store, progress(call.say("db-verify.working")):
        found = find_damage(store, kept)
    facts = {"cases": found.cases, "records": found.records, "root": found.root, "damage": _damage(found.damage)}
    fields = {"cases": _count(found.cases), "records": _count(found.records)}
    word = "db-verify.damaged" if found.damage else "db-verify.whole" if kept else "db-verify.whole-inside"
    head = click.style(call.say(word, n=_count(len(found.damage)), **fields), bold=True)
    root = [call.say("db-verify.root", root=found.root)] if found.root else []
    _tell(call, as_json, facts, "\n".join([head, *_damage_table(call, found.damage), *root]))
    return FILE if found.damage else 0


@click.command("db-root", cls=Command)
@option("-o", "--output", "target", default="")
@kept_in
@click.pass_obj
def root(call: Call, target: str, database: str, as_json: bool) -> int:
    """Make the next root over all histories, and write the last one into a file to be kept elsewhere."""
    from store.roots import keep, leaves_of, parsed, roots_of, written

    with opened(call, database) as store:
        keep(store, wiring.now())
        with store.reading() as reading:
            known = roots_of(reading)
            last = parsed(known[-1][1]) if known else None
            leaves = leaves_of(reading, last.number) if last is not None and target else []
    if last is None:
        _tell(call, as_json, {"root": None}, call.say("db-root.none"))
        return 0
    if target:
        save(Path(target), written(last, leaves).encode())
    facts = {"root": last.hash, "number": last.number, "at": last.at.isoformat(), "cases": last.cases}
    facts |= {"file": target or None}
    sentence = call.say("db-root.done", number=last.number, cases=_count(last.cases), at=moment(call, last.at))
    lines = [sentence, click.style(last.hash, bold=True), *([visible(target)] if target else [])]
    _tell(call, as_json, facts, "\n".join(lines))
    return 0


@click.command("db-archive", cls=Command)
@option("-o", "--output", "target", required=True)
@option("--before", "before", type=Moment(), required=True)
@kept_in
@asked
@option("--as", "person", metavar="PERSON", default=OPERATOR)
@click.pass_obj
def archive(call: Call, target: str, before: datetime, database: str, yes: bool, person: str, as_json: bool) -> int:
    """Move the cases that ended before a day into Parquet files; what is written is there, whatever happens next."""
    from store.archive import archive as move

    folder = Path(target)
    fields = {"before": minute(before), "folder": visible(target)}
    confirm(call, call.say("db-archive.sure", **fields), yes=yes)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with opened(call, database, wait=30.0) as store, progress(call.say("db-archive.short")) as bar:
        for one in move(store, before, folder, wiring.now(), person):
            made.append(one)
            bar(len(made), len(made) + 1)
    cases, records = sum(one.cases for one in made), sum(one.records for one in made)
    facts = {
        "folder": target,
        "cases": cases,
        "records": records,
        "files": [{"file": str(one.path), "cases": one.cases, "sha256": one.digest} for one in made],
    }
    sentence = call.say("db-archive.done", cases=_count(cases), records=_count(records), **fields)
    _tell(call, as_json, facts, sentence if made else call.say("db-archive.nothing", **fields))
    return 0


def _tell(call: Call, as_json: bool, facts: dict[str, Any], page: str) -> None:
    click.echo(one_line(facts) if as_json else page)


def _named(url: str) -> str:
    """A database as it may be shown: its file, or its address without what lets one in."""
    file = file_of(url)
    if file is not None:
        return visible(str(file))
    scheme, _, rest = url.partition("://")
    return visible(f"{scheme}://{rest.rpartition('@')[2]}")


def _damage(found: tuple[Damage, ...]) -> list[dict[str, Any]]:
    return [{"case": one.case, "seq": one.sequence, "kind": one.kind} for one in found]


def _damage_table(call: Call, found: tuple[Damage, ...]) -> list[str]:
    if not found:
        return []
    columns = [
        Column(head=call.say("live.case"), shrinks=True),
        Column(head=call.say("live.sequence"), right=True),
        Column(head=call.say("db-verify.damage")),
    ]
    rows = [[one.case or "—", str(one.sequence), call.say(f"damage.{one.kind}")] for one in found]
    return ["", *table(columns, rows, cells=screen()), ""]


def _count(number: int) -> str:
    return plain(count(number))


def _size(path: Path) -> str:
    return plain(f"{max(path.stat().st_size / 1_000_000, 0.1):.1f}")


MEMBERS = {
    "init": lambda: init,
    "upgrade": lambda: upgrade,
    "backup": lambda: backup,
    "restore": lambda: restore,
    "release": lambda: release,
    "verify": lambda: verify,
    "archive": lambda: archive,
    "root": lambda: root,
}

command = Group(name="db", members=dict(MEMBERS))
