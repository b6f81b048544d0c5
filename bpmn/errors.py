"""What can go wrong with a procedure file; each docstring is the message and ends with what to do."""

from __future__ import annotations

from bpmn.problem import Problem


class BpmnError(Exception):
    """A procedure file cannot be used. Check it with `zaizao check`."""


class UnreadableFile(BpmnError):
    """The file is no readable BPMN file. Export it again from the tool it was drawn with."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        #: The one problem that stopped the reader: `not-xml` or `not-bpmn`.
        self.problem = problem


class StaleElement(BpmnError):
    """The change names an element the model does not hold. Read the file again and repeat the change."""

    def __init__(self, element: str) -> None:
        super().__init__(f"{self.__doc__} ({element})")
        self.element = element


class UnwritableValue(BpmnError):
    """A value cannot be said in a BPMN file: a control character, or a number or duration a file has no words for."""

    def __init__(self, value: str) -> None:
        super().__init__(f"{self.__doc__} Change it and write again. ({value[:200]!r})")
        self.value = value


#: What can be wrong with the text of an expression, by rule; every sentence ends with what to write.
EXPRESSION_FAULTS = {
    "empty": "The expression is empty. Write a condition, such as amount > 3.",
    "too-long": "The expression has {found} characters, more than {limit}. Divide the decision, or use a table.",
    "too-deep": "The expression is nested more than {limit} deep. Divide the decision, or use a table.",
    "digits": "{found} at character {position} has more than {limit} digits. Write fewer.",
    "sign": "{found} at character {position} is no sign of the language. Write it anew, such as amount > 3.",
    "meant": "{found} at character {position} is no sign of the language. Write {expected} instead.",
    "unclosed": "The text that begins at character {position} has no end. Close it with a double quote.",
    "unexpected": "{found} at character {position} is not expected there. Write {expected}.",
    "unfinished": "The expression ends at character {position} before it is complete. Write on with {expected}.",
    "definition": (
        "{found} at character {position} defines a function, which no expression can. Write what it works out in its "
        "place."
    ),
    "function": "There is no function {found} (character {position}). Use one of: {expected}.",
    "arguments": "{found} at character {position} does not take so many values. Give it {expected}.",
    "literal": (
        "The text of {found} at character {position} names no {expected} that there is. Write one such as {limit}."
    ),
    "foreign": (
        "{found} at character {position} is written in another language ({dialect}) and has no exact counterpart here. "
        "Write the expression anew, such as amount > 3."
    ),
}


class UnreadableExpression(BpmnError):
    """An expression cannot be read. Write it anew, such as amount > 3."""

    def __init__(
        self, rule: str, text: str, position: int, *, found: str = "", expected: str = "", limit: str = ""
    ) -> None:
        #: One of `EXPRESSION_FAULTS`.
        self.rule = rule
        self.text = text
        #: Where, counted from 1.
        self.position = position + 1
        self.found = found[:60]
        self.expected = expected or "…"
        self.limit = limit
        #: The language it is written in, where it is another one than ours.
        self.dialect = ""
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """What is wrong and what to write."""
        return EXPRESSION_FAULTS[self.rule].format_map(vars(self))

    def of(self, text: str, dialect: str) -> UnreadableExpression:
        """The same fault in the whole text, whose language is known."""
        shift = max(text.find(self.text), 0) if self.text else 0
        rule = self.rule if dialect == "feel" or self.rule in ("empty", "too-long", "too-deep") else "foreign"
        error = UnreadableExpression(rule, text, self.position - 1 + shift, found=self.found or text.strip())
        error.expected, error.limit, error.dialect = self.expected, self.limit, dialect
        error.args = (error.sentence,)
        return error


class NoTruthValue(BpmnError):
    """A condition gives neither true nor false. Compare what it gives with something, such as amount > 3."""

    def __init__(self, text: str, value: str) -> None:
        super().__init__(f"{self.__doc__} ({text[:200]!r} gives {value[:80]})")
        self.text = text
        self.value = value


class TooMuchWork(BpmnError):
    """An expression takes more steps, or makes a longer list or text, than is allowed. Ask for less at once."""

    def __init__(self, text: str, limit: str) -> None:
        super().__init__(f"{self.__doc__} ({text[:200]!r}, {limit})")
        self.text = text
        #: "steps", "list" or "text".
        self.limit = limit


class NotProvided(BpmnError):
    """An expression asks for what its caller does not provide. Give the evaluation a moment or a calendar."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__(f"{self.__doc__} ({text[:200]!r} needs the {what})")
        self.text = text
        #: "now" or "calendar".
        self.what = what
