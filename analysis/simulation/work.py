"""Waiting, queueing and working inside the compiled simulation, and how all of it breaks off."""

import numpy as np

from analysis.simulation import layout as at
from analysis.simulation.clocks import open_between, reached
from analysis.simulation.compiled import beside, inlined
from analysis.simulation.draws import UNTIL, WAIT_PART, WORK_PART, duration, stream
from analysis.simulation.heaps import next_in_queue, plan_event
from analysis.simulation.tables import Plan, Run, Whole
from analysis.simulation.tokens import add_to_way, close_frame, is_counted, is_inside, release, tell, unlink


@inlined
def draw_state(plan: Plan, run: Run, op: int, case: int, part: int) -> Whole:
    """Give the stream of a part of the present visit of a case to an operation."""
    seen = at.CASE_WAY + plan.setting[at.WAY_WIDTH] + plan.setting[at.BOXES] + plan.op[op, at.OP_SEEN]
    key, element = np.uint64(run.case[case, at.CASE_KEY]), np.uint64(plan.op[op, at.OP_ELEMENT])
    return stream(key, element, run.case[case, seen], part)


@inlined
def see(plan: Plan, run: Run, op: int, case: int) -> None:
    """Count a visit of a case to an operation."""
    seen = at.CASE_WAY + plan.setting[at.WAY_WIDTH] + plan.setting[at.BOXES] + plan.op[op, at.OP_SEEN]
    run.case[case, seen] += 1


@inlined
def under_way(plan: Plan, run: Run, token: int, phase: int, length: int, calendar: int) -> None:
    """Let a phase of drawn length begin now."""
    now = run.register[at.NOW]
    run.token[token, at.TOKEN_PHASE] = phase
    run.token[token, at.TOKEN_SINCE] = now
    run.token[token, at.TOKEN_DRAWN] = length
    plan_event(run, token, reached(plan, calendar, now, length), 0)


@inlined
def work_length(plan: Plan, run: Run, op: int, case: int, moment: int) -> Whole:
    """Draw how long the work of the present visit takes that begins at a moment."""
    if plan.law[2 * op + 1, 0] == UNTIL:
        return max(np.int64(plan.law[2 * op + 1, 1]) - moment, 0)
    return duration(draw_state(plan, run, op, case, WORK_PART), plan.law, 2 * op + 1, plan.value)


@inlined
def done_by(plan: Plan, run: Run, op: int, case: int) -> Whole:
    """Draw the moment by which an event or timer is over that begins now and waits for nobody."""
    wait = duration(draw_state(plan, run, op, case, WAIT_PART), plan.law, 2 * op, plan.value)
    moment = reached(plan, plan.op[op, at.OP_WAIT_CALENDAR], run.register[at.NOW], wait)
    length = work_length(plan, run, op, case, moment)
    return reached(plan, plan.op[op, at.OP_WORK_CALENDAR], moment, length)


@inlined
def begin_work(plan: Plan, run: Run, token: int) -> None:
    """Let the work of a token begin now."""
    op, case = run.token[token, at.TOKEN_OP], run.token[token, at.TOKEN_CASE]
    tell(run, case, at.TAKEN_UP, op)
    length = work_length(plan, run, op, case, run.register[at.NOW])
    under_way(plan, run, token, at.WORKING, length, plan.op[op, at.OP_WORK_CALENDAR])


@inlined
def serve(plan: Plan, run: Run, staff: int) -> None:
    """Let every free person of a unit take the next of its queue."""
    while run.staff[staff, at.STAFF_FREE] > 0 and run.staff[staff, at.STAFF_QUEUE] >= 0:
        token = next_in_queue(run, staff)
        if run.token[token, at.TOKEN_PHASE] == at.DEAD:
            release(run, token)
            continue
        note_queue(plan, run, token)
        run.staff[staff, at.STAFF_FREE] -= 1
        begin_work(plan, run, token)


@inlined
def note_wait(plan: Plan, run: Run, token: int) -> None:
    """Book a wait that lasted until now."""
    op, since, now = run.token[token, at.TOKEN_OP], run.token[token, at.TOKEN_SINCE], run.register[at.NOW]
    case, step, length = run.token[token, at.TOKEN_CASE], plan.op[op, at.OP_STEP], now - since
    if plan.op[op, at.OP_FLAGS] & at.IS_WAITING:
        open_time = open_between(plan, plan.op[op, at.OP_UNIT_CALENDAR], since, now)
        run.case[case, at.CASE_WAITING] += open_time
        add_to_way(plan, run, token, at.PART_WAIT, length, open_time)
        length = open_time
    else:
        run.token[token, at.TOKEN_WAY + at.WAY_OTHER] += length
    if step >= 0 and is_counted(plan, run, case):
        run.step[step, at.STEP_WAIT] += length


