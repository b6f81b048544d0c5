"""`held-material`: asked from the applicant although an office issued it or the case gave it."""

import pytest

from analysis.findings import find
from bpmn.build import build, gives, needs


def lanes():
    return build("permit").lane("市监局", code="S").start()


LICENCE = needs("执照", issuer="市监局")


@pytest.mark.parametrize(
    ("model", "evidence"),
    [
        (lanes().step("a", materials=[LICENCE]).end().model, {"material": "执照", "issuer": "市监局"}),
        (lanes().step("a", materials=[needs("执照", issuer="S")]).end().model, {"material": "执照", "issuer": "S"}),
        (
            lanes().step("g", materials=[gives("意见")]).step("a", materials=[needs("意见")]).end().model,
            {"material": "意见", "given_by": ["g"]},
        ),
        (
            lanes().sub_process("s").start().step("g", materials=[gives("意见")]).end().close()
            .step("a", materials=[needs("意见")]).end().model,
            {"material": "意见", "given_by": ["g"]},
        ),
    ],
    ids=["issued by a unit", "by its code", "given before", "given in a sub-process"],
)  # fmt: skip
def test_held(model, evidence, of):
    (finding,) = of(model, "held-material")

    assert (finding.steps, finding.evidence, finding.sure) == (("a",), evidence, True)


@pytest.mark.parametrize(
    "model",
    [
        lanes().step("a", materials=[needs("执照", issuer="公安局")]).end().model,
        lanes().step("a", materials=[needs("执照", issuer="市监局", surrender=True)]).end().model,
        lanes().step("a", materials=[needs("执照", issuer="市监局", origin="shared")]).end().model,
        lanes().step("a", materials=[needs("意见")]).step("g", kind="notify", materials=[gives("意见")]).end().model,
        lanes().exclusive("x").branch().step("g", kind="notify", materials=[gives("意见")]).branch()
        .step("a", materials=[needs("意见")]).join().end().model,
        lanes().step("g", materials=[needs("申请表"), gives("申请表")])
        .step("a", materials=[needs("申请表", surrender=True)]).end().model,
    ],
    ids=["another issuer", "surrendered", "from a register", "given later", "in the other branch", "handed through"],
)  # fmt: skip
def test_what_only_looks_held(model, told):
    assert told(model) == set()


def test_units_of_the_organisation_issue_too():
    model = lanes().step("a", materials=[needs("执照", issuer="公安局")]).end().model

    (finding,) = find(model, units=["公安局", "市监局"])

    assert (finding.finding, finding.evidence["issuer"]) == ("held-material", "公安局")
