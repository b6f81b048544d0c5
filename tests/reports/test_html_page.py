"""The page is one whole file that fetches nothing, and nothing in a file can become code."""

import doctest
import itertools
import re
from dataclasses import replace
from html import unescape

import pytest

from analysis.measure import Overload
from reports import clocks, html, words
from reports.html import css_text
from tests.reports.page import HOSTILE, LANGUAGES, Page, write


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_fetches_nothing(compared, language):
    html = write(compared, language)
    page = Page(html)

    assert page.open == []
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert "img" not in page.tags
    addresses = set(re.findall(r"https?://[^\"'\s<)]*", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "url(" not in html.replace("url(#hatch)", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_headings_in_order_and_says_its_pictures_in_words(compared, language):
    html = write(compared, language)
    page = Page(html)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in html
    for picture in re.findall(r"<svg [^>]*role=\"img\"[^>]*>(.{7})", html):
        assert picture == "<title>" or picture.startswith("<title ")


def test_names_in_pictures_say_their_language_on_an_english_page(compared):
    english, chinese = write(compared, "en"), write(compared, "zh")

    texts = re.findall(r"<(?:text|tspan)([^>]*)>([^<]*[\u4e00-\u9fff][^<]*)<", english)
    assert texts
    assert all('lang="zh-CN"' in attributes for attributes, _ in texts)
    assert '<text lang="zh-CN"' not in chinese


def hostile_side(side):
    """The same side with every text from its file hostile."""
    model = side.model
    return replace(
        side,
        title=HOSTILE,
        file=HOSTILE,
        digest=HOSTILE,
        model=model.evolve(
            nodes=tuple(node.evolve(name=HOSTILE) for node in model.nodes),
            lanes=tuple(lane.evolve(name=HOSTILE) for lane in model.lanes),
            pools=tuple(replace(pool, name=HOSTILE) for pool in model.pools),
        ),
        times=replace(
            side.times,
            steps=tuple(replace(step, name=HOSTILE, unit=HOSTILE) for step in side.times.steps),
            path=replace(side.times.path, units=(replace(side.times.path.units[0], unit=HOSTILE),)),
            overloaded=(Overload(unit=HOSTILE, use=1.1, staff=1, needed=2),),
            other_hours=(HOSTILE,),
        ),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_from_a_file_never_becomes_code(as_is, to_be, make_comparison, language):
    content = make_comparison(hostile_side(as_is), hostile_side(to_be))
    html = write(content, language, title=HOSTILE, command=HOSTILE, version=HOSTILE)
    page = Page(html)

    assert page.open == []
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert html.count("</style>") == 1
    assert "{{7*7}}" in unescape(html)
    assert not any(hidden in html for hidden in "\u202e\x00")
    assert "⟨U+202E⟩" in html


@pytest.mark.parametrize("module", [clocks, html, words])
def test_the_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


def test_a_css_string_cannot_be_ended_from_inside():
    assert css_text('a"; } </style>') == '"a\\22 \\3b \\20 \\7d \\20 \\3c \\2f style\\3e "'
