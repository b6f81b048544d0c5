"""Any bytes get an answer, and what can be read is written without loss: random trees, models, and damaged files."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn import write
from tests.hostile.families import FAMILIES
from tests.hostile.mutations import ACCIDENTS, mutate
from tests.hostile.promises import keeps_decisions, keeps_drawing, keeps_expression, keeps_file
from tests.hostile.trees import bpmn_trees
from tests.strategies import graphs, models

#: Public files that are damaged, one of a kind.
FOLDERS = ("ukhomeoffice", "miwg/Reference", "cr-connect", "formsflow", "digiwf", "bpmn-moddle")
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@QUICK
@given(bpmn_trees())
def test_any_tree_of_the_formats_words_gets_an_answer(data):
    keeps_file(data)
    keeps_drawing(data)


@QUICK
@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer(data):
    keeps_file(data)
    keeps_decisions(data)
    keeps_expression(data)


@QUICK
@given(st.one_of(models(max_steps=6), graphs(max_nodes=6)), st.integers(0, 2**32))
def test_a_model_damaged_in_any_way_gets_an_answer(model, seed):
    keeps_file(mutate(write(model), random.Random(seed)))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_damaged_in_any_way_gets_an_answer(name):
    chance = random.Random(name)
    for accident in ACCIDENTS:
        keeps_file(accident(FAMILIES[name](4), chance))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_real_file_damaged_in_any_way_gets_an_answer(shared, folder):
    chance = random.Random(folder)
    paths = sorted((shared / "bpmn" / folder).rglob("*.bpmn"), key=lambda path: path.stat().st_size)
    for path in chance.sample(paths[: max(3, len(paths) * 3 // 4)], min(3, len(paths))):
        source = path.read_bytes()
        keeps_file(source)
        for _ in range(6):
            keeps_file(mutate(source, chance))
        keeps_drawing(mutate(source, chance))
