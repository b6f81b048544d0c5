"""`zaizao org due`: a due date with its explanation."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from org import Skipped, WorkTime, holidays
from reports.format import day, minute
from zaizao.cli.failures import Refusal
from zaizao.cli.options import Moment
from zaizao.cli.text import Column, one_line, table
from zaizao.cli.worded import Call, Command, option

#: A limit of more units than this is a slip of the keyboard.
LONGEST = 100_000


@click.command("due", cls=Command)
@click.argument("start", type=Moment())
@click.argument("amount")
@click.argument("unit", type=click.Choice(["workday", "day", "hour", "month"]))
@option("--stop", "stops", multiple=True, metavar="FROM/TO")
@click.pass_obj
def command(call: Call, start: datetime, amount: str, unit: str, stops: tuple[str, ...], as_json: bool) -> int:
    """Reckon when a limit ends and say which days were skipped, and why."""
    zone = ZoneInfo(call.settings.timezone)
    clock = WorkTime(holidays=holidays("CN"))
    due = clock.due(start, _amount(amount), unit, [_stop(stop, zone) for text in stops for stop in text.split(",")])
    if as_json:
        skipped = [{"date": day(item.date), "why": item.why, "name": item.name} for item in due.skipped]
        click.echo(one_line({"due": due.due.isoformat(), "skipped": skipped, "status": due.status}))
        return 0
    weekday = call.say(f"weekday.{due.due.isoweekday()}")
    lines = [click.style(f"{minute(due.due)}  {weekday}", bold=True)]
    rows = [[day(item.date), call.say(f"weekday.{item.date.isoweekday()}"), _why(call, item)] for item in due.skipped]
    lines += ["", call.say("due.skipped", n=len(rows)), *table([Column()] * 3, rows)] if rows else []
    worked = [
        [day(item.date), call.say(f"weekday.{item.date.isoweekday()}"), call.say("calendar.make-up")]
        for item in due.made_up
    ]
    lines += ["", call.say("due.made-up", n=len(worked)), *table([Column()] * 3, worked)] if worked else []
    lines += ["", call.say("due.estimated")] if due.status == "estimated" else []
    click.echo("\n".join(lines))
    return 0


def _why(call: Call, skipped: Skipped) -> str:
    return call.say(f"due.{skipped.why}") + (f"  {call.say(f'holiday.{skipped.name}')}" if skipped.name else "")


def _amount(text: str) -> float:
    try:
        amount = float(text) if len(text) <= 20 else -1.0
    except ValueError:
        raise Refusal("no_amount", value=text) from None
    if not 0 <= amount <= LONGEST:
        raise Refusal("no_amount", value=text)
    return amount


def _stop(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Read FROM/TO, dates or date-times; the clock stands still on every day from the first to the last."""
    try:
        first, last = (datetime.fromisoformat(part.strip()) for part in text.split("/"))
    except ValueError:
        raise Refusal("no_stop", value=text) from None
    moments = [moment if moment.tzinfo is not None else moment.replace(tzinfo=zone) for moment in (first, last)]
    if moments[0] > moments[1]:
        raise Refusal("stop_reversed", value=text)
    return moments[0], moments[1]
