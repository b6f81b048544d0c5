"""Event logs: what happened to cases, written for other tools."""

from analysis.logs.csv import write_csv
from analysis.logs.text import Names
from analysis.logs.xes import write_xes

__all__ = ["Names", "write_csv", "write_xes"]
