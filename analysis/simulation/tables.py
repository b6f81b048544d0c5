"""The two sets of tables the kernel works on: the plan, which it reads, and the run, which it changes."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.errors import RunTooLarge
from analysis.simulation import layout as at

#: Bytes one table of a run may take.
_MOST_BYTES = 400_000_000

#: A whole number out of a table, numpy's and not Python's.
Whole = Any
#: A table of whole numbers or of doubles; its columns are named in `layout`.
Table = NDArray[Any]


class Plan(NamedTuple):
    """What is simulated and how: never changed while a run lasts."""

    op: Table
    #: Two laws for each operation, in microseconds: of its wait, then of its work.
    law: Table
    #: The values of the empirical laws.
    value: Table
    #: Of each operation the share it rejects.
    reject: Table
    arc: Table
    #: Of each arc out of a choice the chance of it or one before it; of one out of an inclusive choice its own, 2 where
    #: it is always taken.
    chance: Table
    #: Of each arc out of an inclusive choice its chance where none before it was taken.
    first: Table
    #: Of each inclusive join and operation the arcs into the join, as bits, that a token there can still come by.
    reach: Table
    #: Of each operation done in rounds how many there are on average.
    rounds: Table
    #: The timers that run beside scopes.
    watch: Table
    scope: Table
    #: Operations at which scopes start.
    start: Table
    #: Scopes that open when a case arrives.
    begin: Table
    message: Table
    calendar: Table
    #: Open spans: start, end, open time before.
    span: Table
    #: For each day of a calendar the first span that starts on it or later.
    day: Table
    setting: Table
    #: The law of the open time between two arrivals.
    gap: Table


class Run(NamedTuple):
    """The state of a run and what it has brought so far."""

    token: Table
    case: Table
    frame: Table
    #: Events: instant, serial number, token.
    heap: Table
    staff: Table
    register: Table
    #: Sums over steps and along ways since they were last taken.
    step: Table
    way: Table
    #: The result columns of the counted cases.
    long: Table
    short: Table
    stop: Table
    #: What happened to the cases that are told of.
    fact: Table


def new_run(plan: Plan, staff: Table, *, boxes: int, seen: int, counters: int, steps: int) -> Run:
    """Lay out an empty run."""
    setting = plan.setting
    way, cases = int(setting[at.WAY_WIDTH]), int(setting[at.CASES])
    tokens = max(256, 2 * int(setting[at.SPARE_TOKENS]))
    frames = max(128, 2 * int(setting[at.SPARE_FRAMES]))
    register = np.zeros(at.REGISTERS, np.int64)
    register[at.TOP] = register[at.FREE_TOKEN] = register[at.FREE_CASE] = register[at.FREE_FRAME] = -1
    register[at.PRESENT] = -1
    register[at.LEFT] = cases
    run = Run(
        token=np.empty((0, at.TOKEN_WAY + way), np.int64),
        case=np.empty((0, at.CASE_WAY + way + boxes + seen), np.int64),
        frame=np.empty((0, at.FRAME_COUNTERS + counters), np.int64),
        heap=np.empty((0, 3), np.int64),
        staff=staff,
        register=register,
        step=np.zeros((steps, at.STEP_WIDTH), np.int64),
        way=np.zeros(way, np.int64),
        long=np.full((at.LONG_ROWS, cases), -1, np.int64),
        short=np.zeros((at.SHORT_ROWS, cases), np.int32),
        stop=np.empty((64, at.STOP_WIDTH), np.int64),
        fact=np.empty((0, at.FACT_WIDTH), np.int64),
    )
    register[at.FACTS_ROOM], register[at.TOLD_CASES] = at.NEVER, -at.NEVER
    return more_frames(more_cases(more_tokens(run, tokens), 64), frames)


def more_tokens(run: Run, rows: int) -> Run:
    """Give the same run with room for more tokens; each has at most one event."""
    heap = _longer(run.heap, rows)
    token = _with_free(run.token, rows, run.register, at.FREE_TOKEN, at.FREE_TOKENS)
    return run._replace(token=token, heap=heap)


def more_cases(run: Run, rows: int) -> Run:
    """Give the same run with room for more cases at once."""
    return run._replace(case=_with_free(run.case, rows, run.register, at.FREE_CASE, at.FREE_CASES))


def more_frames(run: Run, rows: int) -> Run:
    """Give the same run with room for more frames at once."""
    return run._replace(frame=_with_free(run.frame, rows, run.register, at.FREE_FRAME, at.FREE_FRAMES))


def more_stops(run: Run) -> Run:
    """Give the same run with room for more clock-stops."""
    return run._replace(stop=_longer(run.stop, len(run.stop)))


def more_facts(plan: Plan, run: Run, rows: int) -> Run:
    """Give the same run with room for more facts; one turn tells at most a few for each token it makes."""
    run = run._replace(fact=_longer(run.fact, rows))
    run.register[at.FACTS_ROOM] = len(run.fact) - 4 * int(plan.setting[at.SPARE_TOKENS]) - 16
    return run


def _longer(table: Table, rows: int) -> Table:
    """The same table with more rows; raises RunTooLarge."""
    if (len(table) + rows) * table.shape[1] * table.itemsize > _MOST_BYTES:
        raise RunTooLarge
    try:
        longer = np.empty((len(table) + rows, table.shape[1]), table.dtype)
    except MemoryError:
        raise RunTooLarge from None
    longer[: len(table)] = table
    return longer


def _with_free(table: Table, rows: int, register: Table, first: int, count: int) -> Table:
    """Lengthen a table whose free rows are chained by their first column."""
    longer, old = _longer(table, rows), len(table)
    longer[old:, 0] = np.arange(old + 1, old + rows + 1)
    longer[old + rows - 1, 0] = register[first]
    register[first] = old
    register[count] += rows
    return longer
