"""What can go wrong with units, calendars and limits; each docstring is the message and ends with what to do."""

from datetime import date, datetime


class OrgError(Exception):
    """Working time cannot be computed. Check calendar, office hours and limit."""


class CalendarMissing(OrgError):
    """There is no calendar for the year. Install a version that has it, or use the calendar `none`."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{self.__doc__} ({year})")
        #: The first year that was needed and is not there.
        self.year = year


class UnknownCalendar(OrgError):
    """There is no calendar of that name. Write `CN` or `none`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{self.__doc__} ({name})")
        self.name = name


class BadHours(OrgError):
    """The office hours are no spans of one day in order, such as 09:00-12:00,13:30-17:30. Correct them."""

    def __init__(self, hours: tuple[tuple[int, int], ...]) -> None:
        super().__init__(f"{self.__doc__} ({hours})")
        self.hours = hours


class NaiveTime(OrgError):
    """The moment has no time zone. Give it one, such as +08:00."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(f"{self.__doc__} ({moment.isoformat()})")
        self.moment = moment


class BadDuration(OrgError):
    """Working time can only be added as a number of seconds that is not negative. Correct the duration."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{self.__doc__} ({seconds})")
        self.seconds = seconds


class BadLimit(OrgError):
    """A limit is a number, not negative, of workdays, days, hours or whole months. Correct amount or unit."""

    def __init__(self, amount: float, unit: str) -> None:
        super().__init__(f"{self.__doc__} ({amount} {unit})")
        self.amount = amount
        #: "workday", "day", "hour" or "month", or the word that is none of them.
        self.unit = unit


class BadStop(OrgError):
    """A stop of the clock ends before it begins. Give its first and its last day in order."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{self.__doc__} ({first.isoformat()}/{last.isoformat()})")
        self.first = first
        self.last = last
