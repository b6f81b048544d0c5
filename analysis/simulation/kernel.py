"""The compiled event loop: tokens of many cases on one clock, people who work at one thing at a time.

**State.** A token is at one operation in one phase. It is `READY` on a stack, `CATCHING` a message, or under way:
`WAITING` or `WORKING` until an instant in the heap of events, or `QUEUEING` for a person of its unit. One turn of the
loop takes the next ready token, or else the next event or arrival, whichever comes first, and does one thing with it:

| phase | what ends it | then |
|---|---|---|
| ready | at once | the operation: chosen, split, joined, entered, ended, or handed over |
| catching | a message of its case | handed over |
| waiting | its event | queueing, or working at once where a person is free |
| queueing | a person gets free; earlier hand-over first | working |
| working | its event | the person takes the next of the queue; the token is ready at the next operation |
| racing | its event, or a message | it goes the way that came first (`beside`) |
| gathering | nothing can come to its inclusive join any more | ready behind the join (`gates`) |
| ringing | its event | a timer beside an activity or scope rings (`beside`) |

A frame is one run of a scope (a process or a sub-process) and counts the tokens in it, those at its joins too. A case
is over when no token of it can move by itself.

**Ways.** Every token carries where its time since the arrival of its case went; a split copies it, and a join and a
caught message pass on that of the last to come, so that the token that ends last has the way that ended last.

**Memory.** Tokens, cases and frames lie in tables whose rows are used again; `advance` comes back when a table is full,
the caller makes it longer and calls again. Everything between two calls is in the tables: a run can pause anywhere.

Tables and columns are named in `layout`. Moments are local microseconds. The queue of a unit is a pairing heap
(Fredman, Sedgewick, Sleator and Tarjan, Algorithmica 1, 1986), the heap of events has four children a node.
"""

import numpy as np

from analysis.simulation import layout as at
from analysis.simulation.beside import (
    awaits,
    called_off,
    caught_up,
    race,
    ring,
    round_over,
    set_timers,
    silence,
    throw,
    wrap,
)
from analysis.simulation.clocks import reached
from analysis.simulation.compiled import beside, compiled, inlined
from analysis.simulation.draws import NONE, REJECT_PART, WAIT_PART, WAY_PART, case_key, duration, stream, uniform
from analysis.simulation.gates import fire, gather, gathered
from analysis.simulation.heaps import next_event, queue_up
from analysis.simulation.tables import Plan, Run, Whole
from analysis.simulation.tokens import (
    clear_way,
    close_frame,
    close_if_over,
    copy_way,
    go_along,
    is_counted,
    leave_case,
    make_ready,
    new_frame,
    new_token,
    release,
    tell,
)
from analysis.simulation.work import begin_work, draw_state, kill, note_wait, note_work, see, serve, under_way

#: The element of the draws between two arrivals, and of where in its part of the year a case starts.
ARRIVAL = np.uint64(0xA0761D6478BD642F)


@compiled
def advance(plan: Plan, run: Run, turns: int) -> int:
    """Go on for at most so many events and say why it came back (`layout.DONE` and the like)."""
    register = run.register
    while True:
        full = what_is_full(plan, run)
        if full != at.DONE:
            return full
        token = register[at.TOP]
        if token >= 0:
            register[at.TOP] = run.token[token, at.TOKEN_NEXT]
            fault = go_on(plan, run, token)
        elif register[at.PRESENT] >= 0:
            fault = come_to_rest(plan, run, register[at.PRESENT])
        elif register[at.LEFT] == 0:
            return at.DONE
        elif turns == 0 or register[at.MOVES] > 10 * plan.setting[at.MOST_MOVES]:
            return at.PAUSED
        else:
            turns -= 1
            fault = arrive(plan, run) if is_arrival_next(plan, run) else happen(plan, run)
        if fault != at.DONE:
            return fault


@inlined
def what_is_full(plan: Plan, run: Run) -> int:
    """Say which table has no room left for what one turn may bring."""
    register = run.register
    if register[at.FREE_TOKENS] < plan.setting[at.SPARE_TOKENS]:
        return at.NEEDS_TOKENS
    if register[at.FREE_FRAMES] < plan.setting[at.SPARE_FRAMES]:
        return at.NEEDS_FRAMES
    if register[at.STOPS] == len(run.stop):
        return at.NEEDS_STOPS
    if register[at.FACTS] > register[at.FACTS_ROOM]:
        return at.NEEDS_FACTS
    return at.DONE


