"""Values made by hand for the tests of the reports: a small procedure before and after, with round figures."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from analysis.findings import Finding, Missing, Saving
from analysis.measure import CaseTimes, LimitShare, Measure, PathTime, StepTime, TimeResult, UnitTime
from bpmn.annotation import Duration, GovMaterial, GovProcedure, GovStep, GovTime, GovUnit
from bpmn.model import Lane, Model, Node, Pool, Process, SequenceFlow
from redesign import Obligation, Proof, Redesign, Refused, Weighed, move_of
from redesign.shapley import Share
from reports.comparison import Comparison, Cut, Side
from reports.matching import Match
from reports.proposal import Proposal

HOUR = 3600.0
START = datetime(2026, 1, 4, 9, tzinfo=ZoneInfo("Asia/Shanghai"))

#: Id, name, unit, kind, minutes of work, hours of waiting, source of the times.
Row = tuple[str, str, str, str, float, float, str]

BEFORE: tuple[Row, ...] = (
    ("collect", "窗口收件", "综合窗口", "collect", 20, 1, "measured"),
    ("record", "登记台账", "综合窗口", "record", 10, 0, "estimate"),
    ("accept", "登记受理", "市场监管局", "accept", 10, 2, "measured"),
    ("identity", "身份核验", "市场监管局", "check", 15, 2, "statute"),
    ("review", "形式审查", "市场监管局", "check", 30, 4, "measured"),
    ("approve", "分管审批", "市场监管局", "approve", 10, 3, "estimate"),
    ("decide", "核准登记", "市场监管局", "decide", 10, 2, "estimate"),
    ("seal", "印章备案", "公安局", "record", 15, 3, "suggested"),
    ("deliver", "发放执照", "综合窗口", "notify", 10, 1, ""),
)
AFTER: tuple[Row, ...] = (
    ("collect", "一表受理", "综合窗口", "collect", 10, 0, "estimate"),
    ("push", "信息推送", "综合窗口", "notify", 2, 0, "estimate"),
    ("accept", "登记受理", "市场监管局", "accept", 5, 0, "estimate"),
    ("identity", "身份核验", "市场监管局", "check", 5, 0, "statute"),
    ("decide", "审核合一", "市场监管局", "decide", 15, 0, "estimate"),
    ("seal", "印章备案", "公安局", "record", 5, 0, "estimate"),
)
CHANGES = (
    Match(kind="kept", before=("collect",), after=("collect",), by="id"),
    Match(kind="removed", before=("record",), after=()),
    Match(kind="kept", before=("accept",), after=("accept",), by="id"),
    Match(kind="kept", before=("identity",), after=("identity",), by="id"),
    Match(kind="merged", before=("review", "approve", "decide"), after=("decide",), by="replaces"),
    Match(kind="moved", before=("seal",), after=("seal",), by="id"),
    Match(kind="removed", before=("deliver",), after=()),
    Match(kind="new", before=(), after=("push",)),
)


def model(rows: Sequence[Row], *, procedure: GovProcedure | None = None, title: str = "企业开办") -> Model:
    """Make the model of a chain of steps in lanes, with an applicant's pool above it."""
    units = list(dict.fromkeys(row[2] for row in rows))
    chain = ["start", *(row[0] for row in rows), "end"]
    return Model(
        processes=(
            Process(id="citizen", name="申请人"),
            Process(id="main", name=title, procedure=procedure or _procedure()),
        ),
        pools=(
            Pool(id="pool_citizen", name="申请人", process="citizen", unit=GovUnit(applicant=True)),
            Pool(id="pool", name=title, process="main"),
        ),
        lanes=tuple(
            Lane(
                id=f"lane_{place}",
                name=unit,
                process="main",
                nodes=tuple(row[0] for row in rows if row[2] == unit) + (("start", "end") if place == 0 else ()),
                unit=GovUnit(level="county", staff=3 + place),
            )
            for place, unit in enumerate(units)
        ),
        nodes=(
            Node(id="wish", kind="startEvent", process="citizen"),
            Node(id="start", kind="startEvent", process="main"),
            *map(_step, rows),
            Node(id="end", kind="endEvent", process="main"),
        ),
        flows=tuple(
            SequenceFlow(id=f"flow_{place}", source=source, target=target, process="main")
            for place, (source, target) in enumerate(itertools.pairwise(chain))
        ),
    )


