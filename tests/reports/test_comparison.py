import dataclasses
from datetime import datetime
from hashlib import sha256

import pytest

from analysis.annotated import not_annotated
from analysis.errors import NotComparable, NotSimulated
from analysis.time import time
from bpmn.annotation import GovTime
from bpmn.build import build, needs
from bpmn.gov import parse_duration
from bpmn.model import Model
from reports.comparison import Cut, compare


def exponential(mean: str) -> GovTime:
    return GovTime(distribution="exponential", mean=parse_duration(mean))


def counters(*, steps: int = 2, rejects: float = 0.0, **procedure) -> Model:
    """Steps of one hour each; the applicant comes to every one with a paper of its own and the same form."""
    chain = build("p", **procedure).start("s").lane("office")
    for number in range(steps):
        papers = [needs("form"), needs(f"paper {number}")]
        chain = chain.step(f"a{number}", name=f"a{number}", work="PT1H", visit=True, materials=papers, rejects=rejects)
    return chain.end("e").model


def queueing(work: str, *, staff: int = 1, wait: str = "P1D") -> Model:
    chain = build("p", arrivals_per_day=7).start("s").lane("office", staff=staff)
    chain = chain.step("a", work=exponential(work), wait=exponential(wait))
    return chain.lane("other").step("b", work=exponential("PT1H")).end("e").model


def figures(cut: Cut) -> list[float | None]:
    return [cut.before, cut.after, cut.cut, cut.low, cut.high]


def test_the_cuts_of_removed_steps_by_hand():
    """Three hours become one; everybody's case takes that long, so nothing is uncertain."""
    found = compare(counters(steps=3, promised_limit=5), counters(steps=1, promised_limit=2), cases=200)

    cuts = found.cuts
    assert figures(cuts["steps"]) == [3, 1, 2, 2, 2]
    assert figures(cuts["time"]) == pytest.approx([10800, 3600, 7200, 7200, 7200])
    assert cuts["time"].percent == pytest.approx(100 * 2 / 3)
    assert figures(cuts["median"]) == pytest.approx([10800, 3600, 7200, 7200, 7200])
    assert figures(cuts["limit"]) == [5, 2, 3, 3, 3]
    assert cuts["limit"].unit == "workday"
    assert figures(cuts["materials"]) == [6, 2, 4, 4, 4]
    assert figures(cuts["distinct"]) == [4, 2, 2, 2, 2]
    assert figures(cuts["visits"]) == [3, 1, 2, 2, 2]
    assert "calendar" not in cuts
    assert (found.comparable, found.why_not, found.notes, cuts["time"].n) == (True, (), (), 200)


def test_a_file_against_itself_saves_nothing_for_certain():
    model = queueing("PT40M")

    found = compare(model, model, cases=500)

    for cut in found.cuts.values():
        assert [cut.cut, cut.low, cut.high] in ([0, 0, 0], [None, None, None])
    assert found.comparable
    assert {change.kind for change in found.changes} == {"kept"}


def test_files_given_the_other_way_round_cost_what_was_saved():
    slow, fast = queueing("PT40M"), queueing("PT30M")

    there, back = compare(slow, fast, cases=500), compare(fast, slow, cases=500)

    for name in ("steps", "time", "materials", "visits"):
        assert back.cuts[name].cut == pytest.approx(-there.cuts[name].cut)
        assert back.cuts[name].low == pytest.approx(-there.cuts[name].high)
    assert there.cuts["time"].low > 0


def test_common_random_numbers_make_the_interval_of_a_cut_much_narrower():
    before, after = queueing("PT40M", wait="P2D"), queueing("PT39M", wait="P2D")

    paired = compare(before, after, cases=4000).cuts["time"]
    apart = [time(model, cases=4000, seed=seed).times.elapsed_working for model, seed in ((before, 1), (after, 2))]

    width = sum((known.high - known.low) ** 2 for known in apart) ** 0.5
    assert paired.high - paired.low < width / 5
    assert paired.low < paired.cut < paired.high


def test_what_is_done_for_another_share_of_cases_is_not_comparable():
    found = compare(counters(rejects=0.10), counters(rejects=0.101), cases=50)

    assert (found.comparable, found.why_not) == (False, ("outcomes-differ",))


def test_a_difference_of_a_twentieth_of_a_point_is_comparable():
    assert compare(counters(rejects=0.10), counters(rejects=0.10025), cases=50).comparable


def test_files_of_other_matters_are_not_comparable():
    other = build("q").start("s").lane("elsewhere").step("x", name="x", work="PT1H").end("e").model

    found = compare(counters(), other, cases=50)

    assert (found.comparable, found.why_not) == (False, ("unrelated",))
    assert {change.kind for change in found.changes} == {"removed", "new"}


