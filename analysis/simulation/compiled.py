"""How the kernel is compiled: one way for all its functions, and where the machine code is kept.

Compiling takes some ten seconds, so numba keeps the code in a folder and reads it from there next time. By itself it
would look only at the one file a function stands in, although what is compiled into the function stands in others too.
So the folder's name holds a digest of all of them, and old code is never taken for new.

The folder is the first that can be written: under NUMBA_CACHE_DIR if set, beside this file, in the user's cache. numba
can only use folders it may write to; code that lies in one it may not (warmed by root at installation, say) is
copied. Where nothing can be written the folder is a temporary one, and every run compiles.
"""

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
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

#: The files whose functions and numbers are compiled into the kernel.
SOURCES = ("beside", "clocks", "compiled", "draws", "gates", "heaps", "kernel", "layout", "tables", "tokens", "work")


def compiled(function: _Function) -> _Function:
    """Compile a function that Python calls: at the first call, for good, with no relaxed floating point."""
    return cast(_Function, _njit(**_OPTIONS)(function))


def inlined(function: _Function) -> _Function:
    """Compile a function that only compiled ones call, as a part of each of them."""
    return cast(
        _Function, _njit(forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function)
    )


def beside(function: _Function) -> _Function:
    """Compile a function that only compiled ones call, and seldom: once, apart from them."""
    return cast(_Function, _njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function))


@cache
def digest() -> str:
    """What tells this kernel's machine code from any other's: its sources and the compiler."""
    found = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for name in SOURCES:
        found.update(_HERE.joinpath(f"{name}.py").read_bytes())
    return found.hexdigest()


def cache_folder(candidates: Iterable[Path]) -> Path:
    """Give the folder for this kernel's machine code in the first of some folders that can be written.

    If one that cannot be written comes before it and holds the code, that is copied. Where none can be written, the
    folder is a temporary one, gone when the program ends.
    """
    folders = [candidate / f"kernel-{digest()}" for candidate in candidates]
    chosen = next((folder for folder in folders if _is_writable(folder)), None)
    if chosen is None:
        chosen = Path(tempfile.mkdtemp(prefix="kernel-"))
        atexit.register(shutil.rmtree, chosen, ignore_errors=True)
    compiled_before = next((folder for folder in folders if holds_code(folder)), chosen)
    if compiled_before != chosen and not holds_code(chosen):
        with suppress(OSError):
            shutil.copytree(compiled_before, chosen, dirs_exist_ok=True)
    return chosen


def package_folder() -> Path:
    """The folder beside this file, where an installation can warm the code once for all users."""
    return _HERE / "__pycache__"


def present_folder() -> Path:
    """The folder this process keeps the code in."""
    return Path(_config.CACHE_DIR)


def holds_code(folder: Path) -> bool:
    """Whether a folder holds the compiled kernel."""
    try:
        return any(folder.glob("*/kernel.advance-*.nbi"))
    except OSError:
        return False


def _is_writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _candidates() -> Iterator[Path]:
    if _config.CACHE_DIR:
        yield Path(_config.CACHE_DIR)
    yield package_folder()
    with suppress(RuntimeError):
        yield Path.home() / ".cache" / "zaizao"


_config.CACHE_DIR = str(cache_folder(_candidates()))
