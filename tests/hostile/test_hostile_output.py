"""What a file says comes out as text: no script, no formula, no template, no link but to the web, no sign unseen."""

import io
import json
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

import pytest

from tests.hostile.families import file

TEXTS = {
    "script": '<script>alert(1)</script>"onload="alert(1)',
    "closing": "</script></style></title></text></svg><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover='alert(1)' x=\"",
    "comment": "--><!-- ]]> <![CDATA[",
    "template": "{{ 7*7 }}{% for x in range(10**9) %}{{ ''.__class__.__mro__ }}${7*7}#{7*7}",
    "formula": '=HYPERLINK("http://127.0.0.1:9/","x")',
    "formula at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "full-width formula": "＝1+1",
    "direction": "\u202eexe.fdp\u2066\u200f",
    "lines": "一\u2028二\u2029三\u0085四",
    "format": "%s%n%d{name}{0}{element!r:>99999999}",
    "zalgo": "z" + "\u0301" * 500,
    "wide": "﷽" * 200,
    "lone half": "\U000e0001\U0001f600\ufffd",
    "javascript": "javascript:alert(1)",
}


def procedure(text: str) -> bytes:
    """A procedure that says a text wherever one can be said."""
    said = quoteattr(text)
    inside = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    facts = f'<gov:procedure matter={said} legalLimit="20" promisedLimit="5" arrivalsPerDay="2"/>'
    step = f'<gov:step kind="check" purpose={said} mandatory="true" basis={said}/>'
    material = f'<gov:material name={said} use="needs" from="applicant"/>'
    time = '<gov:time part="work" mean="PT1H" source="estimate"/>'
    return file(
        f'<collaboration id="c"><participant id="q" name={said} processRef="p"/></collaboration>'
        f'<process id="p" name={said}><extensionElements>{facts}</extensionElements><laneSet id="ls">'
        f'<lane id="l" name={said}><extensionElements><gov:unit staff="2"/></extensionElements>'
        f'<flowNodeRef>t</flowNodeRef><flowNodeRef>u</flowNodeRef></lane></laneSet><startEvent id="s" name={said}/>'
        f'<task id="t" name={said}><documentation>{inside}</documentation>'
        f"<extensionElements>{step}{time}{material}</extensionElements></task>"
        f'<task id="u" name={said}/><endEvent id="e" name={said}/>'
        f'<sequenceFlow id="a" name={said} sourceRef="s" targetRef="t"/>'
        '<sequenceFlow id="b" sourceRef="t" targetRef="u"/><sequenceFlow id="d" sourceRef="u" targetRef="e"/>'
        f'<textAnnotation id="n"><text>{inside}</text></textAnnotation></process>'
    )


class _Page(HTMLParser):
    """Everything in a page that could act or lead somewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.handlers: list[str] = []
        self.links: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag in ("script", "iframe", "object", "embed", "base", "form", "meta-refresh")
        for name, value in attrs:
            if name.startswith("on"):
                self.handlers.append(name)
            if name in ("href", "src", "action", "xlink:href", "data", "srcdoc"):
                self.links.append(value or "")


def harmless(page: str, plain: int) -> None:
    """A page acts no more than the same page of harmless words, and leads nowhere but to itself or the web."""
    found = _Page()
    found.feed(page)
    assert not found.handlers
    assert found.scripts == plain
    assert all(link.startswith(("#", "http://", "https://", "data:image/", "data:font/")) for link in found.links)


def scripts_in(page: str) -> int:
    found = _Page()
    found.feed(page)
    return found.scripts


@pytest.fixture(scope="module")
def usual() -> list[int]:
    """The scripts of a report nobody attacked, once it is known."""
    return []


@pytest.mark.parametrize("name", TEXTS)
def test_a_drawing_says_every_text_as_text(call, save, tmp_path, name):
    call("draw", save(procedure(TEXTS[name])), "-o", "out.svg")

    tree = ElementTree.parse(tmp_path / "out.svg")
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    names = {key for element in tree.iter() for key in element.attrib}
    assert not tags & {"script", "foreignObject", "image", "a", "animate", "set", "use", "iframe"}
    assert not [key for key in names if key.rpartition("}")[2].startswith("on") or key.endswith("href")]
    assert "alert(1)>" not in (tmp_path / "out.svg").read_text()


@pytest.mark.parametrize("name", TEXTS)
def test_the_terminal_shows_every_sign_and_json_is_json(call, save, name):
    path = save(procedure(TEXTS[name]))

    call("check", path)
    assert json.loads(call("check", path, "--json").out)["problems"] is not None
    call("time", path, "--cases", "20")
    call("find", path)


@pytest.mark.parametrize("name", TEXTS)
def test_a_report_says_every_text_as_text(call, save, tmp_path, usual, name):
    if not usual:
        assert call("study", save(procedure("plain")), "-o", "plain", "--cases", "20").code == 0
        usual.append(scripts_in((tmp_path / "plain" / "report.html").read_text()))

    answer = call("study", save(procedure(TEXTS[name])), "-o", "out", "--cases", "20")

    assert answer.code == 0, answer.err
    page = (tmp_path / "out" / "report.html").read_text()
    harmless(page, usual[0])
    assert "Content-Security-Policy" in page
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page)
    json.loads((tmp_path / "out" / "report.json").read_text())
    _documents_hold_text(tmp_path / "out" / "report.docx", tmp_path / "out" / "report.xlsx")


def _documents_hold_text(*paths) -> None:
    for path in paths:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            for member in archive.namelist():
                assert not member.startswith(("/", ".."))
                assert "vba" not in member.lower()
                content = archive.read(member)
                if not member.endswith((".xml", ".rels")):
                    continue
                ElementTree.fromstring(content)
                if member.startswith("xl/worksheets/"):
                    assert b"HYPERLINK" not in content
                    assert b"cmd|" not in content
                if member.endswith(".rels"):
                    assert not re.search(rb'Target="(?:javascript|file|\\\\)', content)


def test_colours_out_of_the_file_are_colours_or_nothing(call, save, tmp_path):
    colour = "red;}</style><script>alert(1)</script>"
    source = procedure("x").replace(
        b"</definitions>",
        b'<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0">'
        b'<d:BPMNPlane bpmnElement="c"><d:BPMNShape bpmnElement="t" bioc:stroke=%s bioc:fill=\'url(http://127.0.0.1:9/)\'>'
        b'<c:Bounds xmlns:c="http://www.omg.org/spec/DD/20100524/DC" x="0" y="0" width="9" height="9"/></d:BPMNShape>'
        b"</d:BPMNPlane></d:BPMNDiagram></definitions>" % quoteattr(colour).encode(),
    )

    call("draw", save(source), "-o", "out.svg")

    drawn = (tmp_path / "out.svg").read_text()
    assert "script" not in drawn
    assert "127.0.0.1" not in drawn


def test_a_picture_is_made_of_no_font_and_file_but_ours(call, save):
    assert call("draw", save(procedure(TEXTS["closing"])), "-o", "out.png").code == 0
