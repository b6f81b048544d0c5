"""Our pictures beside those of bpmn-js: `python -m benchmarks.beside_bpmn_js --modules NODE_MODULES FILE...`.

Each file is drawn by both, over the same rectangle at the same scale: by us as PNG, by bpmn-js (from the npm package in
the folder given) in a headless browser. For every shape, points along its outline are looked at in both pictures: a
point is covered if there is ink within three pixels. A shape is missing or misplaced where bpmn-js covers its outline
and we do not; a sign inside it is missing where only bpmn-js has ink near the middle of an event or gateway.
"""

from __future__ import annotations

import argparse
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from base64 import b64encode
from collections.abc import Iterator
from math import cos, pi, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bpmn.drawing import draw
from bpmn.layout import complete
from bpmn.model import Bounds, Model
from bpmn.picture import png
from bpmn.read import read
from bpmn.write import write

Ink = NDArray[np.bool_]

#: Points looked at along an outline, and how far from one ink may lie.
_POINTS, _NEAR = 80, 3
#: The share of an outline that must be covered.
_COVERED = 0.85

_PAGE = """<!doctype html><meta charset="utf-8"><style>html,body,#c{margin:0;width:100%%;height:100%%;overflow:hidden}
.bjs-powered-by{display:none}</style><div id="c"></div><script src="%s"></script><script>
const viewer = new BpmnJS({container: '#c'});
viewer.importXML(new TextDecoder().decode(Uint8Array.from(atob("%s"), c => c.charCodeAt(0)))).then(() =>
  viewer.get('canvas').viewbox({x: %f, y: %f, width: %f, height: %f}));
</script>"""


def differences(path: Path, modules: Path, browser: str) -> tuple[int, list[str]]:
    """How many shapes were looked at, and what bpmn-js shows of them that we do not."""
    model = complete(read(path))
    svg = draw(model)
    x, y, width, height = map(float, svg.split('viewBox="')[1].split('"')[0].split())
    ours = pixels(png(svg, 1))
    theirs = pixels(_by_bpmn_js(write(model), Bounds(x=x, y=y, width=width, height=height), modules, browser))
    plane = next((shape.plane for shape in model.shapes if shape.plane not in model.node), "")
    found, count = [], 0
    for shape in model.shapes:
        if shape.plane == plane:
            count += 1
            box = Bounds(
                x=shape.bounds.x - x, y=shape.bounds.y - y, width=shape.bounds.width, height=shape.bounds.height
            )
            found += [f"{shape.element}: {what}" for what in _missing(model, shape.element, box, ours, theirs)]
    return count, found


def _missing(model: Model, element: str, box: Bounds, ours: Ink, theirs: Ink) -> Iterator[str]:
    points = list(outline(model, element, box))
    mine, other = (sum(_has_ink(ink, x, y, _NEAR) for x, y in points) / len(points) for ink in (ours, theirs))
    if mine < min(_COVERED, other - 0.1):
        yield f"outline {mine:.0%} covered, by bpmn-js {other:.0%}"
    node = model.node.get(element)
    if node is not None and (node.events or node.is_gateway):
        middle = round(min(box.width, box.height) / 5)
        if _has_ink(theirs, *box.centre, middle) and not _has_ink(ours, *box.centre, middle):
            yield "no sign in the middle"


def outline(model: Model, element: str, box: Bounds) -> Iterator[tuple[float, float]]:
    """Points along the outline of a shape: a circle, a diamond, or a box without its corners; of a note the bracket."""
    node = model.node.get(element)
    x, y = box.centre
    notes = {artifact.id for artifact in model.artifacts if artifact.kind == "textAnnotation"}
    for step in range(_POINTS):
        share = step / _POINTS
        if element in notes:
            yield box.x, box.y + box.height * share
        elif node is not None and node.is_event:
            yield x + cos(2 * pi * share) * box.width / 2, y + sin(2 * pi * share) * box.height / 2
        elif node is not None and node.is_gateway:
            across, down = 1 - abs((4 * share) % 4 - 2), 1 - abs((4 * share + 1) % 4 - 2)
            yield x + across * box.width / 2, y + down * box.height / 2
        else:
            side, along = divmod(4 * share, 1)
            along = 0.15 + 0.7 * along
            yield (
                (box.x + along * box.width, box.y if side == 0 else box.bottom)
                if side in (0, 2)
                else (box.x if side == 1 else box.right, box.y + along * box.height)
            )


