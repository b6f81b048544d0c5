"""Hostile files are met as a user meets them: by calling a command, watched, and with an end in time and memory."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import pytest

from zaizao.cli import main

#: What any command may take for any file.
SECONDS, BYTES = 20, 1 << 30
#: What happens in Python when something is run, fetched or sent.
ACTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect", "urllib.Request")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How one call left and what it said."""

    code: int
    out: str
    err: str


Call = Callable[..., Answer]


class _Watch:
    """Notes what is run, fetched, opened for writing, while somebody looks; an audit hook lasts for ever."""

    def __init__(self) -> None:
        self.acts: list[str] = []
        self.written: list[str] = []
        self.is_looking = False
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_looking:
            return
        if event.startswith(ACTS):
            self.acts.append(f"{event} {arguments}")
        elif event == "open" and isinstance(arguments[0], str | bytes) and _writes(arguments):
            self.written.append(os.fsdecode(arguments[0]))


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2] if len(arguments) > 2 and isinstance(arguments[2], int) else 0
    return bool(flags & (os.O_WRONLY | os.O_RDWR))


@pytest.fixture(scope="session")
def watch() -> _Watch:
    """Give the one that notes what is done."""
    return _Watch()


@pytest.fixture
def call(
    watch: _Watch, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Call]:
    """Give a function that calls a command in this process and sees that it keeps every promise made for all files."""
    monkeypatch.delenv("ZAIZAO_LANG", raising=False)
    monkeypatch.chdir(tmp_path)

    def answer(*arguments: object) -> Answer:
        watch.acts, watch.written, watch.is_looking = [], [], True
        begun = process_time()
        try:
            with pytest.raises(SystemExit) as left:
                main([str(argument) for argument in arguments])
        finally:
            watch.is_looking = False
        seconds, printed = process_time() - begun, capsys.readouterr()
        found = Answer(code=int(left.value.code or 0), out=printed.out, err=printed.err)
        assert seconds < SECONDS
        assert not watch.acts
        assert not [path for path in watch.written if not _is_ours(path, tmp_path)], watch.written
        keeps_manners(found)
        return found

    yield answer
    watch.is_looking = False


def _is_ours(path: str, folder: Path) -> bool:
    """Whether a file that was written is a result, or compiled code in the caches of Python and of the kernel."""
    return Path(path).is_relative_to(folder) or "__pycache__" in path or path == os.devnull


def keeps_manners(answer: Answer) -> None:
    """A code for files and calls, sentences instead of a traceback, nothing that changes the terminal."""
    assert answer.code in (0, 1, 2), answer.err
    said = answer.out + answer.err
    assert "Traceback" not in said
    assert answer.code == 0 or answer.out or answer.err
    assert answer.err.count("\n") <= 8, answer.err
    odd = [letter for letter in said if letter < " " and letter != "\n"]
    assert not odd
    assert not any(letter in said for letter in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\x7f\x9b")


@pytest.fixture
def child(tmp_path: Path) -> Call:
    """Give a function that calls a command in a process of its own, with a gibibyte and twenty seconds."""
    command = str(Path(sys.executable).with_name("zaizao"))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    def answer(*arguments: object) -> Answer:
        done = subprocess.run(
            [command, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            preexec_fn=limit,
        )
        found = Answer(code=done.returncode, out=done.stdout, err=done.stderr)
        keeps_manners(found)
        return found

    return answer


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes a file."""

    def write(content: bytes, name: str = "hostile.bpmn") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write
