"""Files that must be whole or not there at all: written beside their place, made to last, then put there."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from store.errors import DiskFull, StoreError, Taken, Unwritable


@contextmanager
def placed(path: Path, *, anew: bool = False) -> Iterator[Path]:
    """Give the path to write to; afterwards the file stands at `path`, whole and on the disk, or nothing does.

    A file that stands there already is left alone, unless it is to be written anew. Only its owner may read it.
    """
    if path.exists() and not anew:
        raise Taken(str(path))
    part = path.with_name(path.name + ".part")
    try:
        with suppress(FileNotFoundError):
            part.unlink()
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        yield part
        settle(part)
        os.replace(part, path)
        settle(path.parent)
    except OSError as error:
        raise refusal(error, path) from error
    finally:
        with suppress(OSError):
            part.unlink()


def settle(path: Path) -> None:
    """Wait until what was written is on the disk; of a folder, that its names are."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def refusal(error: OSError, path: Path) -> StoreError:
    """The error of the operating system as one of ours."""
    kind = DiskFull if error.errno == errno.ENOSPC else Unwritable
    return kind(f"{path}: {error.strerror}")