@beside
def come_to_rest(plan: Plan, run: Run, case: int) -> int:
    """No token is ready: let an inclusive join go on to which nothing can come any more; where none can, look no more.

    Only then it is told whether such a case is over.
    """
    if run.case[case, at.CASE_GATHERING] > 0:
        if gathered(plan, run, case):
            return at.DONE
        run.register[at.PRESENT] = -1
        if run.case[case, at.CASE_MOVING] == 0:
            run.case[case, at.CASE_GATHERING] = 0
            return close_if_over(plan, run, case)
    run.register[at.PRESENT] = -1
    return at.DONE


@inlined
def is_arrival_next(plan: Plan, run: Run) -> bool:
    """Say whether a case arrives before anything else happens; where cases never meet, only when nothing does."""
    if run.register[at.HEAP_SIZE] == 0:
        return True
    return bool(plan.setting[at.ALONE] == 0 and run.register[at.NEXT_ARRIVAL] <= run.heap[0, 0])


@compiled
def plan_arrival(plan: Plan, run: Run) -> None:
    """Find the instant at which the next case arrives."""
    setting, register = plan.setting, run.register
    number = register[at.ARRIVED] - setting[at.WARM_UP]
    if setting[at.ARRIVALS] == at.AT_ONCE:
        register[at.NEXT_ARRIVAL] = setting[at.ARRIVAL_INSTANT]
        return
    state = stream(case_key(setting[at.SEED], number), ARRIVAL, 0, 0)
    if setting[at.ARRIVALS] == at.POISSON:
        register[at.NEXT_OPEN] += duration(state, plan.gap, 0, plan.value)
        within = register[at.NEXT_OPEN]
    else:
        state, chance = uniform(state)
        within = np.int64((number + chance) * (setting[at.ARRIVAL_YEAR] / setting[at.CASES]))
    register[at.NEXT_ARRIVAL] = reached(plan, setting[at.ARRIVAL_CALENDAR], setting[at.ARRIVAL_INSTANT], within)


@beside
def arrive(plan: Plan, run: Run) -> int:
    """Let a case arrive: open its scopes and put a token at each of their starts."""
    register = run.register
    if register[at.FREE_CASES] == 0:
        return at.NEEDS_CASES
    if register[at.NEXT_ARRIVAL] == at.NEVER:
        return at.BEYOND
    now = register[at.NEXT_ARRIVAL]
    register[at.NOW] = now
    case = register[at.FREE_CASE]
    register[at.FREE_CASE] = run.case[case, at.CASE_NEXT]
    register[at.FREE_CASES] -= 1
    number = register[at.ARRIVED] - plan.setting[at.WARM_UP]
    for column in range(run.case.shape[1]):
        run.case[case, column] = 0
    run.case[case, at.CASE_NUMBER] = number
    run.case[case, at.CASE_KEY] = np.int64(case_key(plan.setting[at.SEED], number))
    run.case[case, at.CASE_ARRIVED] = now
    for column in (at.CASE_TOKENS, at.CASE_FRAMES, at.CASE_START, at.CASE_END, at.CASE_CLOCK_START, at.CASE_CLOCK_END):
        run.case[case, column] = -1
    for index in range(len(plan.begin) - 1, -1, -1):
        scope = plan.begin[index]
        frame = open_scope(plan, run, case, scope, -1)
        tell(run, case, at.OPENED, scope)
        for start in range(plan.scope[scope, at.SCOPE_START_END] - 1, plan.scope[scope, at.SCOPE_START] - 1, -1):
            clear_way(run, new_token(run, case, frame, plan.start[start]))
    register[at.ARRIVED] += 1
    plan_arrival(plan, run)
    return at.DONE


@inlined
def open_scope(plan: Plan, run: Run, case: int, scope: int, token: int) -> Whole:
    """Open a process in a case, by the message of a token or at its arrival (-1).

    The first one outside the applicant's pool is the start of the case.
    """
    if run.case[case, at.CASE_START] < 0 and plan.scope[scope, at.SCOPE_APPLICANT] == 0:
        run.case[case, at.CASE_START] = run.register[at.NOW]
        tell(run, case, at.BEGUN, -1)
    frame = new_frame(run, case, -1, -1, scope)
    set_timers(plan, run, case, frame, token)
    return frame


