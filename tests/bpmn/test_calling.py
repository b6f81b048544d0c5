"""Calls a live case cannot follow are told with `--for run`."""

import pytest

from bpmn import Model, build
from bpmn.check import check

CALLED = build("q").start("s").step("t").end("e").model


def caller(called: str) -> Model:
    return build("p").start("s").call("c", called).end("e").model


def past(called: str) -> Model:
    """Call a process on one way of two."""
    return build("p").start("s").exclusive("x").branch().call("c", called).branch().close().end("e").model


def beside(called: str) -> Model:
    """Call a process on one of two ways that are both taken."""
    return build("p").start("s").parallel("x").branch().call("c", called).branch().step("t").close().end("e").model


def told(model: Model, *others: Model) -> list[tuple[str, str]]:
    library = {str(number): other for number, other in enumerate(others)}
    return [
        (problem.rule, problem.element)
        for problem in check(model, purpose="run", library=library)
        if problem.rule in ("called", "calls")
    ]


@pytest.mark.parametrize(
    ("model", "others", "expected"),
    [
        (caller("q"), (), [("called", "c")]),
        (caller("q"), (CALLED,), []),
        (caller("${which}"), (), []),
        (caller("p"), (), [("calls", "c")]),
        (past("p"), (), []),
        (beside("p"), (), [("calls", "c")]),
        (caller("q"), (build("q").start().call("d", "p").end().model,), [("calls", "c")]),
        (caller("q"), (build("q").start().call("d", "q").end().model,), []),
    ],
    ids=["nowhere", "in another file", "worked out", "itself", "past", "beside", "in a circle", "a circle elsewhere"],
)
def test_what_is_called_is_there_and_comes_to_an_end(model, others, expected) -> None:
    assert told(model, *others) == expected


def test_analysis_takes_a_call_as_a_step() -> None:
    assert check(caller("q")) == ()
    assert check(caller("p")) == ()


def test_an_event_at_the_edge_of_the_call_lets_the_case_end() -> None:
    model = build("p").start("s").call("c", "p").boundary("b", "timer", "P3D").end("f").model

    assert told(model) == []
