"""A second token kernel, small and slow, written from the words of BPMN 2.0 and of docs/explanation/bpmn-semantics.md.

It plays a `Model` by moving objects and knows nothing of rows, of the engine's program or of SpiffWorkflow. What the
specification leaves open, in which order tokens move within one command, is decided as docs/reference/bpmn-coverage.md
says: first come, first served; then signals are thrown, then what had happened already when somebody began to wait
beside something else, then joins that look at other tokens are asked, the longest waiting first, then conditions.
"""

from collections import Counter, deque

from bpmn.expression import evaluate, holds, read_expression
from bpmn.model import SUB_PROCESSES
from tests.engine.coins import Round, Scope, Stopped, Token, Waiting

#: The kind of wait of a catching event, by its definition.
KINDS = {"message": "message", "timer": "timer", "signal": "signal", "conditional": "condition"}


class Oracle:
    """One case of a model; `route(element, flows)` draws what a choice takes, none where the conditions decide."""

    def __init__(self, model, route=lambda element, flows: None, data=None, budget=5_000):
        self.model, self.route, self.data, self.budget = model, route, dict(data or {}), budget
        self.queue = deque()
        #: Signals about to be thrown: heard by all who come to wait in the same command.
        self.later = deque()
        #: What had happened already when it was begun to be waited for, beside something else.
        self.happened = deque()
        self.waiting, self.joining, self.roots, self.letters = [], [], [], []
        self.flows, self.completed = Counter(), Counter()
        self.steps, self.reached = 0, {}
        self.outgoing, self.incoming, self.borders, self.inner = {}, {}, {}, {}
        for flow in model.flows:
            self.outgoing.setdefault(flow.source, []).append(flow)
            self.incoming.setdefault(flow.target, []).append(flow)
        for node in model.nodes:
            if node.attached_to:
                self.borders.setdefault(node.attached_to, []).append(node)
            self.inner.setdefault((node.process, node.scope), []).append(node)

    # What is asked of it

    def start(self, starts):
        """Begin the case at these nodes, one process after the other."""
        self.steps = 0
        for nodes in starts:
            self.open(None, nodes[0].process, None, None, nodes)
        self.run()

    def happen(self, waiting, data=None):
        """What is waited for happens."""
        self.steps = 0
        waiting.happen(data or {})
        self.run()

    def fail(self, waiting, code):
        """The step fails with an error."""
        self.steps = 0
        self.waiting.remove(waiting)
        self.error(waiting.owner.scope, code, on=waiting.owner)
        self.run()

    @property
    def is_over(self):
        return all(root.over for root in self.roots)

    def run(self):
        while True:
            while self.queue:
                self.spend()
                self.queue.popleft()()
            if self.later:
                self.queue.append(self.later.popleft())
            elif self.happened:
                one = self.happened.popleft()
                if one in self.waiting:
                    one.happen({})
            elif not self.join() and not self.ask():
                return

    def spend(self):
        self.steps += 1
        if self.steps > self.budget:
            raise Stopped("endless")

    def open(self, node, process, holder, outer, starts):
        """A process or sub-process begins."""
        scope = Scope(node, process, holder, outer)
        if holder is None:
            self.roots.append(scope)
        else:
            holder.inside = scope
        for handler in self.inner.get((process, scope.element), ()):
            if handler.triggered_by_event:
                self.listen_for(handler, scope)
        for start in starts:
            self.place(start, scope)
        self.queue.append(lambda: self.close(scope))
        return scope

    def starts(self, process, element):
        """Where a process or sub-process begins: its start event, else all nodes nothing leads to."""
        inside = [node for node in self.inner.get((process, element), ()) if self.begins(node)]
        drawn = [node for node in inside if node.kind == "startEvent"]
        return [node for node in drawn if not node.events][:1] or drawn[:1] or inside

    def begins(self, node):
        return not (self.incoming.get(node.id) or node.attached_to or node.triggered_by_event or node.for_compensation)

    def place(self, node, scope, via=""):
        token = Token(node, scope, via)
        scope.tokens.append(token)
        throws_signal = node.kind in ("endEvent", "intermediateThrowEvent") and node.event("signal") is not None
        queue = self.later if throws_signal else self.queue
        queue.append(lambda: None if token.gone else self.arrive(token))
        return token

    def leave(self, token, flows):
        """A token goes on, on each of some flows."""
        for flow in flows:
            self.flows[flow.id] += 1
            self.place(self.model.node[flow.target], token.scope, flow.id)
        self.vanish(token)

    def vanish(self, token):
        """A token is gone, with all that waits for it or lies in it."""
        if token.gone:
            return
        token.gone = True
        token.scope.tokens.remove(token)
        self.forget(token)
        for round_ in token.rounds:
            self.forget(round_)
            if round_.inside is not None:
                self.empty(round_.inside)
        if token.inside is not None:
            self.empty(token.inside)
        if token in self.joining:
            self.joining.remove(token)
        scope = token.scope
        self.queue.append(lambda: self.close(scope))

    def empty(self, scope):
        """Everything in a scope is gone, and it is not gone on from."""
        scope.over = True
        self.forget(scope)
        for token in list(scope.tokens):
            self.vanish(token)

    def forget(self, owner):
        self.waiting = [one for one in self.waiting if one.owner is not owner]

    def close(self, scope):
        """A scope without tokens is done."""
        if scope.over or scope.tokens:
            return
        scope.over = True
        self.forget(scope)
        if isinstance(scope.holder, Token):
            self.completed[scope.element] += 1
            self.vanish(scope.holder)
        elif scope.holder is not None:
            self.round_done(scope.holder)

    # What happens where

    def arrive(self, token):
        node = token.node
        flows = self.outgoing.get(node.id, [])
        if node.kind == "exclusiveGateway":
            self.leave(token, self.choose(token, flows, one=True))
        elif node.kind in ("parallelGateway", "inclusiveGateway"):
            if len(self.incoming.get(node.id, ())) < 2:
                self.split(token)
                return
            token.held = True
            if node.kind == "parallelGateway":
                self.meet(token)
            else:
                self.joining.append(token)
        elif node.kind == "eventBasedGateway":
            for flow in flows:
                if not token.gone:
                    following = self.model.node[flow.target]
                    self.listen(following, token, lambda data, flow=flow: self.race_won(token, flow, data))
        elif node.is_activity:
            self.enter(token)
        elif node.kind == "intermediateCatchEvent" and node.events and node.events[0].kind != "link":
            self.listen(node, token, lambda data: self.event_done(token, data))
        else:
            self.pass_event(token)

    def split(self, token):
        flows, is_all = self.outgoing.get(token.node.id, []), token.node.kind == "parallelGateway"
        self.leave(token, flows if is_all else self.choose(token, flows))

    def meet(self, token):
        """A parallel join: one token from every flow, as often as there are."""
        held = {flow.id: None for flow in self.incoming[token.node.id]}
        for other in token.scope.tokens:
            if other.node is token.node and other.held and held.get(other.via, other) is None:
                held[other.via] = other
        if all(held.values()):
            first, *rest = held.values()
            for other in rest:
                self.vanish(other)
            self.split(first)

    def join(self):
        """The inclusive join that waits longest and may go on does so."""
        for token in self.joining:
            self.spend()
            held = {}
            for other in token.scope.tokens:
                if other.node is token.node and other.held:
                    held.setdefault(other.via, other)
            if not any(self.counts(other, token.node, held) for other in token.scope.tokens):
                first, *rest = held.values()
                for other in rest:
                    self.vanish(other)
                self.joining.remove(first)
                self.split(first)
                return True
        return False

    def counts(self, other, join, held):
        """Whether the join waits for another token: it can fill a gap, and cannot come to where one lies already."""
        if other.node is join and other.held:
            return False
        ways = self.ways(other.node, join)
        return bool(ways - held.keys()) and not ways & held.keys()

    def ways(self, node, join):
        """The flows into a join that a token at a node can come by, without passing the join."""
        if (node.id, join.id) not in self.reached:
            found, seen, waiting = set(), {node.id}, [node.id]
            while waiting:
                here = waiting.pop()
                following = [flow.target for flow in self.outgoing.get(here, ())]
                found |= {flow.id for flow in self.outgoing.get(here, ()) if flow.target == join.id}
                following += [border.id for border in self.borders.get(here, ())]
                following += [catch.id for catch in self.linked(self.model.node[here])]
                waiting += [one for one in following if one != join.id and one not in seen]
                seen |= set(following)
            self.reached[node.id, join.id] = found
        return self.reached[node.id, join.id]

    def choose(self, token, flows, one=False):
        """The flows whose conditions hold, else the default; the draw decides where it says something."""
        if not flows or (len(flows) == 1 and not flows[0].condition):
            return flows
        drawn = self.route(token.node.id, tuple(flow.id for flow in flows))
        if drawn is not None:
            return [flow for flow in flows if flow.id in drawn]
        default = [flow for flow in flows if flow.id == token.node.default]
        taken = []
        for flow in flows:
            if flow in default or (one and taken):
                continue
            if not flow.condition or self.true(flow.condition, token.scope):
                taken.append(flow)
        if not taken and not default:
            raise Stopped("no way out")
        return taken or default

    def true(self, text, scope):
        return holds(read_expression(text), self.seen(scope))

    def seen(self, scope):
        """The data a scope sees: its own round's, then those around it."""
        chain = []
        while scope is not None:
            if isinstance(scope.holder, Round):
                chain.append(scope.holder.data)
            scope = scope.outer
        merged = dict(self.data)
        for part in reversed(chain):
            merged |= part
        return merged

    def on(self, token):
        """An activity or event goes on: by every flow, or by those whose conditions hold."""
        flows = self.outgoing.get(token.node.id, [])
        plain = [flow for flow in flows if not flow.condition and flow.id != token.node.default]
        asked = [flow for flow in flows if flow not in plain]
        self.leave(token, plain + self.choose(token, asked) if len(plain) < len(flows) else flows)

    # Events

    def pass_event(self, token):
        node = token.node
        self.completed[node.id] += 1
        event = node.events[0] if node.events else None
        if node.kind in ("endEvent", "intermediateThrowEvent"):
            self.send(node)
            if event is not None and event.kind == "terminate":
                self.queue.append(lambda scope=token.scope: self.close(scope))
                for other in list(token.scope.tokens):
                    self.vanish(other)
                return
            if event is not None and event.kind in ("error", "cancel"):
                self.vanish(token)
                self.error(token.scope, self.code(event), kind=event.kind)
                return
            if event is not None and event.kind == "escalation":
                self.escalate(token, self.code(event))
            elif event is not None and event.kind == "signal":
                self.broadcast(event.reference)
            elif event is not None and event.kind == "link" and node.kind == "intermediateThrowEvent":
                self.follow(token)
                return
        if token.gone:
            return
        (self.vanish if node.kind == "endEvent" else self.on)(token)

    def follow(self, token):
        """A pair of links is one place, drawn twice."""
        for catch in self.linked(token.node):
            following = Token(catch, token.scope)
            token.scope.tokens.append(following)
            self.pass_event(following)
        self.vanish(token)

    def linked(self, node):
        """The catching links a throwing one leads to."""
        link = node.event("link")
        if link is None or node.kind != "intermediateThrowEvent":
            return []
        return [
            other
            for other in self.inner[node.process, node.scope]
            if other.kind == "intermediateCatchEvent"
            and other.event("link") is not None
            and other.event("link").reference == link.reference
        ]

    def event_done(self, token, data):
        self.put(token.scope, data)
        self.completed[token.node.id] += 1
        self.on(token)

    def race_won(self, token, flow, data):
        """The event behind an event-based gateway that happened first takes the token."""
        self.put(token.scope, data)
        self.flows[flow.id] += 1
        following = Token(self.model.node[flow.target], token.scope, flow.id)
        token.scope.tokens.append(following)
        self.vanish(token)
        self.completed[following.node.id] += 1
        if following.node.is_activity:
            self.send(following.node)
        self.on(following)

    def listen(self, node, owner, happen, kinds=None):
        """Wait for what an event names; a letter that lies there is taken at once."""
        events = [event for event in node.events if kinds is None or event.kind in kinds]
        if node.kind == "receiveTask" and not events:
            self.wait(Waiting(node.id, "message", owner, happen))
        for event in events:
            name = self.named(event) if event.kind in ("message", "signal") else ""
            one = Waiting(node.id, KINDS.get(event.kind, "event"), owner, happen, name)
            if event.timer == "timeCycle":
                one.left = int(event.expression[1])
            if event.kind == "conditional":
                one.condition = read_expression(event.expression, event.language)
            self.wait(one)

    def wait(self, waiting):
        """Wait, unless it happened already: a token that only waits goes on at once, all else after what moves."""
        self.waiting.append(waiting)
        if waiting.kind == "message" and waiting.element in self.letters:
            self.letters.remove(waiting.element)
        elif waiting.condition is None or not self.is_so(waiting):
            return
        waiting.held = True
        owner = waiting.owner
        node = owner.node if isinstance(owner, Token) else owner.host.node if isinstance(owner, Round) else None
        if node is not None and node.id == waiting.element:
            waiting.happen({})
        else:
            self.happened.append(waiting)

    def is_so(self, waiting):
        """Whether a condition that is waited for holds."""
        scope = waiting.owner if isinstance(waiting.owner, Scope) else waiting.owner.scope
        return evaluate(waiting.condition, self.seen(scope)) is True

    def named(self, event):
        root = self.root_of(event)
        return root.name or root.id if root is not None else event.reference

    def code(self, event):
        root = self.root_of(event)
        return (root.code or root.name or root.id) if root is not None else event.reference

    def root_of(self, event):
        return next((root for root in self.model.roots if root.id == event.reference), None)

    def broadcast(self, name):
        for waiting in [one for one in self.waiting if one.kind == "signal" and one.name == name]:
            if waiting in self.waiting:
                waiting.happen({})

    def send(self, node):
        """The message flows out of a node: a start opens its pool, a catch takes the letter, else it lies there."""
        for message in self.model.message_flows:
            target = self.model.node.get(message.target)
            if message.source != node.id or target is None:
                continue
            if target.kind == "startEvent" and not target.scope:
                self.open(None, target.process, None, None, [target])
            else:
                waiting = next(
                    (one for one in self.waiting if one.kind == "message" and one.element == target.id), None
                )
                if waiting is not None:
                    waiting.happen({})
                elif not target.attached_to:
                    self.letters.append(target.id)

    def ask(self):
        """Every condition that came to hold happens."""
        happened = False
        for one in [one for one in self.waiting if one.condition is not None]:
            if one not in self.waiting:
                continue
            self.spend()
            now = self.is_so(one)
            before, one.held = one.held, now
            if now and not before:
                one.happen({})
                happened = True
        return happened

    # Errors and escalations

    def error(self, scope, code, on=None, kind="error"):
        """Somebody catches it: the edge of the activity, an event sub-process, the edge of the frame, further out."""
        if on is not None and self.caught_at_edge(on, code, kind):
            return
        while scope is not None:
            handler = self.handler(scope, code, kind)
            if handler is not None:
                handler.happen({})
                return
            if isinstance(scope.holder, Round):
                if self.caught_at_edge(scope.holder, code, kind):
                    return
                if kind == "cancel":
                    break
            scope = scope.outer
        raise Stopped("uncaught")

    def caught_at_edge(self, round_, code, kind):
        """Leave an activity by the event on its edge that catches it; whether there is one."""
        borders = [border for border in self.borders.get(round_.host.node.id, ()) if self.catches(border, code, kind)]
        if borders:
            self.edge(min(borders, key=lambda one: not one.event(kind).reference), round_.host, {})
        return bool(borders)

    def catches(self, node, code, kind):
        event = node.event(kind)
        return event is not None and (kind == "cancel" or not event.reference or self.code(event) == code)

    def handler(self, scope, code, kind):
        """The event sub-process of a scope that listens for it; one that names it before one that catches all."""
        found = [
            one for one in self.waiting if one.owner is scope and self.catches(self.model.node[one.element], code, kind)
        ]
        return min(found, key=lambda one: not self.model.node[one.element].event(kind).reference, default=None)

    def escalate(self, token, code):
        """As an error, but who throws it goes on, and nobody has to catch it."""
        scope = token.scope
        while scope is not None:
            handler = self.handler(scope, code, "escalation")
            if handler is not None:
                handler.happen({})
                return
            if isinstance(scope.holder, Round) and self.caught_at_edge(scope.holder, code, "escalation"):
                return
            scope = scope.outer

    # Activities

    def enter(self, token):
        node, loop = token.node, token.node.loop
        token.left = 1
        if loop is not None and loop.kind != "standard":
            token.left = int(evaluate(read_expression(loop.cardinality, is_condition=False), self.seen(token.scope)))
        elif loop is not None:
            token.left = int(loop.cardinality) if loop.cardinality else 1 << 30
            if loop.test_before and loop.condition and not self.true(loop.condition, token.scope):
                token.left = 0
        if token.left <= 0:
            self.on(token)
            return
        for border in self.borders.get(node.id, ()):
            for event in border.events:
                if event.kind != "compensate":
                    self.listen(
                        border, token, lambda data, border=border: self.edge(border, token, data), (event.kind,)
                    )
        for _ in range(token.left if loop is not None and loop.kind == "parallel" else 1):
            if not token.gone:
                self.next_round(token)

    def next_round(self, token):
        token.left -= 1
        number = token.done + len(token.rounds) + 1 if token.node.loop is not None else 0
        round_ = Round(token, number)
        token.rounds.append(round_)
        if token.node.loop is None:
            self.begin(round_)
        else:
            self.queue.append(lambda: None if token.gone else self.begin(round_))

    def begin(self, round_):
        node = round_.host.node
        if node.kind in SUB_PROCESSES:
            self.open(node, node.process, round_, round_.scope, self.starts(node.process, node.id))
        elif node.kind == "callActivity" and node.called in {one.id for one in self.model.processes}:
            self.open(None, node.called, round_, round_.scope, self.starts(node.called, ""))
        elif node.kind == "receiveTask":
            self.listen(node, round_, lambda data: self.worked(round_, data))
        elif node.is_automatic:
            self.round_done(round_)
        else:
            self.wait(Waiting(node.id, "work", round_, lambda data: self.worked(round_, data), number=round_.number))

    def worked(self, round_, data):
        self.forget(round_)
        if round_.is_instance:
            round_.data |= data
        else:
            self.put(round_.scope, data)
        self.round_done(round_)

    def put(self, scope, data):
        """Write data where it is seen from: in the instance around, else in the case."""
        while scope is not None:
            if isinstance(scope.holder, Round) and scope.holder.is_instance:
                scope.holder.data |= data
                return
            scope = scope.outer
        self.data |= data

    def round_done(self, round_):
        token, loop = round_.host, round_.host.node.loop
        token.rounds.remove(round_)
        token.done += 1
        if round_.is_instance:
            self.put(token.scope, round_.data)
        is_over = token.left <= 0 and not token.rounds
        if loop is not None and loop.condition:
            said = self.true(loop.condition, token.scope)
            is_over = is_over or said != (loop.kind == "standard")
        if not is_over and loop is not None and loop.kind != "parallel":
            self.next_round(token)
        self.completed[token.node.id] += 1
        if is_over:
            self.send(token.node)
            self.on(token)

    def edge(self, border, host, data):
        """An event on the edge of an activity happens."""
        self.put(host.scope, data)
        self.completed[border.id] += 1
        following = Token(border, host.scope)
        host.scope.tokens.append(following)
        if border.interrupting:
            self.vanish(host)
        elif border.event("timer") is not None:
            self.ring(border, host)
        self.on(following)

    def ring(self, node, owner):
        """A timer beside what goes on has rung: it is over, or rings again."""
        for one in [one for one in self.waiting if one.owner is owner and one.element == node.id]:
            one.left -= 1
            if not one.left:
                self.waiting.remove(one)

    def listen_for(self, handler, scope):
        """An event sub-process: its start is waited for as long as the scope around it runs."""
        start = self.starts(handler.process, handler.id)[0]
        self.listen(start, scope, lambda data: self.handle(handler, start, scope, data))

    def handle(self, handler, start, scope, data):
        self.put(scope, data)
        if start.interrupting:
            self.forget(scope)
            for token in list(scope.tokens):
                self.vanish(token)
        elif start.event("timer") is not None:
            self.ring(start, scope)
        token = Token(handler, scope)
        scope.tokens.append(token)
        self.open(handler, handler.process, token, scope, [start])
