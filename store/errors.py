"""What can go wrong with the database; each docstring is the message and ends with what to do."""

from typing import Self


class StoreError(Exception):
    """The database failed. Look at its log, then try again."""

    #: Whether the same may be tried again at once: it was not answered, and nothing was kept.
    may_repeat = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.__doc__} ({detail})" if detail else self.__doc__)
        self.detail = detail


# The machine: nothing was kept.


class Busy(StoreError):
    """The database is busy: nothing was kept. Send the same again with the same key in a moment."""

    @classmethod
    def to_repeat(cls, detail: str) -> Self:
        """Somebody else was faster by a hair: the whole transaction is worth another try."""
        error = cls(detail)
        error.may_repeat = True
        return error


class Locked(Busy):
    """Somebody else works on this for a long time: nothing was kept. Send the same again with the same key later."""


class Unreachable(Busy):
    """The database does not answer at this address. Start it or correct the address, then send the same again."""


class Lost(StoreError):
    """The line broke while the answer was under way: nobody knows whether it was kept. Look before sending it again."""


class DiskFull(StoreError):
    """The disk of the database is full: nothing was kept. Make room, then send the same again."""


class ReadOnly(StoreError):
    """The database may only be read here: nothing was kept. Give this user the right to write to it and its folder."""


class Damaged(StoreError):
    """The database is damaged. Stop, keep a copy of it, and restore the latest backup with `zaizao db restore`."""


# The machine: what stands at the address is not what it should be.


class NoDatabase(StoreError):
    """There is no database here. Make one with `zaizao db init`, or correct the address."""


class Gone(NoDatabase):
    """The file of the database was moved or deleted while it was open. Put it back, or restore a backup."""


class NotADatabase(NoDatabase):
    """What stands here is no database of zaizao. Correct the address."""


class NotAdmitted(StoreError):
    """The database does not let this user in. Correct the name, the password or the rights."""


class OlderSchema(StoreError):
    """The database was made by an older version. Bring it up with `zaizao db upgrade`; work may go on meanwhile."""


class NewerSchema(StoreError):
    """The database was made by a newer version. Install that version of zaizao, or take its changes back with it."""


class UnsafeSettings(StoreError):
    """The database is set so that a crash can lose what was answered. Turn the setting on that is named."""


class NetworkFile(UnsafeSettings):
    """The database file lies on a network drive, where it can break. Put it on a local disk, or use PostgreSQL."""


class DamagedBackup(StoreError):
    """The file is no whole backup of zaizao. Take another one, and keep the older ones until a new one was read."""


class NewerBackup(StoreError):
    """The backup was made by a newer version. Install that version of zaizao and restore it with that."""


class OtherKind(StoreError):
    """The backup was made of the other kind of database. Restore it into one of the kind that is named."""


class NotEmpty(StoreError):
    """There are cases in this database. Restore into an empty one, or use `--force`, which keeps the old one aside."""


class Unwritable(StoreError):
    """The file cannot be written there. Choose another folder, or ask for the right to write into it."""


class NoPolars(StoreError):
    """Archives need the extra `logs`. Install it with `pip install 'zaizao[logs]'`."""


class DamagedArchive(StoreError):
    """The file is no whole archive of zaizao. Take the copy that was kept of it."""


class NoAlgorithm(StoreError):
    """The hash that is set cannot be computed on this machine. Install an OpenSSL that has it, or set sha256."""


class BadAddress(StoreError):
    """What was given is no address of a database. Write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."""


class NoDriver(StoreError):
    """What speaks to PostgreSQL is not installed. Install zaizao with its extra `postgres`."""


# The caller: refused by name.


class StillOpen(StoreError):
    """The case is still under way: its data are needed. End or cancel it first."""


class NotARoot(StoreError):
    """What was given is no root of zaizao, or was changed since it was written. Take the one that was kept."""


class UnknownAlgorithm(StoreError):
    """There is no such algorithm for the chains. Set sha256, or sm3 where it is asked for."""


class NoSuchCase(StoreError):
    """There is no such case. Look for it with `zaizao case list`."""


class NoSuchItem(StoreError):
    """There is no such work item. Look for it with `zaizao work list`."""


class NoSuchProcedure(StoreError):
    """No such procedure is installed. Start a case from its file, or give its name as in `zaizao flows`."""


class NoSuchJob(StoreError):
    """There is no such job in that state. Look for it with `zaizao worker --list`."""


class KeyReused(StoreError):
    """The key was used for another command. Make a new key for each command, and repeat only the same one with it."""


class Stale(StoreError):
    """Somebody else changed this meanwhile. Read it again and repeat the command."""


class Fenced(StoreError):
    """The lease of this job ran out and somebody else has it. Drop what was done and take the next job."""


class Taken(StoreError):
    """Something of this name is kept already. Choose another name."""


class Unkeepable(StoreError):
    """A text or number is of a kind that no database keeps. Take half or empty characters out and send it again."""
