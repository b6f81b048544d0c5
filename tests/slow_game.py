"""A slow simulation of procedures, written apart from the compiled one in plain Python.

It plays the token game on the drawing itself, with objects, dictionaries and the standard library's heap. It shares
nothing with the compiled one but the rules of docs/explanation/simulation.md and the formula of the draws, which is
written down in `slow_parts` a second time.
"""

import heapq
import math
from collections import defaultdict
from datetime import datetime, timedelta

from bpmn.annotation import GovTime
from bpmn.gov import parse_duration
from tests.slow_beside import Beside
from tests.slow_parts import DAY, EPOCH, Case, Office, ScopeRun, Stream, Token, drawn, element


class Slow(Beside):
    def __init__(self, model, *, cases, seed, warm_up, start, pools, rejecting):
        self.model, self.cases, self.seed, self.warm_up, self.start = model, cases, seed, warm_up, start
        #: The processes that open when a case arrives, and the steps whose rejections end a case.
        self.pools, self.rejecting = pools, rejecting
        self.alone = model.procedure.arrivals_per_day is None
        self.hours = model.procedure.hours
        self.offices = {}
        self.free = {unit.key: unit.staff for unit in model.units if not unit.applicant}
        self.queues = defaultdict(list)
        self.events, self.turn, self.serial = [], 0, 0
        self.ready, self.done, self.stops = [], {}, []
        self.sums = defaultdict(lambda: [0, 0, 0, 0])

    def office(self, hours):
        if hours not in self.offices:
            first = self.start.date() - timedelta(days=1)
            self.offices[hours] = Office(self.model.procedure.calendar, hours, first, 1500)
        return self.offices[hours]

    def stream(self, case, key, visit, part):
        return Stream(self.seed, case.number, key, visit, part)

    def run(self):
        number, opened = -self.warm_up, 0
        begin = (self.start.date() - EPOCH).days * DAY
        begin += (self.start.hour * 3600 + self.start.minute * 60) * 1_000_000
        office = self.office(self.hours)
        hours = self.model.procedure.arrival_hours or self.hours
        arriving, arriving_day = self.office(hours), sum(end - start for start, end in hours)
        year = office.opened(begin + 365 * DAY) - office.opened(begin)

        def arrival(number, opened):
            stream = Stream(self.seed, number, 0xA0761D6478BD642F, 0, 0)
            if self.alone:
                return office.add(begin, int((number + stream.uniform()) * (year / self.cases))), opened
            gap = -arriving_day * 1e6 / self.model.procedure.arrivals_per_day * math.log(stream.uniform())
            opened += math.floor(gap + 0.5)
            return arriving.add(begin, opened), opened

        coming, opened = arrival(number, opened)
        while len(self.done) < self.cases:
            if not self.events or (not self.alone and coming <= self.events[0][0]):
                self.now = coming
                self.arrive(number)
                number += 1
                coming, opened = arrival(number, opened)
            else:
                self.now, _, token = heapq.heappop(self.events)
                if token.alive:
                    self.case = token.case
                    self.happen(token)
            self.settle()
        return self

    def settle(self):
        """Let ready tokens go on, then inclusive joins, until nothing moves."""
        while True:
            while self.ready:
                token = self.ready.pop()
                if token.alive:
                    self.case = token.case
                    self.go(token)
            if not self.gathered(self.case):
                return

    def arrive(self, number):
        case = self.case = Case(number, self.now)
        for process in reversed(self.pools):
            self.open(case, process, {}, None)

    def open(self, case, process, way, start):
        applicant = process in self.model.applicant_processes
        if case.start is None and not applicant:
            case.start = self.now
        run = ScopeRun("", applicant=applicant)
        run.process = process
        self.timers(case, run, way)
        nodes = [start] if start else self.first(process, "")
        for node in reversed(nodes):
            self.put(case, run, node, way)

    def first(self, process, scope):
        inside = [node for node in self.model.nodes if node.process == process and node.scope == scope]
        inside = [node for node in inside if not node.triggered_by_event and node.kind != "boundaryEvent"]
        drawn = [node for node in inside if node.kind == "startEvent"]
        return drawn[:1] or [node for node in inside if not self.model.incoming[node.id]]

    def put(self, case, run, node, way):
        token = Token(case, run, way)
        token.node, token.via = node, None
        run.live += 1
        case.tokens.append(token)
        self.ready.append(token)
        return token

    def leave(self, token, node, stage=0):
        """Go on from a node: beside it by the events on its border, or instead of it, or by its flows."""
        border = self.model.boundary_events.get(node.id, ())
        beside = [event for event in border if not event.interrupting and self.share(event)]
        instead = [event for event in border if event.interrupting and self.share(event)]
        if stage < 1 and beside:
            stream = self.choices(token, node, 0)
            taken = [event for event in beside if stream.uniform() < self.share(event)]
            self.spread(token, [*taken, node])
            return
        if stage < 2 and instead:
            u, total = self.choices(token, node, bool(beside)).uniform(), 0.0
            for event in instead:
                total += self.share(event)
                if u < total:
                    self.leave(token, event)
                    return
        self.take_flows(token, node, bool(beside) + bool(instead))

    def spread(self, token, nodes):
        """Put a token behind each of several events, and the way on from a node for the last; the first goes first."""
        for node in reversed(nodes[1:]):
            other = self.put(token.case, token.run, node, token.way)
            other.stage = 1
        token.node, token.stage, token.phase = nodes[0], 1, "ready"
        self.ready.append(token)

    def share(self, event):
        return sum(flow.probability or 0.0 for flow in self.model.outgoing[event.id])

    def choices(self, token, node, number):
        visit = token.case.chosen[node.id, number] = token.case.chosen[node.id, number] + 1
        return self.stream(token.case, element(node.id) + number * 0x9FB21C651E98DF25, visit, 2)

    def take_flows(self, token, node, number):
        flows = self.model.outgoing[node.id]
        conditional = [flow for flow in flows if flow.condition or flow.probability is not None]
        if not flows:
            self.end(token, node)
        elif len(flows) == 1 or node.kind == "exclusiveGateway":
            self.along(token, flows[0] if len(flows) == 1 else self.choice(token, node, flows))
        elif node.kind == "inclusiveGateway" or (not node.is_gateway and conditional):
            self.fire(token, node, flows, number)
        else:
            self.split(token, flows)

    def split(self, token, flows):
        for flow in reversed(flows[1:]):
            other = self.put(token.case, token.run, self.model.node[flow.target], token.way)
            other.via = flow.id
        self.along(token, flows[0])

    def fire(self, token, node, flows, number):
        """Take flows each for itself; where one has to be, draw it among what is possible then."""
        stream = self.choices(token, node, number)
        has_default = any(flow.id == node.default for flow in flows)
        drawn_flows = [
            flow
            for flow in flows
            if flow.id != node.default
            and (node.is_gateway or has_default or flow.condition or flow.probability is not None)
        ]
        free = has_default or len(drawn_flows) < len(flows)
        taken, fired = [], False
        for flow in flows:
            if flow.id == node.default:
                continue
            if flow not in drawn_flows:
                taken.append(flow)
                continue
            rest = drawn_flows[drawn_flows.index(flow) :]
            share = self.own_share(flow)
            if not free and not fired:
                none = 1.0
                for other in reversed(rest):
                    none *= 1.0 - self.own_share(other)
                share = share / (1.0 - none)
            if stream.uniform() < share:
                taken.append(flow)
                fired = True
        if not fired and has_default:
            taken = [flow for flow in flows if flow in taken or flow.id == node.default]
        self.split(token, taken)

    def own_share(self, flow):
        return 0.5 if flow.probability is None else flow.probability

    def along(self, token, flow):
        token.node, token.via, token.phase = self.model.node[flow.target], flow.id, "ready"
        token.options = ()
        self.ready.append(token)

    def choice(self, token, node, flows):
        visit = token.case.visits[node.id] = token.case.visits[node.id] + 1
        u, total = self.stream(token.case, element(node.id), visit, 2).uniform(), 0.0
        for flow in flows[:-1]:
            total += flow.probability
            if u < total:
                return flow
        return flows[-1]

    def go(self, token):
        node = token.node
        if token.stage:
            token.stage = 0
            self.leave(token, node, 1)
        elif node.kind == "eventBasedGateway":
            self.choose_race(token, node)
        elif node.kind == "inclusiveGateway":
            self.gather(token, node)
        elif self.is_wrapped(node) and not (token.run.wraps and token.run.node is node):
            self.wrap(token, node)
        elif node.kind == "parallelGateway":
            self.join(token, node)
        elif node.kind == "exclusiveGateway":
            self.leave(token, node)
        elif node.kind == "subProcess":
            self.enter(token, node)
        elif node.kind == "endEvent":
            self.end(token, node)
        else:
            self.hand_over(token, node)

    def join(self, token, node):
        incoming = self.model.incoming[node.id]
        if len(incoming) > 1:
            arrived = token.run.joins[node.id]
            arrived[token.via] += 1
            if not all(arrived[flow.id] for flow in incoming):
                self.consume(token)
                return
            for flow in incoming:
                arrived[flow.id] -= 1
            token.run.live -= len(incoming) - 1
        self.leave(token, node)

    def enter(self, token, node):
        inner = ScopeRun(node.id, token.run, node, applicant=token.run.applicant)
        self.timers(token.case, inner, token.way)
        starts = self.first(node.process, node.id)
        for start in reversed(starts[1:]):
            self.put(token.case, inner, start, token.way)
        token.run, token.node, token.via = inner, starts[0], None
        inner.live += 1
        self.ready.append(token)

    def end(self, token, node):
        case, run = token.case, token.run
        if not run.applicant:
            case.end, case.way = self.now, dict(token.way)
            if node.kind == "endEvent":
                case.rejected = node.outcome == "rejected"
        if node.event("terminate"):
            self.kill(case, run, token)
            run.live = 1
        if node.kind == "endEvent":
            self.send(token, node)
        if node.event("error"):
            self.throw(token, node)
            return
        run.live -= 1
        if run.live:
            self.consume(token)
            return
        self.silence(case, run)
        if run.outer is None:
            self.consume(token)
            return
        token.run = run.outer
        if run.node.triggered_by_event:
            self.end(token, run.node)
        elif run.outer.wraps and run.outer.node is run.node:
            self.round_over(token)
        else:
            self.leave(token, run.node)

    def consume(self, token):
        token.alive = False
        token.case.tokens.remove(token)
        self.close(token.case)

    def close(self, case):
        if case.over or any(token.phase != "catching" for token in case.tokens):
            return
        case.over = True
        if 0 <= case.number < self.cases:
            self.done[case.number] = case

    def kill(self, case, run, but):
        freed = False
        for token in list(case.tokens):
            if token is but or (run is not None and not token.run.lies_in(run)):
                continue
            if token.phase == "waiting":
                self.note_wait(token)
            elif token.phase == "queueing":
                self.note_queue(token)
            elif token.phase == "working":
                office = self.clock(token.node, token.node.time("work"))
                self.note_work(token, office.opened(self.now) - office.opened(token.since))
                unit = self.staffed(token.node)
                if unit:
                    self.free[unit.key] += 1
                    freed = True
            token.alive = False
            case.tokens.remove(token)
        if freed:
            for unit in self.model.units:
                if self.free.get(unit.key) is not None:
                    self.serve(unit)

    # Steps

    def unit(self, node):
        return self.model.unit_of.get(node.id)

    def is_applicants(self, node):
        return node.process in self.model.applicant_processes

    def unit_hours(self, node):
        unit = self.unit(node)
        return unit.hours if unit is not None and unit.hours and not self.is_applicants(node) else self.hours

    def time_of(self, node, part):
        """What a part of a node takes: a time, an instant, or nothing."""
        written = node.time(part)
        timer = node.event("timer")
        if part == "wait" or timer is None or (written is not None and written.mean is not None):
            return written
        if node.kind == "startEvent" and not self.model.node[node.scope].triggered_by_event:
            return written
        if timer.timer == "timeDate":
            return datetime.fromisoformat(timer.expression)
        length = parse_duration(timer.expression.split("/")[-1])
        return GovTime(mean=length, clock=written.clock if written is not None else "")

    def is_natural(self, node, time):
        if node.event("timer") and not self.is_applicants(node):
            return time.clock != "work"
        return self.is_applicants(node) or node.is_automatic or time.clock == "calendar"

    def clock(self, node, time):
        return self.office(((0, 86400),) if self.is_natural(node, time) else self.unit_hours(node))

    def by_hand(self, node):
        return node.is_step and not node.is_automatic and not self.is_applicants(node)

    def staffed(self, node):
        unit = self.unit(node)
        return unit if self.by_hand(node) and unit is not None and unit.staff is not None else None

    def length(self, token, part):
        return self.length_of(token.case, token.node, part, token.node.time(part))

    def length_of(self, case, node, part, time):
        natural = self.is_natural(node, time)
        day = 86400 if natural else sum(end - start for start, end in self.unit_hours(node))
        visit = case.visits[node.id]
        stream = self.stream(case, element(node.id), visit, 0 if part == "work" else 1)
        return drawn(time, stream, day, 7 if natural else 5)

    def hand_over(self, token, node):
        case = token.case
        fed = any(m.target == node.id and m.source in self.model.node for m in self.model.message_flows)
        if fed and node.kind in ("receiveTask", "intermediateCatchEvent") and token.phase != "caught":
            if not case.letters[node.id]:
                token.phase, token.since = "catching", self.now
                self.close(case)
                return
            case.letters[node.id] -= 1
        token.handed, token.serial = self.now, self.serial
        self.serial += 1
        case.visits[node.id] += 1
        if node.is_step:
            if not self.is_once(node):
                self.papers(case, node)
            self.sum(case, node, 0, 1)
        if node.kind == "intermediateCatchEvent" and node.event("timer"):
            token.phase, token.since = "timing", self.now
            self.turn += 1
            heapq.heappush(self.events, (self.event_over(token, node), self.turn, token))
        elif node.time("wait"):
            self.plan(token, "waiting", "wait")
        else:
            self.take_up(token)

    def sum(self, case, node, column, value):
        if node.is_step and 0 <= case.number < self.cases:
            self.sums[node.id][column] += value

    def plan(self, token, phase, part):
        token.phase, token.since, token.length = phase, self.now, self.length(token, part)
        until = self.clock(token.node, token.node.time(part)).add(self.now, token.length)
        self.turn += 1
        heapq.heappush(self.events, (until, self.turn, token))

    def take_up(self, token):
        node = token.node
        unit = self.staffed(node)
        if not node.time("work"):
            self.complete(token)
        elif unit is None:
            self.plan(token, "working", "work")
        elif self.free[unit.key]:
            self.free[unit.key] -= 1
            self.plan(token, "working", "work")
        else:
            token.phase, token.since = "queueing", self.now
            heapq.heappush(self.queues[unit.key], (token.handed, token.serial, token))

    def serve(self, unit):
        while self.free[unit.key] and self.queues[unit.key]:
            _, _, token = heapq.heappop(self.queues[unit.key])
            if token.alive:
                self.note_queue(token)
                self.free[unit.key] -= 1
                self.plan(token, "working", "work")

    def happen(self, token):
        if token.phase == "ringing":
            self.ring(token)
            return
        if token.phase in ("timing", "racing"):
            token.node = token.node if token.phase == "timing" else token.best
            token.way["other"] = token.way.get("other", 0) + self.now - token.since
            token.handed = self.now
            self.complete(token)
            return
        if token.phase == "waiting":
            self.note_wait(token)
            self.take_up(token)
            return
        self.note_work(token, token.length)
        unit = self.staffed(token.node)
        if unit:
            self.free[unit.key] += 1
            self.serve(unit)
        self.complete(token)

    def open_time(self, token):
        office = self.office(self.unit_hours(token.node))
        return office.opened(self.now) - office.opened(token.since)

    def spend(self, token, part, opened):
        unit = self.unit(token.node)
        key = (unit.key if unit else "", part)
        token.way[key] = token.way.get(key, 0) + opened
        token.way["closed"] = token.way.get("closed", 0) + self.now - token.since - opened

    def note_wait(self, token):
        node, opened = token.node, self.now - token.since
        if node.is_step and not self.is_applicants(node):
            opened = self.open_time(token)
            token.case.waiting += opened
            self.spend(token, "wait", opened)
        else:
            token.way["other"] = token.way.get("other", 0) + opened
        self.sum(token.case, node, 2, opened)

    def note_queue(self, token):
        opened = self.open_time(token)
        token.case.waiting += opened
        self.spend(token, "queue", opened)
        self.sum(token.case, token.node, 3, opened)

    def note_work(self, token, done):
        if self.by_hand(token.node):
            token.case.work += done
            self.spend(token, "work", self.open_time(token))
        else:
            token.way["other"] = token.way.get("other", 0) + self.now - token.since
        self.sum(token.case, token.node, 1, done)

    def complete(self, token):
        if token.run.wraps and token.run.node is token.node:
            self.round_over(token)
        else:
            self.finish(token)

    def finish(self, token):
        node, case, step = token.node, token.case, token.node.step
        if step is not None and node.is_step and not self.is_applicants(node):
            if step.clock_stop and 0 <= case.number < self.cases:
                self.stops.append((case.number, token.handed, self.now))
            if step.kind == "accept" and case.clock_start < 0:
                case.clock_start = self.now
            elif step.kind == "decide" and case.clock_start >= 0 and case.clock_end < 0:
                case.clock_end = self.now
        if node.id in self.rejecting:
            u = self.stream(case, element(node.id), case.visits[node.id], 3).uniform()
            if u < step.rejects:
                case.end, case.way, case.rejected = self.now, dict(token.way), True
                self.kill(case, None, token)
                self.consume(token)
                return
        self.send(token, node)
        self.leave(token, node)

    def send(self, token, node):
        case = token.case
        for message in self.model.message_flows:
            target = self.model.node.get(message.target)
            if message.source != node.id or target is None:
                continue
            if target.kind == "startEvent":
                self.open(case, target.process, token.way, target)
            elif target.kind in ("receiveTask", "intermediateCatchEvent"):
                catching = [t for t in case.tokens if t.phase in ("catching", "racing")]
                catching = [t for t in catching if t.node is target or any(o is target for o in t.options)]
                if catching:
                    caught = min(catching, key=lambda t: t.since)
                    if caught.phase == "racing":
                        caught.alive = False
                        case.tokens.remove(caught)
                        caught = Token(case, caught.run, {})
                        case.tokens.append(caught)
                    caught.node, caught.via, caught.options = target, None, ()
                    caught.way, caught.phase = dict(token.way), "caught"
                    self.ready.append(caught)
                else:
                    case.letters[target.id] += 1
