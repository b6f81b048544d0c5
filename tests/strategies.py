"""Random models for property tests, made by `bpmn.build`.

`models()` are structured: sequences, exclusive, inclusive and parallel blocks, loops and sub-processes, sound by
construction. `graphs()` connect any elements in any way and promise nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from bpmn.annotation import Duration, GovTime
from bpmn.build import Builder, build, gives, needs
from bpmn.model import Model

#: Texts as files have them: no control characters, no white space around them.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=12).map(str.strip)
PROBABILITIES = st.integers(1, 999).map(lambda share: share / 1000)
DURATIONS = st.builds(
    Duration,
    weeks=st.integers(0, 3).map(float),
    days=st.integers(0, 9).map(float),
    seconds=st.integers(0, 40_000).map(float) | st.floats(0, 90).map(lambda seconds: round(seconds, 3)),
)
TIMES = st.one_of(
    st.builds(GovTime, mean=DURATIONS, source=st.sampled_from(("", "measured", "estimate", "suggested"))),
    st.builds(GovTime, distribution=st.just("exponential"), mean=DURATIONS, clock=st.sampled_from(("", "calendar"))),
    st.builds(GovTime, distribution=st.sampled_from(("normal", "lognormal", "gamma")), mean=DURATIONS, sd=DURATIONS),
    st.builds(
        GovTime, distribution=st.just("empirical"), values=st.lists(DURATIONS, min_size=1, max_size=3).map(tuple)
    ),
)
MATERIALS = st.lists(
    st.builds(
        needs, st.sampled_from(("执照", "title", "plan")), origin=st.sampled_from(("applicant", "shared", "internal"))
    )
    | st.builds(gives, st.sampled_from(("licence", "意见")), to=st.sampled_from(("", "applicant"))),
    max_size=3,
)
UNITS = ("市场监管局", "消防大队", "综合窗口")


@st.composite
def step_values(draw: st.DrawFn) -> dict[str, Any]:
    """What a step may say: nothing, a little or a lot."""
    values: dict[str, Any] = {
        "name": draw(TEXTS),
        "task": draw(st.sampled_from(("task", "userTask", "manualTask", "serviceTask", "businessRuleTask"))),
    }
    if draw(st.booleans()):
        values["kind"] = draw(st.sampled_from(("accept", "check", "decide", "approve", "forward", "produce", "other")))
        values["materials"] = draw(MATERIALS)
    optional: dict[str, st.SearchStrategy[Any]] = {
        "work": TIMES,
        "wait": TIMES,
        "purpose": TEXTS,
        "mandatory": st.booleans(),
        "visit": st.booleans(),
        "automatic": st.booleans(),
        "rejects": PROBABILITIES,
        "limit": st.integers(1, 20).map(float),
    }
    for name in draw(st.sets(st.sampled_from(sorted(optional)), max_size=4)):
        values[name] = draw(optional[name])
    return values


@dataclass
class _Growth:
    """How far a model has grown, and into what it may grow."""

    steps: int
    loops: bool
    sub_processes: bool
    lanes: bool
    annotations: bool
    kinds: tuple[str, ...] = ("exclusive", "parallel")
    counted: dict[str, int] = field(default_factory=dict)

    def name(self, kind: str) -> str:
        self.counted[kind] = self.counted.get(kind, 0) + 1
        return f"{kind}{self.counted[kind]}"


@st.composite
def models(
    draw: st.DrawFn,
    *,
    max_steps: int = 12,
    loops: bool = True,
    sub_processes: bool = True,
    lanes: bool = True,
    annotations: bool = True,
    inclusive: bool = False,
) -> Model:
    """A sound model of at most `max_steps` steps, with shares on its branches and whatever else is asked for."""
    kinds = ("exclusive", "parallel", "inclusive") if inclusive else ("exclusive", "parallel")
    growth = _Growth(
        steps=draw(st.integers(1, max_steps)),
        loops=loops,
        sub_processes=sub_processes,
        lanes=lanes,
        annotations=annotations,
        kinds=kinds,
    )
    builder = build("permit", name="许可", pool="政务服务中心" if draw(st.booleans()) else "")
    if annotations:
        builder.procedure(arrivals_per_day=5, legal_limit=20, promised_limit=draw(st.integers(1, 20)))
    if lanes:
        builder.lane(UNITS[0], staff=2, level="county")
    builder.start()
    _sequence(draw, builder, growth, depth=0)
    return builder.end().model


def _sequence(draw: st.DrawFn, builder: Builder, growth: _Growth, depth: int) -> None:
    for _ in range(draw(st.integers(1, 3))):
        _element(draw, builder, growth, depth)


def _element(draw: st.DrawFn, builder: Builder, growth: _Growth, depth: int) -> None:
    options = ["step", "step"]
    if depth < 3 and growth.steps > 1:
        options += growth.kinds
        options += ["loop"] * growth.loops + ["sub_process"] * growth.sub_processes
    option = draw(st.sampled_from(options))
    if option == "step":
        _step(draw, builder, growth)
    elif option == "loop":
        _loop(draw, builder, growth, depth)
    elif option == "sub_process":
        builder.sub_process(growth.name("sub")).start(growth.name("start"))
        _sequence(draw, builder, growth, depth + 1)
        builder.end(growth.name("stop")).close()
    else:
        _block(draw, builder, growth, depth, option)


def _step(draw: st.DrawFn, builder: Builder, growth: _Growth) -> None:
    growth.steps -= 1
    if growth.lanes and draw(st.booleans()):
        builder.lane(draw(st.sampled_from(UNITS)))
    builder.step(growth.name("step"), **(draw(step_values()) if growth.annotations else {}))


def _loop(draw: st.DrawFn, builder: Builder, growth: _Growth, depth: int) -> None:
    again, more = growth.name("again"), growth.name("more")
    builder.node(again, "exclusiveGateway").to(again).at(again)
    _sequence(draw, builder, growth, depth + 1)
    share = draw(st.integers(1, 500)) / 1000
    builder.exclusive(more).branch(share).to(again).branch(1 - share).close()


def _block(draw: st.DrawFn, builder: Builder, growth: _Growth, depth: int, kind: str) -> None:
    opener = {"exclusive": builder.exclusive, "parallel": builder.parallel, "inclusive": builder.inclusive}[kind]
    opener(growth.name(kind))
    branches = draw(st.integers(2, 3))
    for number in range(branches):
        if kind == "parallel":
            builder.branch()
        else:
            builder.branch(1 / branches if number else None, name=draw(TEXTS), default=number == 0)
        if number == 0 or draw(st.integers(0, 3)):
            _sequence(draw, builder, growth, depth + 1)
    builder.join()


NODE_KINDS = (
    "task",
    "userTask",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "intermediateThrowEvent",
    "subProcess",
)


@st.composite
def graphs(draw: st.DrawFn, *, max_nodes: int = 10) -> Model:
    """Any elements, connected in any way within their container: dead ends, loops without exit, islands."""
    builder = build("any").node("start", "startEvent").node("end", "endEvent")
    containers: dict[str, list[str]] = {"": ["start", "end"]}
    for number in range(draw(st.integers(1, max_nodes))):
        name, scope = f"n{number}", draw(st.sampled_from(sorted(containers)))
        kind = draw(st.sampled_from(NODE_KINDS))
        builder.node(name, kind, scope=scope, name=draw(TEXTS))
        containers[scope].append(name)
        if kind == "subProcess":
            containers[name] = []
    for nodes in containers.values():
        ends = st.sampled_from(nodes) if nodes else st.nothing()
        for _ in range(draw(st.integers(0, 2 * len(nodes)))):
            builder.flow(draw(ends), draw(ends))
    return builder.model


@st.composite
def procedures(draw: st.DrawFn, *, max_steps: int = 8, inclusive: bool = True) -> Model:
    """A sound model with what real drawings have beside nested blocks: refusals, events on steps, ends apart.

    Branches leave early to one common refusal, to ends of their own or, out of parallel branches, to an end that stops
    everything; events sit on the edges of steps and sub-processes; a note runs beside and ends by itself.
    """
    kinds = ("exclusive", "parallel", "inclusive", "event_based") if inclusive else ("exclusive", "parallel")
    growth = _Growth(
        steps=draw(st.integers(2, max_steps)),
        loops=True,
        sub_processes=True,
        lanes=False,
        annotations=False,
        kinds=kinds,
    )
    builder = build("permit").start()
    _Procedure(draw, builder, growth).sequence(0, nested="")
    return builder.end().model


class _Procedure:
    """Draws one random procedure; `nested` says whether what is drawn lies in parallel branches or a sub-process."""

    def __init__(self, draw: st.DrawFn, builder: Builder, growth: _Growth) -> None:
        self.draw, self.builder, self.growth = draw, builder, growth
        self.refusals: set[str] = set()

    def sequence(self, depth: int, nested: str) -> None:
        for _ in range(self.draw(st.integers(1, 3))):
            self.element(depth, nested)

    def element(self, depth: int, nested: str) -> None:
        options = ["step", "step", "refusal", "event", "own_end"]
        if depth < 3 and self.growth.steps > 1:
            options += [*self.growth.kinds, "loop", "sub_process", "late_loop", "note"]
        option = self.draw(st.sampled_from(options))
        {"step": self.step, "refusal": self.refusal, "event": self.event, "own_end": self.own_end}.get(
            option, lambda nested: self.block(option, depth, nested)
        )(nested)

    def block(self, option: str, depth: int, nested: str) -> None:
        builder, growth = self.builder, self.growth
        if option == "loop":
            self.loop(depth, nested)
        elif option == "late_loop":
            again = growth.name("again")
            builder.node(again, "exclusiveGateway").to(again).at(again)
            for number in range(2):
                self.sequence(depth + 1, nested)
                builder.exclusive(growth.name("more")).branch(0.1)
                if self.draw(st.booleans()) or number:
                    builder.step(growth.name("step"))
                builder.to(again).branch().close()
        elif option == "sub_process":
            name = growth.name("sub")
            builder.sub_process(name).start(growth.name("start"))
            self.sequence(depth + 1, "sub")
            builder.end(growth.name("stop")).close()
            if self.draw(st.integers(0, 2)) == 0:
                self.border(name, nested)
        elif option == "note":
            builder.parallel(growth.name("aside")).branch().step(growth.name("step")).end(growth.name("stop"))
            builder.branch().close()
        else:
            self.branches(option, depth, nested)

    def branches(self, kind: str, depth: int, nested: str) -> None:
        builder, growth = self.builder, self.growth
        opener = {
            "exclusive": builder.exclusive,
            "parallel": builder.parallel,
            "inclusive": builder.inclusive,
            "event_based": builder.event_based,
        }[kind]
        opener(growth.name(kind))
        inside = nested if kind in ("exclusive", "event_based") else "parallel"
        has_default = kind == "inclusive" and self.draw(st.booleans())
        for number in range(self.draw(st.integers(2, 3))):
            builder.branch(default=has_default and number == 0)
            if kind == "event_based":
                builder.catch(growth.name("catch"), "timer", "P1D")
            if number == 0 or self.draw(st.integers(0, 3)):
                self.sequence(depth + 1, inside)
        builder.join()

    def loop(self, depth: int, nested: str) -> None:
        again = self.growth.name("again")
        self.builder.node(again, "exclusiveGateway").to(again).at(again)
        self.sequence(depth + 1, nested)
        self.builder.exclusive(self.growth.name("more")).branch(0.1)
        if self.draw(st.booleans()):
            self.sequence(depth + 1, nested)
        self.builder.to(again).branch().close()

    def step(self, nested: str) -> None:
        self.growth.steps -= 1
        values = {"materials": self.draw(MATERIALS)} if self.draw(st.booleans()) else {}
        self.builder.step(self.growth.name("step"), **values)

    def refusal(self, nested: str) -> None:
        self.builder.exclusive(self.growth.name("refuse")).branch()
        self.leave(nested)
        self.builder.branch().close()

    def own_end(self, nested: str) -> None:
        self.builder.exclusive(self.growth.name("refuse")).branch()
        if self.draw(st.booleans()):
            self.builder.step(self.growth.name("step"))
        self.end(nested)
        self.builder.branch().close()

    def event(self, nested: str) -> None:
        self.step(nested)
        self.border(f"step{self.growth.counted['step']}", nested)

    def border(self, host: str, nested: str) -> None:
        """Put an event on a step or sub-process; the way on goes on from there."""
        is_interrupting = self.draw(st.booleans())
        name, event = self.growth.name("border"), "error" if is_interrupting else "escalation"
        self.builder.boundary(name, event, on=host, interrupting=is_interrupting, probability=0.1)
        if self.draw(st.booleans()):
            self.builder.step(self.growth.name("step"))
        if is_interrupting:
            self.leave(nested)
        else:
            self.builder.end(self.growth.name("stop"))
        self.builder.at(host)

    def leave(self, nested: str) -> None:
        """Go to the common refusal where that is sound, else end."""
        if nested:
            self.end(nested)
            return
        self.builder.to("refused")
        if not self.refusals:
            self.refusals.add("refused")
            self.builder.node("refused", "exclusiveGateway").at("refused").step("tell the applicant")
            self.builder.end("refusal", outcome="rejected" if self.draw(st.booleans()) else "")

    def end(self, nested: str) -> None:
        """End here; out of parallel branches by stopping everything."""
        is_whole = nested != "parallel"
        event = {} if is_whole and self.draw(st.booleans()) else {"event": "terminate"}
        outcome = "rejected" if not nested and self.draw(st.booleans()) else ""
        self.builder.end(self.growth.name("stop"), outcome=outcome, **event)


OFFICES = (("镇政府", "town"), ("县市场监管局", "county"), ("市审批局", "city"))
_KINDS = ("collect", "check", "check", "record", "forward", "other", "approve", "decide", "produce", "notify")
_TURNING_DOWN = ("check", "approve", "decide")


@st.composite
def annotated(draw: st.DrawFn, *, max_steps: int = 10, rejects: bool = True) -> Model:
    """A sound, fully annotated procedure as an office would write it: papers are there before they are needed.

    It is full of what could be better: papers asked twice, checks of one purpose, steps nobody uses, chains of
    approvals, ways back to the applicant.
    """
    builder = build("permit", name="许可", pool="各部门", legal_limit=20, promised_limit=10)
    for name, level in OFFICES:
        builder.lane(name, level=level)
    builder.black_box("申请人", id="applicant", applicant=True)
    return _Annotated(draw, builder, draw(st.integers(4, max_steps)), rejects=rejects).model()


@dataclass
class _Annotated:
    """Draws one annotated procedure; `known` are the papers in the case, `passed` the steps every case has done."""

    draw: st.DrawFn
    builder: Builder
    left: int
    rejects: bool
    count: int = 0

    def model(self) -> Model:
        self.builder.lane(OFFICES[0][0]).start()
        self.sequence({}, [], depth=0, least=2)
        self.builder.step("result", name="发证", kind="produce", work="PT1H", materials=[gives("证", to="applicant")])
        return self.builder.end().model

    def sequence(self, known: dict[str, None], passed: list[str], *, depth: int, least: int = 1) -> tuple[Any, Any]:
        known, passed = dict(known), list(passed)
        for _ in range(self.draw(st.integers(least, 5 if depth == 0 else 2))):
            options = ["step"] * 3 + (
                ["parallel", "exclusive", "loop", "knockout", "chain"] if depth < 2 and self.left > 2 else []
            )
            option = self.draw(st.sampled_from(options))
            if option == "step":
                self.step(known, passed)
            elif option in ("parallel", "exclusive"):
                self.block(option, known, passed, depth)
            elif option == "loop":
                self.loop(known, passed, depth)
            elif option == "knockout":
                self.knockout(known, passed)
            else:
                self.chain(known, passed)
        return known, passed

    def block(self, kind: str, known: dict[str, None], passed: list[str], depth: int) -> None:
        opened = {"parallel": self.builder.parallel, "exclusive": self.builder.exclusive}[kind]
        opened(f"{kind}{self.number()}")
        found = []
        for share in (0.25, 0.75):
            self.builder.branch(share if kind == "exclusive" else None)
            found.append(self.sequence(known, passed, depth=depth + 1))
        self.builder.join()
        for name in found[0][0]:
            if kind == "parallel" or name in found[1][0]:
                known[name] = None
        for name in found[1][0] if kind == "parallel" else ():
            known[name] = None
        if kind == "parallel":
            passed += [step for _, steps in found for step in steps if step not in passed]

    def loop(self, known: dict[str, None], passed: list[str], depth: int) -> None:
        again = f"again{self.number()}"
        self.builder.node(again, "exclusiveGateway").to(again).at(again)
        inside = self.sequence(known, passed, depth=depth + 1)
        self.builder.exclusive(f"more{self.number()}").branch(0.25).to(again).branch(0.75).close()
        known.update(inside[0])
        passed[:] = inside[1]

    def knockout(self, known: dict[str, None], passed: list[str]) -> None:
        self.step(known, passed, kind="check")
        self.builder.exclusive(f"fine{self.number()}").branch(0.1).end(
            f"no{self.number()}", event="terminate", outcome="rejected"
        )
        self.builder.branch(0.9).close()

    def chain(self, known: dict[str, None], passed: list[str]) -> None:
        """A check and approvals one after the other, from office to office upwards or in one office."""
        self.step(known, passed, kind="check")
        offices = [OFFICES[1], OFFICES[self.draw(st.sampled_from((1, 2)))]]
        for place, (office, _) in enumerate(offices):
            self.step(known, passed, kind="approve", office=office)
            if not place and self.draw(st.booleans()):
                self.builder.exclusive(f"fine{self.number()}").branch(0.1).end(
                    f"no{self.number()}", event="terminate", outcome="rejected"
                )
                self.builder.branch(0.9).close()

    def number(self) -> int:
        self.count += 1
        return self.count

    def step(self, known: dict[str, None], passed: list[str], kind: str = "", office: str = "") -> None:
        self.left -= 1
        draw, name = self.draw, f"step{self.number()}"
        kind = kind or draw(st.sampled_from(_KINDS))
        papers = [
            needs(paper, issuer="市审批局")
            for paper in draw(st.sets(st.sampled_from(("执照", "身份证", "图纸")), max_size=2))
        ]
        papers += [needs(paper, origin="shared") for paper in draw(st.sets(st.just("人口信息"), max_size=1))]
        if known:
            read = draw(st.sets(st.sampled_from(sorted(known)), max_size=2)) - {paper.name for paper in papers}
            papers += [needs(paper, origin="internal") for paper in sorted(read)]
        if draw(st.booleans()):
            papers.append(gives(f"意见{self.count}"))
        self.builder.lane(office or draw(st.sampled_from(OFFICES))[0])
        self.builder.step(name, name=f"环节{self.count}", kind=kind, materials=papers, **self.said(kind, passed))
        known.update(dict.fromkeys(paper.name for paper in papers))
        passed.append(name)

    def said(self, kind: str, passed: list[str]) -> dict[str, Any]:
        draw, seldom = self.draw, st.sampled_from((False, False, False, True))
        values: dict[str, Any] = {"work": f"PT{draw(st.integers(1, 9))}H", "wait": f"PT{draw(st.integers(0, 20))}H"}
        if kind in _TURNING_DOWN:
            values["purpose"] = draw(st.sampled_from(("场所", "人员")))
            values["post"] = draw(st.sampled_from(("", "科长")))
            if self.rejects and draw(seldom):
                values["rejects"] = 0.05
        if draw(seldom):
            values |= {"mandatory": True, "basis": "许可法 第三条"}
        if draw(seldom):
            values["limit"] = draw(st.integers(1, 5))
        if kind in ("other", "notify", "collect") and draw(seldom):
            values |= {"clock_stop": "publicity", "basis": "许可法 第四十条"}
        if passed and draw(seldom):
            values["after"] = [draw(st.sampled_from(passed))]
        if passed and draw(st.integers(0, 9)) == 0:
            values["separate_from"] = [draw(st.sampled_from(passed))]
        return values | ({"visit": True} if draw(seldom) else {})


@st.composite
def pools(draw: st.DrawFn, *, max_steps: int = 6) -> Model:
    """Two offices of steps, choices and parallel branches that write to each other; one may be opened by a message.

    Some wait for what never comes, or comes in some cases only.
    """
    builder = build("permit", pool="Office")
    sent: list[list[str]] = [[], []]
    awaited: list[list[str]] = [[], []]
    is_opened = draw(st.booleans())
    for number in range(2):
        if number:
            builder.pool("Fire", process="fire")
        builder.start(f"start{number}", event="message" if number and is_opened else "")
        office = _Office(draw, builder, number, draw(st.integers(2, max_steps)), sent[number], awaited[number])
        office.sequence(0)
        builder.end(f"end{number}")
    if is_opened:
        awaited[1].append("start1")
    for number in range(2):
        for catch in awaited[number] if sent[1 - number] else ():
            for sender in draw(
                st.sets(st.sampled_from(sent[1 - number]), min_size=1, max_size=1 if catch == "start1" else 2)
            ):
                builder.message(sender, catch)
    return builder.model


@dataclass
class _Office:
    """One pool: steps that may send, catches, choices and parallel branches."""

    draw: st.DrawFn
    builder: Builder
    number: int
    steps: int
    sent: list[str]
    awaited: list[str]
    counted: int = 0

    def sequence(self, depth: int) -> None:
        for _ in range(self.draw(st.integers(1, 3))):
            option = self.draw(st.sampled_from(("step", "step", "catch", "exclusive", "parallel")))
            if option == "step" or (depth > 1 and option != "catch"):
                self.sent.append(self.step())
            elif option == "catch":
                self.awaited.append(self.name("catch"))
                self.builder.catch(self.awaited[-1], "message")
            elif self.steps > 1:
                self.block(option, depth)

    def name(self, kind: str) -> str:
        self.counted += 1
        return f"{kind}{self.number}_{self.counted}"

    def step(self) -> str:
        self.steps -= 1
        name = self.name("step")
        self.builder.step(name, materials=self.draw(MATERIALS) if self.draw(st.booleans()) else [])
        return name

    def block(self, kind: str, depth: int) -> None:
        name = self.name(kind)
        {"exclusive": self.builder.exclusive, "parallel": self.builder.parallel}[kind](name)
        for number in range(2):
            self.builder.branch()
            if number == 0 or self.draw(st.booleans()):
                self.sequence(depth + 1)
        self.builder.join()
