"""Jobs: claimed once, ended by whoever holds them, tried again with patience, stuck in the end."""

import random
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

import store
from store import Store, jobs
from store.errors import Fenced, NoSuchJob
from store.moments import to_number
from store.rows import JobRow
from tests.store.samples import DIGEST, NOW, job_of

#: A lease that has run out as soon as it is given.
OVER = timedelta(seconds=-1)
EVEN = random.Random(1)


def put(kept: Store, rows: Sequence[JobRow]) -> None:
    kept.perform(lambda writing: jobs.add(writing, rows))


def now(kept: Store) -> float:
    with kept.reading() as reading:
        return reading.now().timestamp()


def test_due_jobs_are_claimed_once_the_longest_waiting_first(kept: Store) -> None:
    rows = [job_of(number, run_at=NOW - timedelta(minutes=number)) for number in range(5)]
    future = job_of(9, run_at=NOW.replace(year=2126))
    put(kept, [*rows, future, job_of(7, kind="timer")])

    first = jobs.claim(kept, ["call"], batch=3)
    rest = jobs.claim(kept, ["call"], batch=3)

    assert [row.token for row in first] == [4, 3, 2]
    assert [row.token for row in rest] == [1, 0]
    assert {(row.state, row.fence, row.attempts) for row in first} == {("held", 1, 1)}
    assert jobs.claim(kept, ["call"]) == []
    assert [row.token for row in jobs.claim(kept, ["timer", "call"])] == [7]


def test_a_job_that_is_there_is_not_added_again(kept: Store) -> None:
    put(kept, [job_of(1)])
    jobs.claim(kept, ["call"])

    put(kept, [job_of(1)])

    assert jobs.claim(kept, ["call"]) == []


def test_the_lease_goes_by_the_clock_of_the_database(kept: Store) -> None:
    put(kept, [job_of(1)])

    (held,) = jobs.claim(kept, ["call"])

    assert held.lease_until is not None
    assert held.lease_until.timestamp() - now(kept) == pytest.approx(60, abs=5)


def test_a_stale_fence_is_refused_and_what_came_with_it_is_not_kept(kept: Store) -> None:
    put(kept, [job_of(1)])
    (slow,) = jobs.claim(kept, ["call"], lease=OVER)
    (fast,) = jobs.claim(kept, ["call"])
    assert (fast.id, fast.fence, fast.attempts) == (slow.id, 2, 2)

    def end(row: JobRow) -> None:
        def work(writing: store.Writing) -> None:
            writing.keyed("worker", str(row.fence), DIGEST, NOW)
            jobs.finish(writing, row)

        kept.perform(work)

    with pytest.raises(Fenced):
        end(slow)
    assert kept.perform(lambda writing: writing.keyed("worker", "1", DIGEST, NOW)) is None
    end(fast)
    with pytest.raises(Fenced):
        end(fast)
    assert jobs.claim(kept, ["call"]) == []
    with kept.reading() as reading:
        assert [row.state for row in reading.jobs(["done"])] == ["done"]


def test_a_lease_is_renewed_only_by_its_holder(kept: Store) -> None:
    put(kept, [job_of(1), job_of(2)])
    lost, mine = jobs.claim(kept, ["call"], batch=1, lease=OVER), jobs.claim(kept, ["call"], batch=2, lease=OVER)

    assert jobs.renew(kept, [*lost, *mine]) == mine
    assert jobs.claim(kept, ["call"]) == []


def test_the_waits_between_attempts_grow_and_after_six_it_is_stuck(kept: Store) -> None:
    put(kept, [job_of(1), job_of(2, run_at=NOW.replace(year=2126))])
    waits = []
    for _ in range(6):
        (held,) = jobs.claim(kept, ["call"])
        after = kept.perform(lambda writing, held=held: jobs.back_off(writing, held, "broken line", EVEN))
        waits.append(after.run_at.timestamp() - now(kept))
        assert jobs.claim(kept, ["call"]) == []
        make_due(kept)

    for wait, delay in zip(waits[:5], [10, 60, 600, 3600, 21600], strict=True):
        assert 0.79 * delay - 2 <= wait <= 1.21 * delay
    assert (after.state, after.error, after.attempts) == ("stuck", "broken line", 6)
    assert jobs.claim(kept, ["call"]) == []


