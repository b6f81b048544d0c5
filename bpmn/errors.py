"""What can go wrong with a procedure file; each docstring is the message and ends with what to do."""

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
