"""Laying out diagrams: `lay_out` draws a model anew, `complete` fills in what a file leaves out."""

from bpmn.layout.arrange import columns, lay_out, lay_out_pair
from bpmn.layout.completion import complete
from bpmn.layout.redraw import redraw
from bpmn.layout.style import COMPACT, NORMAL, Style

__all__ = ["COMPACT", "NORMAL", "Style", "columns", "complete", "lay_out", "lay_out_pair", "redraw"]
