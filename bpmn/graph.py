"""The flow of a model as a graph of networkx: a view to compute on, frozen, never a second truth."""

import networkx

from bpmn.model import Model


def graph(model: Model) -> networkx.DiGraph:
    """The nodes of all processes and the sequence flows between them.

    Each node carries its `Node` as `node`; each edge the `SequenceFlow`s it stands for as `flows`, because two nodes
    may be joined by several. The order of both is that of the file. A boundary event has no edge from its host, and a
    sub-process none to what is inside it: `Model.boundary_events` and `Node.scope` say so. The graph is frozen; whoever
    needs to change it copies it.

    >>> from bpmn.build import build
    >>> list(graph(build().start().step("a").end().model).edges)
    [('start', 'a'), ('a', 'end')]
    """
    view = networkx.DiGraph()
    view.add_nodes_from((node.id, {"node": node}) for node in model.nodes)
    for flow in model.flows:
        flows = view.get_edge_data(flow.source, flow.target, {"flows": ()})["flows"]
        view.add_edge(flow.source, flow.target, flows=(*flows, flow))
    return networkx.freeze(view)