@inlined
def note_queue(plan: Plan, run: Run, token: int) -> None:
    """Book a queue that lasted until now."""
    op, since, now = run.token[token, at.TOKEN_OP], run.token[token, at.TOKEN_SINCE], run.register[at.NOW]
    case, step = run.token[token, at.TOKEN_CASE], plan.op[op, at.OP_STEP]
    open_time = open_between(plan, plan.op[op, at.OP_UNIT_CALENDAR], since, now)
    run.case[case, at.CASE_WAITING] += open_time
    add_to_way(plan, run, token, at.PART_QUEUE, now - since, open_time)
    if is_counted(plan, run, case):
        run.step[step, at.STEP_QUEUE] += open_time


@inlined
def note_work(plan: Plan, run: Run, token: int, done: int) -> None:
    """Book work that lasted until now, of which so much was done."""
    op, since, now = run.token[token, at.TOKEN_OP], run.token[token, at.TOKEN_SINCE], run.register[at.NOW]
    case, step = run.token[token, at.TOKEN_CASE], plan.op[op, at.OP_STEP]
    if plan.op[op, at.OP_FLAGS] & at.IS_HANDS_ON:
        run.case[case, at.CASE_WORK] += done
        calendar, open_time = plan.op[op, at.OP_UNIT_CALENDAR], done
        if calendar != plan.op[op, at.OP_WORK_CALENDAR]:
            open_time = open_between(plan, calendar, since, now)
        add_to_way(plan, run, token, at.PART_WORK, now - since, open_time)
    else:
        run.token[token, at.TOKEN_WAY + at.WAY_OTHER] += now - since
    if step >= 0 and is_counted(plan, run, case):
        run.step[step, at.STEP_WORK] += done


@beside
def kill(plan: Plan, run: Run, case: int, frame: int, but: int) -> None:
    """Let every token but one go that lies in a frame or in one inside it; of the whole case for frame -1."""
    token = run.case[case, at.CASE_TOKENS]
    while token >= 0:
        after = run.token[token, at.TOKEN_AFTER]
        if token != but and is_inside(run, run.token[token, at.TOKEN_FRAME], frame):
            kill_token(plan, run, token, case)
        token = after
    inner = run.case[case, at.CASE_FRAMES]
    while inner >= 0:
        after = run.frame[inner, at.FRAME_AFTER]
        if inner != frame and frame >= 0 and is_inside(run, run.frame[inner, at.FRAME_PARENT], frame):
            run.frame[inner, at.FRAME_LIVE] = -1
        inner = after
    inner = run.case[case, at.CASE_FRAMES]
    while inner >= 0:
        after = run.frame[inner, at.FRAME_AFTER]
        if run.frame[inner, at.FRAME_LIVE] < 0:
            close_frame(run, inner)
        inner = after
    for staff in range(len(run.staff)):
        serve(plan, run, staff)


@inlined
def kill_token(plan: Plan, run: Run, token: int, case: int) -> None:
    """Let a token go: what it did until now stays done, its person gets free."""
    op, phase = run.token[token, at.TOKEN_OP], run.token[token, at.TOKEN_PHASE]
    if phase == at.WAITING:
        note_wait(plan, run, token)
    elif phase == at.QUEUEING:
        note_queue(plan, run, token)
    elif phase == at.WORKING:
        calendar, since = plan.op[op, at.OP_WORK_CALENDAR], run.token[token, at.TOKEN_SINCE]
        note_work(plan, run, token, open_between(plan, calendar, since, run.register[at.NOW]))
        if plan.op[op, at.OP_STAFF] >= 0:
            run.staff[plan.op[op, at.OP_STAFF], at.STAFF_FREE] += 1
    unlink(run, token)
    run.token[token, at.TOKEN_PHASE] = at.DEAD
    if phase == at.CATCHING:
        release(run, token)
    elif phase == at.GATHERING:
        run.case[case, at.CASE_GATHERING] -= 1
        release(run, token)
    else:
        run.case[case, at.CASE_MOVING] -= 1
