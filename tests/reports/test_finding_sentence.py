"""Why something is a finding, in a sentence that names its evidence."""

import pytest

from analysis.findings import find
from bpmn.build import build, needs
from reports.findings import sentence
from reports.words import load


def row(rejects):
    builder = build("permit").start().step("a", name="查资质", kind="check", rejects=rejects, materials=[needs("执照")])
    return builder.step("b", name="收图纸", kind="collect", visit=True, materials=[needs("图纸")]).end().model


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "并联后，查资质 不予通过的申请人仍要到 收图纸 跑动或交材料。"),
        ("en", "applicants whom 查资质 turns down still come or hand in at 收图纸."),
    ],
)
def test_it_says_who_would_come_in_vain(language, told):
    words = load(language)
    (turned_down,), (nobody,) = find(row(0.5)), find(row(0))

    assert turned_down.finding == nobody.finding == "needless-sequence"
    assert sentence(words, row(0.5), turned_down).endswith(told)
    assert not sentence(words, row(0), nobody).endswith(told)
