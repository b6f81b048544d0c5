"""The best set of moves: not one after another by their own saving, but together, as they help and hinder each other.

A set is made in one order (`redesign.moves.MOVES`), weighed as a whole, and counts only if it is proved and worsens
nothing. Few moves are looked at in all their sets. Of more, sets are bettered by adding, leaving out or exchanging
moves until nothing helps: from all moves together, from the best ones added one after another, and from the best set
shaken (iterated local search: Lourenço, Martin and Stützle, 2003). Every set on the way counts for the line of time
cut against number of changes (Pareto, 1896). A redesign may make new findings, so the search goes on from its result
until nothing new is found. It ends when it is through or the tries are used up, and gives what stands then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from analysis.findings import Finding, Saving, find
from bpmn.model import Model
from redesign.bound import most_to_gain
from redesign.move import Move, MoveKey, move_of
from redesign.result import Obligation, Proof, Refused, Weighed
from redesign.scales import LEAST_TIME
from redesign.sets import TIE, MoveSet, Sets, Value

__all__ = ["EXHAUSTIVE", "Found", "Options", "search"]

#: Called with the number of sets weighed and the most that will be.
Progress = Callable[[int, int], None]

#: Up to so many moves all their sets are looked at.
EXHAUSTIVE = 8
#: Cases that decide between the sets that are left.
CASES = 10_000
#: Moves a person has to choose.
BY_HAND = frozenset(("assign-owner", "assign-lead"))
#: Bounds on work: nodes of all tries, nodes times moves of one try and of all; but so many moves and tries in any case.
_NODES, _NODES_OF_MOVES, _NODES_OF_ALL, _FEWEST, _FEWEST_TRIES = 100_000, 50_000, 1_500_000, 12, 6
#: Nodes of all models made on the way to sets: with so many the looking ends, with half as many more all that follows.
_NODES_MADE = 80_000
#: Up to so many moves each is tried anew whenever one is added; of more only those that may still be the best.
_PLAIN = 16
#: How often a redesign is looked at again for new findings; how often shaking may help nothing where two ways met two
#: best sets; the share that is shaken out.
_ROUNDS, _PATIENCE, _SHAKEN = 3, 3, 0.3
#: Sets that are weighed with all cases: the best ones, and those that may be the smallest to reach a target.
_FINAL = 6
#: Sets that save as much time as another, whose people are counted for the line.
_STAFFED = 60
#: What a move may add that was not tried yet.
_EVERYTHING: Value = (float("inf"),)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is asked of a search."""

    #: Names of findings: only these, unsure ones and ones that do not pay too; and not those.
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    #: Steps no move may touch.
    keep: frozenset[str] = frozenset()
    #: Most moves.
    budget: int | None = None
    #: The share of time to cut, with as few moves as do it.
    target: float | None = None
    #: Most sets that are weighed to rank them; fewer of large procedures.
    tries: int = 400
    #: Cases that decide.
    cases: int = CASES
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found."""

    best: Weighed
    proof: Proof
    refused: tuple[Refused, ...]
    #: The best proved sets by size: each saves more time than every smaller one, or as much with fewer people.
    line: tuple[Weighed, ...]
    #: Sets weighed, and whether all there are were looked at.
    tried: int
    complete: bool
    #: Trade-offs: sets of one move that better one cut and worsen another.
    trade_offs: tuple[Weighed, ...] = ()
    #: The elapsed working seconds no set of these moves can save more than; None where they are not known.
    bound: float | None = None
    #: Whether the target is reached; None where none was set.
    reached: bool | None = None


class _Spent(Exception):
    """As many sets were weighed as may be."""


def search(
    model: Model,
    *,
    findings: Sequence[Finding] | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Found:
    """Find the set of moves that cuts most and worsens nothing; equal arguments give equal results.

    An interrupt ends the looking, and what is best so far is given.
    """
    looking = _Search(model, options or Options(), progress)
    looking.run(find(model) if findings is None else findings)
    return looking.found()


class _Search:
    def __init__(self, model: Model, options: Options, progress: Progress | None) -> None:
        self.model, self.options = model, options
        self._sets = Sets(model, cases=options.cases, seed=options.seed)
        self._nothing = self._sets.weigh(())
        self._random = Random(options.seed)
        self._progress = progress
        self._refused: dict[tuple[str, tuple[str, ...], str], Refused] = {}
        self._moves: list[Move] = []
        self._complete = True
        self._parts_tried = 0
        self._size = max(len(model.nodes), 1)
        self._tries = self._most = min(options.tries, max(_NODES // self._size, _FEWEST))

    def run(self, findings: Iterable[Finding]) -> None:
        """Look at sets of the moves of these findings, then at what the best of them brings up."""
        try:
            self._moves = self._usable(self._candidates(findings), self._nothing)
            self._look(self._moves, self._nothing)
            for _ in range(_ROUNDS):
                best = self._ranked_best()
                known = {move.key for move in self._moves}
                found = find(self._sets.model_of(best)) if best.moves else ()
                new = self._usable((move for move in self._candidates(found) if move.key not in known), best)
                if not new:
                    return
                self._moves += new
                self._look(new, best)
        except (_Spent, KeyboardInterrupt):
            self._complete = False

    # What may be made

    def _candidates(self, findings: Iterable[Finding]) -> list[Move]:
        """The moves of the findings that are asked for, those that save most first where not all can be looked at."""
        moves = []
        for finding in findings:
            move = move_of(finding)
            if move is None:
                continue
            why = self._why_not(finding)
            if why:
                self._refuse(move, why)
            else:
                moves.append(move)
        most = max(_NODES_OF_MOVES // self._size, _FEWEST)
        if len(moves) > most:
            self._complete = False
            moves.sort(key=_known_saving, reverse=True)
            for move in moves[most:]:
                self._refuse(move, "not-tried")
        return moves[:most]

    def _why_not(self, finding: Finding) -> str:
        options = self.options
        if finding.protected:
            return "protected"
        if (options.only and finding.finding not in options.only) or finding.finding in options.without:
            return "left-out"
        if finding.move in BY_HAND and not options.only:
            return "person-chooses"
        if options.keep & set(finding.steps):
            return "kept"
        return "" if finding.sure or options.only else "not-sure"

    def _usable(self, moves: Iterable[Move], begin: MoveSet) -> list[Move]:
        """The moves that hold alone, on top of a set to begin with, and are proved; the others are refused.

        Where there are too many to try each alone, those are left out that were measured and do not pay alone.
        """
        moves = list(moves)
        self._tries = min(self._tries, max(_NODES_OF_ALL // (self._size * max(len(moves), 1)), _FEWEST_TRIES))
        if len(moves) > self._tries // 2:
            return self._paying(moves)
        usable = []
        for move in moves:
            alone = self._try((*begin.moves, move))
            why = _refusal(alone.refused, move)
            failed = () if why else self._sets.proof(alone).failed
            if why is not None:
                self._refuse(move, why.why, why.details)
            elif failed:
                self._refuse(move, "not-proved", _told(failed[0]))
            elif self._touches_kept(alone):
                self._refuse(move, "kept")
            else:
                usable.append(move)
        return usable

    def _paying(self, moves: Sequence[Move]) -> list[Move]:
        usable = []
        for move in moves:
            why = _why_not_alone(move.saving)
            if why and not self.options.only:
                self._refuse(move, why)
            else:
                usable.append(move)
        return usable

    def _touches_kept(self, made: MoveSet) -> bool:
        after = self._sets.model_of(made).node
        return any(after.get(step) != self.model.node.get(step) for step in self.options.keep)

    def _refuse(self, move: Move, why: str, details: Mapping[str, object] | None = None) -> None:
        refused = Refused(
            finding=move.finding, steps=move.steps, why=why, details=details or {}, material=move.material
        )
        self._refused.setdefault(refused.key, refused)

    # Weighing

    def _try(self, moves: Sequence[Move]) -> MoveSet:
        """Weigh a set if there are tries left."""
        if not self._sets.is_known(moves):
            if len(self._sets.known) >= self._tries or self._sets.spent > _NODES_MADE:
                raise _Spent
            if self._progress is not None:
                self._progress(len(self._sets.known), self._most)
        return self._sets.weigh(moves)

    def _is_allowed(self, made: MoveSet) -> bool:
        """Whether a set is small enough and worsens nothing, or only what was asked for."""
        budget = self.options.budget
        if budget is not None and len(made.moves) > budget:
            return False
        return not made.weight.worsens or bool(self.options.only)

    def _is_good(self, made: MoveSet) -> bool:
        """Whether a set is allowed and proved."""
        return self._is_allowed(made) and self._sets.proof(made).holds

    def _value(self, made: MoveSet) -> Value:
        """How good a set is; of moves that were asked for by name, the more the better."""
        value = self._sets.value(made)
        return (len(made.moves), *value) if self.options.only else value

    # Looking

    def _look(self, moves: Sequence[Move], begin: MoveSet) -> None:
        """Weigh sets of these moves, on top of those to begin with."""
        if len(moves) <= EXHAUSTIVE:
            self._most = min(self._tries, len(self._sets.known) + 2 ** len(moves))
            self._all_of(moves, begin)
            return
        self._complete = False
        everything = [*begin.moves, *moves]
        one = self._climb(everything, self._together(everything))
        other = self._climb(everything, self._forwards(moves, begin))
        self._shake(everything, patience=1 if one.key == other.key else _PATIENCE)
        if self.options.target is not None:
            self._thin(self._ranked_best())

    def _all_of(self, moves: Sequence[Move], begin: MoveSet) -> None:
        """Every set, and where a move was refused for one of the others, also with that one made first."""
        budget = self.options.budget
        for size in range(len(moves) + 1):
            if budget is not None and size + len(begin.moves) > budget:
                break
            for few in combinations(moves, size):
                made = self._try((*begin.moves, *few))
                if made.refused and size > 1:
                    for first in self._left_of(few, made):
                        self._try((*begin.moves, first, *(move for move in few if move is not first)))

    def _left_of(self, moves: Sequence[Move], made: MoveSet) -> list[Move]:
        """The moves of a set that could not be made in it."""
        return [move for move in moves if move.key not in made.key]

    def _together(self, moves: Sequence[Move]) -> MoveSet:
        """All moves that can be made together and proved, within the budget the first ones by their own saving."""
        budget = self.options.budget
        if budget is not None and len(moves) > budget:
            moves = sorted(moves, key=lambda move: self._value(self._try((move,))), reverse=True)[:budget]
        # Weighed whatever was spent: in very large procedures it is the one answer there is.
        return self._sets.weigh(self._sets.proved(moves, most=_NODES_MADE))

    def _forwards(self, moves: Sequence[Move], begin: MoveSet) -> MoveSet:
        """From none on, always the move that adds most; what added less before is not tried again where moves are many.

        That is exact as long as moves add less the more others are made (Minoux 1978); climbing mends the rest.
        """
        current, left = begin, list(moves)
        hoped: dict[MoveKey, Value] = {}
        while left and self.options.budget != len(current.moves):
            best, chosen, most = current, None, self._added(current, current)
            for move in sorted(left, key=lambda move: hoped.get(move.key, _EVERYTHING), reverse=True):
                if chosen is not None and len(moves) > _PLAIN and hoped.get(move.key, _EVERYTHING) < most:
                    break
                made = self._try((*current.moves, move))
                added = hoped[move.key] = self._added(current, made)
                if added > most and self._is_good(made):
                    best, chosen, most = made, move, added
            if chosen is None:
                break
            current = best
            left = [move for move in left if move.key not in current.key]
        return current

    def _added(self, less: MoveSet, more: MoveSet) -> Value:
        """How much better one set is than another."""
        return tuple(after - before for before, after in zip(self._value(less), self._value(more), strict=True))

    def _climb(self, moves: Sequence[Move], current: MoveSet) -> MoveSet:
        """Better a set by leaving out, adding or exchanging one move, until none of that helps."""
        improved = True
        while improved:
            improved = False
            for other in self._beside(moves, current):
                made = self._try(other)
                if self._value(made) > self._value(current) and self._is_good(made):
                    current, improved = made, True
                    break
        return current

    def _beside(self, moves: Sequence[Move], current: MoveSet) -> Iterator[Sequence[Move]]:
        """The sets one change away: one move less, one more, one first that was refused, one in another's place."""
        outside = self._left_of(moves, current)
        for gone in reversed(current.moves):
            yield [move for move in current.moves if move is not gone]
        is_full = self.options.budget is not None and len(current.moves) >= self.options.budget
        if not is_full:
            for move in outside:
                yield (*current.moves, move)
        for move in outside:
            for gone in current.moves:
                if is_full or set(move.steps) & set(gone.steps):
                    yield (move, *(kept for kept in current.moves if kept is not gone))

    def _thin(self, current: MoveSet) -> None:
        """Leave out one move after another, always the one that costs least: small sets that may reach a target."""
        while len(current.moves) > 1:
            smaller = [self._try([kept for kept in current.moves if kept is not gone]) for gone in current.moves]
            allowed = [made for made in smaller if len(made.moves) < len(current.moves) and self._is_allowed(made)]
            if not allowed:
                return
            current = max(allowed, key=self._value)

    def _shake(self, moves: Sequence[Move], *, patience: int) -> None:
        """Throw some moves of the best set out at random, put others in, and climb from there, until that is idle."""
        idle = 0
        while idle < patience:
            best = self._ranked_best()
            kept = [move for move in best.moves if self._random.random() >= _SHAKEN]
            added = [move for move in self._left_of(moves, best) if self._random.random() < _SHAKEN]
            self._random.shuffle(added)
            found = self._climb(moves, self._try(self._sets.proved((*added, *kept), most=_NODES_MADE)))
            idle = 0 if self._value(found) > self._value(best) else idle + 1

    # What was found

    def _in_order(self) -> list[MoveSet]:
        """All sets that are allowed, the best first."""
        return sorted(filter(self._is_allowed, self._sets.known.values()), key=self._value, reverse=True)

    def _ranked_best(self) -> MoveSet:
        """The best proved set as sets are ranked."""
        return next((made for made in self._in_order() if self._sets.proof(made).holds), self._nothing)

    def _best(self) -> tuple[MoveSet, bool | None]:
        """The set that all the cases choose, and whether it reaches the target."""
        if self.options.target is not None:
            smallest = self._smallest(self.options.target)
            if smallest is not None:
                return smallest, True
        final: list[MoveSet] = []
        for ranked in self._in_order():
            if len(final) == _FINAL:
                break
            if self._sets.proof(ranked).holds:
                final.append(self._sets.decide(ranked))
        best = max(filter(self._is_allowed, final), key=self._value, default=self._nothing)
        best = best if self.options.only else self._without_idle(best)
        return best, None if self.options.target is None else False

    def _smallest(self, target: float) -> MoveSet | None:
        """The smallest proved set that cuts so much of the time."""
        ranked_least = target * self._sets.elapsed_working_s
        least = target * self._sets.decided_elapsed_working_s
        if not least:
            return None
        enough = [made for made in self._in_order() if made.elapsed >= ranked_least * (1 - 10 * LEAST_TIME)]
        enough.sort(key=lambda made: (len(made.moves), -made.elapsed))
        tried = 0
        for made in enough:
            if tried == 2 * _FINAL:
                break
            if self._sets.proof(made).holds:
                tried += 1
                decided = self._sets.decide(made)
                if decided.elapsed >= least and self._is_allowed(decided):
                    return decided
        return None

    def _without_idle(self, best: MoveSet) -> MoveSet:
        """Leave out moves without which the set does as well, one alone or two that only make up for each other."""
        current: MoveSet | None = best
        while current is not None:
            smallest = current
            current = next((part for part in self._parts(smallest) if self._stands_for(part, best)), None)
        decided = self._sets.decide(smallest)
        return decided if decided.weight.betters else self._nothing

    def _parts(self, whole: MoveSet) -> Iterator[MoveSet]:
        """The set without one of its moves, and without two that touch a common step."""
        moves = whole.moves
        pairs = (pair for pair in combinations(reversed(moves), 2) if set(pair[0].steps) & set(pair[1].steps))
        for gone in (*((move,) for move in reversed(moves)), *pairs):
            if self._parts_tried == self._tries or self._is_over:
                return
            self._parts_tried += 1
            part = self._sets.weigh([move for move in moves if move not in gone])
            if len(part.moves) < len(moves):
                yield part

    def _stands_for(self, smaller: MoveSet, best: MoveSet) -> bool:
        """Whether a smaller set does as well as the best: counted first, since only time has to be simulated."""
        ranked = self._sets.known[best.key]
        is_worse = smaller.elapsed < ranked.elapsed - 2 * LEAST_TIME * self._sets.elapsed_working_s
        if is_worse or smaller.counted < best.counted or not self._is_allowed(smaller):
            return False
        decided = self._sets.decide(smaller)
        return self._sets.does_as_well(decided, best) and self._is_good(decided)

    def _line(self, best: MoveSet) -> tuple[MoveSet, ...]:
        """The best proved sets by size: each saves more time than every smaller one, or as much with fewer people."""
        by_size = sorted(self._in_order(), key=lambda made: (len(made.moves), -made.elapsed))
        ranked = self._rising(by_size, self._sets.elapsed_working_s)
        decided = [self._sets.decide(made) for made in ranked] + [best]
        decided.sort(key=lambda made: (len(made.moves), -made.elapsed))
        return tuple(self._rising(decided, self._sets.decided_elapsed_working_s))

    def _rising(self, by_size: Iterable[MoveSet], whole: float) -> list[MoveSet]:
        """Those of the sets, smaller ones first, that no set before them makes needless."""
        found: list[MoveSet] = []
        least, tie, counted = LEAST_TIME * whole, TIE * whole, 0
        for made in by_size:
            if not made.moves or made.elapsed <= least:
                continue
            if not found or made.elapsed > found[-1].elapsed + tie:
                if self._is_good(made):
                    found.append(made)
            elif counted < _STAFFED and made.elapsed >= found[-1].elapsed - tie:
                counted += 1
                if self._is_leaner(made, found[-1]) and self._is_good(made):
                    found[-1:] = [*([] if len(made.moves) == len(found[-1].moves) else found[-1:]), made]
        return found

    def _is_leaner(self, made: MoveSet, other: MoveSet) -> bool:
        """Whether a set needs fewer people than another of no fewer moves, or of fewer that saves no more time."""
        if len(made.moves) > len(other.moves) and made.elapsed < other.elapsed:
            return False
        needed = self._sets.people(made), self._sets.people(other)
        return needed[0] is not None and needed[1] is not None and needed[0] < needed[1]

    def found(self) -> Found:
        """The result: the best set, its proof, what was refused and why, and the line."""
        best, reached = self._best()
        for move in self._left_of(self._moves, best):
            self._left(move, best)
        made = {(move.finding, move.steps, move.material) for move in best.moves}
        alone = [self._sets.known[key] for key in self._sets.known if len(key) == 1]
        trade_offs = [self._sets.decide(one) for one in alone if one.weight.worsens and one.weight.betters]
        return Found(
            best=self._sets.weighed(best),
            proof=self._sets.proof(best),
            refused=tuple(one for place, one in self._refused.items() if place not in made),
            line=tuple(self._sets.weighed(one) for one in self._line(best)),
            tried=len(self._sets.known),
            complete=self._complete,
            trade_offs=tuple(self._sets.weighed(one) for one in trade_offs if self._sets.proof(one).holds),
            bound=None if self._is_over else most_to_gain(self._sets, self._moves, least=best.elapsed),
            reached=reached,
        )

    @property
    def _is_over(self) -> bool:
        """Whether nothing more may be made, only told."""
        return self._sets.spent > 1.5 * _NODES_MADE

    def _left(self, move: Move, best: MoveSet) -> None:
        """Say why a move that could be made was not."""
        is_open = not self._sets.is_known((move,)) and len(self._moves) > self._tries // 2
        if is_open or self._is_over:
            self._refuse(move, "not-tried")
            return
        alone = self._sets.weigh((move,))
        if alone.weight.worsens:
            self._refuse(move, "trade-off" if alone.weight.betters else "does-not-pay")
        elif not alone.weight.betters:
            self._refuse(move, "does-not-pay")
        else:
            why = _refusal(self._sets.weigh((*best.moves, move)).refused, move)
            self._refuse(move, why.why if why else "another-does-as-well", why.details if why else None)


def _refusal(refused: Iterable[Refused], move: Move) -> Refused | None:
    """Why a move of a set was not made; none where it was."""
    return next((one for one in refused if one.key == (move.finding, move.steps, move.material)), None)


def _told(obligation: Obligation) -> dict[str, object]:
    return {"obligation": obligation.obligation, "element": obligation.element, **obligation.witness}


def _why_not_alone(saving: Saving | None) -> str:
    """Why a move of this saving is not made alone; nothing where it pays, or was not measured."""
    if saving is None:
        return ""
    counted = (saving.steps, saving.materials, saving.visits)
    if min(counted) < 0 or (saving.high is not None and saving.high < 0):
        return "trade-off"
    return "" if max(counted) > 0 or (saving.low is not None and saving.low > 0) else "does-not-pay"


def _known_saving(move: Move) -> tuple[float, int]:
    """What a move saves alone, as far as that is known."""
    if move.saving is None:
        return 0.0, 0
    return move.saving.elapsed_working_s or 0.0, move.saving.steps + move.saving.materials + move.saving.visits
