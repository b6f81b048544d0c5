"""What was found and what is done about it: each finding with its number, its move or why not, and what it saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.findings import Finding, Saving
from bpmn.model import Model
from redesign import Refused
from reports import findings as telling
from reports import format as write
from reports.proposal import Item, Proposal
from reports.study import Study

#: More findings than that are counted on the page; the workbook has all.
SHOWN = 60
#: Seconds that are nothing but noise of the arithmetic.
_NOTHING = 0.5
#: Evidence that says which steps a move takes away or spares.
_TOUCHED = ("remove", "spared")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A finding as people read it."""

    number: int
    title: str
    #: Why it is one, in a sentence.
    says: str
    #: The names of its steps.
    steps_named: str
    #: What is done about it, or why nothing is.
    done: str
    is_made: bool
    #: What its move saves alone, and what it brings to the whole, in the unit of the report.
    alone: str
    counted: str
    interval: str
    steps: str
    materials: str
    visits: str
    trust: str


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """The findings of a procedure, what the moves that are made save together, and how many there are of each kind."""

    lines: tuple[Line, ...]
    #: Only where a move is made.
    total: Line | None
    summary: str
    #: How many more there are than are listed.
    more: int = 0


def treatment(study: Study, *, most: int | None = SHOWN) -> Treatment | None:
    """The findings with what is done about them; None where the program was not asked."""
    proposal = study.proposal
    if proposal is None:
        return None
    items = proposal.items
    shown = items[:most]
    if len(items) > len(shown):
        # What is done must be seen, wherever it stands.
        shown = tuple(item for place, item in enumerate(items) if item.move is not None or place < len(shown))
    counted = _counted(study, proposal)
    alone = _decimals(study, [item.finding.saving for item in items if item.finding is not None])
    lines = tuple(_line(study, item, alone, counted) for item in shown)
    total = _total(study, proposal) if proposal.made.moves else None
    return Treatment(lines=lines, total=total, summary=summary(study), more=len(items) - len(shown))


def summary(study: Study) -> str:
    """How many findings there are, how many are mended, protected, to be looked at."""
    items = study.proposal.items if study.proposal is not None else ()
    left = [item.finding for item in items if item.finding is not None and item.move is None]
    counts = {
        "made": sum(item.move is not None for item in items),
        "protected": sum(finding.protected for finding in left),
        "unsure": sum(not finding.sure and not finding.protected for finding in left),
    }
    said = [study.words.counted("report.findings.count", sum(item.finding is not None for item in items))]
    said += [study.words(f"report.findings.{name}", count=count) for name, count in counts.items() if count]
    return study.words("list.comma").join(said)


def left_lines(study: Study) -> tuple[Line, ...]:
    """What the redesign somebody decided leaves on the table."""
    found = study.proposal.left if study.proposal is not None else None
    if not found or study.after is None:
        return ()
    decimals = _decimals(study, [finding.saving for finding in found])
    empty: dict[int, tuple[str, str]] = {}
    lines = [
        _line(study, Item(number=number, finding=finding), decimals, empty, model=study.after.model)
        for number, finding in enumerate(found, start=1)
    ]
    return tuple(
        replace(line, done=write.sentence(telling.move_title(study.words, finding.move)))
        for line, finding in zip(lines, found, strict=True)
    )


def _line(
    study: Study, item: Item, decimals: int, counted: dict[int, tuple[str, str]], *, model: Model | None = None
) -> Line:
    words, model = study.words, model or study.before.model
    finding = item.finding
    share, interval = counted.get(item.number, (write.UNKNOWN, ""))
    named = telling.steps_text(words, model, item.steps)
    return Line(
        number=item.number,
        title=telling.title(words, item.name),
        says=telling.sentence(words, model, finding) if finding else words("report.findings.followed", steps=named),
        steps_named=named or write.UNKNOWN,
        done=_done(study, item, model),
        is_made=item.move is not None,
        counted=share,
        interval=interval,
        trust=_trust(study, finding),
        **_saved(study, finding.saving if finding is not None else None, decimals),
    )


def _saved(study: Study, saving: Saving | None, decimals: int) -> dict[str, Any]:
    if saving is None:
        return dict.fromkeys(("alone", "steps", "materials", "visits"), write.UNKNOWN)
    elapsed = saving.elapsed_working_s
    return {
        "alone": write.UNKNOWN if elapsed is None else _text(study, elapsed, decimals),
        "steps": write.count(saving.steps),
        "materials": write.count(saving.materials),
        "visits": write.count(saving.visits),
    }


def _text(study: Study, seconds: float, decimals: int) -> str:
    """A time in the unit of the report; a plain 0 for nothing at all."""
    return study.scale.text(seconds, decimals) if abs(seconds) >= _NOTHING else "0"


def _decimals(study: Study, savings: Sequence[Saving | None]) -> int:
    known = [abs(saving.elapsed_working_s or 0.0) for saving in savings if saving is not None]
    return max(1, write.decimals_for(study.scale.value(max(known, default=0.0))) + 1)


