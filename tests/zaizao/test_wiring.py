"""Where the compiled kernel is kept."""

import os

import pytest

from zaizao import wiring


def test_a_folder_the_user_chose_is_left_alone():
    environment = {"NUMBA_CACHE_DIR": "/elsewhere"}

    wiring.prepare(environment)

    assert environment == {"NUMBA_CACHE_DIR": "/elsewhere"}


@pytest.fixture
def read_only(monkeypatch, tmp_path):
    """Make the installation one that was not warmed and cannot be written."""
    installed = tmp_path / "installed" / "zaizao"
    installed.mkdir(parents=True)
    writable = os.access
    monkeypatch.setattr(wiring, "__file__", str(installed / "wiring.py"))
    monkeypatch.setattr(os, "access", lambda path, mode: "installed" not in str(path) and writable(path, mode))


@pytest.mark.usefixtures("read_only")
def test_each_user_has_a_folder_for_each_version(tmp_path):
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}

    wiring.prepare(environment)

    assert environment["NUMBA_CACHE_DIR"] == str(tmp_path / "cache" / "zaizao" / wiring.version())


@pytest.mark.usefixtures("read_only")
def test_code_is_never_taken_from_a_folder_others_can_write(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    trap = tmp_path / f"zaizao-{os.getuid()}"
    trap.mkdir()
    trap.chmod(0o777)
    environment = {"XDG_CACHE_HOME": str(tmp_path / "installed" / "cache")}

    wiring.prepare(environment)

    assert not environment["NUMBA_CACHE_DIR"].startswith(str(trap) + os.sep)
