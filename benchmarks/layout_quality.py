"""How well diagrams are laid out: `python -m benchmarks.layout_quality FOLDER... [--auto-layout NODE_MODULES]`.

Each file's own diagram stands beside ours, laid out anew, and beside that of bpmn-auto-layout where a folder with that
npm package is given and it draws every node and flow of the file (it knows neither lanes nor a second pool). Only
files with one whole diagram of their own are measured. What is counted, for sequence and message flows:

- crossings: pairs of flows that cross, those that only meet at a common end left out;
- bends: corners for each flow;
- length: of a flow, in widths of a task;
- area: of the diagram, in areas of what stands in it;
- through: flows that run through a shape they have nothing to do with.

The result is a table in Markdown: the medians of each folder (and the sum of its crossings), then every file; each
figure is original/ours/other.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median

from bpmn.errors import BpmnError
from bpmn.layout import lay_out
from bpmn.model import Bounds, Edge, Model
from bpmn.read import read

Point = tuple[float, float]
Segment = tuple[Point, Point]

_SCRIPT = """
import { layoutProcess } from 'bpmn-auto-layout';
import { readFileSync } from 'node:fs';
process.stdout.write(await layoutProcess(readFileSync(process.argv[2], 'utf8')));
"""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What is measured of one diagram."""

    crossings: float
    bends: float
    length: float
    area: float
    through: float


NAMES = ("crossings", "bends", "length", "area", "through")


def quality(model: Model) -> Quality | None:
    """The measures of a diagram; none where it has no flows or is not whole."""
    ends = {flow.id: (flow.source, flow.target) for flow in model.flows}
    ends |= {flow.id: (flow.source, flow.target) for flow in model.message_flows}
    if not ends or not is_whole(model):
        return None
    edges = [model.edge[flow] for flow in ends]
    shapes = [model.shape[node.id].bounds for node in model.nodes]
    tasks = [model.shape[node.id].bounds.width for node in model.nodes if node.is_step]
    drawn = [shape.bounds for shape in model.shapes]
    wide = max(box.right for box in drawn) - min(box.x for box in drawn)
    high = max(box.bottom for box in drawn) - min(box.y for box in drawn)
    leaves = [box for box, node in zip(shapes, model.nodes, strict=True) if not node.is_frame]
    return Quality(
        crossings=sum(_cross(one, other) for one, other in combinations(edges, 2)),
        bends=sum(_bends(edge) for edge in edges) / len(edges),
        length=sum(_length(edge) for edge in edges) / len(edges) / (median(tasks) if tasks else 100.0),
        area=wide * high / max(1.0, sum(box.width * box.height for box in leaves)),
        through=sum(_runs_through(model, edge, ends[edge.element]) for edge in edges),
    )


def is_whole(model: Model) -> bool:
    """Whether every node and flow is drawn, on one plane."""
    if any(node.id not in model.shape for node in model.nodes):
        return False
    if any(flow.id not in model.edge for flow in model.flows):
        return False
    if any(flow.id not in model.edge for flow in model.message_flows):
        return False
    return len({model.shape[node.id].plane for node in model.nodes}) == 1


def _segments(edge: Edge) -> Iterator[Segment]:
    return ((one, other) for one, other in pairwise(edge.waypoints) if one != other)


def _cross(one: Edge, other: Edge) -> bool:
    """Whether two edges cross somewhere: a piece of one runs through the middle of a piece of the other."""
    return any(_meet(first, second) for first in _segments(one) for second in _segments(other))


def _meet(first: Segment, second: Segment) -> bool:
    (a, b), (c, d) = first, second
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, point: Point) -> int:
    area = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
    return 0 if abs(area) < 1e-6 else 1 if area > 0 else -1


def _bends(edge: Edge) -> int:
    """The corners of an edge: where it turns by more than a few degrees."""
    count = 0
    for a, b, c in zip(edge.waypoints, edge.waypoints[1:], edge.waypoints[2:], strict=False):
        one, other = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
        lengths = (one[0] ** 2 + one[1] ** 2) ** 0.5 * (other[0] ** 2 + other[1] ** 2) ** 0.5
        count += lengths > 0 and abs(one[0] * other[1] - one[1] * other[0]) > 0.1 * lengths
    return count


