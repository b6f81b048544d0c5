"""One command, one transaction: keys, locks, what is written and what is not."""

from datetime import UTC, datetime

import pytest

from store import Store
from store.errors import NoSuchCase

NOW = datetime(2026, 10, 1, 1, tzinfo=UTC)


def test_a_case_that_is_not_there_is_named(kept: Store) -> None:
    with pytest.raises(NoSuchCase, match="C-7"):
        kept.perform(lambda writing: writing.case("C-7"))