@inlined
def go_on(plan: Plan, run: Run, token: int) -> int:
    """Do what the operation does that a ready token has come to."""
    row = run.token
    if row[token, at.TOKEN_PHASE] == at.DEAD:
        release(run, token)
        return at.DONE
    op, case = row[token, at.TOKEN_OP], row[token, at.TOKEN_CASE]
    run.register[at.MOVES] += 1
    run.case[case, at.CASE_MOVES] += 1
    if run.case[case, at.CASE_MOVES] > plan.setting[at.MOST_MOVES]:
        run.register[at.FAULT] = op
        return at.ENDLESS
    kind = plan.op[op, at.OP_KIND]
    if kind == at.WORKED:
        return hand_over(plan, run, token, op, case)
    if kind == at.CHOOSE:
        choose(plan, run, token, op, case)
    elif kind == at.SPLIT:
        split(plan, run, token, op, case)
    elif kind == at.JOIN:
        return join(plan, run, token, op)
    elif kind == at.ENTER:
        enter(plan, run, token, op, case)
    elif kind == at.END or kind == at.TERMINATE:
        return end(plan, run, token, op, case)
    else:
        return go_on_beside(plan, run, token, op, case)
    return at.DONE


@beside
def go_on_beside(plan: Plan, run: Run, token: int, op: int, case: int) -> int:
    """Do what one of the rarer operations does."""
    kind = plan.op[op, at.OP_KIND]
    if kind == at.FIRE:
        fire(plan, run, token, op, case)
    elif kind == at.GATHER:
        gather(run, token, case)
    elif kind == at.RACE:
        return race(plan, run, token, op, case)
    elif kind == at.WRAP:
        wrap(plan, run, token, op, case)
    elif kind == at.ROUND:
        whole = round_over(plan, run, token, case)
        if whole >= 0:
            return complete_whole(plan, run, token, whole, case)
        if whole == at.GONE:
            return leave_case(plan, run, token)
    elif kind == at.THROW:
        note_end(plan, run, token, op, case)
        throw(plan, run, token, op, case)
    return at.DONE


