"""The layout of an official document, GB/T 9704-2012: page, faces, styles, page numbers.

A4, white above 37 mm, below 35, left 28, right 26: a text block of 156 × 225 mm with 22 lines of 28 characters. Title
in 小标宋 二号, text in 仿宋 三号, headings 黑体 and 楷体, page numbers "— 1 —" outside, 四号. Faces are named, none is
shipped.
An English document has the same page, in Latin faces and a smaller type.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.docx_xml import NAMESPACES, TWIPS, Face

#: Points of 28.95 pt: 22 lines fill the text block.
PITCH = 579

#: White on each side of an upright page and of a page turned, in millimetres: above, right, below, left.
UPRIGHT = (37.0, 26.0, 35.0, 28.0)
TURNED = (28.0, 37.0, 26.0, 35.0)
#: Width of the text block of each (turned, it is as wide as an upright one is high), and the height of a turned one.
WIDTH = 156.0
WIDE = 225.0
HIGH = 156.0

_LONG, _SHORT = 297.0, 210.0


@dataclass(frozen=True, kw_only=True)
class Look:
    """The faces and sizes of a document in one language; sizes are half points, lines twentieths of a point."""

    #: The language of the document, and that of Latin letters in it: Chinese has no rule where those break.
    language: str
    latin: str
    title: Face
    body: Face
    first: Face
    second: Face
    table: Face
    head: Face
    title_size: int
    title_line: int
    size: int
    line: int
    indent: str
    spacing: str
    is_bold: bool


def look(language: str) -> Look:
    """The look of a document in a language."""
    return CHINESE if language == "zh" else LATIN


def _face(chinese: str) -> Face:
    return Face(latin="Times New Roman", chinese=chinese)


_LATIN = Face(latin="Times New Roman", chinese="仿宋", is_chinese=False)
_LATIN_HEAD = Face(latin="Arial", chinese="黑体", is_chinese=False)

CHINESE = Look(
    language="zh-CN",
    latin="en-US",
    title=_face("方正小标宋简体"),
    body=_face("仿宋"),
    first=_face("黑体"),
    second=_face("楷体"),
    table=_face("仿宋"),
    head=_face("黑体"),
    title_size=44,
    title_line=700,
    size=32,
    line=PITCH,
    indent='<w:ind w:firstLineChars="200" w:firstLine="640"/>',
    # 28 characters of 三号 are 5.8 points wider than 156 mm.
    spacing='<w:spacing w:val="-5"/>',
    is_bold=False,
)

LATIN = Look(
    language="en-GB",
    latin="en-GB",
    title=_LATIN_HEAD,
    body=_LATIN,
    first=_LATIN_HEAD,
    second=_LATIN,
    table=_LATIN,
    head=_LATIN_HEAD,
    title_size=36,
    title_line=520,
    size=24,
    line=340,
    indent="",
    spacing="",
    is_bold=True,
)


def section(look: Look, *, is_turned: bool, is_last: bool) -> str:
    """The end of a section: the page, its white, its grid of lines."""
    above, right, below, left = (round(side * TWIPS) for side in (TURNED if is_turned else UPRIGHT))
    across, down = (round(side * TWIPS) for side in ((_LONG, _SHORT) if is_turned else (_SHORT, _LONG)))
    turned = ' w:orient="landscape"' if is_turned else ""
    lines = ' w:type="lines"' if look is CHINESE else ""
    # The page number stands 7 mm below the text.
    footer = below - round(12 * TWIPS)
    made = (
        f'<w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="{across}" w:h="{down}"{turned}/>'
        f'<w:pgMar w:top="{above}" w:right="{right}" w:bottom="{below}" w:left="{left}" w:header="850" '
        f'w:footer="{footer}" w:gutter="0"/><w:cols w:space="425"/>'
        f'<w:docGrid{lines} w:linePitch="{PITCH}"/></w:sectPr>'
    )
    thin = '<w:spacing w:line="20" w:lineRule="exact"/>'
    return made if is_last else f'<w:p><w:pPr><w:pStyle w:val="Remark"/>{thin}{made}</w:pPr></w:p>'


def footer(look: Look, *, is_even: bool) -> str:
    """The page number "— 1 —" outside: on the right of odd pages, on the left of even ones."""
    face = Face(latin="SimSun", chinese="宋体") if look is CHINESE else look.body
    marks = f'<w:rPr>{face.xml}<w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>'

    def part(content: str) -> str:
        return f"<w:r>{marks}{content}</w:r>"

    number = (
        part('<w:t xml:space="preserve">— </w:t>')
        + part('<w:fldChar w:fldCharType="begin"/>')
        + part('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
        + part('<w:fldChar w:fldCharType="separate"/>')
        + part("<w:t>1</w:t>")
        + part('<w:fldChar w:fldCharType="end"/>')
        + part('<w:t xml:space="preserve"> —</w:t>')
    )
    side = "left" if is_even else "right"
    where = f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>'
    return f'<w:p {NAMESPACES}><w:pPr><w:pStyle w:val="Footer"/>{where}</w:pPr>{number}</w:p>'


def settings(look: Look) -> str:
    """The settings of the document: page numbers outside, today's layout, no theme."""
    return (
        f'<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:drawingGridVerticalSpacing w:val="156"/><w:characterSpacingControl w:val="compressPunctuation"/>'
        "<w:compat><w:useFELayout/>"
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        f'</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def styles(look: Look) -> str:
    """All styles of the document, with the four faces of each by name."""
    size, line = look.size, look.line
    bold = "<w:b/>" if look.is_bold else ""
    text = _lines(line)
    made = [
        _style("Normal", "Normal", f'{text}<w:jc w:val="both"/>', _letters(look.body, size, look.spacing), base=""),
        _style(
            "Title",
            "Title",
            f'<w:keepNext/><w:snapToGrid w:val="0"/>{_lines(look.title_line, after=line)}'
            '<w:jc w:val="center"/><w:outlineLvl w:val="0"/>',
            _letters(look.title, look.title_size, bold),
        ),
        _style("BodyText", "Body Text", look.indent, ""),
        _style(
            "Heading1",
            "heading 1",
            f'<w:keepNext/>{_lines(line, before=0 if look is CHINESE else 240)}{look.indent}<w:outlineLvl w:val="0"/>',
            _letters(look.first, size + (0 if look is CHINESE else 2), bold),
        ),
        _style(
            "Heading2",
            "heading 2",
            f'<w:keepNext/>{look.indent}<w:outlineLvl w:val="1"/>',
            _letters(look.second, size, bold),
        ),
        _style("Mark", "Annex Mark", '<w:keepNext/><w:jc w:val="left"/>', _letters(look.first, size, bold)),
        _style("Signature", "Signature", '<w:keepNext/><w:jc w:val="right"/>', ""),
        _style(
            "Caption", "caption", f'<w:keepNext/>{_loose(160, 60)}<w:jc w:val="left"/>', _letters(look.head, 24, "")
        ),
        _style("Remark", "Remark", f'{_loose(40, 40)}<w:jc w:val="left"/>', _letters(look.table, 21, "")),
        _style("Picture", "Picture", f'{_loose(40, 40)}<w:jc w:val="center"/>', ""),
        _style("TableText", "Table Text", f'{_loose(20, 20)}<w:jc w:val="left"/>', _letters(look.table, 21, "")),
        _style(
            "TableHead",
            "Table Head",
            f'<w:keepNext/>{_loose(20, 20)}<w:jc w:val="center"/>',
            _letters(look.head, 21, ""),
        ),
        _style("Footer", "footer", _loose(0, 0), _letters(look.body, 28, "")),
    ]
    return f"<w:styles {NAMESPACES}>{_defaults(look)}{''.join(made)}{_TABLES}</w:styles>"


def _defaults(look: Look) -> str:
    language = f'<w:lang w:val="{look.latin}" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    return (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{look.body.xml}<w:kern w:val="2"/><w:sz w:val="{look.size}"/>'
        f'<w:szCs w:val="{look.size}"/>{language}</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
    )


