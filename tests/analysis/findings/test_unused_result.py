"""`unused-result`: something is made that nobody needs."""

import pytest

from bpmn.build import build, gives, needs


def one(then=(), **values):
    builder = build("permit").lane("甲局").start()
    builder.step("r", **{"kind": "other", "materials": [gives("清单")], **values})
    return builder.step("next", kind="other", materials=then).end().model


def told_by_message(applicant):
    builder = build("one").pool("甲局").start().step("r", kind="other", materials=[gives("清单")]).end()
    return builder.black_box("对方", id="other", applicant=applicant).message("r", "other").model


@pytest.mark.parametrize("kind", ["other", "record", "forward"])
def test_found(kind, of):
    (finding,) = of(one(kind=kind), "unused-result")

    assert (finding.steps, finding.evidence, finding.sure) == (("r",), {"materials": ["清单"]}, True)


@pytest.mark.parametrize(
    "model",
    [
        one(then=[needs("清单", origin="internal")]),
        one(kind="check"),
        one(kind="produce"),
        one(kind="record", archive=True),
        one(materials=[gives("清单", to="applicant")]),
        one(materials=[]),
        one(materials=[gives("清单"), gives("回执", to="applicant")]),
        told_by_message(applicant=True),
        told_by_message(applicant=False),
    ],
    ids=["needed", "a check", "a product", "archive", "for the applicant", "gives nothing", "one of two is used",
         "told to the applicant", "sent away"],
)  # fmt: skip
def test_what_is_used(model, of):
    assert of(model, "unused-result") == []


def test_by_data_objects_too(of):
    builder = build("permit").data("d", name="清单").start().step("r", kind="other", writes=["d"])

    assert of(builder.step("n", kind="other").end().model, "unused-result")[0].steps == ("r",)
    used = build("permit").data("d", name="清单").start().step("r", kind="other", writes=["d"])
    assert of(used.step("n", kind="other", reads=["d"]).end().model, "unused-result") == []
