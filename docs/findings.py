"""Draw the examples of docs/reference/findings/ anew: docs/pictures/findings/NAME-before.svg and, moved, NAME-after.svg.

Run `python docs/findings.py` in the checkout. Each example holds its finding once; findings that are only shown, and
those that a person has to choose for, have no second picture.
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
    return [
        Example(name="repeated-material", model=_end(_desk().step(*CHECK_IN, **_asks("营业执照")).step("b", name="核发许可", kind="produce", **_asks("营业执照")))),
        Example(name="held-material", model=_held()),
        Example(name="repeated-check", model=_repeated()),
        Example(name="approval-chain", model=_approvals()),
        Example(name="same-approver", model=_same()),
        Example(name="needless-sequence", model=_sequence()),
        Example(name="ping-pong", model=_ping_pong()),
        Example(name="pass-through", model=_end(_taken().step("f", name="转送材料", kind="forward").step("c", name="审查", kind="check", purpose="form"))),
        Example(name="unused-result", model=_end(_taken().step("r", name="填写台账", kind="other", materials=[gives("台账")]).step("c", name="审查", kind="check", purpose="form"))),
        Example(name="late-knockout", model=_knockout()),
        Example(name="rework-loop", model=_rework()),
        Example(name="automatable-step", model=_end(_taken().step("c", name="核对产权登记", kind="check", purpose="title", materials=[needs("不动产登记信息", origin="shared")]))),
        Example(name="extra-visit", model=_visits()),
        Example(name="delegable-step", model=_delegable()),
        Example(name="ownerless-step", model=_end(_desk().step("a", name="受理", kind="accept").lane("").step("b", name="现场会商", kind="other"))),
        Example(name="missing-lead", model=_no_lead()),
        Example(name="limit-overrun", model=_overrun()),
        Example(name="waiting-hotspot", model=_waiting()),
    ]  # fmt: skip


CHECK_IN = ("a",)


def _desk() -> Builder:
    return build("permit").lane("政务服务窗口", level="county").start("s", name="申请")


def _taken() -> Builder:
    return _desk().step("a", name="受理", kind="accept")


def _end(builder: Builder) -> Model:
    return builder.end("e", name="办结").model


def _asks(paper: str) -> dict[str, object]:
    return {"materials": [needs(paper)]}
