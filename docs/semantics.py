"""Draw the examples of docs/explanation/bpmn-semantics.md anew, each as docs/pictures/semantics-NAME.svg.

Run `python docs/semantics.py` in the checkout. Each example says what `zaizao check` finds in it.
"""

from dataclasses import dataclass
from pathlib import Path

from bpmn import Model
from bpmn.build import build
from bpmn.check import check
from bpmn.drawing import Mark, draw

PICTURES = Path(__file__).parent / "pictures"
WRONG = ("deadlock", "lack-of-synchronisation", "unbounded", "endless-loop")


@dataclass(frozen=True, kw_only=True)
class Example:
    """A small drawing, and what is wrong with it: problems of the token game by name and element."""

    name: str
    model: Model
    wrong: tuple[tuple[str, str], ...] = ()


def examples() -> list[Example]:
    """Every example of the page, in its order."""
    permit = build("permit").start("s", name="申请")
    return [
        Example(name="token", model=permit.step("t", name="受理").end("e", name="办结").model),
        Example(name="exclusive", model=_choice("exclusiveGateway")),
        Example(name="parallel", model=_together("parallelGateway")),
        Example(name="deadlock", model=_choice("parallelGateway"), wrong=(("deadlock", "j"),)),
        Example(name="twice", model=_together("exclusiveGateway"), wrong=(("lack-of-synchronisation", "j"),)),
        Example(name="inclusive", model=_inclusive()),
        Example(name="apart", model=_apart()),
        Example(name="race", model=_race()),
        Example(name="border", model=_border()),
        Example(name="event-sub-process", model=_event_sub_process()),
        Example(name="terminate", model=_terminate()),
        Example(name="messages", model=_messages(is_crossed=False)),
        Example(name="crossed", model=_messages(is_crossed=True), wrong=(("deadlock", "wait"), ("deadlock", "paid"))),
        Example(name="growth", model=_growth(), wrong=(("unbounded", "a"),)),
    ]


def _choice(join: str) -> Model:
    """One of two branches, and what follows both."""
    builder = build("choice").start("s", name="申请").exclusive("x", name="材料齐吗")
    builder = builder.branch(name="齐").step("t", name="审查").branch(name="不齐").step("u", name="补正")
    return _joined(builder.join("j").end("e", name="办结").model, join)


def _together(join: str) -> Model:
    """Two branches side by side, and what follows both."""
    builder = build("together").start("s", name="申请").parallel("a")
    builder = builder.branch().step("t", name="消防意见").branch().step("u", name="卫生意见")
    return _joined(builder.join("j").step("d", name="决定").end("e", name="办结").model, join)


def _joined(model: Model, kind: str) -> Model:
    return model.evolve(nodes=tuple(n.evolve(kind=kind) if n.id == "j" else n for n in model.nodes))


def _inclusive() -> Model:
    builder = build("inclusive").start("s", name="申请").inclusive("o", name="要哪些意见")
    builder = builder.branch(name="消防", condition="fire").step("t", name="消防意见")
    builder = builder.branch(name="卫生", condition="health").step("u", name="卫生意见")
    builder = builder.branch(name="都不要", default=True)
    return builder.join("j").step("d", name="决定").end("e", name="办结").model


def _apart() -> Model:
    builder = build("apart").start("s", name="申请").parallel("a")
    builder = builder.branch().step("t", name="通知街道").end("f", name="已通知")
    return builder.branch().step("d", name="决定").end("e", name="办结").model


def _race() -> Model:
    builder = build("race").start("s", name="申请").step("t", name="要求补正").event_based("g")
    builder = builder.branch().catch("c", "message", name="补正收到").step("d", name="审查")
    builder = builder.branch().catch("w", "timer", "P5D", name="5 日").step("r", name="退件")
    return builder.join("j").end("e", name="办结").model


def _border() -> Model:
    builder = build("border").start("s", name="申请").step("t", name="实地核查").step("d", name="决定")
    builder = builder.end("e", name="办结")
    builder = builder.boundary("b", "timer", "P5D", on="t", name="5 日").step("r", name="换人核查").to("d")
    return (
        builder.boundary("n", "timer", "P3D", on="d", interrupting=False, name="3 日")
        .step("m", name="催办")
        .end("f")
        .model
    )


def _event_sub_process() -> Model:
    builder = build("sub").start("s", name="申请").step("t", name="审查").step("d", name="决定").end("e", name="办结")
    builder = builder.sub_process("p", name="撤回", by_event=True).start("w", event="message", name="撤回申请")
    return builder.step("r", name="退还材料").end("f", name="已撤回").close().model


def _terminate() -> Model:
    builder = build("terminate").start("s", name="申请").parallel("a")
    builder = builder.branch().step("t", name="问甲库").to("j").branch().step("u", name="问乙库").to("j")
    return builder.node("j", "exclusiveGateway").at("j").step("d", name="采用先到的").end("e", event="terminate").model


def _messages(*, is_crossed: bool) -> Model:
    """An applicant and an office; crossed, each waits for the other's message first."""
    builder = build("office").pool("申请人").start("s", name="开始").step("ask", name="申请")
    builder = builder.step("wait", name="等决定", task="receiveTask").step("pay", name="缴费").end("e", name="完")
    builder = builder.pool("政务服务中心", process="desk").start("m", event="message", name="收到申请")
    steps = [("paid", "等缴费", "receiveTask"), ("decide", "决定", "sendTask")]
    for step, name, task in steps if is_crossed else steps[::-1]:
        builder = builder.step(step, name=name, task=task)
    builder = builder.end("f", name="办结")
    return builder.message("ask", "m").message("decide", "wait").message("pay", "paid").model


def _growth() -> Model:
    builder = (
        build("growth").start("s", name="申请").node("x", "exclusiveGateway").to("x").at("x").step("t", name="审查")
    )
    builder = builder.parallel("a").branch().to("x").branch().step("u", name="记录").close()
    return builder.exclusive("y").branch(name="再审").to("x").branch(name="通过").end("e", name="办结").close().model


def main() -> None:
    """Draw every example, the runs of its problems marked."""
    for example in examples():
        marks: dict[str, Mark] = {}
        for problem in check(example.model):
            if problem.problem in WRONG:
                marks |= {step: Mark(state="passed") for step in problem.run}
        for _, element in example.wrong:
            marks[element] = Mark(state="wrong")
        picture = PICTURES / f"semantics-{example.name}.svg"
        picture.write_text(draw(example.model, marks=marks), encoding="utf-8")
        print(f"{picture.name}: {picture.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
