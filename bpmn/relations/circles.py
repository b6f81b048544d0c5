"""Which vertices of a graph can all reach each other."""

from collections.abc import Iterator, Sequence


def circles(following: Sequence[Sequence[int]]) -> list[int]:
    """The number of the strongly connected component of each vertex (Tarjan 1972); linear, without recursion.

    >>> circles([[1], [0, 2], []])
    [1, 1, 0]
    """
    count = len(following)
    seen, lowest, number = [-1] * count, [0] * count, [-1] * count
    open_: list[int] = []
    clock = components = 0
    for root in range(count):
        if seen[root] >= 0:
            continue
        stack: list[tuple[int, Iterator[int]]] = [(root, iter(following[root]))]
        seen[root] = lowest[root] = clock
        clock += 1
        open_.append(root)
        while stack:
            vertex, targets = stack[-1]
            target = next(targets, -1)
            if target < 0:
                stack.pop()
                if stack:
                    lowest[stack[-1][0]] = min(lowest[stack[-1][0]], lowest[vertex])
                if lowest[vertex] == seen[vertex]:
                    while number[vertex] < 0:
                        number[open_.pop()] = components
                    components += 1
            elif seen[target] < 0:
                seen[target] = lowest[target] = clock
                clock += 1
                open_.append(target)
                stack.append((target, iter(following[target])))
            elif number[target] < 0:
                lowest[vertex] = min(lowest[vertex], seen[target])
    return number
