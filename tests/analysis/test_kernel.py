"""The parts of the compiled simulation: chance, clocks, queues, tables that grow, the code's folder."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numba import njit

from analysis.simulation import cache_folder, is_compiled, simulate, warm
from analysis.simulation import layout as at
from analysis.simulation.clocks import open_between, reached
from analysis.simulation.compiled import digest, holds_code
from analysis.simulation.draws import case_key, stream, uniform
from analysis.simulation.drive import calendars
from analysis.simulation.heaps import next_event, next_in_queue, plan_event, queue_up
from analysis.simulation.tables import Plan, more_cases, more_tokens, new_run
from bpmn.annotation import Duration, GovTime
from bpmn.build import build
from org import WorkTime, holidays

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = WorkTime(holidays=holidays("CN"))


@njit
def many_uniforms(seed, cases, element, visits, part):
    """One number for every case and visit."""
    found = np.empty(cases * visits)
    for case in range(cases):
        for visit in range(visits):
            _, found[case * visits + visit] = uniform(stream(case_key(seed, case), element, visit + 1, part))
    return found


def plan(offices: list[WorkTime], first: date, last: date) -> Plan:
    """A plan of nothing but calendars."""
    calendar, span, day = calendars(offices, first, last)
    setting = np.zeros(at.SETTINGS, np.int64)
    setting[[at.SPARE_TOKENS, at.SPARE_FRAMES, at.WAY_WIDTH]] = 2, 2, 2
    none, real = np.zeros((1, 1), np.int64), np.zeros(1)
    return Plan(
        op=none,
        law=real.reshape(1, 1),
        value=real,
        reject=real,
        arc=none,
        chance=real,
        first=real,
        reach=none,
        rounds=real,
        watch=none[0],
        scope=none,
        start=none[0],
        begin=none[0],
        message=none,
        calendar=calendar,
        span=span,
        day=day,
        setting=setting,
        gap=real.reshape(1, 1),
    )


def empty_run(units: int = 1):
    staff = np.full((units, at.STAFF_WIDTH), -1, np.int64)
    return new_run(plan([], date(2026, 1, 1), date(2026, 1, 2)), staff, boxes=0, seen=0, counters=0, steps=1)


# Compiled functions that Python does not call by themselves are called through these.


@njit
def reach(a, calendar, moment, amount):
    return reached(a, calendar, moment, amount)


@njit
def between(a, calendar, start, end):
    return open_between(a, calendar, start, end)


@njit
def sort_events(run, moments):
    order = np.empty(len(moments), np.int64)
    for token in range(len(moments)):
        plan_event(run, token, moments[token], at.LATE if token % 5 == 4 else 0)
    for turn in range(len(moments)):
        order[turn] = next_event(run)
    return order


@njit
def serve_all(run, serials, taken_between):
    """Queue tokens up in order of their number; now and then take one; give those taken and left, in order."""
    order = np.empty(len(serials), np.int64)
    done = 0
    for token in range(len(serials)):
        run.token[token, at.TOKEN_SERIAL] = serials[token]
        queue_up(run, 0, token)
        if taken_between and token % taken_between == taken_between - 1:
            order[done] = next_in_queue(run, 0)
            done += 1
    while done < len(serials):
        order[done] = next_in_queue(run, 0)
        done += 1
    return order


# Chance


@pytest.mark.parametrize("part", range(4))
def test_draws_are_uniform(part):
    found = many_uniforms(1, 50_000, 77, 4, part)

    counts, _ = np.histogram(found, bins=256, range=(0.0, 1.0))
    chi_square = ((counts - len(found) / 256) ** 2 / (len(found) / 256)).sum()
    assert 0.0 < found.min() < found.max() < 1.0
    assert 160 < chi_square < 360  # 255 degrees of freedom: outside in less than one of 10,000 tries


@pytest.mark.parametrize(
    "other",
    [(2, 77, 0), (1, 78, 0), (1, 77, 1), (1, 77 + 2**40, 0)],
    ids=["another seed", "the next element", "another part", "a far element"],
)
def test_draws_of_other_keys_are_independent(other):
    seed, element, part = other
    one, two = many_uniforms(1, 100_000, 77, 1, 0), many_uniforms(seed, 100_000, element, 1, part)

    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(len(one))
    assert np.unique(np.concatenate((one, two))).size == 200_000


def test_draws_of_neighbouring_cases_and_visits_are_independent():
    found = many_uniforms(1, 40_000, 77, 3, 0).reshape(-1, 3)

    for one, two in ((found[1:, 0], found[:-1, 0]), (found[:, 0], found[:, 1]), (found[1:, 0], found[:-1, 1])):
        assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(len(one))


def test_draws_are_these_numbers_for_ever():
    """Published figures rest on them: a change here changes every report."""
    found = many_uniforms(1, 2, 77, 2, 0)

    assert found.tolist() == pytest.approx([0.80491947245442, 0.04233965432498, 0.78900154980544, 0.40473594112953])


# Clocks


def test_working_time_is_that_of_the_calendar():
    hours = (((32400, 43200), (48600, 63000)), ((0, 28800), (72000, 86400)))
    offices = [WorkTime(holidays=holidays("CN"), hours=spans) for spans in hours]
    first, last = date(2026, 1, 1), date(2027, 12, 31)
    found = plan(offices, first, last)
    rng = np.random.default_rng(1)
    opening = datetime(2026, 1, 5, tzinfo=ZONE)

    for number in range(400):
        calendar = number % 2
        start = opening + timedelta(seconds=int(rng.integers(0, 400 * 86400)))
        amount = float(rng.choice((0, 60, 5_000, 100_000, 1_500_000)))
        end = offices[calendar].add(start, amount)
        begin = OFFICE.to_local(start)
        assert reach(found, calendar, begin, int(amount * 1e6)) == OFFICE.to_local(end)
        counted = between(found, calendar, begin, begin + 3 * 10**12)
        later = start + timedelta(seconds=3 * 10**6)
        assert counted == round(offices[calendar].count(start, later) * 1e6)


def test_beyond_the_end_of_a_calendar_is_never():
    found = plan([OFFICE], date(2026, 1, 1), date(2026, 1, 31))
    start = OFFICE.to_local(datetime(2026, 1, 30, 9, 0, tzinfo=ZONE))

    assert reach(found, 0, start, 40 * 3_600_000_000) == at.NEVER


# Queues


@pytest.mark.parametrize("seed", range(5))
def test_events_come_by_instant_then_as_they_were_planned(seed):
    moments = np.random.default_rng(seed).integers(0, 40, 200)

    order = sort_events(empty_run(), moments)

    is_late = np.arange(len(moments)) % 5 == 4
    assert order.tolist() == np.lexsort((is_late, moments)).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_the_earliest_hand_over_is_served_first(seed):
    serials = np.random.default_rng(seed).permutation(200)

    assert serve_all(empty_run(), serials, 0).tolist() == np.argsort(serials).tolist()


def test_the_queue_stays_in_order_while_it_is_served():
    serials = np.random.default_rng(9).permutation(120)
    waiting, expected = set(), []
    for token, serial in enumerate(serials):
        waiting.add((serial, token))
        if token % 3 == 2:
            expected.append(min(waiting)[1])
            waiting.remove(min(waiting))
    expected += [token for _, token in sorted(waiting)]

    assert serve_all(empty_run(), serials, 3).tolist() == expected


# Tables


def test_tables_grow_and_keep_what_they_hold():
    run = empty_run()
    run.token[3, at.TOKEN_CASE] = 42
    free = int(run.register[at.FREE_TOKENS])

    longer = more_cases(more_tokens(run, 10), 5)

    assert longer.token[3, at.TOKEN_CASE] == 42
    assert longer.register[at.FREE_TOKENS] == free + 10 == len(longer.token) == len(longer.heap)
    chain, row = [], int(longer.register[at.FREE_TOKEN])
    while row >= 0:
        chain.append(row)
        row = int(longer.token[row, 0])
    assert sorted(chain) == list(range(free + 10))


def test_many_cases_at_once_make_the_tables_grow():
    model = (
        build("p", arrivals_per_day=2_000.0, calendar="none")
        .start()
        .step("a", wait=GovTime(distribution="exponential", mean=Duration(days=2.0)), work="PT1M", clock_stop="hearing")
        .end()
        .model
    )

    columns = simulate(model, cases=20_000)

    assert len(columns.stop_case) == 20_000
    assert columns.waiting.mean() == pytest.approx(14 * 3.6e9, rel=0.02)


def test_memory_follows_the_cases_under_way_and_not_all_of_them(root):
    """Two runs in a process of its own, one ten times the other."""
    code = """