def shares(proposal: Proposal) -> dict[int, float]:
    """What each move brings to the cut of time, in seconds, by number; none where the procedure cannot be timed."""
    found = {
        item.number: item.share.elapsed_working_s
        for item in proposal.items
        if item.share is not None and item.share.elapsed_working_s is not None
    }
    return {number: value + 0.0 for number, value in found.items()}


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A cut of time and its parts as they are printed: before less the parts is after, to the last digit."""

    before: str
    after: str
    total: str
    parts: tuple[str, ...]


def parts(study: Study, before: float, after: float, values: Sequence[float]) -> Parts:
    """Print the parts of a cut, one digit finer than the cut itself, so that small ones are seen."""
    known = [study.scale.value(value) for value in (before, after, *values)]
    decimals = max(1, write.decimals_for(known[0] - known[1]) + 1)
    first, last = round(known[0], decimals), round(known[1], decimals)
    factor = (first - last) / sum(known[2:]) if sum(known[2:]) else 1.0
    rounded = write.adding_up([value * factor for value in known[2:]], decimals)
    return Parts(
        before=write.number(first, decimals),
        after=write.number(last, decimals),
        total=write.number(first - last, decimals),
        parts=tuple(write.number(part, decimals if part else 0) for part in rounded),
    )


def _counted(study: Study, proposal: Proposal) -> dict[int, tuple[str, str]]:
    """What each move is counted with and its interval, by number."""
    known = shares(proposal)
    made = printed(study)
    texts = dict(zip(known, made.parts, strict=True)) if made is not None else {}
    found = {}
    for item in proposal.items:
        if item.number in texts and item.share is not None:
            low, high = (study.scale.text(value) for value in (item.share.low, item.share.high))
            found[item.number] = (texts[item.number], write.span(low, high) if low != high else "")
    return found


def printed(study: Study) -> Parts | None:
    """The cut of the proposal and what each move brings to it; None where there is no time to split."""
    proposal, proposed = study.proposal, study.proposed
    pair = proposed.comparison if proposed is not None else None
    if proposal is None or proposed is None or pair is None or proposed.is_untimed:
        return None
    cut, known = pair.cuts["time"], shares(proposal)
    if cut.before is None or cut.after is None or not known:
        return None
    return parts(study, cut.before, cut.after, list(known.values()))


def _done(study: Study, item: Item, model: Model) -> str:
    words = study.words
    if item.move is not None:
        touched = next((item.move.details[name] for name in _TOUCHED if item.move.details.get(name)), None)
        title = write.sentence(telling.move_title(words, item.move.move))
        if not isinstance(touched, (list, tuple)):
            return title
        return words("report.findings.at", move=title, steps=telling.steps_text(words, model, touched))
    if item.finding is not None and not item.finding.move:
        return words("report.findings.shown")
    return words("report.findings.not-made", why=_why_not(study, item))


def _why_not(study: Study, item: Item) -> str:
    finding, words = item.finding, study.words
    if finding is not None and finding.protected:
        return _with(study, words("why-not-moved.protected"), telling.bases(study.before.model, finding))
    if finding is not None and finding.missing:
        return _with(study, words("why-not-moved.not-sure"), telling.lacking(words, finding))
    if item.refused is not None:
        return refusal(study, item.refused)
    if finding is not None and finding.move in telling.BY_HAND:
        return words("why-not-moved.person-chooses")
    return words("why-not-moved.does-not-pay" if finding is None or finding.sure else "why-not-moved.not-sure")


def _with(study: Study, reason: str, details: Sequence[str]) -> str:
    """A reason, and what it rests on."""
    words = study.words
    told = words("list.separator").join(details)
    return words("list.colon").join((reason, told)) if told else reason


def refusal(study: Study, refused: Refused) -> str:
    """Why the move of a finding was not made."""
    words, key = study.words, f"why-not-moved.{refused.why}"
    said = words(key) if key in words else refused.why
    kind = f"proof.name.{refused.details.get('obligation', '')}"
    return words("list.colon").join((said, words(kind))) if kind in words else said


def _trust(study: Study, finding: Finding | None) -> str:
    """Whether it is sure, protected, or to be checked."""
    if finding is not None and finding.protected:
        return study.words("report.findings.trust.protected")
    is_sure = finding is None or finding.sure
    return study.words("report.findings.trust.sure" if is_sure else "report.findings.trust.look")


def _total(study: Study, proposal: Proposal) -> Line:
    """What the moves that are made save together."""
    words, pair = study.words, proposal.comparison
    made = printed(study)

    def saved(name: str) -> str:
        value = pair.cuts[name].cut if pair is not None else None
        return write.UNKNOWN if value is None else write.count(value)

    return Line(
        number=0,
        title=words("report.findings.total"),
        says="",
        steps_named="",
        done=words.counted("report.findings.moves", len(proposal.made.moves)),
        is_made=True,
        alone="",
        counted=made.total if made is not None else write.UNKNOWN,
        interval="",
        steps=saved("steps"),
        materials=saved("materials"),
        visits=saved("visits"),
        trust="",
    )
