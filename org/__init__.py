"""Who does the work and when: calendars, office hours, working time and due dates."""

from org.due import Due, Skipped
from org.errors import (
    BadDuration,
    BadHours,
    BadLimit,
    BadStop,
    CalendarMissing,
    NaiveTime,
    OrgError,
    UnknownCalendar,
)
from org.holidays import Day, Holiday, Holidays, Notice, Year, holidays
from org.worktime import DEFAULT_HOURS, WorkTime, YearShare

__all__ = [
    "DEFAULT_HOURS",
    "BadDuration",
    "BadHours",
    "BadLimit",
    "BadStop",
    "CalendarMissing",
    "Day",
    "Due",
    "Holiday",
    "Holidays",
    "NaiveTime",
    "Notice",
    "OrgError",
    "Skipped",
    "UnknownCalendar",
    "WorkTime",
    "Year",
    "YearShare",
    "holidays",
]
