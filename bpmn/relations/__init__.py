"""How the nodes of a model relate: order, exclusion, parallel work, loops, decisions, materials, independence."""

from bpmn.relations.independence import Independence
from bpmn.relations.neighbours import Neighbour
from bpmn.relations.query import Relations, relations

__all__ = ["Independence", "Neighbour", "Relations", "relations"]