def _style(identity: str, name: str, paragraph: str, letters: str, *, base: str = "Normal") -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    default = "" if base else ' w:default="1"'
    return (
        f'<w:style w:type="paragraph" w:styleId="{identity}"{default}><w:name w:val="{name}"/>{based}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def _letters(face: Face, size: int, more: str) -> str:
    """Properties of letters in the order of the schema: face, weight or spacing, size."""
    return f'{face.xml}{more}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'


def _lines(pitch: int, *, before: int = 0, after: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{pitch}" w:lineRule="exact"/>'


def _loose(before: int, after: int) -> str:
    """Lines as high as what stands in them, off the grid of lines."""
    return f'<w:snapToGrid w:val="0"/><w:spacing w:before="{before}" w:after="{after}" w:line="240" w:lineRule="auto"/>'


_EDGE = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
_TABLES = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
    '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
    '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/></w:style>'
    '<w:style w:type="table" w:styleId="ReportTable"><w:name w:val="Report Table"/><w:basedOn w:val="TableNormal"/>'
    f"<w:tblPr><w:tblBorders><w:top {_EDGE}/><w:left {_EDGE}/><w:bottom {_EDGE}/><w:right {_EDGE}/>"
    f"<w:insideH {_EDGE}/><w:insideV {_EDGE}/></w:tblBorders></w:tblPr></w:style>"
)
