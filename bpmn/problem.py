"""A fault in a procedure file that must be repaired before use."""

from dataclasses import dataclass, field

#: A file may be wrong in one way at every element; the reader lists this many faults of one rule.
MAX_FAULTS = 1_000


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault of one element; all faults of a file are reported together.

    The sentence shown to people is made by the front door from `problem`, `rule` and `details` in the reader's
    language; `message` is the English fallback and what goes to the log.
    """

    #: Its name: "not-xml", "missing-reference", "deadlock" … (docs/reference/problems.md).
    problem: str
    #: "error" or "warning".
    severity: str = "error"
    #: What it makes impossible: "all", "run" or "nothing".
    stops: str = "all"
    #: The rule of the specification or the case of the problem; the key of its sentence together with `problem`.
    rule: str = ""
    element: str = ""
    name: str = ""
    line: int = 0
    #: What the sentence speaks of, by name: attribute, value, other element …
    details: dict[str, str] = field(default_factory=dict)
    #: The run that proves it, where cases do not end as they should: the nodes and flows a case passes, in this order.
    run: tuple[str, ...] = ()
    message: str = ""
