"""`zaizao work`: the work items of people: what there is to do, what may be done with it, doing it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import click

from engine.lifecycle import ITEM, commanded
from reports.format import visible
from zaizao import live, wiring
from zaizao.cli.acting import acted, item_json, item_table, perform, show
from zaizao.cli.databases import engine_of, kept_in, opened
from zaizao.cli.options import Whole
from zaizao.cli.text import Column, one_line, table
from zaizao.cli.worded import Call, Command, Group, option

#: Items on one page.
PAGE = 100


@click.command("work-list", cls=Command)
@option("--for", "owner", metavar="PERSON", default="")
@option("--unit", metavar="UNIT", default="")
@option("--case", "case", metavar="CASE", default="")
@option("--limit", type=Whole(1, 100_000), default=PAGE)
@option("--after", metavar="ITEM", default="")
@kept_in
@click.pass_obj
def list_work(
    call: Call, owner: str, unit: str, case: str, limit: int, after: str, database: str, as_json: bool
) -> int:
    """List open work items: for a person those they hold and those they may take."""
    with opened(call, database) as store:
        items = live.work_for(store, person=owner, unit=unit, case=case, limit=limit, after=after)
    if as_json:
        click.echo(one_line({"items": [item_json(item) for item in items]}))
        return 0
    if not items:
        click.echo(call.say("work-list.none-for" if owner else "work-list.none", person=visible(owner)))
        return 0
    click.echo("\n".join(item_table(call, map(item_json, items))))
    return 0


@click.command("work-allowed", cls=Command)
@click.argument("item")
@option("--as", "person", metavar="PERSON", default="")
@kept_in
@click.pass_obj
def allowed(call: Call, item: str, person: str, database: str, as_json: bool) -> int:
    """Tell what may be done with an item as it stands now."""
    with opened(call, database) as store:
        with store.reading() as reading:
            row = reading.item(item)
        found = engine_of(call, store).allowed(item, person or row.person, wiring.now())
    operations = [one.operation for one in found if one.refusal is None]
    if as_json:
        click.echo(one_line({"item": row.id, "state": row.state, "person": row.person, "allowed": operations}))
        return 0
    lines = [f"{row.id}  {visible(row.name)}  {call.say(f'item.{row.state}')}  {visible(row.person)}".rstrip()]
    rows = [[operation, call.say(f"work-{operation}.short")] for operation in operations]
    lines += table([Column(bold=True), Column()], rows) if rows else [call.say("work-allowed.none")]
    click.echo("\n".join(lines))
    return 0


def _operation(operation: str) -> click.Command:
    """The command of one operation of the engine's table."""

    def run(call: Call, item: str, data: dict[str, Any], key: str, person: str, database: str, **more: Any) -> int:
        from engine.command import Command as Asked

        asked = Asked(
            do=operation,
            by=person,
            key=key,
            item=item,
            data=data,
            reason=more["reason"],
            code=more.get("code", ""),
            to=more.get("goal", ""),
            version=more["seen"],
        )
        show(call, perform(call, database, asked), database, as_json=more["as_json"])
        return 0

    decorated: Any = click.pass_obj(run)
    for add in (
        acted,
        option("--version", "seen", type=Whole(0, 2**31), default=None, metavar="N"),
        option("--reason", metavar="TEXT", default=""),
        *([option("--code", metavar="CODE", default="")] if operation == "fail" else []),
        *([option("--to", "goal", metavar="ELEMENT", default="")] if operation == "return" else []),
        click.argument("item"),
    ):
        decorated = add(decorated)
    return click.command(f"work-{operation}", cls=Command)(decorated)


def _members() -> dict[str, Callable[[], click.Command]]:
    members: dict[str, Callable[[], click.Command]] = {"list": lambda: list_work, "allowed": lambda: allowed}
    for row in commanded():
        if row.of == ITEM:
            members[row.operation] = partial(_operation, row.operation)
    return members


command = Group(name="work", members=_members())
