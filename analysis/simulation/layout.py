"""How the compiled simulation lays out its numbers: the columns of every table, by name.

All tables hold whole numbers (int64), one row for each thing: it keeps what is used together on one cache line, and
it makes the state of a run something that can be put aside and taken up again.
"""

#: What an operation does with a token.
WORKED, CHOOSE, SPLIT, JOIN, ENTER, END, TERMINATE, FIRE, GATHER, RACE, WRAP, ROUND, WATCH, THROW = range(14)

#: Columns of an operation.
(
    OP_KIND,
    #: The scope it lies in, or that it opens (`ENTER`).
    OP_SCOPE,
    #: Its arcs: first and one past the last.
    OP_ARC,
    OP_ARC_END,
    #: Its messages: first and one past the last.
    OP_MESSAGE,
    OP_MESSAGE_END,
    #: The letter box in which messages wait for it, -1 where it waits for none.
    OP_BOX,
    #: Which of a case's visit counters is its own.
    OP_SEEN,
    #: The 64 bits its draws are keyed by.
    OP_ELEMENT,
    OP_FLAGS,
    #: Its row in the sums over steps, -1 where it is no step.
    OP_STEP,
    #: Its unit's row in the sums over ways.
    OP_ROW,
    #: Its unit's row in the table of staff, -1 where nobody is needed or staff has no limit.
    OP_STAFF,
    #: Calendars: of its unit, of its wait, of its work; -1 is the natural clock.
    OP_UNIT_CALENDAR,
    OP_WAIT_CALENDAR,
    OP_WORK_CALENDAR,
    #: Of a join: how many arcs it waits for, and the first of its counters in a frame.
    OP_NEED,
    OP_COUNTER,
    OP_HAND_INS,
    #: Of an end: 0 granted, 1 rejected, 2 says nothing.
    OP_OUTCOME,
    #: Of an inclusive choice its default arc, -1 for none; of an inclusive join its row in the table of reach; of what
    #: is done in rounds the operation inside it; of an error the scope it breaks off.
    OP_OTHER,
    OP_WIDTH,
) = range(22)

#: Flags of an operation: its work is hands-on, its wait counts as waiting, it begins or ends the clock, stops it, needs
#: the applicant to come. Of rounds: they are done at the same time. Of a timer: it interrupts, it lies on the border of
#: what it interrupts and leads out of it.
IS_HANDS_ON, IS_WAITING, IS_ACCEPT, IS_DECIDE, IS_STOP, IS_VISIT = (1 << bit for bit in range(6))
IS_TOGETHER, IS_INTERRUPTING, IS_BORDER = (1 << bit for bit in range(6, 9))

#: Columns of an arc: the operation it leads to, its counter in a frame (its number among those into an inclusive join;
#: -1 where it leads to no join).
ARC_TARGET, ARC_COUNTER, ARC_WIDTH = range(3)

#: Columns of a scope: its starts (first and one past the last), whether it lies in the applicant's pool, the timers
#: beside it (first and one past the last).
SCOPE_START, SCOPE_START_END, SCOPE_APPLICANT, SCOPE_WATCH, SCOPE_WATCH_END, SCOPE_WIDTH = range(6)

#: Columns of a message: the operation it is for and the scope it opens, -1 where it opens none.
MESSAGE_TARGET, MESSAGE_SCOPE, MESSAGE_WIDTH = range(3)

#: Columns of a calendar: its spans (first and one past the last), its days in the table of days, its first day.
CALENDAR_SPAN, CALENDAR_SPAN_END, CALENDAR_DAY, CALENDAR_DAYS, CALENDAR_FIRST_DAY, CALENDAR_WIDTH = range(6)

#: Columns of a unit with limited staff: people free, first in its queue.
STAFF_FREE, STAFF_QUEUE, STAFF_WIDTH = range(3)

#: Columns of a token. From `TOKEN_WAY` on: where its time went so far, closed, other, then work, wait and queue of each
#: unit.
(
    TOKEN_NEXT,
    TOKEN_CASE,
    TOKEN_FRAME,
    TOKEN_OP,
    TOKEN_PHASE,
    #: When its step was handed over, and the serial number of that.
    TOKEN_HANDED,
    TOKEN_SERIAL,
    #: The serial number of its event.
    TOKEN_TURN,
    #: Since when it is in this phase, and how long the phase was drawn to be.
    TOKEN_SINCE,
    TOKEN_DRAWN,
    #: Its neighbours among the tokens of its case.
    TOKEN_BEFORE,
    TOKEN_AFTER,
    #: Its first child and next sibling in the queue of a unit.
    TOKEN_CHILD,
    TOKEN_SIBLING,
    #: The arc it came by.
    TOKEN_ARC,
    TOKEN_WAY,
) = range(16)

#: Phases of a token.
READY, CATCHING, CAUGHT, WAITING, QUEUEING, WORKING, DEAD, GATHERING, RACING, RINGING = range(10)

