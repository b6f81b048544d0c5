"""What the commands that change live cases share: who asks, with which data, and how the answer is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from reports.format import minute, visible
from zaizao import wiring
from zaizao.cli.databases import engine_of, kept_in, opened
from zaizao.cli.failures import Refusal
from zaizao.cli.text import Column, one_line, screen, table
from zaizao.cli.worded import Call, option

if TYPE_CHECKING:
    from engine.command import Answer, Command
    from store.rows import ItemRow

Decorated = Callable[..., Any]
#: More text than this is no form.
LONGEST = 5_000_000


class Data(click.ParamType[dict[str, Any]]):
    """A JSON object: the fields of a form by their names."""

    name = "JSON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """Read the object, or say that it is none."""
        if isinstance(value, dict):
            return value
        found = parsed(value)
        if not isinstance(found, dict):
            raise Refusal("no_data", option=param.opts[0] if param is not None else "")
        return found


def parsed(text: str) -> Any:
    """Read JSON; none where it is none, or holds numbers that JSON has no word for."""
    try:
        return json.loads(text, parse_constant=_refused) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        return None


def _refused(word: str) -> Any:
    raise ValueError(word)


def acted(command: Decorated) -> Decorated:
    """Add the options of a command that changes something: data, key, who asks, which database."""
    command = kept_in(command)
    command = option("--as", "person", metavar="PERSON", required=True)(command)
    command = option("--key", metavar="KEY", default="")(command)
    return option("--data", type=Data(), default="{}")(command)


def perform(call: Call, database: str, command: Command) -> Answer:
    """Do one command in the database of a call."""
    with opened(call, database) as store:
        return engine_of(call, store).perform(command, wiring.now(call.settings.timezone))


def show(call: Call, answer: Answer, database: str, *, as_json: bool) -> None:
    """Print what came of a command: what became of the case, and the work that is open now."""
    if as_json:
        click.echo(one_line({"ok": True, **answer.said}))
        return
    said = answer.said
    facts = [str(said.get("case", "")), call.say(f"state.{said.get('state', 'active')}")]
    lines = [click.style("  ".join(filter(None, map(visible, facts))), bold=True)]
    lines += item_table(call, [_from_answer(item) for item in answer.items])
    click.echo("\n".join(lines))


def item_table(call: Call, items: Iterable[Mapping[str, Any]]) -> list[str]:
    """Work items as rows: what, whose, in which state, since when, until when."""
    heads = ("live.item", "live.name", "time.unit", "live.person", "live.state", "live.since", "live.due")
    columns = [Column(head=call.say(head), shrinks=head in ("live.name", "time.unit")) for head in heads]
    rows = [
        [
            str(item["item"]),
            str(item["name"] or item["element"]),
            str(item["unit"] or "—"),
            str(item["person"] or "—"),
            call.say(f"item.{item['state']}"),
            moment(call, item["since"]),
            moment(call, item["due"]),
        ]
        for item in items
    ]
    return table(columns, rows, cells=screen()) if rows else []


def item_json(item: ItemRow) -> dict[str, Any]:
    """A work item as `work list` prints it: as answers do, and what one has to know to act on it."""
    from engine.cases import described

    return {**described(item, UTC), "post": item.post, "version": item.version}


def moment(call: Call, value: str | datetime | None) -> str:
    """A moment on the office's clock, to the minute."""
    if not value:
        return "—"
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return minute(found.astimezone(ZoneInfo(call.settings.timezone)))


def _from_answer(item: Mapping[str, Any]) -> dict[str, Any]:
    names = ("item", "element", "name", "unit", "person", "state", "since", "due")
    return {name: item.get(name, "") for name in names}
