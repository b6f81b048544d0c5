"""`ping-pong`: work goes to another office and comes back, and nothing was gained there.

The redesign heuristic is "case assignment" and "order-based work" turned to offices: keep a case where it is (Reijers
and Limam Mansar 2005, "customer teams"). Going back round a loop is rework, not ping-pong.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Sequence

from analysis.findings.finding import Finding
from analysis.findings.subject import Subject
from bpmn.routing import JUDGING

#: From how many hand-overs between the same two offices on one is told to look.
_OFTEN = 3
#: Hand-overs between two offices that are looked at.
_MOST_PASSED = 200
#: Questions asked of the order of two steps.
_MOST_ASKED = 300_000


def ping_pong(subject: Subject) -> Iterator[Finding]:
    """Stays at another office that gain nothing, then two offices that hand over to each other again and again."""
    told: set[tuple[str, str]] = set()
    order = _Order(subject)
    for stay in _stays(subject, order):
        home, away = subject.unit_key(stay.came_from), subject.unit_key(stay.steps[0])
        if not stay.is_fruitless:
            continue
        told.add((home, away))
        yield Finding(
            finding="ping-pong",
            steps=stay.steps,
            evidence={"from": home, "at": away, "came_from": stay.came_from, "went_to": stay.went_to},
            protected=all(map(subject.is_mandatory, stay.steps)),
            missing=subject.unsure(stay.steps, "kind", "materials"),
            move="regroup",
        )
    yield from _often(subject, order, told)
    if order.asked > _MOST_ASKED:
        subject.left_out.add("ping-pong")


class _Order:
    """Which steps come next after one without a loop back, as long as that is not asked too often."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._next: dict[str, tuple[str, ...]] = {}
        self.asked = 0

    def after(self, step: str) -> tuple[str, ...]:
        """The steps that come next; none once too much was asked."""
        if step not in self._next:
            following = self._subject.followers(step)
            self.asked += len(following)
            is_asked = self.asked <= _MOST_ASKED
            before = self._subject.relations.before
            self._next[step] = tuple(other for other in following if before(step, other)) if is_asked else ()
        self.asked += len(self._next[step])
        return self._next[step] if self.asked <= _MOST_ASKED else ()


class _Stay:
    """What happens at another office between work leaving an office and coming back to it."""

    def __init__(self, subject: Subject, came_from: str, steps: Sequence[str], went_to: Sequence[str]) -> None:
        self.steps = subject.in_path_order(steps)
        self.came_from = came_from
        self.went_to = list(went_to)
        self._subject = subject

    @property
    def is_fruitless(self) -> bool:
        """Whether no step of it judges, and nothing it makes is used afterwards."""
        return not any(self._gains(step) for step in self.steps)

    def _gains(self, step: str) -> bool:
        subject = self._subject
        if subject.kind(step) in _FRUITFUL or subject.stops_clock(step) or subject.said(step).archive:
            return True
        if subject.relations.stores_written(step) or subject.tells_applicant(step):
            return True
        made = subject.relations.gives(step)
        return any(subject.is_result(step, material) for material in made) or any(
            self._is_used_outside(step, material) for material in made | subject.relations.takes_in(step)
        )

    def _is_used_outside(self, step: str, material: str) -> bool:
        """Whether anything but the stay itself, and the message that hands the case back, uses a material."""
        used = set(self._subject.relations.used_after(step, material)).difference(self.steps)
        return bool(used) and not used <= {flow.id for flow in self._subject.model.message_flows}


#: Kinds of steps that are a gain by themselves: a judgement, or something the applicant gets.
_FRUITFUL = JUDGING | {"accept", "produce", "notify"}


def _stays(subject: Subject, order: _Order) -> Iterator[_Stay]:
    """Every stay at another office, in path order; each set of steps once."""
    seen: set[frozenset[str]] = set()
    for giver in subject.steps:
        home = subject.unit_key(giver)
        for taker in order.after(giver):
            away = subject.unit_key(taker)
            if not home or not away or home == away:
                continue
            steps, exits = _region(subject, order, taker)
            if exits and frozenset(steps) not in seen and all(subject.unit_key(step) == home for step in exits):
                seen.add(frozenset(steps))
                yield _Stay(subject, giver, steps, exits)


def _region(subject: Subject, order: _Order, begin: str) -> tuple[list[str], list[str]]:
    """The steps of one office that follow a step without leaving it, and the steps that come after them."""
    unit = subject.unit_key(begin)
    steps, exits = {begin: None}, dict[str, None]()
    waiting = [begin]
    while waiting:
        step = waiting.pop()
        for following in order.after(step):
            if subject.unit_key(following) != unit:
                exits[following] = None
            elif following not in steps:
                steps[following] = None
                waiting.append(following)
    return list(steps), list(exits)


def _often(subject: Subject, order: _Order, told: set[tuple[str, str]]) -> Iterator[Finding]:
    """Two offices that hand over to each other three times or more in one case."""
    for (home, away), passed in _hand_overs(subject, order).items():
        if (home, away) in told or (away, home) in told:
            continue
        chain = _longest(subject, passed)
        if len(chain) >= _OFTEN:
            first = subject.unit_key(chain[0][0])
            other = away if first == home else home
            steps = subject.in_path_order(step for pair in chain for step in pair if subject.unit_key(step) == other)
            yield Finding(
                finding="ping-pong",
                steps=steps,
                evidence={"from": first, "at": other, "hand_overs": len(chain)},
                missing=subject.unsure(steps, "kind", "materials"),
                certain=False,
                move="regroup",
            )


def _hand_overs(subject: Subject, order: _Order) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The hand-overs between each two offices, either way, in path order."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for giver in subject.steps:
        for taker in order.after(giver):
            home, away = sorted((subject.unit_key(giver), subject.unit_key(taker)))
            if home and home != away:
                found.setdefault((home, away), []).append((giver, taker))
    return found


def _longest(subject: Subject, passed: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The most hand-overs that follow each other in one case: each begins where, or after, the one before led."""
    if len(passed) > _MOST_PASSED:
        subject.left_out.add("ping-pong")
    passed = passed[:_MOST_PASSED]
    length: list[int] = []
    before: list[int] = []
    longest_first: list[int] = []
    for place, (giver, _) in enumerate(passed):
        led = (other for other in longest_first if _leads_on(subject, passed[other][1], giver))
        last = next(led, -1)
        before.append(last)
        length.append(length[last] + 1 if last >= 0 else 1)
        insort(longest_first, place, key=lambda other: -length[other])
    chain: list[tuple[str, str]] = []
    place = longest_first[0] if longest_first else -1
    while place >= 0:
        chain.append(passed[place])
        place = before[place]
    return chain[::-1]


def _leads_on(subject: Subject, taker: str, giver: str) -> bool:
    """Whether the step that takes over is the one that gives on, or comes before it."""
    return taker == giver or subject.relations.before(taker, giver)
