"""The words of WordprocessingML a report needs: paragraphs, runs, tables and pictures, as text that is parsed once.

Every run names its faces for Latin and for Chinese, since Word takes no face of a style for Chinese where the run was
pasted elsewhere. Text from files passes `visible` and is escaped here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from reports.charts import text_width
from reports.format import visible

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)

#: English Metric Units of a millimetre, and twentieths of a point.
EMU = 36_000
TWIPS = 1440 / 25.4


@dataclass(frozen=True, kw_only=True)
class Face:
    """The typefaces of a text, by name: none is shipped."""

    latin: str
    chinese: str
    #: Whether quotes and dashes, which both scripts have, are set as Chinese.
    is_chinese: bool = True

    @property
    def xml(self) -> str:
        """Its `w:rFonts`."""
        hint = ' w:hint="eastAsia"' if self.is_chinese else ""
        latin, chinese = quoteattr(self.latin), quoteattr(self.chinese)
        return f"<w:rFonts w:ascii={latin} w:hAnsi={latin} w:eastAsia={chinese} w:cs={latin}{hint}/>"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: its head, and how its cells stand."""

    head: str
    is_number: bool = False
    #: Whether an empty cell goes on with the one above it.
    is_merged: bool = False


def run(text: str, face: Face, *, more: str = "") -> str:
    """A run of text in a face; `more` are further properties."""
    return (
        f'<w:r><w:rPr>{face.xml}{more}</w:rPr><w:t xml:space="preserve">{escape(visible(text))}</w:t></w:r>'
        if text
        else ""
    )


def paragraph(style: str, runs: str, *, more: str = "") -> str:
    """A paragraph of a style; `more` are further properties."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{runs}</w:p>'


def picture(relation: str, place: int, size: tuple[float, float], alternative: str) -> str:
    """A picture in the line, as wide and high as said in millimetres."""
    across, down = (round(length * EMU) for length in size)
    said = quoteattr(visible(alternative))
    name = f'id="{place}" name="picture {place}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{across}" cy="{down}"/>'
        f"<wp:docPr {name} descr={said}/>"
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr {name} descr={said}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{across}" cy="{down}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, faces: tuple[Face, Face], width: float) -> str:
    """A table as wide as said in millimetres; its head, in the first face, is repeated on every page."""
    widths = _widths(columns, rows, width)
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    head = _row([column.head for column in columns], columns, widths, faces[0], is_head=True)
    body = "".join(_row(row, columns, widths, faces[1]) for row in rows)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="ReportTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )


def _row(
    cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int], face: Face, *, is_head: bool = False
) -> str:
    kind = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_head else "<w:trPr><w:cantSplit/></w:trPr>"
    made = "".join(
        _cell(text, column, width, face, is_head=is_head)
        for text, column, width in zip(cells, columns, widths, strict=True)
    )
    return f"<w:tr>{kind}{made}</w:tr>"


def _cell(text: str, column: Column, width: int, face: Face, *, is_head: bool) -> str:
    """A cell; each line of its text is a paragraph of its own."""
    side = "center" if is_head else "right" if column.is_number else "left"
    style = "TableHead" if is_head else "TableText"
    lines = "".join(paragraph(style, run(line, face), more=f'<w:jc w:val="{side}"/>') for line in text.split("\n"))
    merged = ""
    if column.is_merged and not is_head:
        merged = "<w:vMerge/>" if not text else '<w:vMerge w:val="restart"/>'
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}<w:vAlign w:val="center"/></w:tcPr>{lines}</w:tc>'


#: Type of a table in points; the white left and right of a cell, in millimetres.
_TYPE, _WHITE = 10.5, 4.2
_POINT = 25.4 / 72


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: float) -> list[int]:
    """Widths of the columns, in twentieths of a point: figures and short texts as they need, long ones the rest."""
    asked, least = [], []
    for place, column in enumerate(columns):
        longest = max((_length(line) for row in rows for line in row[place].split("\n")), default=0.0)
        head = max(map(_length, _unbroken(column.head)), default=0.0)
        asked.append(max(longest, head) + _WHITE)
        least.append((max(longest, head) if column.is_number else head) + _WHITE)
    return [round(one * TWIPS) for one in _shared(asked, least, width)]


def _unbroken(head: str) -> list[str]:
    """The parts of a head that stay on one line: Chinese breaks anywhere, so four characters are enough."""
    return [head[:4]] if any(letter >= "\u2e80" for letter in head) else head.split(" ")


def _length(text: str) -> float:
    return text_width(text, _TYPE) * _POINT


def _shared(asked: Sequence[float], least: Sequence[float], width: float) -> list[float]:
    """Share a width: where all have room, in their own measure; else the narrow as they ask, the wide by length."""
    if sum(asked) <= width:
        return [one * width / sum(asked) for one in asked]
    if sum(least) >= width:
        return [one * width / sum(least) for one in least]
    low, high = 0.0, width
    for _ in range(40):
        most = (low + high) / 2
        used = sum(max(other, min(one, most)) for one, other in zip(asked, least, strict=True))
        low, high = (most, high) if used <= width else (low, most)
    found = [max(other, min(one, low)) for one, other in zip(asked, least, strict=True)]
    wide = [place for place, one in enumerate(asked) if one > low >= least[place]]
    room, parts = sum(found[place] for place in wide), sum(asked[place] ** 0.5 for place in wide)
    for place in wide:
        found[place] = room * (0.5 / len(wide) + 0.5 * asked[place] ** 0.5 / parts)
    return found
