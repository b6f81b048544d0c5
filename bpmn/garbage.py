"""Looking for garbage less often: what is made while a file is read or checked stays, and so is looked at in vain."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """Look for no garbage for a while: each time everything made so far would be gone through, the whole model again.

    Where nobody looks for garbage anyway it stays that way.
    """
    is_looked_for = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if is_looked_for:
            gc.enable()
