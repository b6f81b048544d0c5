"""The process and its history: reading, checking, drawing and writing BPMN 2.0 files."""

from bpmn.annotation import Duration, GovMaterial, GovProcedure, GovStep, GovTime, GovUnit
from bpmn.build import Builder, build, gives, needs
from bpmn.errors import BpmnError, StaleElement, UnreadableFile, UnwritableValue
from bpmn.model import (
    Artifact,
    Association,
    Bounds,
    Data,
    Detail,
    Edge,
    EventDefinition,
    Lane,
    Loop,
    MessageFlow,
    Model,
    Node,
    Pool,
    Process,
    Root,
    SequenceFlow,
    Shape,
    Unit,
)
from bpmn.problem import Problem
from bpmn.read import read
from bpmn.write import write
from bpmn.xml import Limits

__all__ = [
    "Artifact",
    "Association",
    "Bounds",
    "BpmnError",
    "Builder",
    "Data",
    "Detail",
    "Duration",
    "Edge",
    "EventDefinition",
    "GovMaterial",
    "GovProcedure",
    "GovStep",
    "GovTime",
    "GovUnit",
    "Lane",
    "Limits",
    "Loop",
    "MessageFlow",
    "Model",
    "Node",
    "Pool",
    "Problem",
    "Process",
    "Root",
    "SequenceFlow",
    "Shape",
    "StaleElement",
    "Unit",
    "UnreadableFile",
    "UnwritableValue",
    "build",
    "gives",
    "needs",
    "read",
    "write",
]
