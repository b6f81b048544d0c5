"""What lies on the board while the oracle plays: scopes, tokens, rounds of activities, and what is waited for."""

from dataclasses import dataclass, field


class Stopped(Exception):
    """The case cannot go on: "no way out", "uncaught" or "endless"."""


@dataclass(eq=False)
class Scope:
    """A process, sub-process or event sub-process under way, with its tokens and what it listens to."""

    #: The node it is the inside of; none for a process.
    node: object
    process: str
    #: The round of the activity it is the inside of; of an event sub-process, the token that stands for it outside.
    holder: object = None
    outer: "Scope | None" = None
    tokens: list = field(default_factory=list)
    over: bool = False
    data: dict = field(default_factory=dict)

    @property
    def element(self):
        return self.node.id if self.node is not None else ""


@dataclass(eq=False)
class Token:
    """A coin: at a node, in a scope, come by a flow."""

    node: object
    scope: Scope
    via: str = ""
    #: Whether it lies before a join.
    held: bool = False
    gone: bool = False
    #: Of an activity: its rounds that are under way, how many are still to come, and how many are done.
    rounds: list = field(default_factory=list)
    left: int = 0
    done: int = 0
    #: Of an event sub-process: its inside.
    inside: Scope | None = None


@dataclass(eq=False)
class Round:
    """An activity under way: once, or once for each round or instance."""

    host: Token
    number: int
    inside: Scope | None = None
    data: dict = field(default_factory=dict)

    @property
    def scope(self):
        return self.host.scope

    @property
    def is_instance(self):
        """Whether it has data of its own: an instance of a multi-instance has."""
        return self.host.node.loop is not None and self.host.node.loop.kind != "standard"


@dataclass(eq=False)
class Waiting:
    """Something that waits, what for, and what then happens."""

    element: str
    kind: str
    #: Whose it is: a token, a round or a scope; it goes with it.
    owner: object
    happen: object
    name: str = ""
    number: int = 0
    #: Of a timer that rings again: how often it still rings.
    left: int = 1
    #: Of a condition: its expression, and whether it held when it was asked last.
    condition: object = None
    held: bool = False

    @property
    def key(self):
        return self.element, self.kind, self.number
