"""The report as a Word document in the layout of official documents: a letter, its annexes, its drawings.

The body is written as text and parsed once; python-docx keeps the package, the pictures and the footers. The same
report gives the same bytes: dates come from the caller, the parts of the package have a fixed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from reports import clocks, pareto, sensitivity, spread, waterfall, whereabouts
from reports import format as write
from reports.charts import text_width
from reports.docx_annexes import Annex, annexes
from reports.docx_style import HIGH, WIDE, WIDTH, Look, footer, look, section, settings, styles
from reports.docx_table import Table
from reports.docx_text import Part, Point, letter, official
from reports.docx_xml import NAMESPACES, Column, paragraph, picture, run, table
from reports.format import visible
from reports.keys import key_of_changes, key_of_parts
from reports.lanes import CLOSE, LOW, Drawing, drawn, lane_order
from reports.panels import panels
from reports.pictures import Picture
from reports.pictures import picture as drawing
from reports.study import Study

if TYPE_CHECKING:
    from docx.document import Document

#: Millimetres of a pixel of a drawing: 96 to the inch.
PIXEL = 25.4 / 96
#: The least scale at which names in a drawing are read with ease on paper.
READABLE = 0.86
#: The most a drawing is enlarged.
LARGEST = 1.3
#: Pixels of a diagram's picture to one of its own: some 220 to the inch on paper; charts have more.
FINE = 2
#: What a caption and a remark take of a turned page, and how high a chart may be, in millimetres.
CAPTION = 17.0
CHART = 95.0
#: How high a key may be.
KEY = 7.0

#: A procedure of more nodes is not drawn on paper: it would fill some twenty pages.
MOST = 400
#: The pictures of the sides that stand beside the document.
_PICTURES = {"only": "as-is.svg", "before": "as-is.svg", "after": "to-be.svg"}

#: The properties of a document hold no longer texts.
LONGEST = 255

_EPOCH = (1980, 1, 1, 0, 0, 0)
_NUMERALS = "一二三四五六七八九十"


def report_docx(study: Study) -> bytes:
    """Write a report as an official document."""
    import docx
    from docx.oxml import parse_xml

    paper = look(study.words.language)
    document = docx.Document()
    _furnish(document, paper, study)
    writer = _Writer(study=study, look=paper, document=document)
    tables = annexes(study)
    writer.letter(tables)
    for number, annex in enumerate(tables, start=1):
        writer.annex(number, annex)
    writer.charts(len(tables) + 1)
    writer.parts.append(section(paper, is_turned=False, is_last=False))
    sheet = _sheet(study)
    writer.diagrams(sheet)
    writer.parts.append(section(paper, is_turned=sheet.is_turned, is_last=True))
    body = parse_xml(f"<w:body {NAMESPACES}>{''.join(writer.parts)}</w:body>")
    document.element.replace(document.element.body, body)
    _number_pages(document, paper)
    return _packed(document)


# the package


def _furnish(document: Document, paper: Look, study: Study) -> None:
    """Give the document our styles and settings, and take away what the template brought: theme, lists, thumbnail."""
    from docx.oxml import parse_xml

    for owner in (document.part, document.part.package):
        unwanted = (
            "theme",
            "customXml",
            "stylesWithEffects",
            "thumbnail",
            "numbering",
            "fontTable",
            "extended-properties",
        )
        for key, relation in list(owner.rels.items()):
            if relation.reltype.rpartition("/")[2] in unwanted:
                owner.rels.pop(key)
    for part, text in ((document.styles, styles(paper)), (document.settings, settings(paper))):
        element = part.element
        for child in list(element):
            element.remove(child)
        for child in list(parse_xml(text)):
            element.append(child)
    known = document.core_properties
    moment = datetime(study.day.year, study.day.month, study.day.day)
    known.title, known.author = (visible(text)[:LONGEST] for text in (_title(study), f"zaizao {study.version}"))
    known.language = paper.language
    known.created = known.modified = known.last_printed = moment
    known.comments = known.keywords = known.subject = known.category = known.last_modified_by = ""


def _number_pages(document: Document, paper: Look) -> None:
    """Put the page number outside on every page; the sections after the first follow it."""
    from docx.oxml import parse_xml

    first = document.sections[0]
    for part, is_even in ((first.footer, False), (first.even_page_footer, True)):
        part.is_linked_to_previous = False
        element = part._element
        for child in list(element):
            element.remove(child)
        element.append(parse_xml(footer(paper, is_even=is_even)))


def _packed(document: Document) -> bytes:
    """The package with fixed dates; pictures are not compressed twice."""
    made, fixed = BytesIO(), BytesIO()
    document.save(made)
    with ZipFile(made) as source, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            info = ZipInfo(entry.filename, _EPOCH)
            info.compress_type = ZIP_STORED if entry.filename.endswith(".png") else ZIP_DEFLATED
            target.writestr(info, source.read(entry))
    return fixed.getvalue()


def _title(study: Study) -> str:
    kind = "-proposed" if study.is_proposed else "" if study.after is not None else "-one"
    return study.words(f"docx.title{kind}", title=study.title)


# the content


@dataclass(kw_only=True)
class _Writer:
    """The body under way."""

    study: Study
    look: Look
    document: Document
    parts: list[str] = field(default_factory=list)
    pictures: int = 0
    #: Characters the pictures could not show.
    missing: dict[str, None] = field(default_factory=dict)

    def official(self, text: str) -> str:
        """Figures as official documents write them."""
        return official(text, self.study.words.language)

    @property
    def is_chinese(self) -> bool:
        """Whether numerals and marks are Chinese."""
        return self.study.words.language == "zh"

    # the letter

    def letter(self, tables: Sequence[Annex]) -> None:
        """Title, parts, list of annexes, signature and date."""
        study, body = self.study, self.look.body
        self.parts.append(paragraph("Title", run(_title(study), self.look.title)))
        for place, part in enumerate(letter(study, len(tables))):
            self.part(place, part)
        self.text(study.words("docx.closing"))
        self.contents([*(annex.title for annex in tables), study.words("docx.annex.drawings")])
        day = study.words(
            "docx.date", year=study.day.year, month=study.words(f"docx.month.{study.day.month}"), day=study.day.day
        )
        self.parts.append(paragraph("Signature", run(" ", body)))
        self.signature(visible(study.before.model.procedure.lead), day)

    def signature(self, lead: str, day: str) -> None:
        """The leading office, where the file names it, above the middle of the date; four characters from the edge."""
        widths = [text_width(text, 1.0) for text in (lead, day)]
        for text, width in zip((lead, day), widths, strict=True):
            chars = 400 + round(50 * (max(widths) - width))
            right = f'<w:ind w:rightChars="{chars}" w:right="{chars * self.look.size // 10}"/>'
            if text:
                self.parts.append(paragraph("Signature", run(text, self.look.body), more=right))

    def part(self, place: int, part: Part) -> None:
        """A part of the letter: 一、 then paragraphs, then （一） points."""
        mark = f"{_NUMERALS[place]}、" if self.is_chinese else f"{place + 1}. "
        self.parts.append(paragraph("Heading1", run(f"{mark}{part.heading}", self.look.first)))
        for text in part.paragraphs:
            self.text(text)
        for number, point in enumerate(part.points, start=1):
            self.point(number, point)

    def text(self, text: str) -> None:
        """A paragraph of the letter; none where there is nothing to say."""
        if text:
            self.parts.append(paragraph("BodyText", run(self.official(text), self.look.body)))

    def point(self, number: int, point: Point) -> None:
        """A point: its name as the heading of its first sentence, or just its number."""
        text = self.official(point.text)
        if not point.name:
            mark = f"{number}." if self.is_chinese else f"({number}) "
            self.parts.append(paragraph("BodyText", run(f"{mark}{text}", self.look.body)))
            return
        mark = f"（{_numeral(number)}）" if self.is_chinese else f"({number}) "
        bold = "<w:b/>" if self.look.is_bold else ""
        head = run(f"{mark}{point.name}{'。' if self.is_chinese else '. '}", self.look.second, more=bold)
        self.parts.append(paragraph("BodyText", head + run(text, self.look.body)))

    def contents(self, titles: Iterable[str]) -> None:
        """The list of annexes below the letter."""
        listed = [f"{number}.{'' if self.is_chinese else ' '}{title}" for number, title in enumerate(titles, start=1)]
        label = self.study.words("docx.annexes")
        for place, title in enumerate(listed):
            text = f"{label if place == 0 else ''}{title}" if self.is_chinese else title
            # The titles stand below one another, behind the label.
            hang = '<w:ind w:leftChars="500" w:left="1600" w:firstLine="0"/>' if self.is_chinese and place else ""
            if not self.is_chinese and place == 0:
                self.parts.append(paragraph("BodyText", run(label, self.look.body)))
            self.parts.append(paragraph("BodyText", run(text, self.look.body), more=hang))

    # the annexes

    def heading(self, number: int, title: str) -> None:
        """The head of an annex, on a new page."""
        mark = self.study.words("docx.annex-mark", number=str(number))
        self.parts.append(paragraph("Mark", run(mark, self.look.first), more="<w:pageBreakBefore/>"))
        self.parts.append(paragraph("Title", run(title, self.look.title)))

    def annex(self, number: int, annex: Annex) -> None:
        """An annex of tables."""
        self.heading(number, annex.title)
        for one in annex.tables:
            self.table(one)

    def table(self, made: Table) -> None:
        """A table between its caption and its remarks."""
        if made.caption:
            self.parts.append(paragraph("Caption", run(made.caption, self.look.head)))
        columns = [Column(head=self.official(column.head), is_number=column.is_number) for column in made.columns]
        rows = [[self.cell(text, column) for text, column in zip(row, columns, strict=True)] for row in made.rows]
        self.parts.append(table(columns, rows, faces=(self.look.head, self.look.table), width=WIDTH))
        for remark in made.remarks or ("",):
            self.parts.append(paragraph("Remark", run(self.official(remark), self.look.table)))

    def cell(self, text: str, column: Column) -> str:
        """Figures as in the letter; names as they are in the file."""
        return self.official(text) if column.is_number else text.replace(write.GAP, "" if self.is_chinese else ",")

    # the drawings

    def charts(self, number: int) -> None:
        """The annex of drawings begins with the charts, on upright pages."""
        self.heading(number, self.study.words("docx.annex.drawings"))
        for name, svg in self.named_charts():
            self.figure(name, drawing(svg), room=(WIDTH, CHART))
            if name == self.study.words("report.where.whole"):
                self.figure("", drawing(key_of_parts(self.study)), room=(WIDTH, CHART))

    def diagrams(self, sheet: _Sheet) -> None:
        """Both diagrams with their marks, on pages of their own."""
        words, study = self.study.words, self.study
        if sheet.drawings and study.comparison is not None:
            self.figure("", drawing(key_of_changes(study)), room=(sheet.width, KEY))
        if sheet.drawings:
            self.remark(words("docx.law-mark" if study.comparison is not None else "report.legend.law"))
        for key in sheet.left_out:
            name, count = study.side_name(key), write.count(len(dict(study.sides)[key].model.nodes))
            self.remark(words("docx.too-large", side=name, count=count, file=_PICTURES[key]))
        high = sheet.height - CAPTION - 2 * KEY
        for made in sheet.drawings:
            matter = sheet.matters.get(made.name, study)
            found = panels(matter, made, sheet.width / PIXEL / READABLE)
            for place, svg in enumerate(found, start=1):
                name = words("report.findings.diagram") if made.name == "found" else matter.side_name(made.key)
                if len(found) > 1:
                    name = words("docx.part-of", name=name, place=str(place), count=str(len(found)))
                self.figure(name, drawing(svg, zoom=FINE), room=(sheet.width, high))
                high = sheet.height - CAPTION
        if self.missing:
            named = words("list.separator").join(f"{letter} U+{ord(letter):04X}" for letter in self.missing)
            self.remark(words("docx.missing-characters", characters=named))

    def named_charts(self) -> list[tuple[str, str]]:
        """The charts of the report with their names."""
        words, study = self.study.words, self.study
        found = [(words("report.clocks.title"), str(clocks.clocks(study).chart))]
        if (falls := waterfall.waterfall(study)) is not None:
            found.append((words("report.waterfall.title"), str(falls.chart)))
        if (line := pareto.pareto(study)) is not None:
            found.append((words("report.pareto.title"), str(line.chart)))
        if (where := whereabouts.where(study)) is not None:
            found.append((words("report.where.whole"), str(where.whole)))
            found.append((words("report.where.by-unit"), str(where.units)))
        if (shown := spread.spread(study)) is not None:
            found.append((words("report.spread.title"), str(shown.chart)))
        found += [
            (words("docx.table.sensitivity", side=panel.side), str(panel.chart))
            for panel in sensitivity.panels(study)
            if panel.chart is not None
        ]
        return found

    def figure(self, name: str, shown: Picture, *, room: tuple[float, float]) -> None:
        """A picture below its name, where it has one, as large as the room allows."""
        self.pictures += 1
        scale = min(PIXEL * LARGEST, room[0] / shown.width, room[1] / shown.height)
        relation, _ = self.document.part.get_or_add_image(BytesIO(shown.png))
        size = (shown.width * scale, shown.height * scale)
        if name:
            self.parts.append(paragraph("Caption", run(self.official(name), self.look.head)))
        self.parts.append(paragraph("Picture", picture(relation, self.pictures, size, shown.alternative)))
        self.missing.update(dict.fromkeys(shown.missing))

    def remark(self, text: str) -> None:
        """A remark below a figure."""
        self.parts.append(paragraph("Remark", run(self.official(text), self.look.table)))


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """The pages the diagrams stand on, and the diagrams laid out for them; lengths in millimetres."""

    is_turned: bool
    width: float
    height: float
    drawings: tuple[Drawing, ...]
    #: The matter of drawings that show more than the sides: findings, and the proposal beside what was decided.
    matters: Mapping[str, Study] = field(default_factory=dict)
    #: The sides whose drawing would fill too many pages.
    left_out: tuple[str, ...] = ()


def _sheet(study: Study) -> _Sheet:
    """Turned pages, where all diagrams are low enough to be read there; else upright ones, which are higher."""
    order = lane_order([side for _, side in study.sides])
    left_out = tuple(key for key, side in study.sides if len(side.model.nodes) > MOST)
    more = _more(study)
    shown = [(key, "", study) for key, _ in study.sides if key not in left_out]
    shown += [("after" if name == "proposed" else "only", name, matter) for name, matter in more.items()]
    shown = [(key, name, matter) for key, name, matter in shown if len(dict(matter.sides)[key].model.nodes) <= MOST]
    drawings: tuple[Drawing, ...] = ()
    for style in (CLOSE, LOW):
        drawings = tuple(
            drawn(matter, key, dict(matter.sides)[key], style.evolve(lane_order=order), name=name)
            for key, name, matter in shown
        )
        if max((made.box.height for made in drawings), default=0.0) * PIXEL * READABLE <= HIGH - CAPTION:
            return _Sheet(is_turned=True, width=WIDE, height=HIGH, drawings=drawings, matters=more, left_out=left_out)
    return _Sheet(is_turned=False, width=WIDTH, height=WIDE, drawings=drawings, matters=more, left_out=left_out)


def _more(study: Study) -> dict[str, Study]:
    """What is drawn beside the sides, where somebody decided another redesign than the proposal."""
    if study.proposal is None or not study.is_decided:
        return {}
    found = {"found": study.alone}
    return found if study.proposed is None else {**found, "proposed": study.proposed}


def _numeral(number: int) -> str:
    """A number in Chinese numerals, up to 99.

    >>> _numeral(3), _numeral(10), _numeral(12), _numeral(20)
    ('三', '十', '十二', '二十')
    """
    tens, ones = divmod(number, 10)
    before = ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" if tens else ""
    return before + (_NUMERALS[ones - 1] if ones else "")
