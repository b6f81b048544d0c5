"""The two priority queues of the kernel: events by instant, and the tokens that wait for a person of a unit.

Events lie in a heap with four children a node (one or two cache lines), equal instants in the order in which they were
planned. The queue of a unit is a pairing heap over the tokens' own rows, ordered by the serial number of the hand-over,
which grows with its instant.
"""

from analysis.simulation import layout as at
from analysis.simulation.compiled import inlined
from analysis.simulation.tables import Run, Whole


@inlined
def plan_event(run: Run, token: int, moment: int, late: int) -> None:
    """Let something happen to a token at a moment, after all else that happens then where it is `late`."""
    heap, register = run.heap, run.register
    turn, node = register[at.NEXT_TURN] + late, register[at.HEAP_SIZE]
    while node > 0:
        above = (node - 1) >> 2
        if heap[above, 0] < moment or (heap[above, 0] == moment and heap[above, 1] < turn):
            break
        heap[node, 0], heap[node, 1], heap[node, 2] = heap[above, 0], heap[above, 1], heap[above, 2]
        node = above
    heap[node, 0], heap[node, 1], heap[node, 2] = moment, turn, token
    register[at.NEXT_TURN] += 1
    register[at.HEAP_SIZE] += 1


@inlined
def next_event(run: Run) -> Whole:
    """Take the first event out of the heap and give its token."""
    heap, register = run.heap, run.register
    token = heap[0, 2]
    size = register[at.HEAP_SIZE] - 1
    register[at.HEAP_SIZE] = size
    moment, turn, last = heap[size, 0], heap[size, 1], heap[size, 2]
    node = 0
    while True:
        child = 4 * node + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other, 0] < heap[least, 0] or (
                heap[other, 0] == heap[least, 0] and heap[other, 1] < heap[least, 1]
            ):
                least = other
        if heap[least, 0] > moment or (heap[least, 0] == moment and heap[least, 1] > turn):
            break
        heap[node, 0], heap[node, 1], heap[node, 2] = heap[least, 0], heap[least, 1], heap[least, 2]
        node = least
    heap[node, 0], heap[node, 1], heap[node, 2] = moment, turn, last
    return token


@inlined
def _joined(run: Run, left: int, right: int) -> int:
    """Make the later of two heaps a child of the earlier and give that."""
    token = run.token
    if token[right, at.TOKEN_SERIAL] < token[left, at.TOKEN_SERIAL]:
        left, right = right, left
    token[right, at.TOKEN_SIBLING] = token[left, at.TOKEN_CHILD]
    token[left, at.TOKEN_CHILD] = right
    return left


@inlined
def queue_up(run: Run, staff: int, token: int) -> None:
    """Let a token wait for a person of a unit."""
    run.token[token, at.TOKEN_CHILD] = -1
    run.token[token, at.TOKEN_SIBLING] = -1
    first = run.staff[staff, at.STAFF_QUEUE]
    run.staff[staff, at.STAFF_QUEUE] = token if first < 0 else _joined(run, first, token)


@inlined
def next_in_queue(run: Run, staff: int) -> Whole:
    """Take the token with the earliest hand-over out of a unit's queue: children are joined in pairs, then together."""
    token = run.token
    first = run.staff[staff, at.STAFF_QUEUE]
    child, pairs = token[first, at.TOKEN_CHILD], -1
    while child >= 0:
        beside = token[child, at.TOKEN_SIBLING]
        pair, child = child, -1
        if beside >= 0:
            child = token[beside, at.TOKEN_SIBLING]
            pair = _joined(run, pair, beside)
        token[pair, at.TOKEN_SIBLING] = pairs
        pairs = pair
    whole = -1
    while pairs >= 0:
        pair, pairs = pairs, token[pairs, at.TOKEN_SIBLING]
        token[pair, at.TOKEN_SIBLING] = -1
        whole = pair if whole < 0 else _joined(run, whole, pair)
    run.staff[staff, at.STAFF_QUEUE] = whole
    return first
