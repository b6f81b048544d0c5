"""All runs of a small model, played token by token; `slow_relations` reads off them what holds of two nodes.

Nothing here knows blocks, orders or sets of bits. Every token remembers what was done before it, so one order of play
stands for all. Pools open by messages as the format has it: a message waits until a catch takes it, a message start
opens its pool once for each message.
"""

from collections import Counter
from itertools import combinations

from bpmn.control_flow import control_flow

#: Where a token lies that was not let take a loop back.
STUCK = 1 << 30


class Game:
    """The token game of a model, with what is known of its graph by leaving vertices out one after the other."""

    def __init__(self, model):
        self.model = model
        self.flow = control_flow(model)
        self.next = {n: [] for n in range(len(self.flow.vertices))}
        for arc in self.flow.arcs:
            self.next[arc.source].append(arc.target)
        self.frames = {scope.node: scope for scope in self.flow.scopes if scope.node and scope.starts}
        self.leaves = {v.node: n for n, v in enumerate(self.flow.vertices) if v.kind == "leave"}
        for number, vertex in enumerate(self.flow.vertices):
            if vertex.kind == "enter" and vertex.node in self.frames:
                self.next[number] = list(self.frames[vertex.node].starts)
            if vertex.kind in ("end", "terminate") and self.flow.scopes[vertex.scope].node:
                self.next[number] = [self.leaves[self.flow.scopes[vertex.scope].node]]
        self.roots = [s for scope in self.flow.scopes if scope.parent < 0 for s in scope.starts]
        self.reached = self.reach(self.roots)
        self.ends = [
            n
            for n, v in enumerate(self.flow.vertices)
            if v.kind in ("end", "terminate") and not self.flow.scopes[v.scope].node
        ]
        without = {n: self.reach([r for r in self.roots if r != n], n) for n in self.next}
        self.dominators = {n: {m for m in self.next if m == n or n not in without[m]} for n in self.reached}
        self.backs = {(s, t) for s in self.reached for t in self.next[s] if t in self.dominators[s]}
        self.dags = {n: [t for t in targets if (n, t) not in self.backs] for n, targets in self.next.items()}
        #: All ways, messages included.
        self.ways = {n: list(targets) for n, targets in self.next.items()}
        #: The message flows each vertex sends, those each vertex waits for, and the scopes that some open.
        self.sends, self.takes, self.opens = {}, {}, {}
        self.post()
        self.levels, self.straight, self.on, self.escapes, self.coming = {}, {}, {}, {}, {}

    def post(self):
        """Note who sends which message, who waits for it and what it opens."""
        begun = {
            start: number for number, scope in enumerate(self.flow.scopes) if scope.parent < 0 for start in scope.starts
        }
        for message in self.flow.messages:
            if message.source < 0 or message.target < 0:
                continue
            self.sends.setdefault(message.source, []).append(message.flow)
            self.ways[message.source].append(message.target)
            if message.target in begun:
                self.opens[message.flow] = (begun[message.target], message.target)
            else:
                self.takes.setdefault(message.target, set()).add(message.flow)
        without = {n: [t for t in targets if (n, t) not in self.backs] for n, targets in self.ways.items()}
        circles = {n: self.reach(without[n], ways=without) for n in without}
        self.dags = {
            n: [t for t in targets if t in self.next[n] or n not in circles[t]] for n, targets in without.items()
        }

    def reach(self, begins, without=-1, ways=None):
        ways = ways or self.next
        seen, todo = set(begins), list(begins)
        while todo:
            for target in ways[todo.pop()]:
                if target not in seen and target != without:
                    seen.add(target)
                    todo.append(target)
        return seen

    def reach_straight(self, vertex):
        """What can be reached without a way back, the vertex itself included."""
        if vertex not in self.straight:
            self.straight[vertex] = self.reach([vertex], ways=self.dags)
        return self.straight[vertex]

    def reach_on(self, vertex):
        """What can be reached on any way, the vertex itself only by a way back to it."""
        if vertex not in self.on:
            self.on[vertex] = self.reach(self.ways[vertex], ways=self.ways)
        return self.on[vertex]

    def is_awaited(self, join, marked, place):
        """Whether an inclusive join waits for what is at a place: it can come to an empty flow, but to none that has
        its token."""
        if (place, join) not in self.coming:
            ways = {**self.next, join: []}
            seen = self.reach([place] if place != join else [], ways=ways)
            arcs = self.flow.vertices[join].entering
            self.coming[place, join] = {arc for arc in arcs if self.flow.arcs[arc].source in seen}
        arcs = self.coming[place, join]
        return bool(arcs) and not arcs.intersection(marked)

    @property
    def is_reducible(self):
        """Whether without the ways back nothing goes round in a circle."""
        return all(n not in self.reach(self.dags[n], ways=self.dags) for n in self.reached)

    def level(self, vertex, target):
        """Where every way on from a choice leads back to before it can end; none where it need not."""
        key = vertex, target
        if key not in self.levels:
            fixed = [h for h in self.dominators[vertex] if target == h or target not in self.escaping(h)]
            first = [
                h for h in fixed if h == target or not self.reach([target], h).intersection(g for g in fixed if g != h)
            ]
            self.levels[key] = first[0] if first else None
        return self.levels[key]

    def escaping(self, without):
        """The vertices from which a case can end without passing one; of branches side by side all have to end."""
        if without in self.escapes:
            return self.escapes[without]
        found, changed = set(self.ends), True
        while changed:
            changed = False
            for vertex in self.reached - found - {without}:
                kind, arcs = self.flow.vertices[vertex].kind, self.flow.vertices[vertex].leaving
                sure = [self.flow.arcs[arc].target for arc in arcs if self.flow.arcs[arc].role == "always"]
                is_all = kind == "parallel-split" or bool(sure)
                targets = sure if sure else self.next[vertex]
                if (all if is_all else any)(target in found for target in targets if target != without or is_all):
                    found.add(vertex)
                    changed = True
        self.escapes[without] = found
        return found

    def choices(self, vertex):
        """The sets of arcs a vertex may put tokens on."""
        found = self.flow.vertices[vertex]
        if found.kind == "exclusive-split":
            return [(arc,) for arc in found.leaving]
        if found.kind != "inclusive-split":
            return [found.leaving]
        role = {arc: self.flow.arcs[arc].role for arc in found.leaving}
        always = tuple(arc for arc in found.leaving if role[arc] == "always")
        free = [arc for arc in found.leaving if role[arc] == "choice"]
        taken = [(*always, *some) for size in range(1, len(free) + 1) for some in combinations(free, size)]
        default = tuple(arc for arc in found.leaving if role[arc] == "default")
        nothing = [always + default] if always or default else []
        return taken + nothing


