"""Repairing a file: where a problem has one safe repair, it is made and told."""

from bpmn.fix.repair import Repaired, repair
from bpmn.fix.sketch import Fix

__all__ = ["Fix", "Repaired", "repair"]
