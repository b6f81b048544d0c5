"""Reading what a user names and writing what they asked for, with one sentence for whatever is in the way."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import click

from bpmn import Limits, Model, UnreadableFile, read
from bpmn.xml import load as bytes_of
from zaizao.cli.failures import Refusal, Unreadable
from zaizao.cli.worded import Call
from zaizao.settings import LIMITS

#: The largest limit that can be set.
_LARGEST = 10**12


def told(path: str | Path) -> str:
    """Give a file's name as text; bytes of it that are no text are shown as such, since nothing else can print them."""
    return os.fsencode(path).decode("utf-8", "replace")


def existing(path: str) -> Path:
    """Give the path of a file that must exist; a near name in the same folder is offered where it does not."""
    file = Path(path)
    if not path:
        raise Refusal("no_name")
    if file.is_dir():
        raise Refusal("is_folder", file=path)
    if not file.exists():
        raise _not_found(file)
    return file


def _not_found(file: Path) -> Refusal:
    from difflib import get_close_matches

    names = [entry.name for entry in file.parent.iterdir()] if file.parent.is_dir() else []
    near = get_close_matches(file.name, names, n=1, cutoff=0.5)
    if near:
        return Refusal("not_found_near", file=str(file), near=near[0])
    return Refusal("not_found", file=str(file))


def load(path: str) -> Model:
    """Read the model a user names."""
    try:
        return read(existing(path), limits=limits())
    except UnreadableFile as error:
        raise Unreadable(path, error.problem) from None


def content(path: str) -> bytes:
    """Give the bytes of a file a user names, where it is a regular one of acceptable size."""
    try:
        return bytes_of(existing(path), limits())
    except UnreadableFile as error:
        raise Unreadable(path, error.problem) from None


def contents(names: Iterable[str]) -> dict[str, bytes]:
    """Give the bytes of several files, by their names without folders; commas divide names too."""
    return {Path(name).name: content(name) for text in names for name in text.split(",")}


def means_file(name: str) -> bool:
    """Whether a name that may be a procedure's means a file."""
    return "/" in name or "\\" in name or bool(Path(name).suffix) or Path(name).exists()


def limits() -> Limits:
    """Give how much of a file the call being answered accepts."""
    call = click.get_current_context().find_object(Call)
    given = call.settings.limits if call is not None else {}
    return Limits(**{name: _whole(LIMITS[name], text) for name, text in given.items()})


def _whole(variable: str, text: str) -> int:
    """Read a limit that is set."""
    if not text.isascii() or not text.isdigit():
        raise Refusal("no_number", option=variable, value=text)
    if len(text) > len(str(_LARGEST)) or not 1 <= int(text) <= _LARGEST:
        raise Refusal("number_range", option=variable, least="1", most=str(_LARGEST))
    return int(text)


def output(path: str, endings: tuple[str, ...]) -> Path:
    """Give the path of a file to be written, where its ending is one we write."""
    file = Path(path)
    if file.suffix.lower() not in endings:
        raise Refusal("ending_unknown", file=path, endings=" ".join(endings))
    return file


def save(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; what stood there before stays until the new one is complete."""
    with writing(file) as stream:
        stream.write(content)


@contextlib.contextmanager
def writing(file: Path) -> Iterator[BinaryIO]:
    """Give a stream whose content becomes the file once all of it is written, or never."""
    import tempfile

    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:40]}.")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(file)) from None  # its own file, not the one beside it
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
