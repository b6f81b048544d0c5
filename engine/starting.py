"""Cases that a clock starts: the job of the next time, made when the one before has rung."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from engine.errors import BadTimer
from engine.timers import due
from store.moments import to_number
from store.rows import JobRow, StartRow


def start_job(start: StartRow, after: datetime, zone: str, period: str = "", left: int = -1) -> JobRow | None:
    """The job that starts a case when a timer start rings next; none where it is no timer or does not ring again.

    `period` and `left` go on with a cycle that has begun.
    """
    if start.kind != "timer":
        return None
    try:
        ring = due(period or start.name, after, ZoneInfo(zone), None)
    except BadTimer:
        return None
    if not period and ring.at < after:
        return None  # its one moment lies behind us
    again = (
        {"period": period, "left": left - 1 if left > 0 else left}
        if period
        else {"period": ring.again, "left": ring.left}
    )
    body = {
        "process": start.process,
        "element": start.element,
        "procedure": start.procedure,
        "text": start.name,
        **again,
    }
    id_ = f"start:{start.process}:{start.element}:{to_number(ring.at)}"
    return JobRow(id=id_, kind="start", run_at=ring.at, body=json.dumps(body, ensure_ascii=False))
