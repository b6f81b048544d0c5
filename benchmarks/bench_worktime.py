"""Working time over ten years against over one day, and against walking from day to day; CPU time."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from time import process_time

from benchmarks.measuring import Row
from org import WorkTime, holidays
from org.worktime import shanghai

_DAY_SECONDS = 25_200


def rows() -> list[Row]:
    """Measure every row."""
    time = WorkTime(holidays=holidays("CN"))
    start = datetime(2016, 3, 1, 10, tzinfo=shanghai())
    day, years = timedelta(days=1), timedelta(days=3652)
    workdays = time.holidays.workdays(start.date(), (start + years).date())

    def walk() -> datetime:
        return _walked(time, start, workdays * _DAY_SECONDS)

    def add() -> datetime:
        return time.add(start, workdays * _DAY_SECONDS)

    assert walk() == add()
    pairs: list[tuple[str, str, str, Callable[[], object], Callable[[], object]]] = [
        ("add ten years of working time", "one day", "about 1", add, lambda: time.add(start, _DAY_SECONDS)),
        (
            "count the working time of ten years",
            "one day",
            "about 1",
            lambda: time.count(start, start + years),
            lambda: time.count(start, start + day),
        ),
        (
            "due date of ten years of workdays",
            "one workday",
            "about 1",
            lambda: time.due(start, workdays, "workday"),
            lambda: time.due(start, 1, "workday"),
        ),
        ("walk ten years from day to day", "add them", "≥ 100", walk, add),
    ]
    return [(what, against, reach, _ratio(one, other)) for what, against, reach, one, other in pairs]


def _ratio(one: Callable[[], object], other: Callable[[], object]) -> float:
    """Compare the CPU time of two calls: the best of several runs of each, in turn."""
    runs = [(_seconds(one), _seconds(other)) for _ in range(5)]
    return min(first for first, _ in runs) / min(second for _, second in runs)


def _seconds(call: Callable[[], object]) -> float:
    """Give the CPU time of one call, from as many as fill a twentieth of a second."""
    calls = 0
    begin = process_time()
    while process_time() - begin < 0.05:
        call()
        calls += 1
    return (process_time() - begin) / calls


def _walked(time: WorkTime, start: datetime, seconds: float) -> datetime:
    """Add working time the plain way: span by span, day by day."""
    left = timedelta(seconds=seconds)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight.date() < date(2035, 12, 31):
        if time.holidays.is_workday(midnight.date()):
            for opening, closing in time.hours:
                begin = max(start, midnight + timedelta(seconds=opening))
                room = midnight + timedelta(seconds=closing) - begin
                if left <= room:
                    return begin + left
                left -= max(room, timedelta())
        midnight += timedelta(days=1)
    raise AssertionError("the calendar ended")
