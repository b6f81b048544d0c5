"""All faults, in the order of the table."""

from tests.faults import clients, databases, kills, operating, times  # noqa: F401 - each adds its own
from tests.faults.faults import FAULTS as _KNOWN
from tests.faults.faults import Fault

#: The order in which they are told.
ORDER = (
    *("kill -9, random", "kill -9, systematic", "negative control", "power cut", "PostgreSQL crash", "line cut"),
    *("network silent", "disk full", "read-only, gone, old", "clock", "lock held", "long report"),
    *("10,000 timers due at once", "poison job", "frozen worker", "two clerks", "stale page", "replay"),
    *("backup while running", "migration", "stop", "replay of history", "sync"),
)
FAULTS: dict[str, Fault] = {name: _KNOWN[name] for name in ORDER}
assert FAULTS.keys() == _KNOWN.keys()
