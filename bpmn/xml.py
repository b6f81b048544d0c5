"""The one XML parser of the house: bytes in, a tree out, or one clear problem that says what to do.

A file is only data: no entity is resolved, nothing is fetched, no DOCTYPE is accepted, and size, nesting and number of
elements are bounded before and while the tree grows. Every encoding is decoded here, strictly, so that the parser only
ever sees UTF-8 and what a file may be written in does not depend on how a library was built.
"""

import codecs
import os
import re
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from bpmn.errors import UnreadableFile
from bpmn.problem import Problem

#: Namespace of the BPMN 2.0 elements, and how a tag of it begins.
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
#: Namespaces of the diagram.
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"

#: Largest file that is read, in bytes.
MAX_BYTES = 100_000_000
#: Most flow nodes a model may have.
MAX_NODES = 200_000
#: Most opened tags and attributes a file may have; each takes up to 250 bytes in the tree, all of them half a gibibyte.
MAX_MARKUP = 2_000_000
#: How many sub-processes, or lanes, may stand in one another; the parser itself opens no more than 256 tags.
MAX_NESTING = 256
#: Bytes decoded at a time.
_PIECE = 1 << 20

#: The encodings a file may be in, by every name they go by, and the codec that reads them.
_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf16", "utf-16le", "utf-16be", "iso-10646-ucs-2", "ucs-2"), "utf-16"),
    **dict.fromkeys(("gb18030", "gb-18030", "gbk", "gb2312", "gb-2312", "cp936", "ms936", "windows-936"), "gb18030"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1"), "iso-8859-1"),
    **dict.fromkeys(("windows-1252", "cp1252", "cp-1252"), "cp1252"),
    **dict.fromkeys(("us-ascii", "ascii"), "ascii"),
}
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How a file is opened: none that turned into a pipe in between keeps the program waiting.
_OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
#: How packed files and pictures begin.
_PACKED = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF-")
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([^"'>]{1,60})["']""")
_SPACE = re.compile(rb"\s*")
_PROLOG = re.compile(rb"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_WHERE = re.compile(r", line \d+, column \d+.*$", re.DOTALL)
_ROOT = re.compile(rb"<([^\s/>!?]+)")
_BEHIND_ROOT = 5
_TOO_DEEP = "Excessive depth"
_TOO_LARGE = 114
_NO_MEMORY = 2
_UNDECLARED_PREFIX = 201

_SENTENCES = {
    "missing-file": "There is no such file. Check the name.",
    "no-permission": "The file may not be read. Ask its owner for the right to read it.",
    "not-a-file": "This is a {found}, not a file. Name the BPMN file itself.",
    "unreadable": "The file could not be read ({reason}). Copy it to a local folder and try again.",
    "too-large": "The file is larger than what is accepted ({limit}). Split it into one file for each procedure.",
    "too-many-tags": "The file has more than {limit} tags and attributes. Split it into one file for each procedure.",
    "long-text": "A text or attribute is longer than {limit}. Shorten it, or move what is in it to a file of its own.",
    "too-deep": "Elements are nested more than {limit} deep. Export the file again from the tool it was drawn with.",
    "empty": "The file is empty. Export it again from the tool it was drawn with.",
    "zip": "This is a packed archive, not a BPMN file. Unpack it and name the .bpmn file inside.",
    "no-markup": "This is not an XML file. Export the drawing as BPMN 2.0 XML.",
    "encoding": "The file is not written in {encoding}, although it says so. Save it again as UTF-8.",
    "unknown-encoding": "The encoding {encoding} is not accepted. Save the file as UTF-8.",
    "doctype": "The file has a DOCTYPE, which is not accepted because it can reach outside of it. Remove that line.",
    "cut-off": "The file ends in the middle of its XML. Export it again from the tool it was drawn with.",
    "undeclared-prefix": "A namespace prefix is not declared ({reason}). Export the file again from its tool.",
    "syntax": "The XML is broken ({reason}). Repair that line or export the file again.",
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of a file is accepted."""

    bytes: int = MAX_BYTES
    #: Flow nodes.
    nodes: int = MAX_NODES
    #: Opened tags and attributes together.
    markup: int = MAX_MARKUP
    #: Sub-processes in sub-processes, lanes in lanes.
    nesting: int = MAX_NESTING


def refusal(problem: str, rule: str, sentence: str, *, line: int = 0, **details: str) -> UnreadableFile:
    """The error for a file that cannot be read, with its one problem."""
    message = sentence.format_map(details)
    return UnreadableFile(Problem(problem=problem, rule=rule, line=line, details=details, message=message))


def _refuse(rule: str, *, line: int = 0, **details: str) -> UnreadableFile:
    return refusal("not-xml", rule, _SENTENCES[rule], line=line, **details)


def too_deep(limit: int, line: int) -> UnreadableFile:
    """The error for a file whose elements stand in one another more than so many deep."""
    return _refuse("too-deep", limit=str(limit), line=line)


def load(source: bytes | Path, limits: Limits) -> bytes:
    """The bytes of a file, once it is sure that it is a regular one of acceptable size."""
    data = source if isinstance(source, bytes) else _read_file(source, limits)
    if len(data) > limits.bytes:
        raise _refuse("too-large", limit=f"{limits.bytes / 1_000_000:g} MB")
    return data


def _read_file(path: Path, limits: Limits) -> bytes:
    try:
        name = os.fspath(path)
        _refuse_special(os.stat(name).st_mode)
        file = os.open(name, _OPENING)
        try:
            status = os.fstat(file)
            _refuse_special(status.st_mode)
            if status.st_size > limits.bytes:
                raise _refuse("too-large", limit=f"{limits.bytes / 1_000_000:g} MB")
            return _rest_of(file, status.st_size, limits)
        finally:
            os.close(file)
    except FileNotFoundError:
        raise _refuse("missing-file") from None
    except PermissionError:
        raise _refuse("no-permission") from None
    except IsADirectoryError:
        raise _refuse("not-a-file", found="folder") from None
    except (OSError, ValueError) as error:
        raise _refuse("unreadable", reason=getattr(error, "strerror", None) or str(error)) from None


def _rest_of(file: int, size: int, limits: Limits) -> bytes:
    """What a file holds, which may have grown since its size was asked for; one byte over the limit is enough."""
    pieces = []
    read = 0
    while read <= limits.bytes and (piece := os.read(file, min(max(size - read, 0) + 1, limits.bytes + 1 - read))):
        pieces.append(piece)
        read += len(piece)
    return b"".join(pieces)


def _refuse_special(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise _refuse("not-a-file", found="folder")
    if not stat.S_ISREG(mode):
        raise _refuse("not-a-file", found="pipe" if stat.S_ISFIFO(mode) else "device")


def encoding_of(data: bytes) -> str:
    """The codec the bytes are written in: by byte order mark, else by declaration, else UTF-8."""
    if data.startswith(_PACKED):
        raise _refuse("zip")
    if data.startswith(_PICTURES):
        raise _refuse("no-markup", line=1)
    for mark, codec in _BOMS:
        if data.startswith(mark):
            if codec == "utf-32":
                raise _refuse("unknown-encoding", encoding="UTF-32", line=1)
            return codec
    if data[:2] in (b"<\0", b"\0<"):
        return "utf-16-le" if data[0] else "utf-16-be"
    declared = _DECLARED.match(data[:1024])
    if declared is None:
        return "utf-8"
    name = declared.group(1).decode("ascii", "replace").strip()
    codec = _CODECS.get(name.lower(), "")
    if not codec:
        raise _refuse("unknown-encoding", encoding=name, line=1)
    # Text written out by a program that says UTF-16 of its own strings but saved them byte by byte.
    return "utf-8" if codec == "utf-16" else codec


def _to_utf8(data: bytes) -> bytes:
    """The file in UTF-8, without byte order mark; an error if its bytes are not in the encoding it names."""
    codec = encoding_of(data)
    if codec == "utf-8" and data.isascii():
        return data
    pieces = _decoded(data, codec)
    if codec == "utf-8":
        deque(pieces, maxlen=0)  # to see that it is
        return data.removeprefix(codecs.BOM_UTF8)
    return b"".join(piece.encode("utf-8") for piece in pieces).removeprefix(codecs.BOM_UTF8)


def _decoded(data: bytes, codec: str) -> Iterator[str]:
    """The text of a file piece by piece: a rare character somewhere would make the whole four times as large."""
    decoder = codecs.getincrementaldecoder(codec)()
    lines = 1
    for start in range(0, len(data) + 1, _PIECE):
        piece = data[start : start + _PIECE]
        try:
            text = decoder.decode(piece, final=start + _PIECE > len(data))
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(codec, "replace")
            raise _refuse("encoding", encoding=codec.upper(), line=lines + before.count("\n")) from None
        lines += text.count("\n")
        yield text


def _refuse_doctype(text: bytes) -> None:
    position = 0
    while match := _PROLOG.match(text, position):
        position = match.end()
    if text[position : position + 9].upper() == b"<!DOCTYPE":
        raise _refuse("doctype", line=text.count(b"\n", 0, position) + 1)


def parse(data: bytes, limits: Limits) -> Any:
    """The root element of a well-formed file; comments, processing instructions and CDATA are kept."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise _refuse("zip")
    text = _to_utf8(data)
    begin = _SPACE.match(text)
    if begin is None or begin.end() == len(text):
        raise _refuse("empty")
    if not text.startswith(b"<", begin.end()):
        raise _refuse("no-markup", line=1)
    _refuse_doctype(text)
    is_long = len(text) > limits.markup
    if is_long and text.count(b"<") - text.count(b"</") + text.count(b"=") > limits.markup:
        raise _refuse("too-many-tags", limit=str(limits.markup))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        collect_ids=False,
        strip_cdata=False,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_error(error, text) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refuse("doctype", line=1)
    return root


def _syntax_error(error: Any, text: bytes) -> UnreadableFile:
    if error.code == _NO_MEMORY:
        raise MemoryError
    reason = _WHERE.sub("", error.msg or "").strip()
    line = error.lineno or 0
    if _TOO_DEEP in reason:
        return too_deep(MAX_NESTING, line)
    if error.code == _TOO_LARGE:
        return _refuse("long-text", limit="10 MB", line=line)
    if error.code != _BEHIND_ROOT and _is_cut_off(text, line):
        return _refuse("cut-off", line=line)
    if error.code == _UNDECLARED_PREFIX:
        return _refuse("undeclared-prefix", reason=reason, line=line)
    return _refuse("syntax", reason=reason, line=line)


def _is_cut_off(text: bytes, line: int) -> bool:
    """Whether the parser stopped at the end of a file in which the root element is never closed."""
    if line < text.rstrip().count(b"\n") + 1:
        return False
    root = _ROOT.search(text)
    return root is None or text.rfind(b"</" + root.group(1) + b">") < 0
