"""Every element of BPMN in small models, each played: it runs as it must, or is refused by its rule."""

import pytest

from benchmarks.coverage import played
from benchmarks.situations import SITUATIONS


@pytest.mark.parametrize("number", range(len(SITUATIONS)), ids=lambda n: f"{n}-{SITUATIONS[n].element}")
def test_an_element_runs_as_it_must_or_is_refused_by_name(number):
    assert played(SITUATIONS[number]) == ""
