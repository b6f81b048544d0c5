"""Sets of moves of one procedure: made, weighed and proved, each once.

Two scales weigh them. Few simulated cases rank the many sets a search looks at; the cases that were asked for decide
between the few that are left, and make the figures people see. Where time is exact both are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bpmn.model import Model
from redesign.move import Move, MoveKey
from redesign.moves import Applied, Making
from redesign.prove import prove
from redesign.result import Proof, Refused, Weighed
from redesign.scales import Scales, Weight, affordable
from redesign.staff import people, staff_needed

#: Cases that rank, and the most that are left uncounted before them.
RANKING, AHEAD = 1_000, 250
#: Two sets whose times differ by less than this share of the time before do as well as each other.
TIE = 0.001

Key = frozenset[MoveKey]
#: What makes one set better than another, the first difference counts.
Value = tuple[float, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class MoveSet:
    """A set of moves: those that could be made, in their order, those that could not, and what the set is worth."""

    moves: tuple[Move, ...]
    refused: tuple[Refused, ...]
    weight: Weight

    @property
    def key(self) -> Key:
        """What tells it from other sets."""
        return _key(self.moves)

    @property
    def elapsed(self) -> float:
        """The elapsed working seconds it saves; 0 where they are not known."""
        return self.weight.saving.elapsed_working_s or 0.0

    @property
    def counted(self) -> int:
        """The steps, papers and visits it saves."""
        saving = self.weight.saving
        return saving.steps + saving.materials + saving.visits


class Sets:
    """Makes, weighs and proves; what was done for one set is not done again."""

    def __init__(self, model: Model, *, cases: int, seed: int) -> None:
        self.model = model
        self.ranking = Scales(model, cases=affordable(model, min(cases, RANKING)), seed=seed, warm_up=AHEAD)
        self._deciding = Scales(model, cases=cases, seed=seed)
        self._making = Making(model)
        self._asked: dict[tuple[MoveKey, ...], MoveSet] = {}
        self._decided: dict[Key, MoveSet] = {}
        self._proofs: dict[Key, Proof] = {}
        self._models: dict[Key, Model] = {}
        self._people: dict[Key, int | None] = {}
        self.known: dict[Key, MoveSet] = {}

    @property
    def spent(self) -> int:
        """Nodes of all models made so far."""
        return self._making.spent

    def is_known(self, moves: Sequence[Move]) -> bool:
        """Whether just this was asked for before."""
        return tuple(move.key for move in moves) in self._asked

    def weigh(self, moves: Sequence[Move]) -> MoveSet:
        """Make a set and weigh it to rank it; what comes to the same set is weighed once."""
        asked = tuple(move.key for move in moves)
        if asked not in self._asked:
            applied = self.made(moves)
            key = _key(applied.moves)
            if key not in self.known:
                weight = self.ranking.weigh(applied.model)
                # A copy, without what was found out about it: it is made quickly and kept long.
                self._models[key] = applied.model.evolve()
                self.known[key] = MoveSet(moves=applied.moves, refused=applied.refused, weight=weight)
            # What is refused depends on what was asked, its weight does not.
            self._asked[asked] = replace(self.known[key], refused=applied.refused)
        return self._asked[asked]

    def decide(self, ranked: MoveSet) -> MoveSet:
        """Weigh a set with all the cases asked for."""
        if self._final is self.ranking or self._deciding.cases <= self.ranking.cases:
            return ranked
        key = ranked.key
        if key not in self._decided:
            self._decided[key] = replace(ranked, weight=self._deciding.weigh(self.model_of(ranked)))
        return self._decided[key]

    @property
    def elapsed_working_s(self) -> float:
        """The mean elapsed working seconds of the procedure as it is, as sets are ranked by; 0 where not known."""
        return self.ranking.elapsed_working_s or 0.0

    @property
    def decided_elapsed_working_s(self) -> float:
        """The same of all the cases asked for."""
        return self._final.elapsed_working_s or 0.0

    def saved(self, model: Model) -> float | None:
        """The elapsed working seconds any other model saves, of all the cases asked for."""
        return self._final.saved(model).elapsed_working_s

    @property
    def _final(self) -> Scales:
        """The scales that decide: both are one where time is exact."""
        return self.ranking if self.ranking.is_exact else self._deciding

    def model_of(self, made: MoveSet) -> Model:
        """The procedure a weighed set makes, its diagram not drawn yet."""
        return self._models[made.key]

    def made(self, moves: Sequence[Move]) -> Applied:
        """What becomes of moves, not weighed."""
        return self._making.made(moves)

    def weighed(self, made: MoveSet) -> Weighed:
        """A set as a result."""
        weight, model = made.weight, _to_be(self.model_of(made)) if made.moves else self.model
        return Weighed(
            moves=made.moves,
            model=model,
            saving=self._final.with_work(model, weight.saving),
            betters=weight.betters,
            worsens=weight.worsens,
            staff=staff_needed(model),
        )

    def people(self, made: MoveSet) -> int | None:
        """The people all units need with a set; None where nobody says how many cases arrive."""
        if made.key not in self._people:
            self._people[made.key] = people(staff_needed(self.model_of(made)))
        return self._people[made.key]

    def proof(self, made: MoveSet) -> Proof:
        """The proof of a weighed set, made once."""
        key = made.key
        if key not in self._proofs:
            self._proofs[key] = prove(self.model, self.model_of(made))
        return self._proofs[key]

    def _proof(self, moves: Sequence[Move]) -> Proof:
        applied = self._making.made(moves)
        key = _key(applied.moves)
        if key not in self._proofs:
            self._proofs[key] = prove(self.model, applied.model)
        return self._proofs[key]

    def proved(self, moves: Sequence[Move], *, most: float) -> tuple[Move, ...]:
        """Those of the moves that can be made together and are proved, nothing weighed.

        Made move by move, a set is proved up to some move and no longer with it: that one is the guilty one. It is
        found by halving; cost a logarithm of proofs for each move that goes. Once `most` nodes are made in all, what is
        proved so far is the answer.
        """
        left = self._making.made(moves).moves
        while left and not self._proof(left).holds:
            holds, spoilt = 0, len(left)
            while spoilt - holds > 1:
                middle = (holds + spoilt) // 2
                holds, spoilt = (middle, spoilt) if self._proof(left[:middle]).holds else (holds, middle)
            if self.spent > most:
                return left[:holds]
            left = self._making.made((*left[: spoilt - 1], *left[spoilt:])).moves
        return left

    def value(self, made: MoveSet) -> Value:
        """How good a set is: it worsens nothing; time, but for ties; then what else it cuts; then how few moves."""
        weight = made.weight
        tie = TIE * self.elapsed_working_s or 1.0
        return (
            -len(weight.worsens),
            -weight.overloaded,
            round(made.elapsed / tie),
            made.counted,
            -len(made.moves),
            made.elapsed,
        )

    def does_as_well(self, part: MoveSet, whole: MoveSet) -> bool:
        """Whether a part of a set cuts nothing less than the set."""
        one, other = part.weight.saving, whole.weight.saving
        if any(getattr(one, name) < getattr(other, name) for name in ("steps", "materials", "visits")):
            return False
        if part.weight.overloaded > whole.weight.overloaded:
            return False
        return part.elapsed >= whole.elapsed - TIE * self.elapsed_working_s


def _key(moves: Iterable[Move]) -> Key:
    return frozenset(move.key for move in moves)


def _to_be(model: Model) -> Model:
    """The model as a procedure that shall be, where it says what it is."""
    processes = tuple(
        one.evolve(procedure=replace(one.procedure, scenario="to-be")) if one.procedure is not None else one
        for one in model.processes
    )
    return model if processes == model.processes else model.evolve(processes=processes)
