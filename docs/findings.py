"""Draw the examples of docs/reference/findings/ anew: docs/pictures/findings/NAME-before.svg, moved NAME-after.svg.

Run `python docs/findings.py` in the checkout. There is no second picture where a finding is only shown, a person has to
choose, or the move changes papers alone.
"""

from dataclasses import dataclass
from pathlib import Path

from analysis.findings import Finding, Subject, find
from bpmn import Model
from bpmn.build import Builder, build, gives, needs
from bpmn.drawing import Mark, draw
from bpmn.layout import redraw
from redesign.errors import CannotMove
from redesign.move import move_of
from redesign.moves import MOVES

PICTURES = Path(__file__).parent / "pictures" / "findings"


@dataclass(frozen=True, kw_only=True)
class Example:
    """A small procedure in which one finding holds."""

    name: str
    model: Model

    @property
    def finding(self) -> Finding:
        """The finding of that name."""
        return next(finding for finding in find(self.model) if finding.finding == self.name)

    @property
    def moved(self) -> Model | None:
        """The procedure after the move; None where there is none."""
        move = move_of(self.finding)
        if move is None:
            return None
        try:
            return MOVES[move.move](Subject(self.model), move)
        except CannotMove:
            return None


def examples() -> list[Example]:
    """One example for each finding of a single file, in the order of the reference."""
    return [Example(name=name, model=make().end("e", name="办结").model) for name, make in _EXAMPLES.items()]


def _desk() -> Builder:
    return build("permit").lane("政务服务窗口", level="county").start("s", name="申请")


def _taken() -> Builder:
    return _desk().step("a", name="受理", kind="accept")


def _repeated_material() -> Builder:
    builder = _desk().step("a", name="收取申请", kind="collect", materials=[needs("营业执照")])
    return builder.step("b", name="现场核查", kind="check", purpose="site", materials=[needs("营业执照")])


def _held_material() -> Builder:
    builder = _desk().step("a", name="收取申请", kind="collect", materials=[needs("产权证明", issuer="自然资源局")])
    return builder.lane("自然资源局", level="county").step("b", name="核定用地", kind="decide")


def _repeated_check() -> Builder:
    paper = [needs("申请表", origin="internal")]
    builder = _taken().step("b", name="核验住所", kind="check", purpose="premises", materials=paper)
    return builder.lane("审批科", level="county").step(
        "c", name="复核住所", kind="check", purpose="premises", materials=paper
    )


def _approval_chain() -> Builder:
    builder = build("permit").lane("市场监管局", level="county").start("s", name="申请")
    builder.step("c", name="审查", kind="check", purpose="form", post="经办")
    builder.step("x", name="科长审核", kind="approve", post="科长")
    return builder.step("y", name="局长审批", kind="approve", post="局长")


def _same_approver() -> Builder:
    builder = _desk().step("a", name="审查材料", kind="check", purpose="papers", post="审查岗", work="PT20M")
    return builder.step("b", name="审查资格", kind="check", purpose="person", post="审查岗", work="PT20M")


def _needless_sequence() -> Builder:
    builder = _desk()
    for name, unit, purpose in (("核查消防", "消防大队", "fire"), ("核查卫生", "卫健局", "health")):
        papers = [needs(f"{name[2:]}图纸"), gives(f"{name[2:]}意见", to="applicant")]
        builder.lane(unit, level="county").step(purpose, name=name, kind="check", purpose=purpose, materials=papers)
    return builder


def _ping_pong() -> Builder:
    builder = _taken().lane("收发室", level="county").step("b", name="登记来文", kind="other")
    return builder.lane("政务服务窗口").step("c", name="审查", kind="check", purpose="form")


def _pass_through() -> Builder:
    return _taken().step("f", name="转送材料", kind="forward").step("c", name="审查", kind="check", purpose="form")


def _unused_result() -> Builder:
    builder = _taken().step("r", name="填写台账", kind="other", materials=[gives("台账")])
    return builder.step("c", name="审查", kind="check", purpose="form")


