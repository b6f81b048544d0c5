"""What can be done with a case or a work item: one file for each operation, found by the name in the table.

Each is one function that changes a `LiveCase` (its rows, its tokens) and nothing else; everything is written at once
afterwards, or not at all. `engine.lifecycle` says which state allows what; these say what it does.
"""

from collections.abc import Callable, Mapping

from engine.cases import LiveCase
from engine.command import Command
from engine.operations.begin import begin
from engine.operations.cancel import cancel
from engine.operations.claim import claim
from engine.operations.complete import complete
from engine.operations.fail import fail
from engine.operations.message import message
from engine.operations.reject import reject
from engine.operations.release import release
from engine.operations.resume import resume
from engine.operations.retry import retry
from engine.operations.return_ import return_
from engine.operations.save import save
from engine.operations.signal import signal
from engine.operations.start import start
from engine.operations.suspend import suspend
from engine.operations.terminate import terminate
from store.rows import ItemRow

__all__ = ["ON_CASE", "ON_ITEM"]

#: Operations on a case under way.
ON_CASE: Mapping[str, Callable[[LiveCase, Command], None]] = {
    "start": start,
    "message": message,
    "signal": signal,
    "suspend": suspend,
    "resume": resume,
    "cancel": cancel,
    "terminate": terminate,
}
#: Operations on a work item.
ON_ITEM: Mapping[str, Callable[[LiveCase, ItemRow, Command], None]] = {
    "claim": claim,
    "release": release,
    "begin": begin,
    "save": save,
    "complete": complete,
    "reject": reject,
    "return": return_,
    "fail": fail,
    "retry": retry,
}
