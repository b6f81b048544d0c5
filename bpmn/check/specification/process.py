"""Chapter 10, sections 2 and 5: what kind of process it is, and that its beginning belongs to its end."""

from collections.abc import Iterator

from bpmn.check.specification.rule import Breach, breach, rule
from bpmn.model import Model, Node


@rule("public-executable", "10.2.1", stops="run")
def public_executable(model: Model) -> Iterator[Breach]:
    """A public process shows others what concerns them; only a private one can be executed."""
    for process in model.processes:
        if process.type == "Public" and process.executable:
            yield breach(process.id)


@rule("end-without-start", "10.5.2", stops="run", about=("endEvent",))
def end_without_start(model: Model) -> Iterator[Breach]:
    """Who draws where a case ends draws where it begins."""
    kinds: dict[str, set[str]] = {}
    for node in model.nodes:
        kinds.setdefault(node.scope or node.process, set()).add("startEvent" if _begins(node) else node.kind)
    for whole, held in kinds.items():
        ad_hoc = whole in model.node and model.node[whole].kind == "adHocSubProcess"
        if "endEvent" in held and "startEvent" not in held and not ad_hoc:
            yield breach(whole)


def _begins(node: Node) -> bool:
    return node.kind == "startEvent" or node.instantiate
