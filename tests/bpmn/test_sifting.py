"""Fewer crossings: found where small changes find them, never at the price of what the layout promises."""

from pathlib import Path

import pytest
from hypothesis import given

from bpmn.build import build
from bpmn.layout import lay_out, sifting
from bpmn.layout.crossings import crossings
from bpmn.model import Model
from bpmn.read import read
from tests.bpmn.test_layout import QUICK, faults
from tests.strategies import graphs


def crossed(model: Model) -> int:
    return crossings(edge.waypoints for edge in model.edges)


def unsifted(model: Model) -> Model:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sifting, "_TRIED", 0)
        return lay_out(model)


def test_fewer_lines_of_a_public_file_cross(shared: Path) -> None:
    model = read(shared / "bpmn/ukhomeoffice/TO/TO_QA.bpmn")

    assert crossed(lay_out(model)) < crossed(unsifted(model)) / 2


def test_what_has_no_crossing_is_left_as_it_is() -> None:
    model = build("p").start().exclusive("g").branch(0.5).step("a").branch(0.5).step("b").close().end().model

    assert lay_out(model) == unsifted(model)


@QUICK
@given(graphs(max_nodes=9))
def test_sifting_never_adds_a_crossing_and_breaks_no_promise(model: Model) -> None:
    drawn = lay_out(model)

    assert crossed(drawn) <= crossed(unsifted(model))
    assert faults(drawn) == []


def test_a_way_to_a_rejection_does_not_rise() -> None:
    builder = build("p").start().step("check").exclusive("g").branch(0.9).step("grant").end("granted")
    model = builder.at("g").branch(0.1).step("refuse").end("refused", outcome="rejected").model
    drawn = lay_out(model)

    assert drawn.shape["refuse"].bounds.y > drawn.shape["grant"].bounds.y
