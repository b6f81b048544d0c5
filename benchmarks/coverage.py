"""What of BPMN runs, played element by element, and the conformance cases of betsy, as docs/reference says it.

`python -m benchmarks.coverage FOLDER PAGE` plays every situation and every case below FOLDER (its files in bpmn/betsy,
its assertions in expect/betsy_tests.json) and writes the tables into the page between its marks; without a page it
prints them. It ends with 1 where anything runs and does wrong.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.betsy import Verdict, verdicts
from benchmarks.played import Played
from benchmarks.situations import SITUATIONS, Situation
from engine.errors import EngineError, Unrunnable
from engine.spiff import refusals

_MARKS = {name: (f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n") for name in ("elements", "betsy")}


def played(situation: Situation) -> str:
    """What is wrong with a situation once it is played; empty where all is as it must be."""
    try:
        play = Played.started(
            situation.model(),
            situation.given,
            library=situation.library(),
            decisions=situation.decisions,
            start=situation.start,
        ).play(situation.play)
    except Unrunnable as refusal:
        rules = {problem.rule for problem in refusal.problems}
        return "" if situation.refused in rules else f"refused: {', '.join(sorted(rules))}"
    except EngineError as error:
        return "" if type(error).__name__ == situation.fails else f"{type(error).__name__}: {error}"
    except LookupError as error:
        return str(error)
    return difference(situation, play)


def difference(situation: Situation, play: Played) -> str:
    """The first thing that is not as it must be."""
    if situation.refused or situation.fails:
        return f"it runs, and should not: {situation.refused or situation.fails}"
    asked = set(situation.log.split())
    data = {name: play.run.data().get(name) for name in situation.data}
    for seen, expected in (
        ([element for element in play.log if element in asked], situation.log.split()),
        (play.waits, situation.waits.split()),
        (play.ended, situation.ended),
        (play.thrown, [situation.thrown] if situation.thrown else play.thrown),
        (data, dict(situation.data)),
    ):
        if seen != expected:
            return f"{seen} instead of {expected}"
    return ""


def elements() -> str:
    """The table of elements: each runs, or is refused by a rule."""
    rows: dict[str, list[Situation]] = {}
    for situation in SITUATIONS:
        rows.setdefault(situation.element, []).append(situation)
    lines = ["| element | | situations played |", "|---|---|---|"]
    for element, situations in rows.items():
        wrong = list(filter(None, map(played, situations)))
        said = f"wrong: {wrong[0]}" if wrong else _refusal(situations[0]) or "runs"
        lines.append(f"| {element} | {said} | {len(situations)} |")
    return "\n".join(lines) + "\n"


def _refusal(situation: Situation) -> str:
    """By which rule it is refused, in the sentence people get; empty where it runs."""
    problems = refusals(situation.model(), situation.library())
    return "; ".join(f"refused: `{problem.rule}`: {problem.message}" for problem in problems[:1])


def cases(found: Iterable[Verdict]) -> str:
    """The table of cases by category, and each that did not pass with its reason."""
    found = list(found)
    counts: dict[str, Counter[str]] = {}
    for one in found:
        counts.setdefault(one.category, Counter())[one.verdict] += 1
    counts["all"] = Counter(one.verdict for one in found)
    lines = ["| category | cases | passed | refused by name | wrong |", "|---|---|---|---|---|"]
    for category, count in counts.items():
        numbers = (count.total(), count["passed"], count["refused"], count["wrong"])
        lines.append(f"| {category} | {' | '.join(map(str, numbers))} |")
    lines += ["", "| case | given | verdict | why |", "|---|---|---|---|"]
    lines += [f"| {one.name} | {one.given} | {one.verdict} | {one.why} |" for one in found if one.verdict != "passed"]
    return "\n".join(lines) + "\n"


def main(folder: str, page: str = "") -> int:
    """Play everything and write or print the tables."""
    data = Path(folder)
    found = list(verdicts(data / "bpmn" / "betsy", data / "expect" / "betsy_tests.json"))
    tables = {"elements": elements(), "betsy": cases(found)}
    if page:
        text = Path(page).read_text("utf-8")
        for name, table in tables.items():
            begin, end = _MARKS[name]
            before, _, rest = text.partition(begin)
            text = before + begin + table + end + rest.partition(end)[2]
        Path(page).write_text(text, "utf-8")
    else:
        print("\n".join(tables.values()))
    return int(
        any("wrong" in line for line in tables["elements"].splitlines()) or any(v.verdict == "wrong" for v in found)
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