class State:
    """Tokens on arcs (each with what was done before it), open frames, messages on their way."""

    def __init__(self):
        self.tokens = []  # (arc or ~vertex, past, frame path)
        self.open = {}  # frame path -> (leave vertex, past, outer path)
        self.ended = {}  # frame path -> past of ended tokens
        self.mail = []  # (message flow, past)

    def copy(self):
        other = State()
        other.tokens, other.open, other.ended = list(self.tokens), dict(self.open), dict(self.ended)
        other.mail = list(self.mail)
        return other


class Play:
    """Plays all runs; `fixed` holds every choice to one decision a level, else loops back are taken once at most."""

    def __init__(self, game, *, fixed=False, loops=1):
        self.game, self.fixed, self.loops = game, fixed, loops
        self.runs = []
        self.count = 0

    def target(self, place):
        return ~place if place < 0 else self.game.flow.arcs[place].target

    def play(self, most=20_000):
        """Every run: its occurrences, each a node with its vertex and the numbers of what was done before it, the loops
        it was not let take, and the tokens left."""
        flow = self.game.flow
        opened = {number for number, _ in self.game.opens.values()}
        scopes = [(n, s) for n, s in enumerate(flow.scopes) if s.parent < 0 and s.starts and n not in opened]
        stack = [(State(), [], {}, Counter(), frozenset())]
        for number, scope in scopes:
            where = (((~number, 0),), frozenset())
            stack = [after for before in stack for after in self.begin(before, number, scope, where)]
        seen = set()
        while stack:
            self.count += 1
            if self.count > most:
                raise OverflowError
            state, done, decided, used, cut = stack.pop()
            if self.fixed:
                key = (
                    tuple(sorted((t[0], t[2]) for t in state.tokens)),
                    frozenset(decided.items()),
                    frozenset(vertex for _, vertex, _ in done),
                    tuple(sorted(flow for flow, _ in state.mail)),
                )
                if key in seen:
                    continue
                seen.add(key)
            step = self.next_step(state)
            if step is None:
                waiting = [t for t in state.tokens if t[0] != STUCK and self.target(t[0]) in self.game.takes]
                self.runs.append((done, cut, [t for t in state.tokens if t not in waiting], waiting))
                continue
            stack.extend(self.act(state, step, done, decided, used, cut))
        return self.runs

    def begin(self, before, number, scope, where):
        """Put tokens on the starts of a scope: on all together, or on one of them."""
        state, done, decided, used, cut = before
        path, past = where
        after = []
        for starts in [scope.starts] if scope.together else [(start,) for start in scope.starts]:
            known = dict(decided)
            if self.fixed and known.setdefault(("scope", number), starts) != starts:
                continue
            other = state.copy()
            other.tokens += [(~start, past, path) for start in starts]
            after.append((other, done, known, used, cut))
        return after

    def next_step(self, state):
        """Which vertex acts: any that can, then what is left and joined inclusively, at last what stops everything."""
        by_target = {}
        for token in state.tokens:
            if token[0] == STUCK:
                continue
            by_target.setdefault((self.target(token[0]), token[2]), []).append(token)
        late, last = [], []
        for (vertex, path), tokens in by_target.items():
            kind = self.game.flow.vertices[vertex].kind
            if kind == "parallel-join":
                entering = self.game.flow.vertices[vertex].entering
                first = [next((t for t in tokens if t[0] == arc), None) for arc in entering]
                if all(token is not None for token in first):
                    return vertex, path, first
            elif kind == "inclusive-join":
                late.append((vertex, path, tokens))
            elif kind == "terminate":
                last.append((vertex, path, [tokens[0]]))
            elif vertex not in self.game.takes or any(flow in self.game.takes[vertex] for flow, _ in state.mail):
                return vertex, path, [tokens[0]]
        for path in sorted(state.open, key=len, reverse=True):
            if not any(token[2][: len(path)] == path for token in state.tokens) and not any(
                other != path and other[: len(path)] == path for other in state.open
            ):
                return "leave", path, []
        for vertex, path, tokens in late:
            first = self.joined(state, vertex, path, tokens)
            if first:
                return vertex, path, first
        return max(last, key=lambda step: len(step[1])) if last else None

    def joined(self, state, vertex, path, tokens):
        """What an inclusive join takes, one token of each flow; nothing where it still waits."""
        if any(token[0] == STUCK and token[2] == path for token in state.tokens):
            return []
        others = {self.target(t[0]) for t in state.tokens if t[2] == path and t[0] != STUCK} - {vertex}
        others |= {leave for leave, _, outer in state.open.values() if outer == path}
        first = {}
        for token in tokens:
            first.setdefault(token[0], token)
        return [] if any(self.game.is_awaited(vertex, first, other) for other in others) else list(first.values())

    def act(self, state, step, done, decided, used, cut):
        vertex, path, taken = step
        flow = self.game.flow
        state = state.copy()
        if vertex == "leave":
            leave, past, outer = state.open.pop(path)
            past = past | state.ended.pop(path, frozenset())
            return self.put(state, leave, past, outer, (done, decided, used, cut))
        for token in taken:
            state.tokens.remove(token)
        past = frozenset() if self.fixed else frozenset().union(*(token[1] for token in taken))
        if vertex in self.game.takes:
            letter = next(letter for letter in state.mail if letter[0] in self.game.takes[vertex])
            state.mail.remove(letter)
            past |= letter[1]
        found = flow.vertices[vertex]
        if found.kind == "inclusive-join" and not self.fixed:
            # It waited also for what could have come and did not.
            marked = {token[0] for token in taken}
            for number, (_, place, before) in enumerate(done):
                past |= before | {number} if self.game.is_awaited(vertex, marked, place) else frozenset()
        done = [*done, (found.node, vertex, past)]
        past = past if self.fixed else past | {len(done) - 1}
        for message in self.game.sends.get(vertex, ()):
            if message in self.game.opens:
                number, start = self.game.opens[message]
                state.tokens.append((~start, past, ((~number, 0 if self.fixed else len(done)),)))
            else:
                state.mail.append((message, past))
        scope = self.game.frames.get(found.node)
        if found.kind == "enter" and scope is not None:
            inner = (*path, (vertex, 0 if self.fixed else len(done)))
            state.open[inner] = (self.game.leaves[found.node], past, path)
            number = self.game.flow.scopes.index(scope)
            return self.begin((state, done, decided, used, cut), number, scope, (inner, past))
        if found.kind == "terminate":
            stopped = frozenset().union(*(t[1] for t in state.tokens if t[2][: len(path)] == path))
            swept = [t for t in state.tokens if t[2][: len(path)] == path and t[0] != STUCK]
            for place, before, _ in swept:
                other = flow.vertices[self.target(place)]
                if other.kind == "terminate":
                    done.append((other.node, self.target(place), before))
                    stopped |= {len(done) - 1}
            state.tokens = [t for t in state.tokens if t[2][: len(path)] != path]
            for inner in [p for p in state.open if len(p) > len(path) and p[: len(path)] == path]:
                stopped |= state.open.pop(inner)[1] | state.ended.pop(inner, frozenset())
            state.ended[path] = state.ended.get(path, frozenset()) | stopped
        if found.kind in ("end", "terminate") and path:
            state.ended[path] = state.ended.get(path, frozenset()) | past
        return self.put(state, vertex, past, path, (done, decided, used, cut))

    def put(self, state, vertex, past, path, memory):
        done, decided, used, cut = memory
        after = []
        for arcs in self.game.choices(vertex):
            known, counted, is_cut = dict(decided), used.copy(), cut
            targets = [self.game.flow.arcs[arc].target for arc in arcs]
            if self.fixed and "split" in self.game.flow.vertices[vertex].kind and len(self.game.choices(vertex)) > 1:
                level = self.game.level(vertex, targets[0]) if len(arcs) == 1 else None
                if known.setdefault((vertex, level), arcs) != arcs:
                    continue
            put = []
            for arc, target in zip(arcs, targets, strict=True):
                if (vertex, target) in self.game.backs and not self.fixed:
                    counted[vertex, target] += 1
                    if counted[vertex, target] > self.loops:
                        # It stays where it is, so that nothing around it is over.
                        is_cut = is_cut | {arc}
                        put.append((STUCK, past, path))
                        continue
                put.append((arc, past, path))
            other = state.copy()
            other.tokens += put
            after.append((other, done, known, counted, is_cut))
        return after
