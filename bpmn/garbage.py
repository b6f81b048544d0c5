"""Looking for garbage less often: what is made while a file is read or checked stays, and so is looked at in vain."""

import gc


class kept:  # noqa: N801
    """Look for no garbage for a while: each time everything made so far would be gone through, the whole model again.

    Where nobody looks for garbage anyway it stays that way.
    """

    __slots__ = ("_is_looked_for",)

    def __enter__(self) -> None:
        self._is_looked_for = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._is_looked_for:
            gc.enable()
