"""`complete`: a diagram for what a file leaves out of its own."""

from bpmn.layout.arrange import lay_out
from bpmn.layout.style import NORMAL, Style
from bpmn.model import Model


def complete(model: Model, *, style: Style = NORMAL) -> Model:
    """The same model with everything drawn: what has coordinates keeps them, only the rest is laid out."""
    return model if model.shapes else lay_out(model, style=style)
