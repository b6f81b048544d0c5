"""`shared-material` and `shared-check`: what several procedures of a library each do for themselves."""

from analysis.findings.between import find_between
from bpmn.build import build, needs


def permit(matter, *materials, purpose=""):
    builder = build("permit", matter=matter).start().step("a", kind="collect", materials=materials)
    return builder.step("b", kind="check", purpose=purpose).end().model


def test_two_procedures_that_ask_for_one_paper():
    models = {"one": permit("1", needs("执照")), "two": permit("2", needs("执照")), "three": permit("3", needs("图纸"))}

    (finding,) = find_between(models)

    assert (finding.finding, finding.steps) == ("shared-material", ("a", "a"))
    assert finding.evidence == {"material": "执照", "files": {"one": ["a"], "two": ["a"]}}


def test_two_procedures_that_check_one_purpose():
    (finding,) = find_between({"one": permit("1", purpose="title"), "two": permit("2", purpose="title")})

    assert (finding.finding, finding.evidence["purpose"]) == ("shared-check", "title")


def test_what_is_not_shared():
    law = [needs("执照", surrender=True)], [needs("执照", basis="条例")]

    assert find_between({"as-is": permit("1", needs("执照")), "to-be": permit("1", needs("执照"))}) == ()
    assert find_between({"one": permit("1", *law[0]), "two": permit("2", *law[0])}) == ()
    assert find_between({"one": permit("1", *law[1]), "two": permit("2", *law[1])}) == ()
    assert find_between({"one": permit("1", needs("执照", origin="shared")), "two": permit("2", needs("执照"))}) == ()
