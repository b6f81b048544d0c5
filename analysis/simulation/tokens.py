"""Tokens, frames and cases inside the compiled simulation: how they begin, how they end, where their time went.

A frame is one run of a scope (a process or a sub-process) in a case. It counts the tokens in it, those at its joins
too; a sub-process under way counts as one token of the frame around it.
"""

from analysis.simulation import layout as at
from analysis.simulation.compiled import beside, inlined
from analysis.simulation.tables import Plan, Run, Whole


@inlined
def new_token(run: Run, case: int, frame: int, op: int) -> Whole:
    """Put a token before an operation; it carries no way yet."""
    new = fresh_token(run, case, frame)
    run.frame[frame, at.FRAME_LIVE] += 1
    make_ready(run, new, op, -1)
    return new


@inlined
def fresh_token(run: Run, case: int, frame: int) -> Whole:
    """Make a token of a case that its frame does not count yet."""
    register, token = run.register, run.token
    new = register[at.FREE_TOKEN]
    register[at.FREE_TOKEN] = token[new, at.TOKEN_NEXT]
    register[at.FREE_TOKENS] -= 1
    token[new, at.TOKEN_CASE] = case
    token[new, at.TOKEN_FRAME] = frame
    after = run.case[case, at.CASE_TOKENS]
    token[new, at.TOKEN_BEFORE] = -1
    token[new, at.TOKEN_AFTER] = after
    if after >= 0:
        token[after, at.TOKEN_BEFORE] = new
    run.case[case, at.CASE_TOKENS] = new
    run.case[case, at.CASE_MOVING] += 1
    return new


@inlined
def make_ready(run: Run, token: int, op: int, arc: int) -> None:
    """Put a token before an operation and on the stack."""
    row = run.token
    row[token, at.TOKEN_OP] = op
    row[token, at.TOKEN_ARC] = arc
    row[token, at.TOKEN_PHASE] = at.READY
    row[token, at.TOKEN_NEXT] = run.register[at.TOP]
    run.register[at.TOP] = token


@inlined
def tell(run: Run, case: int, kind: int, what: int) -> None:
    """Tell what happens to a case, if it is one of those that are told of."""
    if run.case[case, at.CASE_NUMBER] < run.register[at.TOLD_CASES]:
        write_fact(run, case, kind, what)


@beside
def write_fact(run: Run, case: int, kind: int, what: int) -> None:
    """Write down what happens to a case that is counted."""
    number, fact = run.case[case, at.CASE_NUMBER], run.register[at.FACTS]
    if number >= 0:
        run.fact[fact, at.FACT_CASE] = number
        run.fact[fact, at.FACT_KIND] = kind
        run.fact[fact, at.FACT_WHAT] = what
        run.fact[fact, at.FACT_MOMENT] = run.register[at.NOW]
        run.register[at.FACTS] = fact + 1


@inlined
def go_along(plan: Plan, run: Run, token: int, arc: int) -> None:
    """Send a token along an arc."""
    tell(run, run.token[token, at.TOKEN_CASE], at.WENT, arc)
    make_ready(run, token, plan.arc[arc, at.ARC_TARGET], arc)


@inlined
def unlink(run: Run, token: int) -> None:
    """Take a token off the list of its case."""
    row = run.token
    before, after = row[token, at.TOKEN_BEFORE], row[token, at.TOKEN_AFTER]
    if before >= 0:
        row[before, at.TOKEN_AFTER] = after
    else:
        run.case[row[token, at.TOKEN_CASE], at.CASE_TOKENS] = after
    if after >= 0:
        row[after, at.TOKEN_BEFORE] = before


@inlined
def release(run: Run, token: int) -> None:
    """Give the row of a token back."""
    run.token[token, at.TOKEN_NEXT] = run.register[at.FREE_TOKEN]
    run.register[at.FREE_TOKEN] = token
    run.register[at.FREE_TOKENS] += 1


@inlined
def new_frame(run: Run, case: int, parent: int, op: int, scope: int) -> Whole:
    """Begin a run of a scope in a case."""
    register, row = run.register, run.frame
    new = register[at.FREE_FRAME]
    register[at.FREE_FRAME] = row[new, at.FRAME_NEXT]
    register[at.FREE_FRAMES] -= 1
    row[new, at.FRAME_CASE] = case
    row[new, at.FRAME_PARENT] = parent
    row[new, at.FRAME_OP] = op
    row[new, at.FRAME_SCOPE] = scope
    row[new, at.FRAME_LIVE] = 0
    for column in range(at.FRAME_COUNTERS, row.shape[1]):
        row[new, column] = 0
    after = run.case[case, at.CASE_FRAMES]
    row[new, at.FRAME_BEFORE] = -1
    row[new, at.FRAME_AFTER] = after
    if after >= 0:
        row[after, at.FRAME_BEFORE] = new
    run.case[case, at.CASE_FRAMES] = new
    return new


@inlined
def close_frame(run: Run, frame: int) -> None:
    """Give the row of a frame back."""
    row, register = run.frame, run.register
    before, after = row[frame, at.FRAME_BEFORE], row[frame, at.FRAME_AFTER]
    if before >= 0:
        row[before, at.FRAME_AFTER] = after
    else:
        run.case[row[frame, at.FRAME_CASE], at.CASE_FRAMES] = after
    if after >= 0:
        row[after, at.FRAME_BEFORE] = before
    row[frame, at.FRAME_NEXT] = register[at.FREE_FRAME]
    register[at.FREE_FRAME] = frame
    register[at.FREE_FRAMES] += 1


