"""What runs beside the tokens of a scope or breaks them off: rounds, races, timers on borders, errors.

An activity that is done in rounds, or on whose border a timer runs, is a scope of its own: a token at `WRAP` opens a
frame, in which each round is a token at the activity itself; one that is through comes to `ROUND`. The last one goes on
behind the activity. A timer is a token of the frame it runs beside, which the frame does not count: it goes when the
frame is closed, and lies in the heap until it rings.
"""

import numpy as np

from analysis.simulation import layout as at
from analysis.simulation.compiled import beside, inlined
from analysis.simulation.draws import ROUNDS_PART, uniform
from analysis.simulation.heaps import plan_event
from analysis.simulation.tables import Plan, Run, Whole
from analysis.simulation.tokens import (
    clear_way,
    close_frame,
    close_if_over,
    copy_way,
    fresh_token,
    go_along,
    is_counted,
    make_ready,
    new_frame,
    new_token,
    tell,
    unlink,
)
from analysis.simulation.work import done_by, draw_state, kill, see


@inlined
def set_timers(plan: Plan, run: Run, case: int, frame: int, token: int) -> None:
    """Let the timers beside a frame that a token opens (-1: the arrival of the case) begin."""
    scope = run.frame[frame, at.FRAME_SCOPE]
    if plan.scope[scope, at.SCOPE_WATCH] < plan.scope[scope, at.SCOPE_WATCH_END]:
        begin_timers(plan, run, case, frame, token)


@beside
def begin_timers(plan: Plan, run: Run, case: int, frame: int, token: int) -> None:
    """Let the timers beside a frame begin."""
    scope = run.frame[frame, at.FRAME_SCOPE]
    for index in range(plan.scope[scope, at.SCOPE_WATCH], plan.scope[scope, at.SCOPE_WATCH_END]):
        op, timer = plan.watch[index], fresh_token(run, case, frame)
        if token >= 0:
            copy_way(run, token, timer)
        else:
            clear_way(run, timer)
        see(plan, run, op, case)
        run.token[timer, at.TOKEN_OP] = op
        run.token[timer, at.TOKEN_PHASE] = at.RINGING
        run.token[timer, at.TOKEN_SINCE] = run.register[at.NOW]
        plan_event(run, timer, done_by(plan, run, op, case), at.LATE)


@inlined
def silence(plan: Plan, run: Run, case: int, frame: int) -> None:
    """Let the timers beside a frame go that is about to be closed."""
    scope = run.frame[frame, at.FRAME_SCOPE]
    if plan.scope[scope, at.SCOPE_WATCH] < plan.scope[scope, at.SCOPE_WATCH_END]:
        end_timers(run, case, frame)


@beside
def end_timers(run: Run, case: int, frame: int) -> None:
    """Let the timers beside a frame go; their rows are given back when the heap comes to them."""
    token = run.case[case, at.CASE_TOKENS]
    while token >= 0:
        after = run.token[token, at.TOKEN_AFTER]
        if run.token[token, at.TOKEN_PHASE] == at.RINGING and run.token[token, at.TOKEN_FRAME] == frame:
            unlink(run, token)
            run.token[token, at.TOKEN_PHASE] = at.DEAD
            run.case[case, at.CASE_MOVING] -= 1
        token = after


