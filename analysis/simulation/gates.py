"""Inclusive gateways inside the compiled simulation: which ways are taken, and for how long a join waits.

A join waits as BPMN 2.0 has it (13.4.3): until a token has come by one of its arcs, and no token elsewhere can still
come by an arc that has none, unless that token could as well come by an arc that has one. Where tokens can come from is
found before the run (`Plan.reach`), and joins are looked at only when no token is ready: what happens at one instant
has happened then.
"""

from analysis.simulation import layout as at
from analysis.simulation.compiled import beside, inlined
from analysis.simulation.draws import WAY_PART, uniform
from analysis.simulation.tables import Plan, Run, Whole
from analysis.simulation.tokens import copy_way, go_along, new_token, release, tell, unlink
from analysis.simulation.work import draw_state, see


@beside
def fire(plan: Plan, run: Run, token: int, op: int, case: int) -> None:
    """Draw the ways of an inclusive choice, each for itself, and send a token along each, the first first."""
    see(plan, run, op, case)
    taken = drawn_ways(plan, run, op, case)
    first, frame = plan.op[op, at.OP_ARC], run.token[token, at.TOKEN_FRAME]
    lowest = first
    while taken >> (lowest - first) & 1 == 0:
        lowest += 1
    for arc in range(plan.op[op, at.OP_ARC_END] - 1, lowest, -1):
        if taken >> (arc - first) & 1:
            other = new_token(run, case, frame, plan.arc[arc, at.ARC_TARGET])
            run.token[other, at.TOKEN_ARC] = arc
            copy_way(run, token, other)
            tell(run, case, at.WENT, arc)
    go_along(plan, run, token, lowest)


@inlined
def drawn_ways(plan: Plan, run: Run, op: int, case: int) -> Whole:
    """Draw the ways of an inclusive choice, as bits; the default where no other is taken."""
    state = draw_state(plan, run, op, case, WAY_PART)
    first, default = plan.op[op, at.OP_ARC], plan.op[op, at.OP_OTHER]
    taken, fired = 0, 0
    for arc in range(first, plan.op[op, at.OP_ARC_END]):
        if plan.chance[arc] > 1.0:
            taken |= 1 << (arc - first)
        elif arc != default:
            state, chance = uniform(state)
            if chance < (plan.chance[arc] if fired else plan.first[arc]):
                taken |= 1 << (arc - first)
                fired = 1
    if fired == 0 and default >= 0:
        taken |= 1 << (default - first)
    return taken


@inlined
def gather(run: Run, token: int, case: int) -> None:
    """Let a token wait at an inclusive join."""
    run.token[token, at.TOKEN_PHASE] = at.GATHERING
    run.token[token, at.TOKEN_SERIAL] = run.register[at.NEXT_SERIAL]
    run.register[at.NEXT_SERIAL] += 1
    run.case[case, at.CASE_MOVING] -= 1
    run.case[case, at.CASE_GATHERING] += 1
    run.register[at.PRESENT] = case


@beside
def gathered(plan: Plan, run: Run, case: int) -> bool:
    """Let the first inclusive join go on that can, the one with the longest waiting token; False where none can."""
    before = -1
    while True:
        token = next_gathering(run, case, before)
        if token < 0:
            return False
        op, frame = run.token[token, at.TOKEN_OP], run.token[token, at.TOKEN_FRAME]
        if not can_come(plan, run, case, op, frame):
            go_together(plan, run, case, op, frame)
            return True
        before = run.token[token, at.TOKEN_SERIAL]


@inlined
def next_gathering(run: Run, case: int, before: int) -> Whole:
    """Find the token that waits at an inclusive join next longer than the one with this serial number."""
    found, token = -1, run.case[case, at.CASE_TOKENS]
    while token >= 0:
        serial = run.token[token, at.TOKEN_SERIAL]
        is_later = run.token[token, at.TOKEN_PHASE] == at.GATHERING and serial > before
        if is_later and (found < 0 or serial < run.token[found, at.TOKEN_SERIAL]):
            found = token
        token = run.token[token, at.TOKEN_AFTER]
    return found


