"""Working time inside the compiled simulation: open time before a moment, and the moment by which it has passed.

The calendars come from `org.worktime.WorkTime.spans`; here they are only looked up, by the day and then by the few
spans of it. Calendar -1 is the natural clock.
"""

from analysis.simulation import layout as at
from analysis.simulation.compiled import inlined
from analysis.simulation.tables import Plan, Whole


@inlined
def span_before(plan: Plan, calendar: int, moment: int) -> Whole:
    """Give the last span that starts at or before a moment, or the one before the first."""
    day = moment // at.DAY - plan.calendar[calendar, at.CALENDAR_FIRST_DAY]
    day = min(max(day, 0), plan.calendar[calendar, at.CALENDAR_DAYS] - 1)
    span = plan.day[plan.calendar[calendar, at.CALENDAR_DAY] + day]
    while span < plan.calendar[calendar, at.CALENDAR_SPAN_END] and plan.span[span, 0] <= moment:
        span += 1
    return span - 1


@inlined
def opened(plan: Plan, calendar: int, moment: int) -> Whole:
    """Give the open time before a moment."""
    if calendar < 0:
        return moment
    span = span_before(plan, calendar, moment)
    if span < plan.calendar[calendar, at.CALENDAR_SPAN]:
        return 0
    return plan.span[span, 2] + min(moment, plan.span[span, 1]) - plan.span[span, 0]


@inlined
def open_between(plan: Plan, calendar: int, start: int, end: int) -> Whole:
    """Give the open time between two moments."""
    if calendar < 0 or start == end:
        return end - start
    return opened(plan, calendar, end) - opened(plan, calendar, start)


@inlined
def reached(plan: Plan, calendar: int, moment: int, amount: int) -> Whole:
    """Give the first moment by which so much open time has passed; `NEVER` beyond the end of the calendar."""
    if calendar < 0 or amount == 0:
        return moment + amount
    span = span_before(plan, calendar, moment)
    first, beyond = plan.calendar[calendar, at.CALENDAR_SPAN], plan.calendar[calendar, at.CALENDAR_SPAN_END]
    target = amount
    if span < first:
        span = first
    else:
        target += plan.span[span, 2] + min(moment, plan.span[span, 1]) - plan.span[span, 0]
    step = 1
    while span + step < beyond and plan.span[span + step, 2] < target:
        span += step
        step *= 2
    high = min(span + step, beyond)
    while high - span > 1:
        middle = (span + high) >> 1
        if plan.span[middle, 2] < target:
            span = middle
        else:
            high = middle
    end = plan.span[span, 0] + target - plan.span[span, 2]
    return end if end <= plan.span[span, 1] else at.NEVER
