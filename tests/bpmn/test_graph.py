"""The networkx view of a model."""

import subprocess
import sys

import networkx
import pytest

from bpmn import build
from bpmn.graph import graph


def test_nodes_and_edges_carry_what_they_stand_for():
    model = build().start().step("a").end().model

    view = graph(model)

    assert list(view) == ["start", "a", "end"]
    assert view.nodes["a"]["node"] is model.node["a"]
    assert view.edges["start", "a"]["flows"] == (model.flow["start-a"],)


def test_two_flows_between_two_nodes_are_one_edge():
    view = graph(build().node("a").node("b").flow("a", "b", id="f").flow("a", "b", id="g").model)

    assert [flow.id for flow in view.edges["a", "b"]["flows"]] == ["f", "g"]


def test_the_view_cannot_be_changed():
    with pytest.raises(networkx.NetworkXError):
        graph(build().step("a").model).remove_node("a")


def test_reading_files_does_not_load_the_graph_library():
    code = "import bpmn, sys; sys.exit(any(name in sys.modules for name in ('networkx', 'numpy', 'numba')))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
