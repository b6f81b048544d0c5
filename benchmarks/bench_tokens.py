"""The tokens alone: rows in, one step with a form of four fields, changed rows out, nothing written anywhere.

The peer is SpiffWorkflow with its own JSON serializer, on the same drawing in the same run.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from json import dumps
from typing import Any

from benchmarks.live import FORM, Drawing, PlainSpiff, blocks, linear, loop, office, seconds_each
from benchmarks.measuring import Row
from engine.spiff import Frontier, Program, Run, compiled
from engine.world import Office, OfficeWorld

_START = datetime(2026, 1, 5, 9, tzinfo=UTC)
#: Steps of the peer that are timed: it grows slower with every step, so the first ones flatter it.
_PEER_STEPS = 200
_OURS = 400


class Rows:
    """A case as rows in memory: what a database would give and take."""

    def __init__(self, program: Program, data: Mapping[str, Any] | None = None) -> None:
        self.program = program
        self.world = OfficeWorld(Office(program.model, (), "Asia/Shanghai"), (), _START)
        self.tokens: dict[int, str] = {}
        self.kept: dict[int, dict[str, str]] = {}
        self.moment = _START
        self.last = 0
        self.written = 0
        self.ended = ""
        self._keep(Run.start(program, self.world, at=_START, data=data or {}))

    def step(self, form: Mapping[str, Any]) -> None:
        """Restore, complete the first step that waits, keep what changed."""
        self.moment += timedelta(seconds=1)
        run = Run.restore(self.program, self.world, self._frontier())
        run.complete(run.waits()[0].token, form, self.moment)
        self._keep(run)

    def _frontier(self) -> Frontier:
        return Frontier(
            last=self.last,
            tokens=sorted(self.tokens.items()),
            value=lambda scope, key: self.kept.get(scope, {}).get(key),
            values=lambda scope: self.kept.get(scope, {}),
        )

    def _keep(self, run: Run) -> None:
        changes = run.changes()
        self.last, self.ended = changes.last, changes.ended
        for token in changes.gone:
            self.tokens.pop(token, None)
        self.tokens |= changes.tokens
        self.written = sum(len(body) for body in changes.tokens.values())
        for (scope, key), text in changes.values.items():
            if text is None:
                self.kept.get(scope, {}).pop(key, None)
            else:
                self.kept.setdefault(scope, {})[key] = text
                self.written += len(key) + len(text)


def rows() -> list[Row]:
    """Measure every row."""
    return [
        *(_beside(*what) for what in _COMPARED),
        *_large(),
        *_flat(),
    ]


_COMPARED = (
    ("linear 10", linear(10), 10, 8),
    ("linear 50", linear(50), 50, 25),
    ("linear 200", linear(200), 200, 90),
    ("office 50", office(50), 50, 20),
    ("loop of 1,000", loop(), 300, 120),
)


def _beside(name: str, drawing: Drawing, steps: int, reach: int) -> Row:
    """The peer goes through one case (of the loop as far as it can), we through as many as make a fair time."""
    form = {**FORM, "again": "yes"}
    return (f"tokens, {name}", "SpiffWorkflow, JSON", f"≥ {reach}", _peer(drawing, steps, form) / _own(drawing, form))


def _peer(drawing: Drawing, steps: int, form: Mapping[str, Any]) -> float:
    plain = PlainSpiff(drawing)
    kept = [plain.begin()]

    def step() -> None:
        kept[0] = plain.step(kept[0], form)

    return seconds_each(min(steps, _PEER_STEPS), step)


def _own(drawing: Drawing, form: Mapping[str, Any]) -> float:
    program = compiled(drawing.model())
    case = [Rows(program)]

    def step() -> None:
        if case[0].ended:
            case[0] = Rows(program)
        case[0].step(form)

    seconds_each(20, step)
    return min(seconds_each(_OURS, step) for _ in range(3))


def _large() -> list[Row]:
    """Live tokens at most where plain SpiffWorkflow ends: 13 and 200 parallel blocks, a chain and a loop of 10,000."""
    return [
        ("live tokens, 13 parallel blocks", "none", "≤ 5", _most(Rows(compiled(blocks(13))), FORM)),
        ("live tokens, 200 parallel blocks", "none", "≤ 5", _most(Rows(compiled(blocks(200))), FORM)),
        ("live tokens, chain of 10,000", "none", "≤ 5", _most(Rows(compiled(linear(10_000).model())), FORM)),
        ("live tokens, loop of 10,000", "none", "≤ 5", _looped(10_000)),
    ]


def _most(case: Rows, form: Mapping[str, Any]) -> float:
    most = 0
    while not case.ended:
        most = max(most, len(case.tokens))
        case.step(form)
    return most


def _looped(rounds: int) -> float:
    case = Rows(compiled(loop().model()))
    most = 0
    for turn in range(rounds):
        case.step({**FORM, "again": "yes" if turn < rounds - 1 else "no"})
        most = max(most, len(case.tokens))
    return most if case.ended else float("inf")


def _flat() -> list[Row]:
    """The cost of a step late in a case, and of a step of a case with many fields."""
    program = compiled(linear(10_001).model())
    early, late = _at(program, 10), _at(program, 9_900)
    few = Rows(program, {"f0": 1})
    many = Rows(program, {f"field{place}": "某某街道第几号" * 3 for place in range(200)})
    seconds = [seconds_each(100, lambda case=case: case.step(FORM)) for case in (few, many)]  # type: ignore[misc]
    return [
        ("step 10,000 of a case, time", "step 10", "≤ 1.2", late[0] / early[0]),
        ("step 10,000 of a case, bytes", "step 10", "≤ 1.5", late[1] / early[1]),
        ("step of a case with 200 fields, time", "4 fields", "≤ 1.2", seconds[1] / seconds[0]),
        ("step of a case with 200 fields, bytes", "4 fields", "≤ 1.5", many.written / few.written),
    ]


def _at(program: Program, steps: int) -> tuple[float, float]:
    """Seconds and bytes of a step after so many of them."""
    case = Rows(program)
    for place in range(steps):
        case.step({**FORM, f"field{place % 50}": place})
    return min(seconds_each(30, lambda: case.step(FORM)) for _ in range(3)), float(len(dumps(FORM)) + case.written)
