"""What the tests of simulations begin with: an office in China, one case on a Monday morning, an applicant."""

from datetime import datetime
from zoneinfo import ZoneInfo

from analysis.simulation import Columns, simulate
from bpmn.annotation import Duration, GovTime
from bpmn.build import Builder
from org import WorkTime, holidays

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = 3_600_000_000
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
OFFICE = WorkTime(holidays=holidays("CN"))


def exponential(hours: float) -> GovTime:
    return GovTime(distribution="exponential", mean=Duration(seconds=hours * 3600))


def one_case(builder: Builder, start: datetime = MONDAY) -> Columns:
    return simulate(builder.model, cases=1, start=start)


def moment(local: float) -> datetime:
    return OFFICE.from_local(int(local))


def applicant(b: Builder) -> Builder:
    """Go on in the applicant's pool."""
    return b.pool("申请人", process="home", applicant=True)