def _procedure() -> GovProcedure:
    return GovProcedure(
        matter="370700-QYKB-01",
        kind="cross",
        lead="市场监管局",
        legal_limit=8,
        promised_limit=5,
        arrivals_per_day=40,
    )


def _step(row: Row) -> Node:
    identity, name, _, kind, work, wait, source = row
    is_law = kind == "decide"
    times = [GovTime(mean=Duration(seconds=work * 60), source=source)]
    if wait:
        times.append(
            GovTime(part="wait", distribution="exponential", mean=Duration(seconds=wait * HOUR), source=source)
        )
    return Node(
        id=identity,
        kind="userTask",
        name=name,
        process="main",
        step=GovStep(
            kind=kind,
            mandatory=is_law,
            basis="市场主体登记管理条例 第十九条" if is_law else "",
            visit=kind in {"collect", "notify"},
            source="suggested" if identity == "record" else "",
        ),
        times=tuple(times),
        materials=(GovMaterial(name="申请书", origin="applicant"),) if kind == "collect" else (),
    )


def measure(mean: float | None, *, basis: str = "elapsed-working", spread: float = 0.02) -> Measure:
    """Make a measure around a mean."""
    if mean is None:
        return Measure(
            mean=None, low=None, high=None, median=None, p90=None, p95=None, n=10000, basis=basis, source="simulated"
        )
    return Measure(
        mean=mean,
        low=mean * (1 - spread),
        high=mean * (1 + spread),
        median=mean * 0.95,
        p90=mean * 1.4,
        p95=mean * 1.6,
        n=10000,
        basis=basis,
        source="simulated",
    )


def times(rows: Sequence[Row], hours: float, calendar: float) -> TimeResult:
    """Make the times of a side of which a mean case takes so many office hours and calendar hours."""
    work = sum(row[4] for row in rows) * 60.0
    wait = sum(row[5] for row in rows) * HOUR
    units = list(dict.fromkeys(row[2] for row in rows))
    queue = hours * HOUR - work - wait
    return TimeResult(
        process="main",
        cases=10000,
        seed=20261124,
        start=START,
        warm_up=2000,
        times=CaseTimes(
            work=measure(work, basis="work"),
            elapsed_working=measure(hours * HOUR),
            elapsed_calendar=measure(calendar * HOUR, basis="elapsed-calendar"),
            waiting=measure(wait + queue, basis="waiting"),
        ),
        by_outcome={},
        outcome_shares={"granted": 1.0, "rejected": 0.0},
        outcome_shares_exact=True,
        overloaded=(),
        not_annotated=(),
        materials_per_case=measure(1.0, basis="hand-ins", spread=0),
        visits_per_case=measure(2.0, basis="visits", spread=0),
        steps=tuple(
            StepTime(
                id=row[0],
                name=row[1],
                unit=row[2],
                work=row[4] * 60,
                wait=row[5] * HOUR,
                queue=queue / len(rows),
                times_per_case=1.0,
            )
            for row in rows
        ),
        path=PathTime(
            work=work,
            wait=wait,
            queue=queue,
            closed=(calendar - hours) * HOUR,
            other=0.0,
            units=tuple(
                UnitTime(
                    unit=unit,
                    work=sum(row[4] for row in rows if row[2] == unit) * 60,
                    wait=sum(row[5] for row in rows if row[2] == unit) * HOUR,
                    queue=queue * sum(row[2] == unit for row in rows) / len(rows),
                )
                for unit in units
            ),
        ),
        limits=(),
        sample=tuple(hours * HOUR * (0.5 + place / 9999) for place in range(10000)),
        day_seconds=7 * HOUR,
        other_hours=(),
        estimated_years={},
    )


