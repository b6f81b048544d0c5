"""What can go wrong with the library of procedures; each docstring is the message and ends with what to do."""

from pathlib import Path


class FlowsError(Exception):
    """The library of procedures cannot be used. List what it holds with `zaizao flows`."""


class UnknownProcedure(FlowsError):
    """The library holds no procedure of this name. Choose one of those that `zaizao flows` lists."""

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        hint = f" Meant was perhaps: {', '.join(near)}." if near else ""
        super().__init__(f"{self.__doc__} ({name}){hint}")
        #: What was asked for.
        self.name = name
        #: Names of the library that look like it, the nearest first; empty where none does.
        self.near = near


class UnreadableProcedure(FlowsError):
    """A folder of the library is no complete procedure. Repair it as docs/howto/add-a-procedure.md says."""

    def __init__(self, file: Path, key: str, reason: str) -> None:
        super().__init__(f"{self.__doc__} ({file}: {key}: {reason})" if key else f"{self.__doc__} ({file}: {reason})")
        #: The file at fault.
        self.file = file
        #: The key at fault with its table, "basis[2].law"; empty where the whole file is.
        self.key = key
        #: "missing", "not-toml", "no-such-file", "wrong-type", "unknown-value", "unknown-key".
        self.reason = reason
