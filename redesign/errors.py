"""What can go wrong with a redesign; each docstring is the message and ends with what to do."""

from __future__ import annotations

from typing import Any


class RedesignError(Exception):
    """The procedure cannot be redesigned. Check its file with `zaizao check`."""


class CannotMove(RedesignError):
    """The move does not hold here. Look at the reason, change the file, and try again."""

    def __init__(self, why: str, **details: Any) -> None:
        super().__init__(f"{self.__doc__} ({why})")
        #: The reason as a name, the key of its sentence: "mandatory", "kept-apart", "not-available" …
        self.why = why
        #: What the sentence speaks of: steps, materials, units.
        self.details = details