def limit(clock: str, amount: float, inside: int, n: int = 9400) -> LimitShare:
    """Make the share of cases that keep a limit."""
    return LimitShare(
        clock=clock,
        limit=amount,
        unit="workday",
        inside=inside,
        n=n,
        low=inside / n - 0.003,
        high=min(1.0, inside / n + 0.003),
        span="accept-decide",
    )


def side(rows: Sequence[Row], result: TimeResult, *, name: str = "as-is.bpmn", title: str = "企业开办") -> Side:
    """Make one side."""
    return Side(
        model=model(rows, title=title),
        title=title,
        file=name,
        digest=("9f3a41c7" if name == "as-is.bpmn" else "c20d88e1") * 8,
        steps=len(rows),
        times=result,
        visits=2 if name == "as-is.bpmn" else 1,
        materials=19 if name == "as-is.bpmn" else 7,
        distinct_materials=9 if name == "as-is.bpmn" else 7,
    )


def cut(before: float | None, after: float | None, basis: str, *, spread: float = 0.0, unit: str = "count") -> Cut:
    """Make the cut of two figures."""
    saved = None if before is None or after is None else before - after
    return Cut(
        before=before,
        after=after,
        cut=saved,
        percent=None if saved is None or not before else 100 * saved / before,
        low=None if saved is None else saved - spread,
        high=None if saved is None else saved + spread,
        basis=basis,
        n=10000 if unit == "s" else None,
        unit=unit,
    )


def comparison(before: Side, after: Side, changes: Sequence[Match] = CHANGES) -> Comparison:
    """Set two sides against each other."""
    first, second = before.times.times, after.times.times
    return Comparison(
        before=before,
        after=after,
        comparable=True,
        why_not=(),
        cuts={
            "steps": cut(before.steps, after.steps, "steps"),
            "time": cut(
                first.elapsed_working.mean, second.elapsed_working.mean, "elapsed-working", spread=1700, unit="s"
            ),
            "median": cut(
                first.elapsed_working.median, second.elapsed_working.median, "elapsed-working", spread=1700, unit="s"
            ),
            "limit": cut(5.0, 1.0, "promised-limit", unit="workday"),
            "materials": cut(before.materials, after.materials, "hand-ins"),
            "distinct": cut(before.distinct_materials, after.distinct_materials, "materials"),
            "visits": cut(before.visits, after.visits, "visits"),
        },
        changes=tuple(changes),
        seed=20261124,
        cases=10000,
    )


@pytest.fixture
def as_is() -> Side:
    """Give the procedure before."""
    result = replace(times(BEFORE, 20.9, 86.4), limits=(limit("legal", 8, 9390), limit("promised", 5, 9052)))
    return side(BEFORE, replace(result, not_annotated=("deliver",), estimated_years={2027: 0.008}))


@pytest.fixture
def to_be() -> Side:
    """Give the procedure after."""
    result = replace(times(AFTER, 1.0, 4.6), limits=(limit("legal", 8, 9400), limit("promised", 1, 9400)))
    return side(AFTER, result, name="to-be.bpmn")


@pytest.fixture
def compared(as_is: Side, to_be: Side) -> Comparison:
    """Give the comparison of both."""
    return comparison(as_is, to_be)


@pytest.fixture
def make_side() -> Callable[..., Side]:
    """Give the maker of a side from rows of steps, its mean office hours and its mean calendar hours."""

    def make(rows: Sequence[Row], hours: float, calendar: float, **changes: object) -> Side:
        return replace(side(rows, times(rows, hours, calendar)), **changes)

    return make


