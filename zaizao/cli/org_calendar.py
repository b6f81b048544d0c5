"""`zaizao org calendar`: the days off and make-up days of a year."""

from datetime import date

import click

from org import Holiday, Year, holidays
from reports.format import day
from zaizao.cli.options import Whole
from zaizao.cli.text import Column, one_line, table
from zaizao.cli.worded import Call, Command


@click.command("calendar", cls=Command)
@click.argument("year", type=Whole(1, 9999))
@click.pass_obj
def command(call: Call, year: int, as_json: bool) -> int:
    """List a year's days off and make-up days, and how they are known."""
    calendar = holidays("CN").year(year)
    if as_json:
        click.echo(one_line(_facts(calendar)))
        return 0
    notices = [f"{notice.title} {notice.number}".strip() for notice in calendar.notices]
    known = f" ({call.say('time.comma').join(notices)})" if notices else ""
    lines = [click.style(call.say(f"calendar.{calendar.status}", year=year, notice=known), bold=True), ""]
    rows = [
        [call.say(f"holiday.{item.name}"), _span(item.first, item.last), _make_up(call, item)]
        for item in calendar.holidays
    ]
    lines += table([Column()] * 3, rows)
    click.echo("\n".join(lines))
    return 0


def _span(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def _make_up(call: Call, holiday: Holiday) -> str:
    days = call.say("time.comma").join(day(item) for item in holiday.made_up)
    return f"{call.say('calendar.make_up')} {days}" if days else ""


def _facts(calendar: Year) -> dict[str, object]:
    return {
        "year": calendar.year,
        "status": calendar.status,
        "notices": [
            {"title": item.title, "number": item.number, "date": item.dated.isoformat() if item.dated else None}
            for item in calendar.notices
        ],
        "holidays": [
            {
                "name": item.name,
                "first": item.first.isoformat(),
                "last": item.last.isoformat(),
                "make_up": [made_up.isoformat() for made_up in item.made_up],
            }
            for item in calendar.holidays
        ],
    }
