"""Writing: the same bytes, only the differences, or a whole new file."""

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from bpmn import Bounds, Edge, Loop, Model, Shape, StaleElement, UnreadableFile, UnwritableValue, build, needs, read, write
from tests.strategies import graphs, models

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def differences(one: Model, other: Model) -> list[str]:
    return [part.name for part in fields(Model) if part.compare and getattr(one, part.name) != getattr(other, part.name)]


@QUICK
@given(models(inclusive=True))
def test_a_written_model_reads_back_the_same(model):
    again = read(write(model))

    assert differences(model, again) == []
    assert again.faults == ()


@QUICK
@given(graphs())
def test_any_graph_reads_back_the_same(model):
    assert differences(model, read(write(model))) == []


@QUICK
@given(models(), models())
def test_one_model_is_brought_into_the_file_of_another(before, after):
    """The hardest change there is: nearly everything. Only the order of the file may differ."""
    changed = after.evolve(source=write(before))

    again = read(write(changed))

    for part in fields(Model):
        one, other = getattr(after, part.name), getattr(again, part.name)
        if part.compare and isinstance(one, tuple):
            assert {item.id: item for item in one} == {item.id: item for item in other}
