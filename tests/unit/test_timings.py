"""Timing the stages of a request."""

import threading
import time

import pytest

from bonaface.timings import IN_ANALYSE, Stage, Timing, Timings


def test_a_block_is_timed() -> None:
    timings, before = Timings(), time.perf_counter()
    with timings.of(Stage.FETCH):
        time.sleep(0.002)
    (timing,) = timings.entries
    assert timing.stage is Stage.FETCH
    assert before <= timing.begun
    assert 0.002 <= timing.seconds <= time.perf_counter() - before


def test_a_block_that_raises_is_timed_too() -> None:
    timings = Timings()
    with pytest.raises(KeyError), timings.of(Stage.BODY):
        raise KeyError
    assert [timing.stage for timing in timings.entries] == [Stage.BODY]


def test_a_stage_that_another_thread_began() -> None:
    timings, begun = Timings(), time.perf_counter()
    thread = threading.Thread(target=timings.since, args=(begun, Stage.QUEUE))
    thread.start()
    thread.join()
    assert (timings.entries[0].stage, timings.entries[0].begun) == (Stage.QUEUE, begun)


def test_stages_that_another_process_timed() -> None:
    timings, timing = Timings(), Timing(Stage.PAD, 1.0, 0.5)
    timings.add([timing])
    assert timings.entries == (timing,)


def test_what_was_read_stays_while_work_that_was_given_up_goes_on() -> None:
    timings = Timings()
    before = timings.entries
    with timings.of(Stage.DETECT):
        pass
    assert (before, len(timings.entries)) == ((), 1)


def test_stages_of_the_analysis() -> None:
    assert set(Stage) > IN_ANALYSE
    assert Stage.ANALYSE not in IN_ANALYSE
