"""Moments as the database keeps them: whole microseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_number(moment: datetime) -> int:
    """The number a moment is kept as; a moment without time zone is refused, for nobody could tell when it was.

    >>> to_number(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    if moment.tzinfo is None:
        raise ValueError("a moment that is kept needs its time zone")
    return (moment - _BEGIN) // _MICROSECOND


def to_moment(number: int) -> datetime:
    """The moment of a number, in UTC.

    >>> to_moment(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return _BEGIN + timedelta(microseconds=number)


def to_late_number(moment: datetime | None) -> int | None:
    """The same for a moment that may not have come."""
    return None if moment is None else to_number(moment)


def to_late_moment(number: int | None) -> datetime | None:
    """The same for a number that may be missing."""
    return None if number is None else to_moment(number)
