"""What runs beside or breaks off in the slow simulation: rounds, timers, errors, races, inclusive joins."""

import heapq
from datetime import datetime

from tests.slow_parts import DAY, EPOCH, ScopeRun, Token, element


class Beside:
    """The rarer rules of the token game; `slow_game.Slow` has the others."""

    # What runs beside, or breaks off

    def racing(self, node):
        """The timers on the border of an activity without a share."""
        border = self.model.boundary_events.get(node.id, ())
        return [
            event
            for event in border
            if event.event("timer") and all(flow.probability is None for flow in self.model.outgoing[event.id])
        ]

    def is_wrapped(self, node):
        return node.is_activity and (node.loop is not None or bool(self.racing(node)))

    def is_once(self, node):
        return node.loop is not None and node.loop.kind != "standard"

    def wrap(self, token, node):
        case = token.case
        visit = case.wrapped[node.id] = case.wrapped[node.id] + 1
        mean = 1.0
        if node.loop is not None:
            mean = float(node.loop.cardinality) if node.loop.cardinality else node.repeat or 1.0
        rounds = int(mean)
        if mean > rounds:
            rounds += self.stream(case, element(node.id), visit, 4).uniform() < mean - rounds
        if not rounds:
            self.leave(token, node)
            return
        if self.is_once(node):
            self.papers(case, node)
        run = ScopeRun(node.id, token.run, node, applicant=token.run.applicant)
        together = node.loop is not None and node.loop.kind == "parallel"
        run.wraps, run.left, run.since = True, 0 if together else rounds - 1, self.now
        self.timers(case, run, token.way)
        for _ in range(rounds - 1 if together else 0):
            self.put(case, run, node, token.way)
        run.live += 1
        token.run, token.phase, token.via = run, "ready", None
        self.ready.append(token)

    def papers(self, case, node):
        if node.is_step and not self.is_applicants(node):
            case.hand_ins += len({m.name for m in node.materials if m.use == "needs" and m.origin == "applicant"})
            case.came += bool(node.step and node.step.visit)

    def round_over(self, token):
        run, node = token.run, token.run.node
        if run.left:
            run.left -= 1
            token.node, token.phase = node, "ready"
            self.ready.append(token)
            return
        run.live -= 1
        if run.live:
            self.consume(token)
            return
        self.silence(token.case, run)
        token.handed, token.run, token.node = run.since, run.outer, node
        self.finish(token)

    def timers(self, case, run, way):
        """Start the timers beside an activity, or those that start event sub-processes of a scope."""
        if run.wraps:
            found = self.racing(run.node)
        else:
            process = run.node.process if run.node is not None else run.process
            frames = [
                node.id
                for node in self.model.nodes
                if node.triggered_by_event and node.process == process and node.scope == run.scope
            ]
            found = [node for frame in frames for node in self.model.nodes if node.scope == frame]
            found = [node for node in found if node.kind == "startEvent"]
        for timer in found:
            token = Token(case, run, way)
            case.tokens.append(token)
            case.visits[timer.id] += 1
            token.node, token.phase, token.since = timer, "ringing", self.now
            self.turn += 1
            heapq.heappush(self.events, (self.event_over(token, timer), 2**61 + self.turn, token))

    def silence(self, case, run):
        for token in list(case.tokens):
            if token.phase == "ringing" and token.run is run:
                token.alive = False
                case.tokens.remove(token)

    def event_over(self, token, event):
        """When an event is over that begins now."""
        moment = self.now
        for part in ("wait", "work"):
            time = self.time_of(event, part)
            if isinstance(time, datetime):
                day = (time.date() - EPOCH).days * DAY
                moment = max(moment, day + (time.hour * 3600 + time.minute * 60) * 1_000_000)
            elif time is not None:
                moment = self.clock(event, time).add(moment, self.length_of(token.case, event, part, time))
        return moment

    def ring(self, token):
        case, run, node = token.case, token.run, token.node
        token.way["other"] = token.way.get("other", 0) + self.now - token.since
        if node.kind == "boundaryEvent":
            if node.interrupting:
                self.kill(case, run, token)
                step = run.node.step
                stops = step is not None and step.clock_stop and not self.is_applicants(run.node)
                if stops and 0 <= case.number < self.cases:
                    self.stops.append((case.number, run.since, self.now))
            else:
                run.outer.live += 1
            token.run = run.outer
            self.leave(token, node)
            return
        if node.interrupting:
            self.kill(case, run, token)
            run.live = 0
            run.joins.clear()
        run.live += 1
        self.enter(token, self.model.node[node.scope])

    def throw(self, token, node):
        """Break off the nearest sub-process that catches an error."""
        run, caught = token.run, []
        while True:
            border = self.model.boundary_events.get(run.node.id, ()) if not run.wraps else ()
            caught = [event for event in border if event.event("error")]
            caught = [e for e in caught if e.event("error").reference in ("", node.event("error").reference)]
            if caught:
                break
            run = run.outer
        if run.outer.wraps and run.outer.node is run.node:
            run = run.outer
        self.kill(token.case, run, token)
        token.run = run.outer
        self.leave(token, caught[0])

    # Events that race

    def choose_race(self, token, node):
        flows = self.model.outgoing[node.id]
        timers = [flow for flow in flows if self.model.node[flow.target].event("timer")]
        others = [flow for flow in flows if flow not in timers]
        if len(others) > 1 and any(flow.probability is not None for flow in others):
            visit = token.case.visits[node.id] = token.case.visits[node.id] + 1
            u, total, chosen = self.stream(token.case, element(node.id), visit, 2).uniform(), 0.0, others[-1]
            for flow in others[:-1]:
                total += flow.probability
                if u < total:
                    chosen = flow
                    break
            if not timers:
                self.along(token, chosen)
                return
            flows = [flow for flow in flows if flow in timers or flow is chosen]
        self.race(token, flows)

    def is_fed(self, node):
        return any(m.target == node.id and m.source in self.model.node for m in self.model.message_flows)

    def race(self, token, flows):
        case, events = token.case, [self.model.node[flow.target] for flow in flows]
        for flow, event in zip(flows, events, strict=True):
            if case.letters[event.id]:
                self.along(token, flow)
                return
        token.options, token.since, token.phase = events, self.now, "catching"
        moments = []
        for event in events:
            if not self.is_fed(event):
                case.visits[event.id] += 1
                moments.append((self.event_over(token, event), len(moments), event))
        if not moments:
            self.close(case)
            return
        until, _, token.best = min(moments)
        token.phase = "racing"
        self.turn += 1
        heapq.heappush(self.events, (until, self.turn, token))

    # Inclusive joins

    def gather(self, token, node):
        if len(self.model.incoming[node.id]) > 1:
            token.phase, token.serial = "gathering", self.serial
            self.serial += 1
        else:
            self.leave(token, node)

    def gathered(self, case):
        """Let the inclusive join with the longest waiting token go on to which nothing can come that it waits for."""
        waiting = sorted((t for t in case.tokens if t.phase == "gathering"), key=lambda t: t.serial)
        for token in waiting:
            here = [t for t in waiting if t.node is token.node and t.run is token.run]
            if self.can_come(case, token.node, token.run, here):
                continue
            taken = {}
            for other in here:
                taken.setdefault(other.via, other)
            last = max(taken.values(), key=lambda t: t.serial)
            for other in taken.values():
                if other is not last:
                    other.alive = False
                    case.tokens.remove(other)
                    token.run.live -= 1
            last.phase = "ready"
            self.leave(last, last.node)
            return True
        if waiting and all(token.phase in ("catching", "gathering") for token in case.tokens):
            raise AssertionError("a case is stuck at an inclusive join")
        return False

    def can_come(self, case, join, run, here):
        held = {token.via for token in here}
        places = [self.place(token.node, token.run, run) for token in case.tokens if token not in here]
        places += [self.model.node[node] for node, arrived in run.joins.items() if any(arrived.values())]
        for place in places:
            if place is not None:
                found = self.flows_reached(place, join)
                if found - held and not found & held:
                    return True
        return False

    def place(self, node, inner, run):
        """The node of a run at which a token is, or the sub-process it is in there."""
        while inner is not None and inner is not run:
            inner, node = inner.outer, inner.node
        return node if inner is run else None

    def flows_reached(self, node, join):
        """The flows into a join that a token can come by without passing it."""
        found, seen, waiting = set(), {node.id}, [node]
        while waiting:
            at = waiting.pop()
            if at is join and at is not node:
                continue
            border = self.model.boundary_events.get(at.id, ())
            racing = self.racing(at)
            flows = list(self.model.outgoing[at.id])
            for event in border:
                if self.share(event) or event in racing or event.event("error"):
                    flows += self.model.outgoing[event.id]
            for flow in flows:
                if flow.target == join.id:
                    found.add(flow.id)
                elif flow.target not in seen:
                    seen.add(flow.target)
                    waiting.append(self.model.node[flow.target])
        return found
