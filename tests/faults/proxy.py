"""A line to a server that can be cut and silenced: a proxy on the loopback between clients and the database."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

#: What goes to the server when a transaction is to last.
COMMIT = b"COMMIT"


@dataclass
class Proxy:
    """Passes on what clients and the server say; what it does to lines may be changed while they are open."""

    #: The socket of the server.
    target: Path
    #: The share of the ends of transactions at which the line is cut, before or after the server heard of it.
    before: float = 0.0
    after: float = 0.0
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    cuts: int = 0
    is_open: threading.Event = field(default_factory=threading.Event)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=128))

    def address(self, url: str) -> str:
        """The address of a database by way of the proxy."""
        port = self.listener.getsockname()[1]
        return make_url(url).set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False)

    def silence(self) -> None:
        """Stop passing on; all lines stay open."""
        self.is_open.clear()

    def go_on(self) -> None:
        """Pass on again."""
        self.is_open.set()

    def serve(self) -> None:
        """Take lines until the listener is closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client: socket.socket) -> None:
        self.is_open.wait()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(self.target))
        except OSError:
            client.close()
            return
        threading.Thread(target=self._back, args=(server, client), daemon=True).start()
        with suppress(OSError), closing(client), closing(server):
            while said := client.recv(65536):
                self.is_open.wait()
                fate = self.chance.random() if COMMIT in said else 1.0
                if fate < self.before:
                    self.cuts += 1
                    break
                if fate < self.before + self.after:
                    self.cuts += 1
                    server.sendall(said)
                    shut(client)  # no answer gets through
                    server.settimeout(0.02)
                    break
                server.sendall(said)
            shut(client)
            shut(server, socket.SHUT_WR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(65536):
                self.is_open.wait()
                client.sendall(said)
        shut(client)


def shut(line: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    """End a line that may have ended."""
    with suppress(OSError):
        line.shutdown(how)


@contextmanager
def proxy(target: Path) -> Iterator[Proxy]:
    """Stand between clients and the server at a socket while inside."""
    made = Proxy(target)
    made.go_on()
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        shut(made.listener)
        made.listener.close()
        made.go_on()
        thread.join()