@beside
def ring(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Let a timer ring: it ends what it interrupts, and its token goes its own way."""
    frame, flags = run.token[token, at.TOKEN_FRAME], plan.op[op, at.OP_FLAGS]
    tell(run, case, at.RUNG, op)
    pass_time(run, token)
    if flags & at.IS_BORDER:
        outer = run.frame[frame, at.FRAME_PARENT]
        if flags & at.IS_INTERRUPTING:
            break_off(plan, run, token, case, frame)
        else:
            run.frame[outer, at.FRAME_LIVE] += 1
        run.token[token, at.TOKEN_FRAME] = outer
    else:
        if flags & at.IS_INTERRUPTING:
            kill(plan, run, case, frame, token)
            run.frame[frame, at.FRAME_LIVE] = 0
            for column in range(at.FRAME_COUNTERS, run.frame.shape[1]):
                run.frame[frame, column] = 0
        run.frame[frame, at.FRAME_LIVE] += 1
    go_along(plan, run, token, plan.op[op, at.OP_ARC])


@inlined
def pass_time(run: Run, token: int) -> None:
    """Book the time since a token began to wait for a timer or a message."""
    run.token[token, at.TOKEN_WAY + at.WAY_OTHER] += run.register[at.NOW] - run.token[token, at.TOKEN_SINCE]


@inlined
def break_off(plan: Plan, run: Run, token: int, case: int, frame: int) -> None:
    """End an activity at once but for one token: all in it goes; a clock-stop it was lasted until now."""
    kill(plan, run, case, frame, token)
    op = run.frame[frame, at.FRAME_OP]
    if plan.op[op, at.OP_FLAGS] & at.IS_STOP and is_counted(plan, run, case):
        note_stop(run, case, run.frame[frame, at.FRAME_HANDED])
    close_frame(run, frame)


@inlined
def note_stop(run: Run, case: int, handed: int) -> None:
    """Note a clock-stop that lasted until now."""
    stop = run.register[at.STOPS]
    run.stop[stop, at.STOP_CASE] = run.case[case, at.CASE_NUMBER]
    run.stop[stop, at.STOP_FROM] = handed
    run.stop[stop, at.STOP_TO] = run.register[at.NOW]
    run.register[at.STOPS] = stop + 1


@beside
def throw(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Break off the scope that catches an error; its token goes the way of the event that caught it."""
    frame = run.token[token, at.TOKEN_FRAME]
    while run.frame[frame, at.FRAME_SCOPE] != plan.op[op, at.OP_OTHER]:
        frame = run.frame[frame, at.FRAME_PARENT]
    outer = run.frame[frame, at.FRAME_PARENT]
    break_off(plan, run, token, case, frame)
    run.token[token, at.TOKEN_FRAME] = outer
    go_along(plan, run, token, plan.op[op, at.OP_ARC])


@beside
def wrap(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Begin an activity that is done in rounds, or beside which a timer runs; without a round it is passed by."""
    see(plan, run, op, case)
    rounds = np.int64(plan.rounds[op])
    part = plan.rounds[op] - rounds
    if part > 0.0:
        _, chance = uniform(draw_state(plan, run, op, case, ROUNDS_PART))
        if chance < part:
            rounds += 1
    flags = plan.op[op, at.OP_FLAGS]
    if rounds == 0:
        go_along(plan, run, token, plan.op[op, at.OP_ARC])
        return
    run.case[case, at.CASE_HAND_INS] += plan.op[op, at.OP_HAND_INS]
    if flags & at.IS_VISIT:
        run.case[case, at.CASE_VISITS] += 1
    inside = plan.op[op, at.OP_OTHER]
    frame = new_frame(run, case, run.token[token, at.TOKEN_FRAME], op, plan.op[op, at.OP_SCOPE])
    run.frame[frame, at.FRAME_HANDED] = run.register[at.NOW]
    run.frame[frame, at.FRAME_LEFT] = 0 if flags & at.IS_TOGETHER else rounds - 1
    set_timers(plan, run, case, frame, token)
    if flags & at.IS_TOGETHER:
        for _ in range(rounds - 1):
            copy_way(run, token, new_token(run, case, frame, inside))
    run.token[token, at.TOKEN_FRAME] = frame
    run.frame[frame, at.FRAME_LIVE] += 1
    make_ready(run, token, inside, -1)


@beside
def round_over(plan: Plan, run: Run, token: int, case: int) -> Whole:
    """Let a token be through with a round; give the operation that is done with it, else `AGAIN` or `GONE`."""
    frame = run.token[token, at.TOKEN_FRAME]
    op = run.frame[frame, at.FRAME_OP]
    if run.frame[frame, at.FRAME_LEFT] > 0:
        run.frame[frame, at.FRAME_LEFT] -= 1
        make_ready(run, token, plan.op[op, at.OP_OTHER], -1)
        return at.AGAIN
    run.frame[frame, at.FRAME_LIVE] -= 1
    if run.frame[frame, at.FRAME_LIVE] > 0:
        return at.GONE
    silence(plan, run, case, frame)
    run.token[token, at.TOKEN_HANDED] = run.frame[frame, at.FRAME_HANDED]
    run.token[token, at.TOKEN_FRAME] = run.frame[frame, at.FRAME_PARENT]
    close_frame(run, frame)
    return op


@beside
def race(plan: Plan, run: Run, token: int, op: int, case: int) -> int:
    """Wait for the first of several events: a message that is there already, else what comes first."""
    boxes = at.CASE_WAY + plan.setting[at.WAY_WIDTH]
    best, first = -1, at.NEVER
    for arc in range(plan.op[op, at.OP_ARC], plan.op[op, at.OP_ARC_END]):
        event = plan.arc[arc, at.ARC_TARGET]
        if plan.op[event, at.OP_BOX] >= 0 and run.case[case, boxes + plan.op[event, at.OP_BOX]] > 0:
            go_along(plan, run, token, arc)
            return at.DONE
    for arc in range(plan.op[op, at.OP_ARC], plan.op[op, at.OP_ARC_END]):
        event = plan.arc[arc, at.ARC_TARGET]
        if plan.op[event, at.OP_BOX] < 0:
            see(plan, run, event, case)
            moment = done_by(plan, run, event, case)
            if best < 0 or moment < first:
                best, first = event, moment
    run.token[token, at.TOKEN_SINCE] = run.register[at.NOW]
    if best < 0:
        run.token[token, at.TOKEN_PHASE] = at.CATCHING
        run.case[case, at.CASE_MOVING] -= 1
        return close_if_over(plan, run, case)
    run.token[token, at.TOKEN_PHASE] = at.RACING
    run.token[token, at.TOKEN_DRAWN] = best
    plan_event(run, token, first, 0)
    return at.DONE


@inlined
def caught_up(plan: Plan, run: Run, token: int) -> Whole:
    """Let the event happen that was the first in a race, and give it."""
    pass_time(run, token)
    op = run.token[token, at.TOKEN_DRAWN]
    run.token[token, at.TOKEN_OP] = op
    run.token[token, at.TOKEN_HANDED] = run.register[at.NOW]
    return op


@inlined
def awaits(plan: Plan, run: Run, token: int, op: int) -> bool:
    """Say whether a token waits for the message of an operation, perhaps among other events."""
    phase, own = run.token[token, at.TOKEN_PHASE], run.token[token, at.TOKEN_OP]
    if phase == at.CATCHING and own == op:
        return True
    if plan.op[own, at.OP_KIND] == at.RACE and (phase == at.CATCHING or phase == at.RACING):
        for arc in range(plan.op[own, at.OP_ARC], plan.op[own, at.OP_ARC_END]):
            if plan.arc[arc, at.ARC_TARGET] == op:
                return True
    return False


@beside
def called_off(plan: Plan, run: Run, token: int, case: int) -> Whole:
    """Call a race off that a message has won; give the token that goes on, which is counted as one that waits."""
    frame = run.token[token, at.TOKEN_FRAME]
    unlink(run, token)
    run.token[token, at.TOKEN_PHASE] = at.DEAD
    run.case[case, at.CASE_MOVING] -= 1
    other = fresh_token(run, case, frame)
    run.case[case, at.CASE_MOVING] -= 1
    return other