def _has_ink(ink: Ink, x: float, y: float, near: int) -> bool:
    column, row = round(x), round(y)
    return bool(ink[max(0, row - near) : row + near + 1, max(0, column - near) : column + near + 1].any())


def _by_bpmn_js(xml: bytes, view: Bounds, modules: Path, browser: str) -> bytes:
    """What bpmn-js draws in a browser window of the size of the picture."""
    script = (modules / "bpmn-js" / "dist" / "bpmn-viewer.production.min.js").resolve().as_uri()
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
        page.write_text(_PAGE % (script, b64encode(xml).decode(), view.x, view.y, view.width, view.height))
        options = "--headless --no-sandbox --disable-gpu --no-first-run --hide-scrollbars --force-device-scale-factor=1"
        command = [browser, *options.split(), f"--user-data-dir={folder}/profile", "--virtual-time-budget=20000"]
        command += [f"--window-size={round(view.width)},{round(view.height)}", f"--screenshot={shot}", page.as_uri()]
        subprocess.run(command, capture_output=True, check=True, timeout=120)
        return shot.read_bytes()


def pixels(data: bytes) -> Ink:
    """Where a PNG picture has ink, not white or nearly so (the filters are those of the PNG specification, 9)."""
    width, height, depth, kind = struct.unpack_from(">IIBB", data, 16)
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[kind]
    if depth != 8:
        raise ValueError(f"a picture of {depth} bits cannot be compared")
    packed, place = b"", 8
    while place < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += length + 12
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, width * channels + 1)
    picture = np.zeros((height, width, channels), np.uint8)
    above = np.zeros((width, channels), np.int32)
    for number, row in enumerate(rows):
        above = _unfiltered(row[0], row[1:].reshape(width, channels).astype(np.int32), above)
        picture[number] = above
    darkest: NDArray[np.uint8] = picture[..., : 1 if channels < 3 else 3].min(axis=2)
    ink: Ink = darkest < 200
    return ink


def _unfiltered(kind: int, row: NDArray[np.int32], above: NDArray[np.int32]) -> NDArray[np.int32]:
    if kind == 0:
        return row
    if kind == 1:
        return np.cumsum(row, axis=0, dtype=np.int32) & 255
    if kind == 2:
        return (row + above) & 255
    left = np.zeros(row.shape[1], np.int32)
    corner = np.zeros(row.shape[1], np.int32)
    for place in range(len(row)):
        up = above[place]
        if kind == 3:
            guess = (left + up) // 2
        else:
            base = left + up - corner
            from_left, from_up, from_corner = abs(base - left), abs(base - up), abs(base - corner)
            is_left = (from_left <= from_up) & (from_left <= from_corner)
            guess = np.where(is_left, left, np.where(from_up <= from_corner, up, corner))
        left = (row[place] + guess) & 255
        row[place], corner = left, up
    return row


def main() -> int:
    """Print what is missing, file by file; exit 1 where something is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="+", type=Path)
    parser.add_argument("--modules", type=Path, required=True, help="a node_modules folder with bpmn-js in it")
    parser.add_argument("--browser", default=shutil.which("chromium") or "chromium")
    given = parser.parse_args()
    missed = 0
    for path in given.file:
        count, found = differences(path, given.modules, given.browser)
        missed += len(found)
        sys.stdout.write(f"{path.name}: {count} shapes, {len(found)} missing or misplaced\n")
        sys.stdout.writelines(f"    {what}\n" for what in found)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