def test_a_job_that_kills_its_workers_is_stuck_in_the_end_and_the_others_go_on(kept: Store) -> None:
    put(kept, [job_of(1)])
    for _ in range(6):
        assert len(jobs.claim(kept, ["call"], lease=OVER)) == 1
    put(kept, [job_of(2)])

    assert [row.token for row in jobs.claim(kept, ["call"])] == [2]
    with kept.reading() as reading:
        (stuck,) = reading.jobs(["stuck"])
    assert (stuck.token, stuck.attempts) == (1, 6)
    assert stuck.error


def test_a_stuck_job_is_tried_anew_or_dropped_by_hand(kept: Store) -> None:
    put(kept, [job_of(1), job_of(2)])
    for held in jobs.claim(kept, ["call"]):
        kept.perform(lambda writing, held=held: jobs.stick(writing, held, "refused for good"))

    kept.perform(lambda writing: jobs.retry(writing, "C", "C:call:1"))
    kept.perform(lambda writing: jobs.drop(writing, "C", "C:call:2"))

    (again,) = jobs.claim(kept, ["call"])
    assert (again.token, again.attempts) == (1, 1)
    for by_hand in (jobs.retry, jobs.drop):
        with pytest.raises(NoSuchJob):
            kept.perform(lambda writing, by_hand=by_hand: by_hand(writing, "C", "C:call:2"))


def test_a_job_given_back_costs_no_attempt(kept: Store) -> None:
    put(kept, [job_of(1)])
    (held,) = jobs.claim(kept, ["call"])

    kept.perform(lambda writing: jobs.give_back(writing, held))

    (again,) = jobs.claim(kept, ["call"])
    assert (again.attempts, again.fence) == (1, 2)
    kept.perform(lambda writing: jobs.give_back(writing, held))
    assert jobs.claim(kept, ["call"]) == []


def test_a_restored_copy_keeps_outgoing_work_back_until_it_is_released(kept: Store) -> None:
    put(kept, [job_of(1), job_of(2, kind="timer")])
    (held,) = jobs.claim(kept, ["call"])

    assert kept.perform(jobs.withhold) == 1
    put(kept, [job_of(3), job_of(4, kind="message")])

    assert [row.token for row in jobs.claim(kept, ["call", "message", "timer"])] == [2]
    with pytest.raises(Fenced):
        kept.perform(lambda writing: jobs.finish(writing, held))
    assert kept.perform(jobs.release) == 3
    assert [row.token for row in jobs.claim(kept, ["call", "message"])] == [1, 3, 4]


def test_what_is_over_is_swept_away_after_its_time(kept: Store) -> None:
    put(kept, [job_of(number) for number in range(4)])
    done = jobs.claim(kept, ["call"], batch=3)
    for row in done:
        kept.perform(lambda writing, row=row: jobs.finish(writing, row))
    for number in range(7):
        at = NOW if number < 5 else NOW.replace(year=2126)
        kept.perform(lambda writing, at=at, number=number: writing.keyed("office", str(number), DIGEST, at))

    assert jobs.sweep(kept, NOW.replace(year=2100), batch=2) == 8
    with kept.reading() as reading:
        assert [row.token for row in reading.jobs(["ready", "held", "done"])] == [3]
    assert kept.perform(lambda writing: writing.keyed("office", "6", DIGEST, NOW)) == ""
    assert kept.perform(lambda writing: writing.keyed("office", "0", DIGEST, NOW)) is None


def test_two_workers_never_get_the_same_job(url: str) -> None:
    with store.connect(url, wait=30) as kept:
        put(kept, [job_of(number) for number in range(120)])
        taken: list[str] = []

        def work() -> None:
            while found := jobs.claim(kept, ["call"], batch=7):
                taken.extend(row.id for row in found)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    assert len(taken) == len(set(taken)) == 120


def make_due(kept: Store) -> None:
    """Let the time pass until every job that waits is due but those of the far future."""
    far = to_number(NOW.replace(year=2100))
    kept.perform(lambda writing: writing.line.say(f"UPDATE job SET free_at = 0, run_at = 0 WHERE run_at < {far}"))
