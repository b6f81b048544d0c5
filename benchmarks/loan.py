"""The loan application that Prosimos brings as its example: 13 tasks, four pools, returns, redesigns of the offer.

Flow, shares and fixed times are the example's. Two of its times have a distribution that Prosimos 2.1 names and cannot
draw; here they are a gamma and a uniform one of the same means. With the example's one person a pool the queues grow
for ever and no distribution exists; here 45 work in each. Its pools close at 18:00 and on some days at 17:00; here two
close at one and two at the other, every day.
"""

from bpmn import Model
from bpmn.annotation import Duration, GovTime
from bpmn.build import build

STAFF, PER_DAY = 45, 54.0

#: Pools and when they close, on every working day from 9:00.
_POOLS = {"clerk": "18:00", "loan officer": "18:00", "senior officer": "17:00", "applicant": "17:00"}

_GATES = ("again", "is_complete", "is_eligible", "offer", "is_offer_good", "is_agreed", "is_redesigned", "done")

_FLOWS = (
    ("received", "again", None),
    ("again", "check_form", None),
    ("check_form", "is_complete", None),
    ("is_complete", "return_form", 0.195),
    ("return_form", "complete_form", None),
    ("complete_form", "again", None),
    ("is_complete", "check_credit", 0.805),
    ("check_credit", "assess_risk", None),
    ("assess_risk", "is_eligible", None),
    ("is_eligible", "reject", 0.501),
    ("is_eligible", "offer", 0.499),
    ("offer", "design_offer", None),
    ("design_offer", "approve_offer", None),
    ("approve_offer", "is_offer_good", None),
    ("is_offer_good", "offer", 0.21),
    ("is_offer_good", "prepare_pack", 0.79),
    ("prepare_pack", "send_pack", None),
    ("send_pack", "is_agreed", None),
    ("is_agreed", "approve", 0.496),
    ("is_agreed", "consider_redesign", 0.504),
    ("consider_redesign", "is_redesigned", None),
    ("is_redesigned", "cancel", 0.482),
    ("is_redesigned", "offer", 0.518),
    ("reject", "done", None),
    ("approve", "done", None),
    ("cancel", "done", None),
    ("done", "end", None),
)


def loan() -> Model:
    """Build the procedure."""
    chain = build("loan", arrivals_per_day=PER_DAY, hours="09:00-18:00", calendar="none")
    for pool, closing in _POOLS.items():
        chain.lane(pool, staff=STAFF, hours=f"09:00-{closing}")
    chain.lane("clerk").node("received", "startEvent").node("end", "endEvent")
    for gate in _GATES:
        chain.node(gate, "exclusiveGateway")
    for step, (pool, work) in _steps().items():
        chain.lane(pool).node(step, "userTask", work=work)
    for source, target, share in _FLOWS:
        chain.flow(source, target, probability=share)
    return chain.model


def _steps() -> dict[str, tuple[str, GovTime]]:
    """The pool and the work of each step."""
    return {
        "check_form": ("clerk", GovTime(distribution="gamma", mean=_seconds(4156.4), sd=_seconds(556.4))),
        "return_form": ("clerk", _minutes(30)),
        "complete_form": ("applicant", _minutes(60)),
        "check_credit": ("clerk", GovTime(distribution="uniform", low=_seconds(3600.0), high=_seconds(6727.2))),
        "assess_risk": ("loan officer", _minutes(20)),
        "reject": ("clerk", _minutes(10)),
        "design_offer": ("loan officer", _minutes(15)),
        "approve_offer": ("senior officer", _minutes(30)),
        "prepare_pack": ("clerk", _minutes(45)),
        "send_pack": ("loan officer", _minutes(30)),
        "approve": ("clerk", _minutes(5)),
        "consider_redesign": ("senior officer", _minutes(30)),
        "cancel": ("clerk", _minutes(5)),
    }


def _minutes(minutes: float) -> GovTime:
    return GovTime(mean=_seconds(60.0 * minutes))


def _seconds(seconds: float) -> Duration:
    return Duration(seconds=seconds)