@inlined
def is_inside(run: Run, inner: int, outer: int) -> bool:
    """Say whether a frame is another one or lies in it; every frame lies in frame -1."""
    while inner >= 0 and inner != outer:
        inner = run.frame[inner, at.FRAME_PARENT]
    return inner == outer


@inlined
def clear_way(run: Run, token: int) -> None:
    """Let a token begin its way."""
    for column in range(at.TOKEN_WAY, run.token.shape[1]):
        run.token[token, column] = 0


@inlined
def copy_way(run: Run, source: int, target: int) -> None:
    """Let one token have come the way of another."""
    for column in range(at.TOKEN_WAY, run.token.shape[1]):
        run.token[target, column] = run.token[source, column]


@inlined
def add_to_way(plan: Plan, run: Run, token: int, part: int, length: int, open_time: int) -> None:
    """Say where a token's time went: with its unit, at closed doors, or elsewhere."""
    op = run.token[token, at.TOKEN_OP]
    row = at.TOKEN_WAY + at.WAY_UNITS + at.PARTS * plan.op[op, at.OP_ROW] + part
    run.token[token, row] += open_time
    run.token[token, at.TOKEN_WAY + at.WAY_CLOSED] += length - open_time


@inlined
def is_counted(plan: Plan, run: Run, case: int) -> bool:
    """Say whether a case is one of those the figures are made of."""
    number = run.case[case, at.CASE_NUMBER]
    return bool(0 <= number < plan.setting[at.CASES])


@inlined
def leave_case(plan: Plan, run: Run, token: int) -> int:
    """Consume a token."""
    case = run.token[token, at.TOKEN_CASE]
    unlink(run, token)
    release(run, token)
    run.case[case, at.CASE_MOVING] -= 1
    return close_if_over(plan, run, case)


@inlined
def close_if_over(plan: Plan, run: Run, case: int) -> int:
    """Close a case no token of which can move any more; one that stays in an office is at fault.

    While tokens wait at inclusive joins the case stays open: what is left may be all that such a join waited for.
    """
    if run.case[case, at.CASE_MOVING] > 0 or run.case[case, at.CASE_GATHERING] > 0:
        return at.DONE
    return close_case(plan, run, case)


@beside
def close_case(plan: Plan, run: Run, case: int) -> int:
    """Close a case and write it down."""
    fault = 0
    token = run.case[case, at.CASE_TOKENS]
    while token >= 0:
        after = run.token[token, at.TOKEN_AFTER]
        scope = run.frame[run.token[token, at.TOKEN_FRAME], at.FRAME_SCOPE]
        if plan.scope[scope, at.SCOPE_APPLICANT] == 0:
            fault = 1
            run.register[at.FAULT] = run.token[token, at.TOKEN_OP]
        release(run, token)
        token = after
    while run.case[case, at.CASE_FRAMES] >= 0:
        frame = run.case[case, at.CASE_FRAMES]
        if fault == 0 and plan.scope[run.frame[frame, at.FRAME_SCOPE], at.SCOPE_APPLICANT] == 0:
            fault = 1
            run.register[at.FAULT] = waiting_join(plan, run, frame)
        close_frame(run, frame)
    if fault == 1 or run.case[case, at.CASE_START] < 0 or run.case[case, at.CASE_END] < 0:
        return at.STUCK
    if is_counted(plan, run, case):
        write_case(plan, run, case)
    run.case[case, at.CASE_NEXT] = run.register[at.FREE_CASE]
    run.register[at.FREE_CASE] = case
    run.register[at.FREE_CASES] += 1
    return at.DONE


@inlined
def waiting_join(plan: Plan, run: Run, frame: int) -> int:
    """Find a join in which tokens of a frame wait, -1 where there is none."""
    for op in range(len(plan.op)):
        if plan.op[op, at.OP_KIND] == at.JOIN and plan.op[op, at.OP_SCOPE] == run.frame[frame, at.FRAME_SCOPE]:
            first = at.FRAME_COUNTERS + plan.op[op, at.OP_COUNTER]
            for counter in range(first, first + plan.op[op, at.OP_NEED]):
                if run.frame[frame, counter] > 0:
                    return op
    return -1


@inlined
def write_case(plan: Plan, run: Run, case: int) -> None:
    """Write a counted case into the result columns and its way into the sums."""
    row, number = run.case, run.case[case, at.CASE_NUMBER]
    run.long[at.LONG_START, number] = row[case, at.CASE_START]
    run.long[at.LONG_END, number] = row[case, at.CASE_END]
    run.long[at.LONG_WORK, number] = row[case, at.CASE_WORK]
    run.long[at.LONG_WAITING, number] = row[case, at.CASE_WAITING]
    run.long[at.LONG_CLOCK_START, number] = row[case, at.CASE_CLOCK_START]
    run.long[at.LONG_CLOCK_END, number] = row[case, at.CASE_CLOCK_END]
    run.short[at.SHORT_HAND_INS, number] = row[case, at.CASE_HAND_INS]
    run.short[at.SHORT_VISITS, number] = row[case, at.CASE_VISITS]
    run.short[at.SHORT_REJECTED, number] = row[case, at.CASE_REJECTED]
    for column in range(plan.setting[at.WAY_WIDTH]):
        run.way[column] += row[case, at.CASE_WAY + column]
    # Before its first start in an office only the applicant was at work.
    run.way[at.WAY_OTHER] -= row[case, at.CASE_START] - row[case, at.CASE_ARRIVED]
    run.register[at.LEFT] -= 1
