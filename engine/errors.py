"""Why a command is refused; each docstring is the sentence and ends with what to do.

What the store refuses by name (`NoSuchCase`, `NoSuchItem`, `NoSuchProcedure`, `NoSuchJob`, `KeyReused`, `Stale`,
`Busy`) stands in `store.errors`. docs/reference/refusals.md lists both; a refused command changes nothing.
"""

from collections.abc import Sequence

from bpmn.problem import Problem


class EngineError(Exception):
    """The command cannot be done. Look at the case and try again."""


class Refused(EngineError):
    """The command is refused. Look at the case, the item and who may do what with it."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.__doc__} ({detail})" if detail else self.__doc__)
        #: What it is about: a case, an item, a person, a field.
        self.detail = detail


# The command itself.


class NoSuchOperation(Refused):
    """There is no such operation. Use one of those in `zaizao work --help` and `zaizao case --help`."""


class MissingField(Refused):
    """The command lacks something it needs. Give what is named."""


class BadData(Refused):
    """The data are no JSON object with named values of a reasonable size. Correct them."""


class NobodyWaits(Refused):
    """No case waits for the message or signal and none is started by it. Correct its name or its correlation."""


# The case.


class SeveralWait(Refused):
    """Several cases wait for the message. Name the case, or say what the message is about by its correlation."""


class CaseEnded(Refused):
    """The case has ended. Start a new one."""


class CaseSuspended(Refused):
    """The case is suspended. Resume it first."""


class WrongState(Refused):
    """The state it is in does not allow this. Look at what is allowed with `zaizao work allowed`."""


class BadTimer(Refused):
    """The text of a timer gives no moment, duration or cycle. Correct it, or the data it asks for."""


class NotPassed(Refused):
    """The case has not passed that step, or something else is under way. Send it back to a step it has passed alone."""


# The work item.


class AlreadyClaimed(Refused):
    """The work item is claimed by someone else. Ask them to release it, or its head of office to reassign it."""


class ClaimedByAnother(Refused):
    """Only who has claimed the work item may do this. Ask them, or ask them to release it."""


class NotClaimed(Refused):
    """Nobody has claimed the work item. Claim it first."""


class AlreadyCompleted(Refused):
    """The work item is completed. Look at what came of it with `zaizao case show`."""


class ItemWithdrawn(Refused):
    """The work item was withdrawn when the case went another way. Look at the case with `zaizao case show`."""


class ItemFailed(Refused):
    """The work on this item failed. Try it again with `zaizao work retry` first."""


class NothingToReject(Refused):
    """The step turns no case down. Complete it with what was decided."""


# The person.


class NotYours(Refused):
    """The work item belongs to another unit, post or person. Leave it to them."""


class SamePerson(Refused):
    """Another person has to do this step than who did the one it is kept apart from. Leave it to a colleague."""


# Outgoing work.


class CallFailed(Refused):
    """The other side did not take the call. Look at its answer; the call is repeated by itself."""


class CallRefused(Refused):
    """The call may not be made. Allow its host by the setting `outgoing_hosts`, or drop the job."""


class JobHangs(Refused):
    """The job took longer than it may. Look at what it calls."""


# What the tokens of a case refuse.


class Unrunnable(EngineError):
    """The file holds what no live case can do. Repair what `zaizao check --for run` tells of it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{self.__doc__} ({'; '.join(problem.message for problem in problems[:3])})")
        #: Everything that stops it, in the order of the file.
        self.problems = tuple(problems)


class TokenError(EngineError):
    """The tokens of the case cannot move so. Look at where the case stands and give the command again."""

    def __init__(self, element: str = "", detail: str = "") -> None:
        told = ": ".join(filter(None, (element, detail)))
        super().__init__(f"{self.__doc__} ({told})" if told else self.__doc__)
        #: The element of the model it happened at.
        self.element = element
        self.detail = detail


class StepBudgetSpent(TokenError):
    """The case moves on and on without anybody doing anything. Draw a way out of its loop, or a step in it."""


class Uncaught(TokenError):
    """No event of the procedure catches this error. Draw an error event for it, or complete the step otherwise."""


class NoWayOut(TokenError):
    """No condition of the gateway holds and it has no default flow. Correct the data, or draw a default flow."""


class NoSuchToken(TokenError):
    """The case has no such token any more. Look at where the case stands now."""


class NotWaiting(TokenError):
    """The token does not wait for that. Look at what it waits for."""


class NoSuchStart(TokenError):
    """No case of this procedure can begin there. Name one of its start events."""


class NoSuchElement(TokenError):
    """The procedure has no such element to put a token to. Name a step, gateway or event of it."""


class WrongData(TokenError):
    """The data of the case do not fit what the procedure does with them. Correct the data."""


class UnkeepableValue(TokenError):
    """A value of the data cannot be kept: data are texts, numbers, truth values, lists and groups. Correct it."""


class CalledTooDeep(TokenError):
    """Processes call each other without end. Draw a way past the call."""


# Decisions.


class DecisionRefused(EngineError):
    """A decision cannot be answered. Correct its table or the data it asks for."""

    def __init__(self, decision: str, detail: str = "") -> None:
        super().__init__(f"{self.__doc__} ({decision}{': ' if detail else ''}{detail})")
        #: What people call the decision.
        self.decision = decision
        self.detail = detail


class NoSuchDecision(DecisionRefused):
    """The decision is in none of the files given, or in several. Give the one file that holds it."""


class DecisionCircle(DecisionRefused):
    """The decision needs its own answer. Take one of the requirements away."""


class NoRule(DecisionRefused):
    """No rule of the table holds for these values. Write a rule for them, or a default answer."""


class SeveralRules(DecisionRefused):
    """Several rules of the table hold, but only one may (UNIQUE). Make them apart, or choose another hit policy."""

    def __init__(self, decision: str, rules: Sequence[int]) -> None:
        super().__init__(decision, ", ".join(map(str, rules)))
        #: The rules that hold, counted from 1.
        self.rules = tuple(rules)


class DifferentAnswers(SeveralRules):
    """Several rules of the table hold and answer differently (ANY). Make the answers equal, or the rules apart."""


class WrongType(DecisionRefused):
    """A value of the decision is of another kind than its column. Give a value of that kind."""


class NotAllowed(DecisionRefused):
    """A value of the decision is none of those its column allows. Give one of them, or allow it."""


class Unevaluable(DecisionRefused):
    """The decision holds something that cannot be evaluated. Write it anew as `zaizao check --for run` says."""