@pytest.fixture
def make_comparison() -> Callable[..., Comparison]:
    """Give the maker of a comparison of two sides."""
    return comparison


#: What the program would make of the procedure: two steps less, the rest as it is.
PROPOSED: tuple[Row, ...] = tuple(row for row in BEFORE if row[0] not in {"record", "approve"})
PROPOSED_CHANGES = (
    *(Match(kind="kept", before=(row[0],), after=(row[0],), by="id") for row in PROPOSED),
    Match(kind="removed", before=("record",), after=()),
    Match(kind="removed", before=("approve",), after=()),
)


def saving(hours: float | None, steps: int = 0, materials: int = 0, visits: int = 0) -> Saving:
    """Make what a move saves."""
    seconds = None if hours is None else hours * HOUR
    return Saving(
        steps=steps,
        elapsed_working_s=seconds,
        work_s=0.0,
        materials=materials,
        visits=visits,
        source="simulated",
        low=seconds,
        high=seconds,
    )


CHAIN = Finding(
    finding="approval-chain",
    steps=("approve", "decide"),
    evidence={"units": ["市场监管局"], "remove": ["approve"], "keep": ["decide"], "demanded": []},
    move="flatten-approvals",
    saving=saving(5.0, steps=1),
)
UNUSED = Finding(
    finding="unused-result",
    steps=("record",),
    evidence={"materials": ["台账"]},
    move="remove-step",
    saving=saving(2.0, steps=1),
)
UNSURE = Finding(
    finding="needless-sequence",
    steps=("identity", "review"),
    evidence={"units": ["市场监管局"]},
    missing=(Missing(element="review", annotation="materials"),),
    move="parallelise",
    saving=saving(1.0),
)
PROTECTED = Finding(
    finding="automatable-step",
    steps=("decide",),
    evidence={"materials": ["登记信息"], "by_rules": False},
    protected=True,
    move="automate",
)


@pytest.fixture
def proposal(as_is: Side) -> Proposal:
    """Give what the program finds in the procedure before and makes of it: 20.9 hours become 13.9."""
    after = side(PROPOSED, times(PROPOSED, 13.9, 57.0), name="proposal.bpmn")
    moves = tuple(move for finding in (CHAIN, UNUSED) if (move := move_of(finding)) is not None)
    found = Obligation(
        obligation="mandatory-step",
        holds=True,
        element="decide",
        witness={"basis": "市场主体登记管理条例 第十九条", "stands_for_it": "decide"},
    )
    heir = Obligation(
        obligation="legal-order",
        holds=True,
        element="approve",
        witness={"after": "review", "stands_for": "decide", "how": "always"},
    )
    weighed = [
        Weighed(moves=moves[:n], model=after.model, saving=saving(cut, n), betters=frozenset(), worsens=frozenset())
        for n, cut in ((1, 5.0), (2, 7.0))
    ]
    made = Redesign(
        before=as_is.model,
        after=after.model,
        moves=moves,
        refused=(
            Refused(finding="needless-sequence", steps=UNSURE.steps, why="not-sure"),
            Refused(finding="automatable-step", steps=PROTECTED.steps, why="protected"),
        ),
        proof=Proof(obligations=(found, heir)),
        saving=saving(7.0, steps=2),
        line=tuple(weighed),
        trade_offs=(),
        tried=4,
        complete=True,
    )
    hours = ((4.8, 4.7, 4.9), (2.2, 2.2, 2.2))
    shares = [
        Share(
            move=move,
            steps=1.0,
            elapsed_working_s=mean * HOUR,
            materials=0.0,
            visits=0.0,
            low=low * HOUR,
            high=high * HOUR,
        )
        for move, (mean, low, high) in zip(moves, hours, strict=True)
    ]
    return Proposal(
        findings=(UNSURE, CHAIN, PROTECTED, UNUSED),
        made=made,
        comparison=comparison(as_is, after, PROPOSED_CHANGES),
        shares=tuple(shares),
    )