@inlined
def is_at_join(run: Run, token: int, op: int, frame: int) -> bool:
    """Say whether a token waits at an inclusive join in a frame."""
    row = run.token
    return bool(
        row[token, at.TOKEN_PHASE] == at.GATHERING
        and row[token, at.TOKEN_OP] == op
        and row[token, at.TOKEN_FRAME] == frame
    )


@inlined
def waiting_arcs(plan: Plan, run: Run, case: int, op: int, frame: int) -> Whole:
    """Give the arcs by which tokens have come to an inclusive join, as bits."""
    held, token = 0, run.case[case, at.CASE_TOKENS]
    while token >= 0:
        if is_at_join(run, token, op, frame):
            held |= 1 << plan.arc[run.token[token, at.TOKEN_ARC], at.ARC_COUNTER]
        token = run.token[token, at.TOKEN_AFTER]
    return held


@inlined
def can_come(plan: Plan, run: Run, case: int, op: int, frame: int) -> bool:
    """Say whether a token can still come to an inclusive join for which it has to wait."""
    row, held = plan.op[op, at.OP_OTHER], waiting_arcs(plan, run, case, op, frame)
    token = run.case[case, at.CASE_TOKENS]
    while token >= 0:
        if not is_at_join(run, token, op, frame):
            place = place_in(run, run.token[token, at.TOKEN_FRAME], run.token[token, at.TOKEN_OP], frame)
            if place >= 0 and is_awaited(plan.reach[row, place], held):
                return True
        token = run.token[token, at.TOKEN_AFTER]
    inner = run.case[case, at.CASE_FRAMES]
    while inner >= 0:
        place = place_in(run, inner, -1, frame)
        if place >= 0 and is_awaited(plan.reach[row, place], held):
            return True
        inner = run.frame[inner, at.FRAME_AFTER]
    if run.frame.shape[1] == at.FRAME_COUNTERS:
        return False
    scope = run.frame[frame, at.FRAME_SCOPE]
    for other in range(len(plan.op)):
        is_join = plan.op[other, at.OP_KIND] == at.JOIN and plan.op[other, at.OP_SCOPE] == scope
        if is_join and is_awaited(plan.reach[row, other], held) and is_held(plan, run, frame, other):
            return True
    return False


@inlined
def is_awaited(reach: int, held: int) -> bool:
    """Say whether a token that can come by some arcs is waited for where some arcs have one."""
    return bool(reach & ~held and not reach & held)


@inlined
def is_held(plan: Plan, run: Run, frame: int, op: int) -> bool:
    """Say whether tokens wait in a parallel join."""
    first = at.FRAME_COUNTERS + plan.op[op, at.OP_COUNTER]
    held = 0
    for counter in range(first, first + plan.op[op, at.OP_NEED]):
        held += run.frame[frame, counter]
    return held > 0


@inlined
def place_in(run: Run, inner: int, op: int, frame: int) -> Whole:
    """Give the operation of a frame at which a token is, or the sub-process it is in there; -1 for neither."""
    while inner >= 0 and inner != frame:
        op = run.frame[inner, at.FRAME_OP]
        inner = run.frame[inner, at.FRAME_PARENT]
    return op if inner == frame else -1


@inlined
def go_together(plan: Plan, run: Run, case: int, op: int, frame: int) -> None:
    """Take one token of each arc that has one out of an inclusive join, the first to come; the last of them goes on."""
    taken, last = 0, -1
    serial = -1
    while True:
        token = next_gathering(run, case, serial)
        if token < 0:
            break
        serial = run.token[token, at.TOKEN_SERIAL]
        if not is_at_join(run, token, op, frame):
            continue
        bit = 1 << plan.arc[run.token[token, at.TOKEN_ARC], at.ARC_COUNTER]
        if taken & bit:
            continue
        taken |= bit
        run.case[case, at.CASE_GATHERING] -= 1
        if last >= 0:
            unlink(run, last)
            release(run, last)
            run.frame[frame, at.FRAME_LIVE] -= 1
        last = token
        run.token[last, at.TOKEN_PHASE] = at.READY
    run.case[case, at.CASE_MOVING] += 1
    go_along(plan, run, last, plan.op[op, at.OP_ARC])
