"""When a complex gateway acts, as far as that can be decided: with how many tokens."""

import re

from bpmn.model import Node

#: As the specification names it: `activationCount >= 2`, in whatever brackets a tool puts around it.
_COUNT = re.compile(r"\W*activationCount\s*(?:>=|==?)\s*([1-9][0-9]{0,3})\s*\}?\s*")


def activation_count(node: Node) -> int | None:
    """How many tokens make a complex gateway act; none for other nodes, and where it says no such number."""
    found = _COUNT.fullmatch(node.activation) if node.kind == "complexGateway" else None
    return int(found[1]) if found is not None else None
