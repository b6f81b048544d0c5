"""A redesigned file carries the file it was made from, so that a redesign can be undone to the byte.

`gov:origin` holds the original, compressed, as text; its digest is the SHA-256 of the whole file with that attribute
empty. A file that was changed since has another digest, and is not undone unless somebody insists.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from typing import Any

from bpmn.annotation import NAMESPACE
from bpmn.edit import Editor
from bpmn.elements import local_name
from bpmn.errors import BpmnError
from bpmn.write import NO_LIMITS, serialised
from bpmn.xml import Limits, encoding_of, parse

_TAG = f"{{{NAMESPACE}}}origin"
#: The attribute as it stands in a file that was written here.
_DIGEST = re.compile(r'(<[A-Za-z_][\w.-]*:origin\b[^>]*?\bdigest=")([0-9a-f]*)(")')


class NoOrigin(BpmnError):
    """The file carries no original: it was not made by a redesign. Use the file it was made from."""


class ChangedSince(BpmnError):
    """The file was changed since it was redesigned; undoing it loses the changes. Use --force if that is meant."""


def with_origin(after: bytes, before: bytes) -> bytes:
    """The file `after`, carrying `before`; what it carried already is replaced."""
    root = parse(after, NO_LIMITS)
    edit = Editor(root)
    for old in list(root.iter(_TAG)):
        edit.remove(old)
    process = _carrier(root)
    extensions = next((child for child in process if local_name(child) == "extensionElements"), None)
    if extensions is None:
        extensions = edit.add(process, "extensionElements")
    origin = edit.add_foreign(extensions, _TAG, {"gov": NAMESPACE})
    origin.set("digest", "")
    origin.text = base64.b64encode(zlib.compress(before, 9)).decode("ascii")
    data = serialised(root, after)
    return _with_digest(data, _digest(data))


def origin_of(data: bytes, *, force: bool = False, limits: Limits | None = None) -> bytes:
    """The original a file carries; raises `NoOrigin`, or `ChangedSince` where the file was changed (not with `force`).

    The original is no larger than `limits` allow a file to be.
    """
    bounds = limits or Limits()
    root = parse(data, bounds)
    origin = next(root.iter(_TAG), None)
    text = "".join(origin.itertext()) if origin is not None else ""
    try:
        unpacking = zlib.decompressobj()
        before = unpacking.decompress(base64.b64decode(text, validate=False), bounds.bytes + 1)
    except (binascii.Error, zlib.error):
        before = b""
    if not before or len(before) > bounds.bytes:
        raise NoOrigin
    if not force and (origin is None or origin.get("digest") != _digest(_with_digest(data, ""))):
        raise ChangedSince
    return before


def _carrier(root: Any) -> Any:
    """The process that carries `gov:procedure`, else the first."""
    processes = [element for element in root if local_name(element) == "process"]
    carrying = (process for process in processes if next(process.iter(f"{{{NAMESPACE}}}procedure"), None) is not None)
    return next(carrying, processes[0] if processes else root)


def _with_digest(data: bytes, digest: str) -> bytes:
    """The bytes of a file with another digest in its origin."""
    codec = encoding_of(data)
    text = _DIGEST.sub(rf"\g<1>{digest}\g<3>", data.decode(codec), count=1)
    return text.encode(codec)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