#: Columns of a case. From `CASE_WAY` on as `TOKEN_WAY`, then its letter boxes, then its visit counters.
(
    CASE_NEXT,
    #: Its number; below 0 in the warm-up, beyond the last counted one while those are finished.
    CASE_NUMBER,
    CASE_KEY,
    #: Tokens that can still move by themselves.
    CASE_MOVING,
    #: Tokens that wait at inclusive joins.
    CASE_GATHERING,
    CASE_TOKENS,
    CASE_FRAMES,
    CASE_ARRIVED,
    CASE_START,
    CASE_END,
    CASE_REJECTED,
    CASE_WORK,
    CASE_WAITING,
    CASE_HAND_INS,
    CASE_VISITS,
    CASE_CLOCK_START,
    CASE_CLOCK_END,
    CASE_MOVES,
    CASE_WAY,
) = range(19)

#: Columns of a frame, one run of a scope in a case. From `FRAME_COUNTERS` on: tokens that came by each arc of a join.
(
    FRAME_NEXT,
    FRAME_CASE,
    FRAME_PARENT,
    FRAME_OP,
    FRAME_SCOPE,
    FRAME_LIVE,
    FRAME_BEFORE,
    FRAME_AFTER,
    #: Of rounds: how many are still to come after this one, and when the first was handed over.
    FRAME_LEFT,
    FRAME_HANDED,
    FRAME_COUNTERS,
) = range(11)

#: Registers: the state of a run beside its tables.
(
    FREE_TOKEN,
    FREE_TOKENS,
    FREE_CASE,
    FREE_CASES,
    FREE_FRAME,
    FREE_FRAMES,
    HEAP_SIZE,
    NOW,
    TOP,
    NEXT_SERIAL,
    NEXT_TURN,
    #: Cases arrived so far, the instant of the next one, and the open time before it.
    ARRIVED,
    NEXT_ARRIVAL,
    NEXT_OPEN,
    #: Counted cases still under way or to come.
    LEFT,
    STOPS,
    #: The operation at fault.
    FAULT,
    #: The case whose inclusive joins are looked at when no token is ready, -1 for none.
    PRESENT,
    #: Facts told so far, how many may be before the table has to grow, and below which number cases are told of.
    FACTS,
    FACTS_ROOM,
    TOLD_CASES,
    #: Operations passed since the last look at the outside world.
    MOVES,
    REGISTERS,
) = range(23)

#: Settings of a run.
(
    #: Whether each case has the world for itself.
    ALONE,
    WARM_UP,
    CASES,
    SEED,
    #: How the cases arrive: one of the three below.
    ARRIVALS,
    #: The calendar of the arrivals, the instant they open at, and the open time of the year after it.
    ARRIVAL_CALENDAR,
    ARRIVAL_INSTANT,
    ARRIVAL_YEAR,
    #: Most tokens, frames, that one operation makes.
    SPARE_TOKENS,
    SPARE_FRAMES,
    #: Columns of a way, letter boxes.
    WAY_WIDTH,
    BOXES,
    MOST_MOVES,
    SETTINGS,
) = range(14)

POISSON, SPREAD, AT_ONCE = range(3)

#: Why the kernel came back.
DONE, PAUSED, NEEDS_TOKENS, NEEDS_CASES, NEEDS_FRAMES, NEEDS_STOPS, BEYOND, STUCK, ENDLESS, NEEDS_FACTS = range(10)

#: What is left of rounds that one token is through with: others are still under way, or it goes once more.
GONE, AGAIN = -1, -2

#: Columns of the sums over steps, of the result columns, of a stop.
STEP_TIMES, STEP_WORK, STEP_WAIT, STEP_QUEUE, STEP_WIDTH = range(5)
LONG_START, LONG_END, LONG_WORK, LONG_WAITING, LONG_CLOCK_START, LONG_CLOCK_END, LONG_ROWS = range(7)
SHORT_HAND_INS, SHORT_VISITS, SHORT_REJECTED, SHORT_ROWS = range(4)
STOP_CASE, STOP_FROM, STOP_TO, STOP_WIDTH = range(4)

#: Columns of a fact: the number of its case, what happened, to which operation, arc or message, and when.
FACT_CASE, FACT_KIND, FACT_WHAT, FACT_MOMENT, FACT_WIDTH = range(5)
#: What happens to a case that is told of: it begins; an operation is handed over, begun, done, turns it down, rings or
#: catches a message; an arc is taken; a message is sent; a scope is begun.
BEGUN, HANDED, TAKEN_UP, COMPLETED, TURNED_DOWN, RUNG, CAUGHT_ONE, WENT, SENT, OPENED = range(10)

#: Parts of a unit's time on a way.
WAY_CLOSED, WAY_OTHER, WAY_UNITS = range(3)
PART_WORK, PART_WAIT, PART_QUEUE, PARTS = range(4)

#: Added to the serial number of a timer beside an activity: at equal instants the activity is done first.
LATE = 2**61

#: An instant after all instants.
NEVER = 2**62

#: Microseconds of a day.
DAY = 86_400_000_000
