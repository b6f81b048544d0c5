"""`zaizao org`: due dates and calendars."""

import click

from zaizao.cli.worded import Group


def _due() -> click.Command:
    from zaizao.cli.org_due import command

    return command


def _calendar() -> click.Command:
    from zaizao.cli.org_calendar import command

    return command


command = Group(name="org", members={"due": _due, "calendar": _calendar})