def test_a_unit_that_cannot_keep_up_is_named_instead_of_a_mean():
    """Seven cases a working day of seven hours, two hours each: one person is too few, three are enough."""
    found = compare(queueing("PT2H"), queueing("PT2H", staff=3), cases=300)

    [overload] = found.before.times.overloaded
    assert (overload.unit, overload.staff, overload.needed) == ("office", 1, 3)
    assert overload.use == pytest.approx(2.0)
    assert figures(found.cuts["time"])[0] is None
    assert found.cuts["time"].after == found.after.times.times.elapsed_working.mean > 0
    assert found.cuts["median"].after == found.after.times.times.elapsed_working.median
    assert (found.cuts["time"].cut, found.cuts["time"].percent, found.notes) == (None, None, ("overloaded-before",))
    assert all(step.queue is None for step in found.before.times.steps)
    assert found.before.times.times.work.mean is None
    assert found.before.times.materials_per_case.mean == 0


def test_a_side_that_cannot_be_simulated_is_named():
    chain = build("p").start("s").step("a").catch("signalled", event="signal").end("e")

    with pytest.raises(NotComparable) as caught:
        compare(counters(), chain.model, cases=10)

    assert caught.value.side == "after"
    assert isinstance(caught.value.cause, NotSimulated)


@pytest.mark.parametrize(
    ("before", "after", "cut", "unit"),
    [
        ({"promised_limit": 20}, {"promised_limit": 3}, 17, "workday"),
        ({"promised_limit": 3}, {"promised_limit": 1, "limit_unit": "hour"}, None, "workday/hour"),
        ({"promised_limit": 3}, {"limit_unit": "hour"}, None, "workday"),
        ({}, {"promised_limit": 1, "limit_unit": "hour"}, None, "hour"),
    ],
    ids=["same unit", "other units", "given up", "new"],
)
def test_limits_are_cut_in_their_own_unit_only(before, after, cut, unit):
    found = compare(counters(**before), counters(**after), cases=20)

    assert (found.cuts["limit"].cut, found.cuts["limit"].unit) == (cut, unit)
    assert ("limit-units-differ" in found.notes) is ("/" in unit)


def test_no_per_cent_of_nothing():
    without = build("p").start("s").lane("office").step("a0", name="a0", work="PT1H").end("e").model

    found = compare(without, counters(steps=1), cases=20)

    assert figures(found.cuts["visits"]) == [0, 1, -1, -1, -1]
    assert found.cuts["visits"].percent is None


def open_at(hours: str) -> Model:
    chain = build("p").start("s").lane("office").step("a", work="PT1H").lane("hotline", hours=hours)
    return chain.step("b", work="PT2H").end("e").model


def test_where_hours_differ_both_bases_are_told_and_what_one_loses():
    """Round the clock the second step is done in the evening, outside the procedure's hours."""
    found = compare(open_at("09:00-12:00,13:30-17:30"), open_at("00:00-24:00"), cases=400)

    assert found.after.times.other_hours == ("hotline",)
    assert found.cuts["calendar"].basis == "elapsed-calendar"
    assert found.cuts["calendar"].low > 0
    assert found.cuts["time"].cut > 0
    assert found.notes == ()


def test_calendar_time_lost_is_said_beside_office_time_saved():
    """From a Friday morning one half saves hours of that day, the other half loses a week-end of closed hours."""

    def model(short: str, hours: str, long: str) -> Model:
        chain = build("p").start("s").lane("office").exclusive("g").branch(0.5).step("b", work=short)
        return chain.branch(0.5).lane("hotline", hours=hours).step("c", work=long).join("j").end("e").model

    before, after = model("PT5H", "09:00-12:00,13:30-17:30", "PT7H"), model("PT1H", "00:00-24:00", "PT50H")

    found = compare(before, after, cases=400, start=datetime.fromisoformat("2026-03-06T09:00:00+08:00"))

    assert found.cuts["time"].low > 0
    assert found.cuts["calendar"].high < 0
    assert found.notes == ("calendar-worsened",)


def test_what_is_lost_in_both_bases_is_a_plain_loss():
    found = compare(open_at("00:00-24:00"), open_at("07:00-07:30"), cases=400)

    assert found.cuts["time"].high < 0
    assert found.cuts["calendar"].high < 0
    assert found.notes == ()


def test_other_arrivals_are_said():
    found = compare(counters(arrivals_per_day=5), counters(arrivals_per_day=6), cases=50)

    assert "arrivals-differ" in found.notes


def test_the_sides_carry_what_names_their_files():
    model = counters()
    filed = dataclasses.replace(model, source=b"<definitions/>")

    found = compare(filed, model, cases=20, files=("as-is.bpmn", "to-be.bpmn"))

    assert (found.before.file, found.after.file, found.after.digest) == ("as-is.bpmn", "to-be.bpmn", "")
    assert found.before.digest == sha256(b"<definitions/>").hexdigest()


def test_progress_counts_the_cases_of_both_sides():
    told: list[tuple[int, int]] = []

    compare(counters(), counters(), cases=3000, progress=lambda done, cases: told.append((done, cases)))

    assert all(cases == 6000 for _, cases in told)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_is_left_open_is_listed():
    chain = build("p").start("s").step("a", work="PT1H").step("b").exclusive("g").branch(0.5).step("c", work="PT1H")
    chain = chain.branch().step("d", work="PT1H").branch().step("f", work="PT1H").join()
    model = chain.exclusive("h").branch(0.4).branch().join("k").end("e").model

    assert not_annotated(model) == ("b", "g")
