"""A procedure of the library as a value: its two drawings and all that is known of where its words come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

#: A text in each language, by "zh" and "en".
Words = Mapping[str, str]

#: How a text is known: its wording was read, or it is common knowledge whose wording was not.
KNOWN = ("read", "known")

#: Where a time comes from: counted in real cases, set by law, named in a published text, or estimated.
SOURCES = ("measured", "statute", "text", "estimate")

#: The two drawings of a procedure, by the name their file and `gov:procedure scenario` give them.
SCENARIOS = ("as-is", "to-be")


@dataclass(frozen=True, kw_only=True)
class Basis:
    """A law or rule that steps of the procedure rest on."""

    law: str
    #: "第十九条" …; empty where the article was not read.
    article: str
    #: What it demands, in our words.
    says: Words
    #: The steps it was used for, of either drawing; empty where it speaks of the procedure as a whole.
    steps: tuple[str, ...]
    #: One of `KNOWN`.
    known: str


@dataclass(frozen=True, kw_only=True)
class TimeSource:
    """Where the times of some elements come from."""

    #: The drawings it holds for, of `SCENARIOS`.
    scenarios: tuple[str, ...]
    #: "work" or "wait".
    part: str
    #: Ids of steps and events.
    elements: tuple[str, ...]
    #: One of `SOURCES`.
    source: str
    #: True where the value was chosen so that the total meets the published one.
    calibrated: bool
    #: Which text, or what the estimate rests on.
    origin: Words


@dataclass(frozen=True, kw_only=True)
class PublishedFigure:
    """A time or count that somebody published, for comparison and calibration; never the time of a step."""

    #: Where and when.
    place: str
    #: What was published, in our words.
    says: Words
    citation: str
    #: One of `KNOWN`.
    known: str
    #: True for the figure the drawings are calibrated on.
    target: bool


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What the drawings were made to meet, and how."""

    #: Mean elapsed working time of each drawing in seconds, by scenario.
    elapsed_working_s: Mapping[str, float]
    #: Cases the mean runs over: "all", or the name of an outcome.
    cases: str
    statement: Words


@dataclass(frozen=True, kw_only=True)
class Illustration:
    """A parameter without a source, chosen so that the drawing can be simulated."""

    #: "arrivals", "staff", "shares", "limits" …
    name: str
    says: Words


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One folder of the library."""

    #: The folder's name, by which it is called.
    name: str
    title: Words
    summary: Words
    #: "internal", "vertical" or "cross".
    kind: str
    folder: Path
    as_is: Path
    #: None where there is no better drawing yet.
    to_be: Path | None
    #: The day for which the law was looked up.
    law_as_of: date
    basis: tuple[Basis, ...]
    times: tuple[TimeSource, ...]
    published: tuple[PublishedFigure, ...]
    #: None where nothing was published to calibrate on.
    calibration: Calibration | None
    illustrations: tuple[Illustration, ...]
    #: What the drawings leave out, and why.
    left_out: tuple[Words, ...]
    notes: tuple[Words, ...]

    def drawing(self, scenario: str) -> Path | None:
        """The BPMN file of a scenario, None where the procedure has none."""
        return {"as-is": self.as_is, "to-be": self.to_be}.get(scenario)
