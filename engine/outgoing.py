"""Work that leaves the house: calls over HTTP, files in a folder, and whatever else is plugged in.

A call may go out twice after a crash; it carries a key that never changes, so that the other side can drop repeats.
Nothing goes anywhere that is not allowed by name: no hosts are unless they are set, and no redirect is followed.
"""

import http.client
import json
import os
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from engine.errors import CallFailed, CallRefused
from store.files import settle

#: What other packages plug in under this group: a `Carrier` by its name.
GROUP = "zaizao.outgoing"
#: The name of the way into the drop folder.
DROP = "drop"
_SCHEMES = {"http": 80, "https": 443}
_GOOD = range(200, 300)


class Carrier(Protocol):
    """A way out of the house."""

    def __call__(self, key: str, body: bytes, target: str) -> Mapping[str, Any]:
        """Bring a body out and give what comes back as named values.

        It may be asked again with the same key. Any error means that it has to be tried again.
        """


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """Which calls go where."""

    #: The hosts that may be called, as `host` or `host:port`; every other is refused.
    hosts: frozenset[str] = frozenset()
    #: Where each call goes, by the operation, topic or message it names: an address, `drop`, or a plugged-in name.
    routes: Mapping[str, str] = field(default_factory=dict)
    #: The folder files are dropped into; none where none is set.
    folder: Path | None = None
    #: Seconds an answer may take, and most bytes it may have.
    seconds: float = 10.0
    most: int = 1_000_000

    def target(self, name: str) -> str:
        """Where the call of a name goes; empty where it goes nowhere."""
        if name in self.routes:
            return self.routes[name]
        if _scheme(name) in _SCHEMES:
            return name
        return DROP if self.folder is not None else ""

    def send(self, name: str, key: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make a call and give what came back; raises `CallRefused` or `CallFailed`."""
        target = self.target(name)
        if not target:
            raise CallRefused(f"{name or '?'}: no address is set")
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
        if target == DROP:
            return self._drop(key, content)
        if _scheme(target) in _SCHEMES:
            return self._post(target, key, content)
        return _carrier(target)(key, content, name)

    def _drop(self, key: str, content: bytes) -> Mapping[str, Any]:
        """Write a file whole or not at all; its name comes from the key, so that a repeat is the same file."""
        if self.folder is None:
            raise CallRefused("outgoing_folder")
        target = self.folder / f"{sha256(key.encode()).hexdigest()}.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(content)
                settle(Path(name))
                os.replace(name, target)
            finally:
                Path(name).unlink(missing_ok=True)
            settle(self.folder)
        except OSError as error:
            raise CallFailed(f"{self.folder}: {error.strerror or error}") from error
        return {}

    def _post(self, address: str, key: str, content: bytes) -> Mapping[str, Any]:
        try:
            parts = urlsplit(address)
            host = parts.hostname or ""
            port = parts.port or _SCHEMES[parts.scheme]
        except ValueError:
            raise CallRefused(address[:200]) from None
        if not {host, f"{host}:{port}"} & self.hosts or parts.username or not _is_plain(address):
            raise CallRefused(f"{host}:{port}")
        connection = _connection(parts.scheme, host, port, self.seconds)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": quote(key, safe=":")}
            connection.request("POST", path, body=content, headers=headers)
            reply = connection.getresponse()
            got = reply.read(self.most + 1)
        except (OSError, http.client.HTTPException) as error:
            raise CallFailed(f"{host}: {type(error).__name__}") from error
        finally:
            connection.close()
        if reply.status not in _GOOD:
            raise CallFailed(f"{host}: {reply.status}")
        return _named_values(got, self.most, host)


def _scheme(address: str) -> str:
    return address.partition(":")[0].lower()


def _is_plain(address: str) -> bool:
    """Whether an address has no sign that could end the line of a request."""
    return address.isascii() and address.isprintable() and " " not in address


def _connection(scheme: str, host: str, port: int, seconds: float) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=seconds)
    return http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())


def _named_values(got: bytes, most: int, host: str) -> Mapping[str, Any]:
    """What came back, as named values; nothing is as good as none."""
    if len(got) > most:
        raise CallFailed(f"{host}: > {most:,}")
    if not got.strip():
        return {}
    try:
        values = json.loads(got)
    except (ValueError, RecursionError):
        raise CallFailed(f"{host}: no JSON") from None
    if not isinstance(values, dict):
        raise CallFailed(f"{host}: no JSON object")
    return values


@cache
def _carrier(name: str) -> Carrier:
    """The way out that is plugged in under a name."""
    for point in entry_points(group=GROUP):
        if point.name == name:
            found: Carrier = point.load()
            return found
    raise CallRefused(name)
