"""How the kernel is compiled: one way for all its functions, and where the machine code is kept.

Compiling takes some ten seconds, so numba keeps the code in a folder and reads it from there next time. By itself it
would look only at the date of the one file a function stands in, although what is compiled into the function stands in
others too. So the folder's name holds a digest of all of them, and old code is never taken for new.

Where the folder beside this file cannot be written, numba uses one of its own under the user's home. A front door that
knows better asks `cache_folder` and sets NUMBA_CACHE_DIR before anything here is imported.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])
_njit: Callable[..., Callable[[Any], Any]] = njit
_config: Any = numba.config

#: The kernel makes no array, it works on those it is given while the caller holds them. So nothing counts references to
#: them (`_nrt`), which would take most of its time.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}

_HERE = Path(__file__).resolve().parent


def compiled(function: _Function) -> _Function:
    """Compile a function that Python calls: at the first call, for good, with no relaxed floating point."""
    return cast(_Function, _njit(**_OPTIONS)(function))


def inlined(function: _Function) -> _Function:
    """Compile a function that only compiled ones call, as a part of each of them."""
    return cast(
        _Function, _njit(forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function)
    )


@cache
def digest() -> str:
    """What tells this kernel's machine code from any other's: its sources and the compiler."""
    found = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for file in sorted(_HERE.glob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()


def cache_folder(candidates: Iterable[Path]) -> Path:
    """Give the folder for this kernel's machine code in the first of some folders that can be written.

    Where none can, it is a new temporary one: then every run compiles.
    """
    for candidate in candidates:
        folder = candidate / f"kernel-{digest()}"
        if _is_writable(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="kernel-"))


def package_folder() -> Path:
    """The first candidate: beside this file, where an installation can warm it once for all users."""
    return _HERE / "__pycache__"


def _is_writable(folder: Path) -> bool:
    """Whether a file can be made in a folder; one that is there and full of code counts though it is read-only."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return holds_code(folder)


def holds_code(folder: Path) -> bool:
    """Whether a folder holds the compiled kernel."""
    try:
        return any(folder.glob("*/kernel.advance-*.nbi"))
    except OSError:
        return False


def present_folder() -> Path:
    """The folder numba keeps the code in as things stand."""
    return Path(_config.CACHE_DIR or package_folder())


if not _config.CACHE_DIR and _is_writable(package_folder() / f"kernel-{digest()}"):
    _config.CACHE_DIR = str(package_folder() / f"kernel-{digest()}")
