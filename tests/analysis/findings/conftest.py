"""What is found in a model, as a test speaks of it."""

from collections.abc import Callable

import pytest

from analysis.findings import Finding, find
from bpmn.model import Model

#: Every finding of a model, by its name and its steps.
Told = Callable[[Model], set[tuple[str, tuple[str, ...]]]]
#: The findings of one name.
Of = Callable[[Model, str], list[Finding]]


@pytest.fixture
def told() -> Told:
    """Give a function that names everything found in a model, so that nothing else may be found."""
    return lambda model: {(finding.finding, finding.steps) for finding in find(model)}


@pytest.fixture
def of() -> Of:
    """Give a function that gives the findings of one name."""
    return lambda model, name: [finding for finding in find(model) if finding.finding == name]
