"""How the kernel is compiled: one way for all its functions, and where the compiled code is kept.

Compiling takes some seconds, so numba keeps the machine code in a folder: beside the source where that can be written,
else the user's cache folder. Where neither can, nothing would be kept and every run would compile anew; the front door
asks `cache_folder` and sets NUMBA_CACHE_DIR before anything here is imported.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile at the first call and keep the code; no relaxed floating point, so that results do not wander."""
    return cast(_Function, njit(cache=True, nogil=True, error_model="numpy")(function))
