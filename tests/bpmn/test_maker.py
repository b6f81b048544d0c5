"""Values made the fast way are the same as those made the plain way, and as frozen."""

from dataclasses import FrozenInstanceError, fields

import pytest

from bpmn.control_flow import Arc, Vertex
from bpmn.maker import maker
from bpmn.model import Bounds, Edge, Node, SequenceFlow, Shape

BOX = Bounds(x=1.0, y=2.0, width=3.0, height=4.0)
VALUES = (
    BOX,
    Shape(element="a", bounds=BOX, fill="#fff"),
    Edge(element="f", waypoints=((0.0, 0.0), (1.0, 1.0))),
    Node(id="a", kind="task", process="p", name="受理", line=7),
    SequenceFlow(id="f", source="a", target="b", process="p", probability=0.5),
    Vertex(kind="step", node="a", scope=0, entering=(0,), leaving=(1,)),
    Arc(source=0, target=1, flow="f"),
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_is_made_is_the_frozen_value(value: object) -> None:
    said = {field.name: getattr(value, field.name) for field in fields(value)}  # type: ignore[arg-type]
    made = maker(type(value))(**said)
    assert type(made) is type(value)
    assert made == value
    assert repr(made) == repr(value)
    assert hash(made) == hash(value)


def test_what_is_not_said_has_its_default() -> None:
    made = maker(Node)(id="a", kind="task", process="p")
    assert repr(made) == repr(Node(id="a", kind="task", process="p"))
    assert made.evolve(name="b") == Node(id="a", kind="task", process="p", name="b")


def test_what_is_made_cannot_be_changed() -> None:
    made = maker(Bounds)(x=0.0, y=0.0, width=1.0, height=1.0)
    with pytest.raises(FrozenInstanceError):
        made.x = 2.0  # type: ignore[misc]


def test_what_must_be_said_is_asked_for() -> None:
    with pytest.raises(TypeError):
        maker(Arc)(source=0)  # type: ignore[call-arg]
