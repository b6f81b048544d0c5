"""Cause every fault in its long form and print one table; leave with 1 where something does not hold.

    python -m tests.faults [--short] [--on DATABASE] [--table PAGE] [FAULT …]

With `--table` the rows are also written into a page, between its marks. Faults that cannot be caused here say why.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from tests.faults.all import FAULTS
from tests.faults.faults import BOTH, POSTGRESQL, CannotRun, Fault
from tests.faults.ground import Ground, Server

_MARKED = re.compile(r"(<!-- faults -->\n).*?(?=<!-- /faults -->|\n## |\Z)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of one fault on one kind of database."""

    name: str
    kind: str
    text: str
    #: "holds", "FAILS" or "not run".
    state: str


def main() -> int:
    """Cause what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("names", nargs="*", metavar="FAULT")
    parser.add_argument("--on", choices=(*BOTH, "in memory"))
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    chosen = [FAULTS[name] for name in FAULTS if not asked.names or name in asked.names]
    if asked.on:
        chosen = [replace(fault, on=(asked.on,)) for fault in chosen if asked.on in fault.on]
    rows = caused(chosen, asked.table, is_short=asked.short)
    sys.stdout.write("\n" + screen(rows))
    return int(any(row.state == "FAILS" for row in rows))


def caused(faults: Iterable[Fault], page: Path | None, *, is_short: bool) -> list[Row]:
    """Cause faults on each kind of database they can be caused on; each row goes into the page at once."""
    rows = []
    folder = Path(tempfile.mkdtemp(prefix="faults"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        server, why = started(folder / "server")
        if server is not None:
            stack.callback(server.close)
        for fault in faults:
            for kind in fault.on:
                row = missing(fault, kind, why) if kind == POSTGRESQL and server is None else None
                row = row or cause(fault, kind, folder, server if kind == POSTGRESQL else None, is_short=is_short)
                rows.append(row)
                if page is not None:
                    write_into(page, [row])
    return rows


def started(folder: Path) -> tuple[Server | None, str]:
    """A PostgreSQL, or why there is none."""
    try:
        return Server(folder), ""
    except Exception as error:
        return None, f"no PostgreSQL here: {type(error).__name__}: {error}"[:200]


def missing(fault: Fault, kind: str, why: str) -> Row:
    """The row of a fault that cannot be caused for want of a database."""
    return Row(name=fault.name, kind=kind, text=why, state="not run")


def cause(fault: Fault, kind: str, folder: Path, server: Server | None, *, is_short: bool) -> Row:
    """Cause one fault; whatever goes wrong is its row."""
    ground = Ground(kind=kind, folder=folder / f"{re.sub('[^a-z0-9]+', '-', fault.name.lower())}-{kind}", server=server)
    ground.folder.mkdir()
    ground.folder.chmod(0o755)
    begun = time.monotonic()
    try:
        figure = fault.cause(ground, **(fault.short if is_short else fault.long))
        row = Row(name=fault.name, kind=kind, text=figure.text, state="holds" if figure.holds else "FAILS")
    except CannotRun as reason:
        row = Row(name=fault.name, kind=kind, text=str(reason), state="not run")
    except Exception as error:
        traceback.print_exc()
        row = Row(name=fault.name, kind=kind, text=f"{type(error).__name__}: {error}"[:300], state="FAILS")
    sys.stderr.write(f"{time.monotonic() - begun:6.1f} s  {row.state:8} {row.kind:11} {row.name}: {row.text}\n")
    shutil.rmtree(ground.folder, ignore_errors=True)
    return row


def screen(rows: Iterable[Row]) -> str:
    """The table for a terminal."""
    return "".join(f"{row.name:27} {row.kind:11} {row.state:8} {row.text}\n" for row in rows)


def write_into(page: Path, rows: Iterable[Row]) -> None:
    """Put the rows into a page behind its mark, each instead of the one that stands there."""
    text = page.read_text("utf-8")
    found = _MARKED.search(text)
    if found is None:
        raise SystemExit(f"{page} has no line <!-- faults --> to write behind.")
    known = dict[tuple[str, ...], str]()
    for line in found[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        known[tuple(cells[:2])] = line
    known |= {(row.name, row.kind): f"| {row.name} | {row.kind} | {row.state} | {row.text.replace('|', '/')} |"
              for row in rows}  # fmt: skip
    lines = [known[fault.name, kind] for fault in FAULTS.values() for kind in fault.on if (fault.name, kind) in known]
    table = "\n".join(["", "| fault | database | | measured |", "|---|---|---|---|", *lines, "", ""])
    page.write_text((text[: found.end(1)] + table + text[found.end() :].lstrip("\n")).rstrip("\n") + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
