"""Random walks through random models: the engine and the oracle agree after every step, and so does a restored case."""

import pytest

from tests.engine.oracle import Oracle
from tests.engine.random_cases import random_model
from tests.engine.walking import walks

#: Walks of each of the tests below; `make slow` walks further.
EACH = 25


@pytest.mark.parametrize("first", range(0, 200, EACH))
def test_the_engine_walks_as_the_oracle_does(first):
    ends, faults = walks(random_model, range(first, first + EACH))

    assert not faults, f"{len(faults)} of {EACH}: {faults[0]}"
    assert ends["over"] > EACH // 4, ends
    assert ends["over"] + ends["stuck"] + ends["far enough"] > EACH // 2, ends


def test_kernels_that_differ_are_told_apart(monkeypatch):
    """The negative control: with an oracle whose inclusive joins wait for nobody, walks disagree."""
    monkeypatch.setattr(Oracle, "counts", lambda oracle, other, join, held: False)

    _, faults = walks(random_model, range(40))

    assert faults
