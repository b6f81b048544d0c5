"""What a file says beside its flow, as one kind of value."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """What else a file says in BPMN's words: kept, found by kind, never interpreted here.

    Inputs, outputs and their sets, properties, resource roles, data states, correlation keys, subscriptions and
    retrieval expressions, interfaces with their operations, categories, imports, choreographies, conversations.
    """

    #: Empty where the file gives none.
    id: str = ""
    #: The BPMN element.
    kind: str
    name: str = ""
    #: The element of the model it stands in; of what stands beside processes, the definitions.
    owner: str = ""
    #: The detail right around it, where that has an id.
    within: str = ""
    #: Its text or expression.
    text: str = ""
    #: Its other attributes and the references in its children, by name, in their order; ids of the file resolved.
    says: tuple[tuple[str, str], ...] = ()
    line: int = 0

    def all(self, name: str) -> tuple[str, ...]:
        """Everything it says under a name."""
        return tuple(value for key, value in self.says if key == name)

    def first(self, name: str) -> str:
        """The first it says under a name, else nothing."""
        return next(iter(self.all(name)), "")
