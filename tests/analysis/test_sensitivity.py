"""What moves the result: known answers (analysis/sensitivity.py, analysis/factors.py)."""

import math

import pytest

import analysis.sensitivity
from analysis.errors import BadRun, NotSimulated
from analysis.factors import Factor, scaled, varied
from analysis.sensitivity import sensitivity
from bpmn.annotation import Duration, GovTime
from bpmn.build import build
from bpmn.gov import parse_duration


def law(distribution, mean, sd=None, source=""):
    return GovTime(
        distribution=distribution, mean=parse_duration(mean), sd=parse_duration(sd) if sd else None, source=source
    )


def found_of(model, **settings):
    """The effects by kind and element."""
    found = sensitivity(model, **{"cases": 300, **settings})
    return {(effect.factor.kind, effect.factor.element): effect for effect in found.effects}


def test_of_fixed_times_in_a_row_each_moves_the_mean_by_exactly_its_tenth():
    """Round the clock, so that elapsed time is the sum of the times."""
    chain = build("p", hours="00:00-24:00", calendar="none").start("s")
    model = chain.step("a", work="PT1H", wait="PT5H").step("b", work="PT2H").end("e").model

    result = sensitivity(model, cases=50)

    assert result.mean == pytest.approx(8 * 3600)
    moved = [(e.factor.kind, e.factor.element, e.lower.seconds, e.higher.seconds) for e in result.effects]
    assert moved == [
        ("wait", "a", pytest.approx(-1800), pytest.approx(1800)),
        ("work", "b", pytest.approx(-720), pytest.approx(720)),
        ("work", "a", pytest.approx(-360), pytest.approx(360)),
    ]
    first = result.effects[0].higher
    assert (first.low, first.high, first.is_credible) == (first.seconds, first.seconds, True)


def test_a_time_beside_a_longer_branch_moves_nothing():
    chain = build("p", hours="00:00-24:00", calendar="none").start("s").parallel("split")
    chain = chain.branch().step("short", work="PT1H").branch().step("long", work="PT9H").join("join")
    model = chain.end("e").model

    effects = found_of(model)

    assert effects["work", "short"].swing == 0.0
    assert not effects["work", "short"].is_credible
    assert effects["work", "long"].swing == pytest.approx(2 * 3240)


def test_a_share_moves_the_mean_by_what_arithmetic_says():
    """Of 4 hours a share of 0.3 is taken: 0.05 more of it is 12 minutes; the interval of 2000 cases holds that."""
    chain = build("p", hours="00:00-24:00", calendar="none").start("s").exclusive("more")
    chain = chain.branch(0.3).step("long", work="PT4H").branch(0.7).join("join")
    model = chain.end("e").model
    flow = next(flow.id for flow in model.flows if flow.probability == 0.3)

    effects = found_of(model, cases=2_000)

    shares = [key for key in effects if key[0] == "share"]
    assert shares == [("share", flow)]  # the other of the two is the same thing said twice
    effect = effects["share", flow]
    assert (effect.lower.value, effect.higher.value) == (0.25, 0.35)
    assert effect.higher.low <= 720 <= effect.higher.high
    assert effect.lower.low <= -720 <= effect.lower.high
    assert effect.higher.is_credible


def test_of_three_shares_the_others_keep_their_proportions():
    """0.2, 0.3, 0.5 with 1, 2 and 3 hours: from 0.2 to 0.25 the rest is 0.28125 and 0.46875."""
    chain = build("p", hours="00:00-24:00", calendar="none").start("s").exclusive("which")
    chain = chain.branch(0.2).step("a", work="PT1H").branch(0.3).step("b", work="PT2H")
    model = chain.branch(0.5).step("c", work="PT3H").join("join").end("e").model
    flow = next(flow.id for flow in model.flows if flow.probability == 0.2)

    change = found_of(model, cases=2_000)["share", flow].higher

    expected = (0.05 * 1 - 0.01875 * 2 - 0.03125 * 3) * 3600
    assert change.low <= expected <= change.high


@pytest.mark.parametrize(
    ("value", "way", "moved"),
    [(0.98, 1, 1.0), (1.0, 1, None), (0.03, -1, 0.0), (0.0, -1, None), (0.5, 1, 0.55)],
)
def test_a_share_stops_at_its_bound(value, way, moved):
    assert varied(Factor(kind="share", element="f", value=value), way) == moved


def queue(*, staff=2, arrivals=40.0, work="PT15M"):
    chain = build("p", arrivals_per_day=arrivals).start("s").lane("窗口", id="lane", staff=staff)
    return chain.step("a", work=law("exponential", work)).end("e").model


def test_one_person_less_costs_more_than_one_more_saves():
    effect = found_of(queue(staff=3, arrivals=50.0), cases=2_000)["staff", "lane"]

    assert effect.lower.low > 0
    assert effect.higher.high < 0
    assert effect.lower.seconds > -effect.higher.seconds


def test_where_nobody_could_keep_up_that_is_said_instead_of_a_number():
    """40 cases of 15 minutes are 10 hours of work a day; one person has seven."""
    effect = found_of(queue())["staff", "lane"]

    assert (effect.lower.seconds, effect.lower.why) == (None, "overload")
    assert [overload.unit for overload in effect.lower.overloaded] == ["窗口"]
    assert effect.higher.seconds is not None
    assert effect.swing == math.inf


