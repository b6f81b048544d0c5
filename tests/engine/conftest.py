"""An office that runs cases, in memory or on each kind of database."""

from collections.abc import Iterator

import pytest

import store
from store import Store
from tests.engine.offices import Town
from tests.store.conftest import administer, kept, server, template, url

__all__ = ["administer", "kept", "server", "template", "url"]


@pytest.fixture
def office() -> Iterator[Town]:
    """Give an office on a database in memory."""
    with store.connect("sqlite://") as opened:
        yield Town(opened)


@pytest.fixture
def everywhere(kept: Store) -> Town:
    """Give an office on each kind of database."""
    return Town(kept)