@inlined
def choose(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Draw one of the ways out."""
    see(plan, run, op, case)
    _, chance = uniform(draw_state(plan, run, op, case, WAY_PART))
    arc, last = plan.op[op, at.OP_ARC], plan.op[op, at.OP_ARC_END] - 1
    while arc < last and chance >= plan.chance[arc]:
        arc += 1
    go_along(plan, run, token, arc)


@inlined
def split(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Send a token along every way out, the first in the order of the file first."""
    frame = run.token[token, at.TOKEN_FRAME]
    for arc in range(plan.op[op, at.OP_ARC_END] - 1, plan.op[op, at.OP_ARC], -1):
        other = new_token(run, case, frame, plan.arc[arc, at.ARC_TARGET])
        run.token[other, at.TOKEN_ARC] = arc
        copy_way(run, token, other)
        tell(run, case, at.WENT, arc)
    go_along(plan, run, token, plan.op[op, at.OP_ARC])


@inlined
def join(plan: Plan, run: Run, token: int, op: int) -> int:
    """Wait until every arc has brought a token; the last one goes on."""
    frame = run.token[token, at.TOKEN_FRAME]
    first, need = at.FRAME_COUNTERS + plan.op[op, at.OP_COUNTER], plan.op[op, at.OP_NEED]
    run.frame[frame, at.FRAME_COUNTERS + plan.arc[run.token[token, at.TOKEN_ARC], at.ARC_COUNTER]] += 1
    for counter in range(first, first + need):
        if run.frame[frame, counter] == 0:
            return leave_case(plan, run, token)
    for counter in range(first, first + need):
        run.frame[frame, counter] -= 1
    run.frame[frame, at.FRAME_LIVE] -= need - 1
    go_along(plan, run, token, plan.op[op, at.OP_ARC])
    return at.DONE


@inlined
def enter(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Begin a run of a sub-process; it counts as one token of the scope around it."""
    scope = plan.op[op, at.OP_SCOPE]
    outer = run.token[token, at.TOKEN_FRAME]
    first = plan.scope[scope, at.SCOPE_START]
    if first == plan.scope[scope, at.SCOPE_START_END]:
        go_along(plan, run, token, plan.op[op, at.OP_ARC])
        return
    inner = new_frame(run, case, outer, op, scope)
    tell(run, case, at.OPENED, scope)
    set_timers(plan, run, case, inner, token)
    for start in range(plan.scope[scope, at.SCOPE_START_END] - 1, first, -1):
        copy_way(run, token, new_token(run, case, inner, plan.start[start]))
    run.token[token, at.TOKEN_FRAME] = inner
    run.frame[inner, at.FRAME_LIVE] += 1
    make_ready(run, token, plan.start[first], -1)


@inlined
def end(plan: Plan, run: Run, token: int, op: int, case: int) -> int:
    """Consume a token, and at a terminate end every other of its scope."""
    frame = run.token[token, at.TOKEN_FRAME]
    note_end(plan, run, token, op, case)
    if plan.op[op, at.OP_KIND] == at.TERMINATE:
        kill(plan, run, case, frame, token)
        run.frame[frame, at.FRAME_LIVE] = 1
        for column in range(at.FRAME_COUNTERS, run.frame.shape[1]):
            run.frame[frame, column] = 0
    run.frame[frame, at.FRAME_LIVE] -= 1
    if run.frame[frame, at.FRAME_LIVE] > 0:
        return leave_case(plan, run, token)
    outer, entered = run.frame[frame, at.FRAME_PARENT], run.frame[frame, at.FRAME_OP]
    silence(plan, run, case, frame)
    close_frame(run, frame)
    if outer < 0:
        return leave_case(plan, run, token)
    run.token[token, at.TOKEN_FRAME] = outer
    go_along(plan, run, token, plan.op[entered, at.OP_ARC])
    return at.DONE


@inlined
def note_end(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Note an end event that is reached outside the applicant's pool, and the outcome it tells."""
    frame = run.token[token, at.TOKEN_FRAME]
    if plan.scope[run.frame[frame, at.FRAME_SCOPE], at.SCOPE_APPLICANT] == 0:
        end_case(plan, run, token, case)
        if plan.op[op, at.OP_OUTCOME] < 2:
            run.case[case, at.CASE_REJECTED] = plan.op[op, at.OP_OUTCOME]


@inlined
def end_case(plan: Plan, run: Run, token: int, case: int) -> None:
    """Note that a case ends now, for all we know, and the way that led here."""
    run.case[case, at.CASE_END] = run.register[at.NOW]
    for column in range(plan.setting[at.WAY_WIDTH]):
        run.case[case, at.CASE_WAY + column] = run.token[token, at.TOKEN_WAY + column]


@inlined
def hand_over(plan: Plan, run: Run, token: int, op: int, case: int) -> int:
    """Begin a step or event, unless it has to wait for a message."""
    box = plan.op[op, at.OP_BOX]
    if box >= 0 and run.token[token, at.TOKEN_PHASE] != at.CAUGHT:
        letter = at.CASE_WAY + plan.setting[at.WAY_WIDTH] + box
        if run.case[case, letter] == 0:
            run.token[token, at.TOKEN_PHASE] = at.CATCHING
            run.token[token, at.TOKEN_SINCE] = run.register[at.NOW]
            run.case[case, at.CASE_MOVING] -= 1
            return close_if_over(plan, run, case)
        run.case[case, letter] -= 1
    if box >= 0:
        tell(run, case, at.CAUGHT_ONE, op)
    note_hand_over(plan, run, token, op, case)
    law = 2 * op
    if plan.law[law, 0] == NONE:
        return take_up(plan, run, token, op, case)
    length = duration(draw_state(plan, run, op, case, WAIT_PART), plan.law, law, plan.value)
    under_way(plan, run, token, at.WAITING, length, plan.op[op, at.OP_WAIT_CALENDAR])
    return at.DONE


@inlined
def note_hand_over(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Count what a hand-over brings, whatever becomes of it."""
    register, flags = run.register, plan.op[op, at.OP_FLAGS]
    now = register[at.NOW]
    run.token[token, at.TOKEN_HANDED] = now
    run.token[token, at.TOKEN_SERIAL] = register[at.NEXT_SERIAL]
    register[at.NEXT_SERIAL] += 1
    see(plan, run, op, case)
    run.case[case, at.CASE_HAND_INS] += plan.op[op, at.OP_HAND_INS]
    if flags & at.IS_VISIT:
        run.case[case, at.CASE_VISITS] += 1
    step = plan.op[op, at.OP_STEP]
    tell(run, case, at.HANDED, op)
    if step >= 0 and is_counted(plan, run, case):
        run.step[step, at.STEP_TIMES] += 1


@inlined
def take_up(plan: Plan, run: Run, token: int, op: int, case: int) -> int:
    """Begin the work, or queue for a person where none is free."""
    if plan.law[2 * op + 1, 0] == NONE:
        return complete(plan, run, token, op, case)
    staff = plan.op[op, at.OP_STAFF]
    if staff < 0:
        begin_work(plan, run, token)
    elif run.staff[staff, at.STAFF_FREE] > 0:
        run.staff[staff, at.STAFF_FREE] -= 1
        begin_work(plan, run, token)
    else:
        run.token[token, at.TOKEN_PHASE] = at.QUEUEING
        run.token[token, at.TOKEN_SINCE] = run.register[at.NOW]
        queue_up(run, staff, token)
    return at.DONE


@inlined
def happen(plan: Plan, run: Run) -> int:
    """Let the next event happen: the wait or the work of its token is over."""
    if run.heap[0, 0] >= at.NEVER:
        return at.BEYOND
    run.register[at.NOW] = run.heap[0, 0]
    token = next_event(run)
    phase = run.token[token, at.TOKEN_PHASE]
    if phase == at.DEAD:
        release(run, token)
        return at.DONE
    op, case = run.token[token, at.TOKEN_OP], run.token[token, at.TOKEN_CASE]
    if run.case[case, at.CASE_GATHERING] > 0:
        run.register[at.PRESENT] = case
    if phase == at.WAITING:
        note_wait(plan, run, token)
        return take_up(plan, run, token, op, case)
    if phase == at.RINGING:
        ring(plan, run, token, op, case)
        return at.DONE
    if phase == at.RACING:
        op = caught_up(plan, run, token)
    else:
        note_work(plan, run, token, run.token[token, at.TOKEN_DRAWN])
        staff = plan.op[op, at.OP_STAFF]
        if staff >= 0:
            run.staff[staff, at.STAFF_FREE] += 1
            serve(plan, run, staff)
    return complete(plan, run, token, op, case)


@inlined
def complete(plan: Plan, run: Run, token: int, op: int, case: int) -> int:
    """Finish a step or event: note clocks, reject or send messages, and go on."""
    flags, now = plan.op[op, at.OP_FLAGS], run.register[at.NOW]
    tell(run, case, at.COMPLETED, op)
    if flags & at.IS_STOP and is_counted(plan, run, case):
        stop = run.register[at.STOPS]
        run.stop[stop, at.STOP_CASE] = run.case[case, at.CASE_NUMBER]
        run.stop[stop, at.STOP_FROM] = run.token[token, at.TOKEN_HANDED]
        run.stop[stop, at.STOP_TO] = now
        run.register[at.STOPS] = stop + 1
    if flags & at.IS_ACCEPT and run.case[case, at.CASE_CLOCK_START] < 0:
        run.case[case, at.CASE_CLOCK_START] = now
    if flags & at.IS_DECIDE and run.case[case, at.CASE_CLOCK_START] >= 0 and run.case[case, at.CASE_CLOCK_END] < 0:
        run.case[case, at.CASE_CLOCK_END] = now
    if plan.reject[op] > 0.0:
        _, chance = uniform(draw_state(plan, run, op, case, REJECT_PART))
        if chance < plan.reject[op]:
            return turn_down(plan, run, token, op, case)
    for index in range(plan.op[op, at.OP_MESSAGE], plan.op[op, at.OP_MESSAGE_END]):
        send(plan, run, token, case, index)
    go_along(plan, run, token, plan.op[op, at.OP_ARC])
    return at.DONE


@beside
def complete_whole(plan: Plan, run: Run, token: int, op: int, case: int) -> int:
    """Finish an activity that was done in rounds."""
    return complete(plan, run, token, op, case)


@beside
def turn_down(plan: Plan, run: Run, token: int, op: int, case: int) -> int:
    """End a case at once: all its tokens go."""
    tell(run, case, at.TURNED_DOWN, op)
    end_case(plan, run, token, case)
    run.case[case, at.CASE_REJECTED] = 1
    kill(plan, run, case, -1, token)
    while run.case[case, at.CASE_FRAMES] >= 0:
        close_frame(run, run.case[case, at.CASE_FRAMES])
    return leave_case(plan, run, token)


@beside
def send(plan: Plan, run: Run, token: int, case: int, index: int) -> None:
    """Send a message: it opens a pool, is caught by the token that waits longest for it, or waits itself."""
    tell(run, case, at.SENT, index)
    op, scope = plan.message[index, at.MESSAGE_TARGET], plan.message[index, at.MESSAGE_SCOPE]
    if scope >= 0:
        frame = open_scope(plan, run, case, scope, token)
        copy_way(run, token, new_token(run, case, frame, op))
        return
    other, catching = run.case[case, at.CASE_TOKENS], -1
    while other >= 0:
        if awaits(plan, run, other, op) and (
            catching < 0 or run.token[other, at.TOKEN_SINCE] <= run.token[catching, at.TOKEN_SINCE]
        ):
            catching = other
        other = run.token[other, at.TOKEN_AFTER]
    if catching < 0:
        run.case[case, at.CASE_WAY + plan.setting[at.WAY_WIDTH] + plan.op[op, at.OP_BOX]] += 1
        return
    if run.token[catching, at.TOKEN_PHASE] == at.RACING:
        catching = called_off(plan, run, catching, case)
    copy_way(run, token, catching)
    run.case[case, at.CASE_MOVING] += 1
    make_ready(run, catching, op, -1)
    run.token[catching, at.TOKEN_PHASE] = at.CAUGHT
