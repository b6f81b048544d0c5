"""`late-knockout`: the check that turns down most for its work comes first."""

import pytest

from bpmn.build import build, gives, needs

OPINION = [needs("意见", origin="internal")]


def papers(name):
    return [needs(f"图纸{name}", origin="internal")]


def row(*steps):
    """Checks with papers of their own, each (rejects, hours of work, what else it says)."""
    builder = build("permit").start()
    for name, (rejects, hours, values) in zip("abcd", steps, strict=False):
        said = {"kind": "check", "purpose": name, "materials": papers(name), "rejects": rejects, **values}
        builder.step(name, work=f"PT{hours}H", **said)
    return builder.end().model


def with_gateways(first, second, refuse=False, back=False):
    """Two checks of an hour, each with a gateway that ends the case with that share, or leads back."""
    builder = build("permit").start().node("m", "exclusiveGateway").to("m").at("m")
    for name, share in (("a", first), ("b", second)):
        builder.step(name, kind="check", purpose=name, work="PT1H", materials=papers(name))
        builder.exclusive(f"g{name}").branch(share)
        if back and name == "a":
            builder.to("m")
        elif refuse:
            builder.to("refused")
        else:
            builder.end(f"no{name}", outcome="rejected")
        builder.branch(1 - share).close()
    builder.end()
    if refuse:
        builder.node("refused", "exclusiveGateway").at("refused").step("tell", kind="notify")
        builder.end("no", outcome="rejected")
    return builder.model


@pytest.mark.parametrize(
    ("model", "steps", "order"),
    [
        (row((0.1, 1, {}), (0.2, 1, {})), ("a", "b"), ["b", "a"]),
        (row((0.1, 5, {}), (0.1, 1, {})), ("a", "b"), ["b", "a"]),
        (row((0.5, 1, {}), (0.1, 0, {})), ("a", "b"), ["b", "a"]),
        (row((0.3, 1, {}), (0.1, 1, {}), (0.2, 1, {})), ("a", "b", "c"), ["a", "c", "b"]),
        (with_gateways(0.1, 0.3), ("a", "b"), ["b", "a"]),
        (with_gateways(0.1, 0.3, refuse=True), ("a", "b"), ["b", "a"]),
    ],
    ids=["rejects more", "less work", "no work", "three", "by gateways", "one refusal for both"],
)
def test_found(model, steps, order, of):
    (finding,) = of(model, "late-knockout")

    assert (finding.steps, finding.evidence["order"], finding.sure) == (steps, order, True)


@pytest.mark.parametrize(
    "model",
    [
        row((0.2, 1, {}), (0.1, 1, {})),
        row((0.1, 1, {}), (0.1, 1, {})),
        row((0.1, 1, {}), (None, 1, {})),
        row((0.1, 1, {"materials": [*papers("a"), gives("意见")]}), (0.2, 1, {"materials": OPINION})),
        row((0.1, 1, {}), (0.2, 1, {"after": ["a"]})),
        row((0.1, 1, {}), (0.2, 1, {"kind": "decide"})),
        with_gateways(0.3, 0.1),
        with_gateways(0.1, 0.3, back=True),
    ],
    ids=["in order", "equal", "never rejects", "needs its opinion", "by law", "a decision", "gateways in order",
         "a way back"],
)  # fmt: skip
def test_what_is_in_order(model, of):
    assert of(model, "late-knockout") == []


def test_a_row_of_which_two_are_tied_is_cut(of):
    model = row(
        (0.1, 1, {"materials": [*papers("a"), gives("意见")]}),
        (0.2, 1, {}),
        (0.3, 1, {"materials": OPINION}),
    )

    assert [finding.steps for finding in of(model, "late-knockout")] == [("a", "b"), ("b", "c")]


def test_suggested_work_is_not_sure(of):
    model = row((0.1, 1, {"source": "suggested"}), (0.2, 1, {}))

    assert not of(model, "late-knockout")[0].sure
