"""The rules of the specification on files of other tools: what must be refused, and what must not be."""

import json
from pathlib import Path

from bpmn import UnreadableFile, read
from bpmn.check import check
from bpmn.problem import Problem

#: What must be refused by an engine, and is read here as it is meant: why.
ACCEPTED = {
    "EXT012_7_failure_timerEvent_timeCycle.bpmn": "a repetition by ISO 8601 is no prose, whatever its xsi:type",
    "EXT012_8_failure_timerEvent_timeDate.bpmn": "as above, a date",
    "EXT012_9_failure_timerEvent_timeDuration.bpmn": "as above, a duration",
    "EXT101_1_fail.bpmn": "the start event does not list its outgoing flow; the flow itself says where it runs",
}
#: Folders of files that work: Home Office, a university, a city, and an agency's approvals.
WORKING = ("ukhomeoffice", "cr-connect", "digiwf", "formsflow")
#: Working files that hold a defect, each with it.
DEFECTS = {
    "FOI.bpmn": {"no-way-in"},
    "TO_HOME_SEC.bpmn": {"drawn-twice"},
    "invalid_spec.bpmn": {"flow-end", "no-way-in"},
}


def problems(path: Path, purpose: str = "analysis") -> tuple[Problem, ...]:
    try:
        return check(read(path), purpose=purpose)
    except UnreadableFile as error:
        return (error.problem,)


def test_what_a_conforming_engine_must_reject_is_refused(shared: Path) -> None:
    expected = json.loads((shared / "expect" / "betsy_tests.json").read_text(encoding="utf-8"))["must_be_rejected"]

    accepted = {
        Path(name).name
        for name in expected
        if all(problem.stops == "nothing" for problem in problems(shared / "bpmn" / name))
    }

    assert len(expected) == 150
    assert accepted == ACCEPTED.keys()


def test_no_working_file_is_refused_without_a_defect(shared: Path) -> None:
    refused: dict[str, set[str]] = {}
    for folder in WORKING:
        for path in sorted((shared / "bpmn" / folder).rglob("*.bpmn")):
            rules = {problem.rule for problem in problems(path) if problem.stops != "nothing"}
            if rules:
                refused.setdefault(path.name, set()).update(rules)

    assert refused == DEFECTS


def test_no_rule_of_the_specification_stops_a_file_an_engine_runs(shared: Path) -> None:
    """What only an engine's tests hold on purpose is named: what it refuses, and events that lead nowhere."""
    on_purpose = {
        "LinkEventTest.testCatchLinkEventAfterEventBasedGatewayNotAllowed.bpmn20.xml",
        "MixedConditionalEventTest.testCompensationWithConditionalEvents.bpmn",
        "boundary_event_split.bpmn",
    }
    stopped = {
        path.name
        for folder in ("camunda-engine", "spiffworkflow", "miwg/Reference")
        for path in sorted((shared / "bpmn" / folder).rglob("*"))
        if path.suffix in (".bpmn", ".xml") and "InvalidProcess" not in path.name
        if any(problem.problem == "bpmn-rule" and problem.stops != "nothing" for problem in problems(path))
    }

    assert stopped == on_purpose
