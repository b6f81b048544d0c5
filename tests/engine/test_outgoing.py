"""Calls over HTTP: only to hosts that are allowed, no redirect followed, bounded in time and size."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from engine.errors import CallFailed, CallRefused
from engine.outgoing import Outgoing


class Answering(BaseHTTPRequestHandler):
    """Answers by the path, and keeps what it was asked."""

    seen: ClassVar[list[tuple[str, str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Idempotency-Key"], body))
        status, text = ANSWERS[self.path.partition("?")[0]]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/good")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


ANSWERS = {
    "/good": (200, '{"编号": 7}'.encode()),
    "/empty": (204, b""),
    "/moved": (302, b""),
    "/down": (503, b""),
    "/text": (200, b"hello"),
    "/list": (200, b"[1]"),
    "/large": (200, b'"' + b"x" * 2_000 + b'"'),
}


@pytest.fixture
def port() -> Iterator[int]:
    """Give the port of a server on this machine."""
    Answering.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_an_answer_comes_back_as_named_values(port: int) -> None:
    outgoing = Outgoing(hosts=frozenset({f"127.0.0.1:{port}"}))

    answer = outgoing.send(f"http://127.0.0.1:{port}/good?x=1", "C:a:步骤", {"数据": 1})

    assert answer == {"编号": 7}
    assert Answering.seen == [("/good?x=1", "C:a:%E6%AD%A5%E9%AA%A4", '{"数据":1}'.encode())]


def test_nothing_is_as_good_as_no_values(port: int) -> None:
    assert Outgoing(hosts=frozenset({"127.0.0.1"})).send(f"http://127.0.0.1:{port}/empty", "k", {}) == {}


@pytest.mark.parametrize("path", ["moved", "down", "text", "list", "large"])
def test_an_answer_that_is_none_means_to_try_again(port: int, path: str) -> None:
    outgoing = Outgoing(hosts=frozenset({"127.0.0.1"}), most=1_000)

    with pytest.raises(CallFailed):
        outgoing.send(f"http://127.0.0.1:{port}/{path}", "k", {})

    assert len(Answering.seen) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost/x",
        "http://127.0.0.1:99999/x",
        "http://user@127.0.0.1/x",
        "http://127.0.0.1/x y",
        "http://127.0.0.1/\nx",
        "file:///etc/passwd",
        "unheard of",
        "",
    ],
)
def test_what_is_not_allowed_by_name_goes_nowhere(address: str) -> None:
    with pytest.raises(CallRefused):
        Outgoing(hosts=frozenset({"127.0.0.1"})).send(address, "k", {})


def test_a_host_that_is_not_there_means_to_try_again() -> None:
    with pytest.raises(CallFailed):
        Outgoing(hosts=frozenset({"127.0.0.1"}), seconds=0.5).send("http://127.0.0.1:9/x", "k", {})


def test_a_repeat_is_the_same_file(tmp_path: Path) -> None:
    outgoing = Outgoing(folder=tmp_path)

    outgoing.send("复函", "../../C:a:1", {"n": 1})
    outgoing.send("复函", "../../C:a:1", {"n": 1})

    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_cannot_be_placed_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", refuse)

    with pytest.raises(CallFailed):
        Outgoing(folder=tmp_path).send("复函", "C:a:1", {"n": 1})

    assert list(tmp_path.iterdir()) == []