def _late_knockout() -> Builder:
    builder = _desk()
    for name, share, work, paper in (("查验现场", 0.02, "PT4H", "图纸"), ("核对资格", 0.2, "PT20M", "身份证")):
        builder.step(paper, name=name, kind="check", purpose=paper, work=work, materials=[needs(paper)])
        builder.exclusive(f"g{paper}", name="通过吗").branch(share, name="否").end(
            f"n{paper}", name="退件", outcome="rejected"
        )
        builder.branch(1 - share, name="是").close()
    return builder.step("d", name="决定", kind="decide")


def _rework_loop() -> Builder:
    builder = _desk().node("m", "exclusiveGateway").to("m").at("m").step("a", name="收件", kind="collect")
    builder.lane("审批科", level="county").step("b", name="审查", kind="check", purpose="form")
    return builder.exclusive("g", name="齐全吗").branch(0.3, name="否").to("m").branch(0.7, name="是").close()


def _automatable_step() -> Builder:
    register = [needs("不动产登记信息", origin="shared")]
    return _taken().step("c", name="核对产权登记", kind="check", purpose="title", materials=register)


def _extra_visit() -> Builder:
    builder = _desk().step("a", name="收取材料", kind="collect", visit=True)
    return builder.step("d", name="审定", kind="decide").step("p", name="发证", kind="produce", visit=True)


def _delegable_step() -> Builder:
    builder = build("permit").lane("镇街", level="town").start("s", name="申请")
    builder.step("a", name="实地核实", kind="check", purpose="site", materials=[gives("核实意见")])
    builder.lane("县民政局", level="county")
    return builder.step("b", name="审定", kind="decide", materials=[needs("核实意见", origin="internal")])


def _ownerless_step() -> Builder:
    return _taken().lane("").step("b", name="现场会商", kind="other")


def _missing_lead() -> Builder:
    builder = build("permit", matter="联合检查").start("s", name="立项")
    for step, unit in (("检查消防", "消防大队"), ("检查卫生", "卫健局"), ("检查用电", "供电所")):
        builder.lane(unit, level="county").step(unit, name=step, kind="check", purpose=unit)
    return builder


def _limit_overrun() -> Builder:
    builder = build("permit", promised_limit=3).lane("政务服务窗口", level="county").start("s", name="申请")
    builder.step("a", name="受理", kind="accept").step("b", name="审查（2 日）", kind="check", purpose="form", limit=2)
    return builder.step("c", name="决定（2 日）", kind="decide", limit=2)


def _waiting_hotspot() -> Builder:
    builder = _desk().step("a", name="受理", kind="accept", work="PT1H").lane("审批科", level="county")
    return builder.step("b", name="审查（等 2 日）", kind="check", purpose="form", wait="P2D", work="PT1H")


_EXAMPLES = {
    "repeated-material": _repeated_material,
    "held-material": _held_material,
    "repeated-check": _repeated_check,
    "approval-chain": _approval_chain,
    "same-approver": _same_approver,
    "needless-sequence": _needless_sequence,
    "ping-pong": _ping_pong,
    "pass-through": _pass_through,
    "unused-result": _unused_result,
    "late-knockout": _late_knockout,
    "rework-loop": _rework_loop,
    "automatable-step": _automatable_step,
    "extra-visit": _extra_visit,
    "delegable-step": _delegable_step,
    "ownerless-step": _ownerless_step,
    "missing-lead": _missing_lead,
    "limit-overrun": _limit_overrun,
    "waiting-hotspot": _waiting_hotspot,
}


def main() -> None:
    """Draw every example; its steps are marked before, what the move changed is shown after."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for example in examples():
        marks = {step: Mark(state="doubtful") for step in example.finding.steps}
        pictures = {f"{example.name}-before": draw(example.model, marks=marks)}
        moved = example.moved
        after = draw(redraw(example.model, moved)) if moved is not None else ""
        if after and after != draw(redraw(example.model, example.model)):
            pictures[f"{example.name}-after"] = after
        for name, picture in pictures.items():
            file = PICTURES / f"{name}.svg"
            file.write_text(picture, encoding="utf-8")
            print(f"{file.name}: {file.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
