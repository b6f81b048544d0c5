"""Many at once: nothing is lost, nothing is done twice, and nobody waits for ever."""

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import store
from store import Store, Writing
from store.errors import Busy, Locked, Lost
from store.rows import Effects
from tests.store.samples import DIGEST, NOW, count_up, new_case


def count_in_process(url: str, times: int) -> None:
    """Count a case up, in a process of its own."""
    with store.connect(url, wait=30) as kept:
        for _ in range(times):
            kept.perform(lambda writing: count_up(writing, "C"), tries=8, within=60)


def test_three_processes_that_read_and_then_write_lose_nothing(url: str) -> None:
    with store.connect(url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=count_in_process, args=(url, 25)) for _ in range(3)]

    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with store.connect(url) as kept, kept.reading() as reading:
        assert reading.value("C", 0, "count") == "75"
        assert reading.case("C").sequence == 2 + 75


def test_a_key_sent_by_eight_at_once_has_one_effect_and_one_answer(url: str) -> None:
    with store.connect(url, wait=30) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))

        def command(writing: Writing) -> str:
            stored = writing.keyed("office", "press", DIGEST, NOW)
            if stored is not None:
                return stored
            answer = f"counted to {count_up(writing, 'C')}"
            writing.answered("office", "press", answer)
            return answer

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: kept.perform(command), range(8)))

        assert answers == ["counted to 1"] * 8
        with kept.reading() as reading:
            assert reading.value("C", 0, "count") == "1"


def test_two_who_take_the_same_item_are_seen_one_after_the_other(url: str) -> None:
    with store.connect(url, wait=30) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        at_once = threading.Barrier(6)

        def claim(person: str) -> str:
            at_once.wait()

            def work(writing: Writing) -> str:
                case, item = writing.locked("C-1")
                if item.person:
                    return item.person
                writing.save(Effects(case=case, changed_items=[item.evolve(person=person, state="claimed")]))
                return person

            return kept.perform(work)

        with ThreadPoolExecutor(6) as pool:
            holders = list(pool.map(claim, ["王", "李", "张", "刘", "陈", "杨"]))

    assert len(set(holders)) == 1


def held(kept: Store, id_: str) -> Callable[[], None]:
    """Keep a case locked in a thread of its own; gives what ends that."""
    locked, ended = threading.Event(), threading.Event()

    def hold(writing: Writing) -> None:
        writing.case(id_)
        locked.set()
        ended.wait(20)

    thread = threading.Thread(target=kept.perform, args=(hold,))
    thread.start()
    assert locked.wait(5)

    def end() -> None:
        ended.set()
        thread.join()

    return end


@pytest.mark.postgres
def test_a_case_that_somebody_keeps_locked_is_busy_within_two_seconds_and_others_are_not(server_url: str) -> None:
    with store.connect(server_url) as kept:
        for id_ in ("A", "B"):
            kept.perform(lambda writing, id_=id_: writing.save(new_case(id_)))
        end = held(kept, "A")
        try:
            begin = time.monotonic()
            kept.perform(lambda writing: count_up(writing, "B"))
            free = time.monotonic()
            with pytest.raises(Locked):
                kept.perform(lambda writing: count_up(writing, "A"))
            locked = time.monotonic()
        finally:
            end()

    assert free - begin < 0.5
    assert 1.5 < locked - free < 2.3


def test_on_sqlite_whoever_waits_too_long_for_the_writer_is_told_so(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/zaizao.db"
    store.create(url)
    with store.connect(url, wait=0.2) as kept, store.connect(url, wait=0.2) as another:
        kept.perform(lambda writing: writing.save(new_case("A")))
        end = held(kept, "A")
        try:
            for impatient in (kept, another):
                with pytest.raises(Busy):
                    impatient.perform(lambda writing: count_up(writing, "A"), within=0.3)
            with another.reading() as reading:
                assert reading.case("A").sequence == 2
        finally:
            end()


def test_whoever_writes_seldom_comes_to_it_beside_one_who_writes_all_the_time(url: str) -> None:
    with store.connect(url) as kept, store.connect(url, wait=30) as another:
        for id_ in ("A", "B"):
            kept.perform(lambda writing, id_=id_: writing.save(new_case(id_)))
        stop = threading.Event()

        def write_on() -> None:
            while not stop.is_set():
                another.perform(lambda writing: count_up(writing, "A"))

        busy = threading.Thread(target=write_on)
        busy.start()
        try:
            begin = time.monotonic()
            for _ in range(20):
                kept.perform(lambda writing: count_up(writing, "B"))
                time.sleep(0.005)
            spent = time.monotonic() - begin
        finally:
            stop.set()
            busy.join()

    assert spent < 5


def cut(writing: Writing) -> None:
    """Break the line of a transaction."""
    with socket.socket(fileno=os.dup(writing.line.fileno())) as copy:
        copy.shutdown(socket.SHUT_RDWR)


@pytest.mark.postgres
def test_a_broken_line_is_replaced_and_the_command_tried_again(server_url: str) -> None:
    with store.connect(server_url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        attempts = []

        def break_once(writing: Writing) -> int:
            attempts.append(1)
            if len(attempts) == 1:
                cut(writing)
            return count_up(writing, "C")

        assert kept.perform(break_once) == 1
    assert len(attempts) == 2


@pytest.mark.postgres
def test_all_lines_ended_by_the_server_come_back(server_url: str, administer: Callable[[str], None]) -> None:
    with store.connect(server_url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: kept.perform(lambda writing: count_up(writing, "C")), range(8)))

        administer("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")

        assert kept.perform(lambda writing: count_up(writing, "C")) == 9


@pytest.mark.postgres
def test_where_the_line_breaks_at_the_end_only_a_command_with_a_key_is_sent_again(server_url: str) -> None:
    with store.connect(server_url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        broken = []

        def break_at_the_end(writing: Writing, key: str) -> str | None:
            stored = writing.keyed("office", key, DIGEST, NOW) if key else None
            if not broken:
                broken.append(1)
                cut(writing)
            return stored

        with pytest.raises(Lost):
            kept.perform(lambda writing: break_at_the_end(writing, ""))
        broken.clear()
        assert kept.perform(lambda writing: break_at_the_end(writing, "k")) is None


@pytest.mark.postgres
def test_a_frozen_server_is_busy_within_five_seconds_and_goes_on_afterwards(server_url: str) -> None:
    with store.connect(server_url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        frozen = []

        def freeze(writing: Writing) -> int:
            frozen.append(writing.line.say("SELECT pg_backend_pid()").fetchone()[0])
            os.kill(frozen[-1], signal.SIGSTOP)
            return count_up(writing, "C")

        begin = time.monotonic()
        try:
            with pytest.raises(Busy):
                kept.perform(freeze)
            assert time.monotonic() - begin < 5
            assert kept.perform(lambda writing: writing.now()) > NOW
        finally:
            for number in frozen:
                os.kill(number, signal.SIGCONT)

        assert len(frozen) == 1
        assert kept.perform(lambda writing: count_up(writing, "C"), tries=8, within=10) == 1


def test_a_read_sees_one_moment_and_stops_nobody(url: str) -> None:
    with store.connect(url) as kept:
        kept.perform(lambda writing: writing.save(new_case("C")))
        with kept.reading() as reading:
            before = reading.case("C").sequence
            kept.perform(lambda writing: count_up(writing, "C"))
            assert reading.case("C").sequence == before
        with kept.reading() as reading:
            assert reading.case("C").sequence == before + 1
