"""What a procedure file says in the `gov:` namespace, as typed values (docs/reference/format.md).

The reader turns extension elements into these values; a value that cannot be understood becomes a `bad-annotation`
problem and the field keeps its default, so that one wrong attribute never hides the rest of a file.
"""

from dataclasses import dataclass, field

#: The namespace of the extension elements.
NAMESPACE = "urn:zaizao:gov:1"

#: Office hours of a working day where a file names none: 09:00-12:00 and 13:30-17:30, seconds of the day.
DEFAULT_HOURS: tuple[tuple[int, int], ...] = ((32400, 43200), (48600, 63000))

#: Hours of a unit that works every day of the year, weekends and holidays too.
AROUND_THE_CLOCK: tuple[tuple[int, int], ...] = ((0, 86400),)

#: Kinds of clock-stop that hold only where a law says so: without a basis their time is counted.
STOPS_BY_BASIS = frozenset(("publicity", "supplement", "suspension", "service"))


@dataclass(frozen=True, kw_only=True)
class Duration:
    """An ISO 8601 duration without months and years, its parts kept apart: a day's length belongs to a clock.

    On the working clock a day is a unit's daily open hours and a week five such days; on the calendar clock they are
    24 hours and seven days.
    """

    weeks: float = 0.0
    days: float = 0.0
    #: Hours, minutes and seconds together.
    seconds: float = 0.0

    def on(self, *, day_seconds: float, week_days: int) -> float:
        """Its length in seconds where a day has `day_seconds` and a week has `week_days` such days."""
        return (self.weeks * week_days + self.days) * day_seconds + self.seconds


@dataclass(frozen=True, kw_only=True)
class GovProcedure:
    """`gov:procedure` on a process: what the matter is and which limits it has."""

    matter: str = ""
    #: "as-is" or "to-be", empty where not said.
    scenario: str = ""
    #: "internal", "vertical" or "cross", empty where not said.
    kind: str = ""
    lead: str = ""
    legal_limit: float | None = None
    promised_limit: float | None = None
    #: Unit of both limits: "workday", "day", "hour" or "month".
    limit_unit: str = "workday"
    #: Mean number of cases per working day (per calendar day where `arrival_hours` is round the clock).
    arrivals_per_day: float | None = None
    #: Spans of the day, in seconds; none where the office hours hold.
    arrival_hours: tuple[tuple[int, int], ...] | None = None
    #: "CN" or "none".
    calendar: str = "CN"
    hours: tuple[tuple[int, int], ...] = DEFAULT_HOURS
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class GovUnit:
    """`gov:unit` on a lane or a participant: the office that does the steps in it."""

    code: str = ""
    #: "state", "province", "city", "county", "town" or "village", empty where not said.
    level: str = ""
    #: People who can work at once; none means no limit.
    staff: int | None = None
    applicant: bool = False
    #: Spans of the day, in seconds; none where the procedure's hours hold.
    hours: tuple[tuple[int, int], ...] | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class GovStep:
    """`gov:step` on an activity: what the step is in law and in the office."""

    #: "accept", "collect", "check", "decide", "approve", "forward", "record", "produce", "notify", "wait" or "other".
    kind: str = ""
    purpose: str = ""
    level: str = ""
    mandatory: bool = False
    basis: str = ""
    after: tuple[str, ...] = ()
    separate_from: tuple[str, ...] = ()
    post: str = ""
    visit: bool = False
    archive: bool = False
    limit: float | None = None
    limit_unit: str = "workday"
    clock_stop: str = ""
    #: Share of cases this step turns down, 0 to 1.
    rejects: float | None = None
    #: None where the file does not say: then the type of the task decides.
    automatic: bool | None = None
    cost: float | None = None
    replaces: tuple[str, ...] = ()
    #: Empty, or "suggested": proposed by the program and not yet accepted by a person.
    source: str = ""
    line: int = field(default=0, compare=False)

    @property
    def purposes(self) -> tuple[str, ...]:
        """What it verifies: a step merged of several checks names the purpose of each, divided by "；"."""
        return tuple(dict.fromkeys(filter(None, (part.strip() for part in self.purpose.split("；")))))

    @property
    def stops_clock(self) -> bool:
        """Whether its time counts in no limit: a clock-stop, with a basis where its kind needs one."""
        return bool(self.clock_stop) and (bool(self.basis) or self.clock_stop not in STOPS_BY_BASIS)


@dataclass(frozen=True, kw_only=True)
class GovTime:
    """`gov:time`: how long a part of a step takes, as a distribution of durations."""

    #: "work" or "wait".
    part: str = "work"
    #: "fixed", "exponential", "normal", "lognormal", "gamma", "uniform", "triangular" or "empirical".
    distribution: str = "fixed"
    mean: Duration | None = None
    sd: Duration | None = None
    low: Duration | None = None
    mode: Duration | None = None
    high: Duration | None = None
    values: tuple[Duration, ...] = ()
    #: "measured", "statute", "estimate", "suggested", empty where not said.
    source: str = ""
    #: "work" or "calendar", empty where not said.
    clock: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, kw_only=True)
class GovMaterial:
    """`gov:material` on a step: a paper or a piece of data it needs or gives."""

    name: str
    #: "needs" or "gives".
    use: str = "needs"
    #: "applicant", "shared" or "internal".
    origin: str = "internal"
    #: Empty, or "applicant".
    to: str = ""
    issuer: str = ""
    original: int | None = None
    copies: int | None = None
    surrender: bool = False
    basis: str = ""
    source: str = ""
    line: int = field(default=0, compare=False)