import resource
from bpmn.build import build
from analysis.simulation import simulate
b = build("p", arrivals_per_day=100.0, calendar="none").lane("u", staff=9)
model = b.start().step("a", work="PT30M").end().model
peaks = []
for cases in (20_000, 200_000):
    simulate(model, cases=cases)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
print(peaks)
"""
    warm()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)

    small, large = json.loads(done.stdout)
    assert large - small < 60


# The code's folder


def test_the_first_folder_that_can_be_written_keeps_the_code(tmp_path):
    file = tmp_path / "file"
    file.touch()

    folder = cache_folder([file, tmp_path / "second", tmp_path / "third"])

    assert folder.parent == tmp_path / "second"
    assert folder.is_dir()
    assert not (tmp_path / "third").exists()


def test_code_in_a_folder_that_cannot_be_written_is_copied(tmp_path, monkeypatch):
    installed = cache_folder([tmp_path / "installed"])
    (installed / "sub").mkdir()
    (installed / "sub" / "kernel.advance-1.py311.nbi").touch()
    monkeypatch.setattr("tempfile.TemporaryFile", _refuse_in(installed))

    folder = cache_folder([tmp_path / "installed", tmp_path / "own"])

    assert folder.parent == tmp_path / "own"
    assert holds_code(folder)


def test_where_nothing_can_be_written_the_folder_is_a_temporary_one(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryFile", _refuse_in(tmp_path))

    folder = cache_folder([tmp_path])

    assert tmp_path not in folder.parents
    assert not holds_code(folder)


def _refuse_in(closed):
    """Make temporary files anywhere but in one folder."""
    make = tempfile.TemporaryFile

    def refuse(*args, **kwargs):
        if closed in (kwargs["dir"], *kwargs["dir"].parents):
            raise PermissionError
        return make(*args, **kwargs)

    return refuse


def test_a_cache_folder_that_cannot_be_used_does_not_stop_the_program(tmp_path, root):
    code = "import analysis.simulation.compiled as c; print(c.present_folder())"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "file" / "below"), "HOME": "/nonexistent"}
    (tmp_path / "file").touch()

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=root
    )

    assert f"kernel-{digest()}" in done.stdout


def test_warming_compiles():
    warm()

    assert is_compiled()
