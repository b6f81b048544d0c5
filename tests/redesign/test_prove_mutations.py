"""A proof that cannot fail proves nothing: redesigns are broken on purpose, and each break is found."""

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analysis.findings import find
from bpmn.model import Model
from redesign.move import move_of
from redesign.moves import apply
from redesign.prove import prove
from tests.redesign.mutations import MUTATIONS
from tests.strategies import annotated


@pytest.fixture(scope="module")
def procedures() -> list[Model]:
    """Random annotated procedures."""
    found: list[Model] = []

    @settings(
        max_examples=100,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(annotated(max_steps=8))
    def draw(model: Model) -> None:
        found.append(model)

    draw()
    return found


def redesigned(model: Model) -> Model:
    """The model after every move that can be made."""
    return apply(model, [move for finding in find(model) if (move := move_of(finding)) is not None]).model


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_broken_redesign_is_not_proved(mutation, procedures):
    random = Random(1)
    pairs = [(model, mutation(model, random)) for model in procedures]
    broken = [(model, after) for model, after in pairs if after is not None and after != model]

    proofs = [prove(model, after) for model, after in broken]

    assert proofs
    assert all({one.obligation for one in proof.failed} & MUTATIONS[mutation] for proof in proofs)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(annotated(), st.sampled_from(list(MUTATIONS)), st.randoms(use_true_random=False))
def test_a_break_is_found_in_a_model_that_was_redesigned(model, mutation, random):
    after = redesigned(model)
    broken = mutation(after, random)

    if broken is not None and broken != after:
        assert not prove(after, broken).holds


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(annotated())
def test_a_model_is_as_good_as_itself_and_as_its_redesign(model):
    after = redesigned(model)

    assert not prove(model, model).failed
    assert not prove(model, after).failed
