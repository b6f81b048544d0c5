"""The best set of moves: not one after another by their own saving, but together, as they help and hinder each other.

A set is made in one order (`redesign.moves.MOVES`), weighed as a whole, and counts only if it is proved. Small choices
are looked at in full. Larger ones are searched: from all moves together backwards and from none forwards, then by
exchanging moves, with random beginnings of a seed, until the tries are used up; whatever stands then is given. On the
way the best set of each size is kept: the line of time cut against number of changes (Pareto 1896). A redesign may make
new findings, so the search goes on from its result until nothing new is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from analysis.findings import Finding, Saving, find
from bpmn.model import Model
from redesign.move import Move, move_of
from redesign.moves import Applied, Making
from redesign.prove import prove
from redesign.result import Obligation, Proof, Refused, Weighed
from redesign.scales import CASES, LEAST_TIME, Scales

#: Called with the number of sets weighed and the most that will be.
Progress = Callable[[int, int], None]

#: Up to so many moves all their sets are looked at.
EXHAUSTIVE = 9
#: Moves a person has to choose.
BY_HAND = frozenset(("assign-owner", "assign-lead"))
#: How often a redesign is looked at again for new findings.
_ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is asked of a search."""

    #: Names of findings: only these, and not those; steps no move may touch.
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    #: Most moves.
    budget: int | None = None
    #: The share of time to cut, with as few moves as do it.
    target: float | None = None
    #: Most sets that are weighed.
    tries: int = 400
    cases: int = CASES
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found."""

    best: Weighed
    proof: Proof
    refused: tuple[Refused, ...]
    #: The best proved set of each size that saves more time than every smaller one.
    line: tuple[Weighed, ...]
    #: Sets weighed, and whether all there are were looked at.
    tried: int
    complete: bool
    #: Trade-offs: sets of one move that better one cut and worsen another.
    trade_offs: tuple[Weighed, ...] = ()


def search(
    model: Model,
    *,
    findings: Sequence[Finding] | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Found:
    """Find the set of moves that cuts most and worsens nothing; equal arguments give equal results."""
    options = options or Options()
    looking = _Search(model, options, progress)
    candidates = looking.candidates(find(model) if findings is None else findings)
    looking.look(candidates)
    for _ in range(_ROUNDS):
        best = looking.best()
        known = {move.key for move in candidates}
        new = [move for move in looking.candidates(find(best.model)) if move.key not in known] if best.moves else []
        if not new or looking.is_spent:
            break
        candidates += new
        looking.look_on(best, new)
    return looking.found()


@dataclass
class _Search:
    model: Model
    options: Options
    progress: Progress | None = None
    weighed: dict[tuple[object, ...], Weighed] = field(default_factory=dict)
    proofs: dict[tuple[object, ...], Proof] = field(default_factory=dict)
    refused: dict[tuple[str, tuple[str, ...]], Refused] = field(default_factory=dict)
    complete: bool = True

    def __post_init__(self) -> None:
        self._scales = Scales(self.model, cases=min(1_000, self.options.cases), seed=self.options.seed, warm_up=250)
        self._making = Making(self.model)
        self._random = Random(self.options.seed)
        self._nothing = self._weigh_applied(Applied(model=self.model, moves=(), refused=()))

    # What may be made

    def candidates(self, findings: Iterable[Finding]) -> list[Move]:
        """The moves of the findings that may be made, each proved alone; the others are refused with their reason."""
        moves: list[Move] = []
        for finding in findings:
            move = move_of(finding)
            if move is None:
                continue
            why = self._why_not(finding)
            if why:
                self.refused[finding.finding, finding.steps] = Refused(
                    finding=finding.finding, steps=finding.steps, why=why
                )
            else:
                moves.append(move)
        return moves

    def _why_not(self, finding: Finding) -> str:
        options = self.options
        if finding.protected:
            return "protected"
        if finding.move in BY_HAND:
            return "person-chooses"
        if (options.only and finding.finding not in options.only) or finding.finding in options.without:
            return "left-out"
        if options.keep & set(finding.steps):
            return "kept"
        return "" if finding.sure or options.only else "not-sure"

    # Weighing

    @property
    def is_spent(self) -> bool:
        """Whether as many sets were weighed as may be."""
        return len(self.weighed) >= self.options.tries

    def weigh(self, moves: Sequence[Move]) -> Weighed:
        """Make a set of moves and weigh it; sets that come to the same are weighed once."""
        return self._weigh_applied(self._making.made(moves))

    def _weigh_applied(self, applied: Applied) -> Weighed:
        key = _key(applied.moves)
        if key not in self.weighed:
            saving = self._scales.saved(applied.model)
            betters, worsens = self._effects(saving)
            self.weighed[key] = Weighed(
                moves=applied.moves, model=applied.model, saving=saving, betters=betters, worsens=worsens
            )
            if self.progress is not None:
                self.progress(min(len(self.weighed), self.options.tries), self.options.tries)
        return self.weighed[key]

    def _effects(self, saving: Saving) -> tuple[frozenset[str], frozenset[str]]:
        counted = {"steps": saving.steps, "materials": saving.materials, "visits": saving.visits}
        betters = {name for name, saved in counted.items() if saved > 0}
        worsens = {name for name, saved in counted.items() if saved < 0}
        elapsed, whole = saving.elapsed_working_s, self._scales.elapsed_working_s
        if elapsed is not None and whole and saving.low is not None and saving.high is not None:
            if saving.low > 0 and elapsed > LEAST_TIME * whole:
                betters.add("time")
            if saving.high < 0:
                worsens.add("time")
        return frozenset(betters), frozenset(worsens)

    def proof(self, weighed: Weighed) -> Proof:
        """The proof of a set, made once."""
        key = _key(weighed.moves)
        if key not in self.proofs:
            self.proofs[key] = prove(self.model, weighed.model)
        return self.proofs[key]

    def is_good(self, weighed: Weighed) -> bool:
        """Whether a set worsens nothing, is small enough, and is proved."""
        budget = self.options.budget
        if weighed.worsens or (budget is not None and len(weighed.moves) > budget):
            return False
        return self.proof(weighed).holds

    # Looking

    def look(self, moves: Sequence[Move], begin: Sequence[Move] = ()) -> None:
        """Weigh sets of these moves, on top of those to begin with."""
        if len(moves) <= EXHAUSTIVE:
            for size in range(len(moves) + 1):
                for few in combinations(moves, size):
                    if self.is_spent:
                        self.complete = False
                        return
                    self.weigh((*begin, *few))
            return
        self.complete = False
        self._forwards(moves, begin)
        self._exchange(moves, self.weigh((*begin, *moves)).moves)
        while not self.is_spent:
            before = len(self.weighed)
            chosen = [move for move in moves if self._random.random() < 0.5]
            self._exchange(moves, self.weigh((*begin, *chosen)).moves)
            if len(self.weighed) == before:
                break

    def look_on(self, best: Weighed, new: Sequence[Move]) -> None:
        """Weigh sets of new moves on top of the best one so far."""
        self.look(new, best.moves)

    def _forwards(self, moves: Sequence[Move], begin: Sequence[Move]) -> None:
        """From none on, always the move that adds most: the best sets of each size to begin with."""
        chosen, left = list(begin), list(moves)
        while left and not self.is_spent:
            weighed = {move.key: self.weigh((*chosen, move)) for move in left}
            usable = [move for move in left if len(weighed[move.key].moves) > len(chosen)]
            if not usable:
                return
            best = max(usable, key=lambda move: self._value(weighed[move.key]))
            chosen.append(best)
            left.remove(best)
            if len(moves) > 25 and len(chosen) >= 3:
                return

    def _exchange(self, moves: Sequence[Move], begin: Sequence[Move]) -> None:
        """Better a set by leaving out, adding or exchanging one move, until none of that helps."""
        current = self.weigh(begin)
        improved = True
        while improved and not self.is_spent:
            improved = False
            for other in self._beside(moves, current):
                if self.is_spent:
                    return
                found = self.weigh(other)
                if self._value(found) > self._value(current) and self.is_good(found):
                    current, improved = found, True
                    break

    def _beside(self, moves: Sequence[Move], current: Weighed) -> Iterable[Sequence[Move]]:
        inside = {move.key for move in current.moves}
        outside = [move for move in moves if move.key not in inside]
        for move in outside:
            yield (*current.moves, move)
        for gone in current.moves:
            yield [move for move in current.moves if move is not gone]
        for move in outside:
            for gone in current.moves:
                if set(move.steps) & set(gone.steps):
                    yield [*(kept for kept in current.moves if kept is not gone), move]

    def _value(self, weighed: Weighed) -> tuple[float, float, int]:
        """How good a set is: time, in steps of what counts as bettered; then what else it cuts; then how few moves."""
        saving = weighed.saving
        whole = self._scales.elapsed_working_s or 0.0
        least = LEAST_TIME * whole or 1.0
        time = round((saving.elapsed_working_s or 0.0) / least)
        worse = -1_000.0 * len(weighed.worsens)
        return time + worse, saving.steps + saving.materials + saving.visits, -len(weighed.moves)

    # What was found

    def best(self) -> Weighed:
        """The best proved set, without moves that add nothing to it."""
        order = sorted(self.weighed.values(), key=self._value, reverse=True)
        chosen = next((weighed for weighed in order if self.is_good(weighed)), self._nothing)
        if self.options.target is not None:
            chosen = self._smallest(self.options.target) or chosen
        return self._without_idle(chosen)

    def _smallest(self, target: float) -> Weighed | None:
        """The smallest proved set that cuts so much of the time."""
        whole = self._scales.elapsed_working_s
        if not whole:
            return None
        enough = [w for w in self.weighed.values() if (w.saving.elapsed_working_s or 0.0) >= target * whole]
        enough.sort(key=lambda weighed: (len(weighed.moves), -(weighed.saving.elapsed_working_s or 0.0)))
        return next((weighed for weighed in enough if self.is_good(weighed)), None)

    def _without_idle(self, chosen: Weighed) -> Weighed:
        """Leave out moves without which a set does as well."""
        for move in reversed(chosen.moves):
            smaller = self.weigh([kept for kept in chosen.moves if kept is not move])
            if self._does_as_well(smaller, chosen) and self.is_good(smaller):
                chosen = smaller
        return chosen if chosen.betters else self._nothing

    def _does_as_well(self, smaller: Weighed, chosen: Weighed) -> bool:
        one, other = smaller.saving, chosen.saving
        counted = all(getattr(one, name) >= getattr(other, name) for name in ("steps", "materials", "visits"))
        least = LEAST_TIME * (self._scales.elapsed_working_s or 0.0)
        return counted and (one.elapsed_working_s or 0.0) >= (other.elapsed_working_s or 0.0) - least

    def line(self) -> tuple[Weighed, ...]:
        """The best proved set of each size that saves more time than every smaller one."""
        found: list[Weighed] = []
        most = LEAST_TIME * (self._scales.elapsed_working_s or 0.0)
        order = sorted(self.weighed.values(), key=lambda w: (len(w.moves), -(w.saving.elapsed_working_s or 0.0)))
        for weighed in order:
            saved = weighed.saving.elapsed_working_s or 0.0
            if weighed.moves and saved > most and self.is_good(weighed):
                found.append(weighed)
                most = saved
        return tuple(found)

    def found(self) -> Found:
        """The result: the best set, its proof, what was refused and why, and the line."""
        best = self.best()
        made = {(move.finding, move.steps) for move in best.moves}
        refused = dict(self.refused)
        for weighed in self.weighed.values():
            for move in weighed.moves:
                if (move.finding, move.steps) not in made:
                    refused.setdefault((move.finding, move.steps), self._left(move))
        return Found(
            best=best,
            proof=self.proof(best),
            refused=tuple(refused.values()),
            line=self.line(),
            tried=len(self.weighed),
            complete=self.complete,
            trade_offs=tuple(w for w in self.weighed.values() if len(w.moves) == 1 and w.worsens and w.betters),
        )

    def _left(self, move: Move) -> Refused:
        """Why a move that could be made was not."""
        alone = self.weigh([move])
        failed = self.proof(alone).failed
        if failed:
            return Refused(finding=move.finding, steps=move.steps, why="not-proved", details=_told(failed[0]))
        why = "trade-off" if alone.worsens else "does-not-pay" if not alone.betters else "another-does-as-well"
        return Refused(finding=move.finding, steps=move.steps, why=why)


def _told(obligation: Obligation) -> dict[str, object]:
    return {"obligation": obligation.obligation, "element": obligation.element, **obligation.witness}


def _key(moves: Sequence[Move]) -> tuple[object, ...]:
    return tuple(sorted(move.key for move in moves))
