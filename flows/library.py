"""Finding and loading the procedures that come with the program, or of any folder laid out like it.

A procedure is a folder with as-is.bpmn, procedure.toml and mostly to-be.bpmn and README.md. The drawings are not read
here: their paths are handed on, so that a fault in one cannot hide the others.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from flows.errors import UnknownProcedure
from flows.procedure import Procedure
from flows.table import read_procedure

#: The folder of the procedures that come with the program.
LIBRARY = Path(__file__).resolve().parent

#: How alike two names must be, 0 to 1, to be taken for a slip of the pen.
LIKENESS = 0.5


def names(library: Path = LIBRARY) -> tuple[str, ...]:
    """The names of the library's procedures in alphabetical order, without reading them."""
    return tuple(sorted(table.parent.name for table in library.glob("*/procedure.toml")))


def procedures(library: Path = LIBRARY) -> tuple[Procedure, ...]:
    """Every procedure of the library in the order of their names."""
    return tuple(read_procedure(library / name) for name in names(library))


def load(name: str, library: Path = LIBRARY) -> Procedure:
    """The procedure called so, by its folder's name or by its title in any language.

    Raises `UnknownProcedure` with the names that look like it.
    """
    if name in names(library):
        return read_procedure(library / name)
    known = procedures(library)
    wanted = _plain(name)
    for procedure in known:
        if wanted in _callings(procedure):
            return procedure
    raise UnknownProcedure(name, _near(wanted, known))


def _plain(name: str) -> str:
    return "-".join(name.casefold().replace("_", "-").split())


def _callings(procedure: Procedure) -> tuple[str, ...]:
    return _plain(procedure.name), *(_plain(title) for title in procedure.title.values())


def _near(wanted: str, known: tuple[Procedure, ...]) -> tuple[str, ...]:
    """Names that contain what was asked for, share a character run with it, or are spelled nearly so."""
    likeness: dict[str, float] = {}
    for procedure in known:
        likeness[procedure.name] = max(_likeness(wanted, calling) for calling in _callings(procedure))
    near = [name for name in likeness if likeness[name] >= LIKENESS]
    return tuple(sorted(near, key=lambda name: (-likeness[name], name)))


def _likeness(wanted: str, calling: str) -> float:
    if wanted and (wanted in calling or calling in wanted):
        return 1.0
    return difflib.SequenceMatcher(None, wanted, calling, autojunk=False).ratio()
