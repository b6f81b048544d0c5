"""Counts and expected outcomes of random nested procedures, against their plain arithmetic."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cuts import counts
from analysis.extent import steps_of
from analysis.outcomes import expected_outcomes
from bpmn.build import Builder, build, needs
from bpmn.model import Model
from reports.matching import match
from tests.strategies import graphs


@dataclass(frozen=True)
class Part:
    """A step, or parts that are a "sequence", "parallel", "exclusive" or a "loop" of body and way back."""

    kind: str
    parts: tuple["Part", ...] = ()
    papers: int = 0
    rejects: float = 0.0
    share: float = 0.5

    @property
    def papers_met(self) -> int:
        inside = [part.papers_met for part in self.parts]
        return {"step": self.papers, "exclusive": max(inside, default=0)}.get(self.kind, sum(inside))

    @property
    def passes(self) -> float:
        """The chance not to be turned down."""
        inside = [part.passes for part in self.parts]
        if self.kind == "step":
            return 1 - self.rejects
        if self.kind == "exclusive":
            return self.share * inside[0] + (1 - self.share) * inside[1]
        if self.kind == "loop":
            return inside[0] * (1 - self.share) / (1 - inside[0] * inside[1] * self.share)
        product = 1.0
        for chance in inside:
            product *= chance
        return product


STEPS = st.builds(Part, kind=st.just("step"), papers=st.integers(0, 2), rejects=st.sampled_from([0.0, 0.1, 0.3]))
SHARES = st.sampled_from([0.125, 0.5, 0.75])


def nested(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    pairs, many = st.tuples(parts, parts), st.lists(parts, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Part, kind=st.just("sequence"), parts=many),
        st.builds(Part, kind=st.just("parallel"), parts=many),
        st.builds(Part, kind=st.sampled_from(["exclusive", "loop"]), parts=pairs, share=SHARES),
    )


PARTS = st.recursive(STEPS, nested, max_leaves=14)


class Drawing:
    """Draws a part; a check stands before every choice, so that no gateway routes on the steps before it."""

    def __init__(self) -> None:
        self.builder: Builder = build("p").start()
        self.number = 0

    def named(self, stem: str) -> str:
        self.number += 1
        return f"{stem}{self.number}"

    def judged(self) -> None:
        self.builder.step(self.named("judge"), kind="check")

    def draw(self, part: Part) -> None:
        if part.kind == "step":
            step = self.named("step")
            papers = [needs(f"{step} {paper}") for paper in range(part.papers)]
            self.builder.step(step, kind="check", materials=papers, rejects=part.rejects)
        elif part.kind == "sequence":
            for inner in part.parts:
                self.draw(inner)
        elif part.kind == "loop":
            begin, split = self.named("again"), self.named("split")
            self.builder.node(begin, "exclusiveGateway").to(begin).at(begin)
            self.draw(part.parts[0])
            self.judged()
            self.builder.exclusive(split).branch(part.share)
            self.draw(part.parts[1])
            self.builder.to(begin).branch(1 - part.share).close()
        else:
            self.branches(part)

    def branches(self, part: Part) -> None:
        self.judged()
        split = self.named("split")
        shares = [part.share, 1 - part.share] if part.kind == "exclusive" else [None] * len(part.parts)
        getattr(self.builder, part.kind)(split)
        for share, inner in zip(shares, part.parts, strict=True):
            self.builder.branch(share)
            self.draw(inner)
        self.builder.join()


def drawn(part: Part) -> Model:
    drawing = Drawing()
    drawing.draw(part)
    drawing.judged()
    return drawing.builder.end().model


@settings(max_examples=150, deadline=None, derandomize=True)
@given(PARTS)
def test_hand_ins_of_nested_parts_add_up_or_exclude_each_other(part):
    found = counts(drawn(part))

    assert (found.materials, found.distinct, found.bounds) == (part.papers_met, part.papers_met, ())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(PARTS)
def test_the_chance_to_be_turned_down_follows_the_arithmetic_of_chances(part):
    found = expected_outcomes(drawn(part))

    assert found is not None
    assert found["granted"] == pytest.approx(part.passes, abs=1e-9)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(graphs())
def test_any_drawing_is_counted_and_has_exact_outcomes_or_none(model):
    """Unsound, unconnected, whatever: an answer or an honest none, never a fault."""
    found, outcomes = counts(model), expected_outcomes(model)

    assert 0 <= found.distinct <= found.materials
    assert outcomes is None or outcomes["granted"] + outcomes["rejected"] == pytest.approx(1)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(graphs(), graphs())
def test_any_two_drawings_are_matched(before, after):
    changes = match(before, after)

    for model, side in ((before, "before"), (after, "after")):
        listed = [step for change in changes for step in getattr(change, side)]
        assert sorted(listed) == sorted(step.id for step in steps_of(model))
    assert all(change.before or change.after for change in changes)
