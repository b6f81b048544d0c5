from datetime import datetime

import numpy as np
import pytest

from analysis.limits import limit_shares
from analysis.measure import Overload
from analysis.simulation.columns import Columns, PathSums
from bpmn.annotation import GovProcedure
from org import CalendarMissing, WorkTime, holidays

HOURS = WorkTime(holidays=holidays("CN"))


def at(text: str) -> int:
    """Local microseconds of a moment of 2026."""
    return HOURS.to_local(datetime.fromisoformat(f"2026-{text}+08:00"))


def columns(cases, *, stops=(), has_accept=True, has_decide=True, overloaded=()) -> Columns:
    """Cases as (start, accept, decide, end), a moment or None each; stops as (case, from, to)."""
    moments = [[-1 if moment is None else at(moment) for moment in case] for case in cases]
    start, accept, decide, end = (np.array(column, dtype=np.int64) for column in zip(*moments, strict=True))
    nothing = np.zeros(len(cases), dtype=np.int64)
    return Columns(
        key=np.arange(len(cases)),
        start=start,
        end=end,
        rejected=nothing > 0,
        work=nothing,
        waiting=nothing,
        hand_ins=nothing,
        visits=nothing,
        clock_start=accept,
        clock_end=decide,
        stop_case=np.array([stop[0] for stop in stops], dtype=np.int64),
        stop_from=np.array([at(stop[1]) for stop in stops], dtype=np.int64),
        stop_to=np.array([at(stop[2]) for stop in stops], dtype=np.int64),
        steps=(),
        path=PathSums(units=(), closed=0, other=0),
        seed=1,
        opened=datetime.fromisoformat("2026-01-05T09:00:00+08:00"),
        warm_up=0,
        at_once=False,
        meeting=False,
        overloaded=overloaded,
        has_accept=has_accept,
        has_decide=has_decide,
    )


def promised(limit: float, unit: str = "workday") -> GovProcedure:
    return GovProcedure(promised_limit=limit, limit_unit=unit)


def inside(found: Columns, limit: float, unit: str = "workday") -> list[int]:
    [share] = limit_shares(found, promised(limit, unit), HOURS)
    return [share.inside, share.n]


def test_the_clock_runs_from_the_end_of_accept_to_the_end_of_decide():
    """Accepted on Monday the limit of three working days ends on Thursday at closing; delivery does not count."""
    in_time = ("03-09T09:00", "03-09T10:00", "03-12T17:30", "03-20T10:00")
    too_late = ("03-09T09:00", "03-09T10:00", "03-13T09:00", "03-13T10:00")

    [share] = limit_shares(columns([in_time, too_late]), promised(3), HOURS)

    assert (share.inside, share.n, share.span, share.clock, share.unit) == (
        1,
        2,
        "accept-decide",
        "promised",
        "workday",
    )
    assert 0 <= share.low < 0.5 < share.high <= 1


@pytest.mark.parametrize(
    ("decided", "unit", "limit", "kept"),
    [
        ("02-27T17:30", "workday", 5, True),
        ("02-28T09:00", "workday", 5, False),
        ("02-24T17:30", "day", 4, True),
        ("02-25T09:00", "day", 4, False),
        ("02-16T10:00", "hour", 72, True),
        ("02-16T10:01", "hour", 72, False),
        ("03-13T17:30", "month", 1, True),
        ("03-14T09:00", "month", 1, False),
    ],
)
def test_each_unit_of_limits_has_its_own_due_date(decided, unit, limit, kept):
    """Accepted on Friday 2026-02-13; Spring Festival lasts from 15 to 23, Saturdays 14 and 28 are made up."""
    found = columns([("02-13T09:00", "02-13T10:00", decided, "04-01T09:00")])

    assert inside(found, limit, unit) == [int(kept), 1]


def test_a_stop_takes_out_its_days():
    """Accepted on Monday, three working days, an inspection from Tuesday to Thursday: due on the next Tuesday."""
    case = ("03-09T09:00", "03-09T10:00", "03-17T17:30", "03-17T17:30")
    stop = (0, "03-10T09:00", "03-12T11:00")

    assert inside(columns([case], stops=[stop]), 3) == [1, 1]
    assert inside(columns([case]), 3) == [0, 1]


def test_overlapping_stops_are_united_and_stops_outside_the_clock_change_nothing():
    case = ("03-09T09:00", "03-09T10:00", "03-17T17:30", "03-17T17:30")
    twice = [(0, "03-10T09:00", "03-11T11:00"), (0, "03-11T09:00", "03-12T11:00")]
    before_and_after = [(0, "03-05T09:00", "03-06T11:00"), (0, "03-18T09:00", "03-20T11:00")]

    assert inside(columns([case], stops=twice), 3) == [1, 1]
    assert inside(columns([case], stops=before_and_after), 3) == [0, 1]


def test_a_case_turned_down_before_a_decision_has_its_answer_at_its_end():
    found = columns([("03-09T09:00", "03-09T10:00", None, "03-10T10:00")])

    assert inside(found, 3) == [1, 1]


def test_a_case_that_was_never_accepted_had_no_clock():
    never = ("03-09T09:00", None, None, "03-30T10:00")
    accepted = ("03-09T09:00", "03-09T10:00", "03-10T10:00", "03-10T10:00")

    assert inside(columns([never, accepted]), 3) == [1, 1]


@pytest.mark.parametrize(
    ("has_accept", "has_decide", "span"),
    [(True, True, "accept-decide"), (True, False, "accept-end"), (False, True, "start-end")],
)
def test_where_the_file_marks_no_step_the_clock_runs_between_other_moments_and_says_so(has_accept, has_decide, span):
    case = ("03-09T09:00", "03-11T10:00" if has_accept else None, "03-12T10:00" if has_decide else None, "03-16T10:00")
    found = columns([case], has_accept=has_accept, has_decide=has_decide and has_accept)

    [share] = limit_shares(found, promised(3), HOURS)

    assert (share.span, share.inside) == (span, 0 if span == "start-end" else 1)


def test_both_limits_are_told_and_none_that_is_not_written():
    found = columns([("03-09T09:00", "03-09T10:00", "03-13T10:00", "03-13T10:00")])

    shares = limit_shares(found, GovProcedure(promised_limit=3, legal_limit=20), HOURS)

    assert [(share.clock, share.limit, share.inside) for share in shares] == [("legal", 20, 1), ("promised", 3, 0)]
    assert limit_shares(found, GovProcedure(), HOURS) == ()


def test_no_share_is_told_where_a_unit_cannot_keep_up():
    found = columns(
        [("03-09T09:00", "03-09T10:00", "03-10T10:00", "03-10T10:00")],
        overloaded=(Overload(unit="office", use=1.2, staff=1, needed=2),),
    )

    assert limit_shares(found, promised(3), HOURS) == ()


def test_a_limit_of_nothing_ends_at_the_next_closing_of_the_moment_itself():
    same_day = ("03-09T09:00", "03-09T10:00", "03-09T17:00", "03-09T17:00")
    after_closing = ("03-09T09:00", "03-09T18:00", "03-10T17:00", "03-10T17:00")

    assert inside(columns([same_day, after_closing]), 0) == [2, 2]


def test_a_due_date_beyond_the_calendar_names_the_year():
    found = columns([("03-09T09:00", "03-09T10:00", "03-10T10:00", "03-10T10:00")])

    with pytest.raises(CalendarMissing):
        limit_shares(found, promised(200_000), HOURS)
