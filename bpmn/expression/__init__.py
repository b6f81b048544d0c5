"""The one language of conditions, timers, decisions and data: read once, bounded, evaluated by walking a tree."""

from bpmn.expression.evaluate import evaluate, holds, measured, passes
from bpmn.expression.foreign import dialect_of
from bpmn.expression.functions import FUNCTIONS, Environment, WorkingDays
from bpmn.expression.lexer import odd_names
from bpmn.expression.reading import parse, parse_assignments, parse_cell, read_cell, read_expression
from bpmn.expression.tree import Expression, names
from bpmn.expression.values import Value

__all__ = [
    "FUNCTIONS",
    "Environment",
    "Expression",
    "Value",
    "WorkingDays",
    "dialect_of",
    "evaluate",
    "holds",
    "measured",
    "names",
    "odd_names",
    "parse",
    "parse_assignments",
    "parse_cell",
    "passes",
    "read_cell",
    "read_expression",
]
