"""What more could be found, and what was left out."""

from analysis.findings import search
from bpmn.build import build, needs


def test_a_bare_drawing_gives_structure_only_and_says_what_it_lacks():
    builder = build("permit").lane("甲局").start().step("a").lane("乙局").step("b").lane("甲局").step("c")

    found = search(builder.exclusive("x").branch().step("d").branch().join().end().model)

    assert [(one.finding, one.steps, one.sure) for one in found.findings] == [("ping-pong", ("b",), False)]
    assert [(one.annotation, one.elements) for one in found.lacking] == [
        ("kind", ("a", "b", "c", "d")),
        ("time", ("a", "b", "c", "d")),
        ("probability", ("x",)),
        ("limit", ("permit",)),
    ]


def test_an_annotated_procedure_lacks_nothing():
    builder = build("permit", legal_limit=5).lane("甲局").start()

    found = search(builder.step("a", kind="decide", work="PT1H").end().model)

    assert (found.findings, found.lacking, found.left_out) == ((), (), ())


def test_what_is_left_out_of_a_huge_drawing_is_said():
    builder = build("permit").lane("甲局").start()
    for number in range(60):
        builder.step(f"s{number}", kind="check", purpose=f"p{number}", materials=[needs(f"m{number}")])

    found = search(builder.end().model)

    assert found.left_out == ("needless-sequence",)
    assert any(one.finding == "needless-sequence" for one in found.findings)