def _length(edge: Edge) -> float:
    return float(sum(((c - a) ** 2 + (d - b) ** 2) ** 0.5 for (a, b), (c, d) in pairwise(edge.waypoints)))


def _runs_through(model: Model, edge: Edge, ends: tuple[str, str]) -> bool:
    own: set[str] = set()
    stack = list(ends)
    while stack:
        element = stack.pop()
        node = model.node.get(element)
        if element and element not in own:
            own.add(element)
            stack += [node.scope, node.attached_to] if node is not None else []
    own |= {node.id for node in model.nodes if node.attached_to in own}
    others = [model.shape[node.id].bounds for node in model.nodes if node.id not in own]
    return any(_through(piece, box) for piece in _segments(edge) for box in others)


def _through(piece: Segment, box: Bounds) -> bool:
    (x1, y1), (x2, y2) = piece
    start, end = 0.0, 1.0
    for begin, stop, least, most in ((x1, x2, box.x + 1, box.right - 1), (y1, y2, box.y + 1, box.bottom - 1)):
        delta = stop - begin
        if abs(delta) < 1e-9:
            if not least < begin < most:
                return False
            continue
        enters, leaves = sorted(((least - begin) / delta, (most - begin) / delta))
        start, end = max(start, enters), min(end, leaves)
    return start < end


def auto_laid_out(path: Path, modules: Path) -> Model | None:
    """The file as bpmn-auto-layout draws it, where that can."""
    script = modules.parent / "auto-layout.mjs"
    script.write_text(_SCRIPT)
    done = subprocess.run([shutil.which("node") or "node", str(script), str(path)], capture_output=True, timeout=60)
    if done.returncode or not done.stdout:
        return None
    try:
        return read(done.stdout)
    except BpmnError:
        return None


def measured(path: Path, modules: Path | None) -> list[Quality | None] | None:
    """Original, ours and the other's, of one file; none where the file has no whole diagram."""
    try:
        model = read(path)
    except BpmnError:
        return None
    original = quality(model)
    if original is None:
        return None
    other = auto_laid_out(path, modules) if modules is not None else None
    return [original, quality(lay_out(model)), quality(other) if other is not None else None]


def table(folders: Sequence[Path], modules: Path | None) -> str:
    """The medians of every folder and the figures of every file, in Markdown."""
    found: dict[Path, dict[str, list[Quality | None]]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.bpmn")):
            rows = measured(path, modules)
            if rows is not None:
                found.setdefault(folder, {})[str(path.relative_to(folder))] = rows
    lines = ["| median of | files | all crossings | " + " | ".join(NAMES) + " |", "|---" * (3 + len(NAMES)) + "|"]
    for folder, files in found.items():
        lines += _medians(folder.name, list(files.values()))
    lines += ["", "| file | " + " | ".join(NAMES) + " |", "|---" * (1 + len(NAMES)) + "|"]
    for files in found.values():
        lines += [f"| {name} | " + " | ".join(_figures(rows)) + " |" for name, rows in files.items()]
    return "\n".join(lines) + "\n"


def _medians(name: str, rows: list[list[Quality | None]]) -> list[str]:
    """A row for the original and ours over all files, and one for all three over the files the other can draw."""
    lines = []
    drawn = [row for row in rows if row[2] is not None]
    for label, chosen, columns in ((name, rows, (0, 1)), (f"{name}, drawn by all", drawn, (0, 1, 2))):
        if chosen:
            values = [[astuple(row[column]) for row in chosen if row[column] is not None] for column in columns]  # type: ignore[arg-type]
            figures = [" / ".join(f"{sum(each[0] for each in column):.0f}" for column in values)]
            figures += [
                " / ".join(f"{median(each[place] for each in column):.3g}" for column in values)
                for place in range(len(NAMES))
            ]
            lines.append(f"| {label} | {len(chosen)} | " + " | ".join(figures) + " |")
    return lines


def _figures(rows: list[Quality | None]) -> Iterator[str]:
    for place in range(len(NAMES)):
        yield "/".join("–" if row is None else f"{astuple(row)[place]:.3g}" for row in rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="+", type=Path)
    parser.add_argument("--auto-layout", type=Path, help="a node_modules folder with bpmn-auto-layout in it")
    given = parser.parse_args()
    sys.stdout.write(table(given.folder, given.auto_layout))


if __name__ == "__main__":
    main()
