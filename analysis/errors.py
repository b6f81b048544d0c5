"""What can go wrong with an analysis; each docstring is the message and ends with what to do."""

from collections.abc import Sequence

from bpmn.problem import Problem


class AnalysisError(Exception):
    """The procedure cannot be analysed. Check its file with `zaizao check`."""


class FileAtFault(AnalysisError):
    """The file does not allow what was asked of it. Check it with `zaizao check`."""


class NotSimulated(FileAtFault):
    """The file holds elements that are not simulated yet. Draw them another way, as each of them says."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        names = ", ".join(f"{problem.rule} {problem.element}" for problem in problems[:5])
        super().__init__(f"{self.__doc__} ({names})")
        #: One problem for each of them, `unsupported-element`.
        self.problems = tuple(problems)


class NothingToSimulate(FileAtFault):
    """No case can begin outside the applicant's pool. Draw a start event in the office's pool."""


class CaseStuck(FileAtFault):
    """Cases stop on the way and never end. Check that every join gets all its tokens and every message is sent."""

    def __init__(self, element: str) -> None:
        super().__init__(f"{self.__doc__} ({element})" if element else self.__doc__)
        #: Where they stop, empty where no office's end is reached at all.
        self.element = element


class EndlessCase(FileAtFault):
    """Cases go round in a loop and never leave it. Give the way out of the loop a share."""

    def __init__(self, element: str) -> None:
        super().__init__(f"{self.__doc__} ({element})")
        #: An element of the loop.
        self.element = element


class RunTooLong(AnalysisError):
    """The cases would take more than a thousand years. Ask for fewer cases, or correct arrivals and durations."""


class RunTooLarge(AnalysisError):
    """The cases take too many steps, or too many at a time, for one run. Ask for fewer cases or divide the drawing."""


class BadRun(AnalysisError):
    """A simulation needs at least one case, and no fewer than no case of warm-up. Correct the number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{self.__doc__} ({number})")
        self.number = number


class NotComparable(FileAtFault):
    """One of the two procedures cannot be simulated. Correct its file as its own error says."""

    def __init__(self, side: str, cause: AnalysisError) -> None:
        super().__init__(f"{self.__doc__} ({side}: {cause})")
        #: "before" or "after".
        self.side = side
        #: Why it cannot be simulated.
        self.cause = cause