def test_a_longer_time_can_overload_too():
    result = sensitivity(queue(staff=1, arrivals=26.0), cases=300)

    effect = next(effect for effect in result.effects if effect.factor.kind == "work")
    assert effect.higher.why == "overload"
    assert effect.lower.seconds < 0


def test_where_a_unit_cannot_keep_up_as_it_is_nothing_is_moved():
    result = sensitivity(queue(staff=1))

    assert (result.mean, result.effects) == (None, ())
    assert [overload.needed for overload in result.overloaded] == [2]


def test_nobody_left_where_cases_never_meet_is_no_endless_run():
    model = build("p").start("s").lane("窗口", id="lane", staff=1).step("a", work="PT1H").end("e").model

    effect = found_of(model)["staff", "lane"]

    assert effect.lower.why == "endless"
    assert effect.higher.seconds == 0.0


def test_a_share_that_leaves_no_way_out_is_said():
    chain = (
        build("p").start("s").exclusive("again").branch(0.97).step("a", work="PT1M").to("again").branch(0.03).close()
    )
    model = chain.end("e").model

    effect = next(iter(e for key, e in found_of(model, cases=50).items() if key[0] == "share"))

    # 0.03 is the smaller of the two: 0.05 less of it is none, and cases go round for ever.
    assert effect.lower.why == "endless"
    assert effect.higher.seconds < 0


def test_only_numbers_of_the_file_are_moved_and_none_of_steps_nobody_comes_to():
    chain = build("p").start("s").exclusive("x").branch(0.0).step("never", work="PT9H").branch(1.0).step("b").join("j")
    model = chain.end("e").model

    keys = {(kind, element) for kind, element in found_of(model) if kind != "share"}

    assert keys == set()


def test_estimates_are_marked():
    chain = build("p").start("s").step("a", work=law("fixed", "PT1H", source="estimate"))
    model = chain.step("b", work=law("fixed", "PT1H", source="measured")).end("e").model

    effects = found_of(model)

    assert effects["work", "a"].factor.estimated
    assert not effects["work", "b"].factor.estimated


def test_what_a_step_turns_down_is_a_share():
    """One case in five ends after the first of two equal hours; at 0.25 it is 3 minutes less in the mean."""
    chain = build("p", hours="00:00-24:00", calendar="none").start("s").step("a", work="PT1H", rejects=0.2)
    model = chain.step("b", work="PT1H").end("e").model

    change = found_of(model, cases=2_000, seed=4)["rejects", "a"].higher

    assert change.value == 0.25
    assert change.low <= -180 <= change.high


def test_sorted_by_swing_and_the_same_again():
    model = queue(staff=3, arrivals=50.0)

    first, again, other = (sensitivity(model, cases=300, seed=seed) for seed in (4, 4, 5))

    swings = [effect.swing for effect in first.effects]
    assert swings == sorted(swings, reverse=True)
    assert first == again
    assert first != other


def test_workers_do_not_change_it():
    model = queue(staff=3, arrivals=50.0)

    assert sensitivity(model, cases=200, workers=2) == sensitivity(model, cases=200)


def test_of_too_many_times_the_smallest_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr(analysis.sensitivity, "_MOST_TIMES", 3)
    chain = build("p", hours="00:00-24:00", calendar="none").start("s")
    for number in range(5):
        chain = chain.step(f"step{number}", work=f"PT{1 + number}M")

    result = sensitivity(chain.end("e").model, cases=20)

    assert result.left_out == 2
    assert [effect.factor.element for effect in result.effects] == ["step4", "step3", "step2"]


@pytest.mark.parametrize("distribution", ["fixed", "exponential", "normal", "lognormal", "gamma"])
def test_a_scaled_time_is_the_same_shape_stretched(distribution):
    """Alone in the file, its mean elapsed time is its own: a tenth more of it is a tenth more."""
    chain = build("p", hours="00:00-24:00", calendar="none").start("s")
    model = chain.step("a", work=law(distribution, "PT2H", "PT1H")).end("e").model

    result = sensitivity(model, cases=200)

    [effect] = result.effects
    assert effect.higher.seconds == pytest.approx(0.1 * result.mean, rel=1e-6)
    assert effect.lower.seconds == pytest.approx(-0.1 * result.mean, rel=1e-6)


def test_every_parameter_of_a_time_is_scaled():
    time = GovTime(
        distribution="triangular",
        low=Duration(days=1),
        mode=Duration(weeks=1),
        high=Duration(seconds=90),
        values=(Duration(seconds=10),),
    )

    longer = scaled(time, 2.0)

    assert (longer.low, longer.mode, longer.high) == (Duration(days=2), Duration(weeks=2), Duration(seconds=180))
    assert longer.values == (Duration(seconds=20),)


def test_bad_calls_and_bad_files_are_refused():
    with pytest.raises(BadRun):
        sensitivity(queue(), cases=0)
    ad_hoc = build("p").start("s").step("a").node("b", "adHocSubProcess").flow("a", "b").model
    with pytest.raises(NotSimulated):
        sensitivity(ad_hoc)
