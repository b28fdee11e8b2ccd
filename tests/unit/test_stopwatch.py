"""Timing the stages of a request."""

import threading
import time

import pytest

from bonaface.stopwatch import IN_ANALYSE, Lap, Stage, Stages


def test_a_block_is_timed() -> None:
    stages, before = Stages(), time.perf_counter()
    with stages.of(Stage.FETCH):
        time.sleep(0.002)
    (lap,) = stages.laps
    assert lap.stage is Stage.FETCH
    assert before <= lap.begun
    assert 0.002 <= lap.seconds <= time.perf_counter() - before


def test_a_block_that_raises_is_timed_too() -> None:
    stages = Stages()
    with pytest.raises(KeyError), stages.of(Stage.BODY):
        raise KeyError
    assert [lap.stage for lap in stages.laps] == [Stage.BODY]


def test_a_stage_that_another_thread_began() -> None:
    stages, begun = Stages(), time.perf_counter()
    thread = threading.Thread(target=stages.since, args=(begun, Stage.QUEUE))
    thread.start()
    thread.join()
    assert (stages.laps[0].stage, stages.laps[0].begun) == (Stage.QUEUE, begun)


def test_stages_that_another_process_timed() -> None:
    stages, lap = Stages(), Lap(Stage.PAD, 1.0, 0.5)
    stages.add([lap])
    assert stages.laps == (lap,)


def test_what_was_read_stays_while_work_that_was_given_up_goes_on() -> None:
    stages = Stages()
    before = stages.laps
    with stages.of(Stage.DETECT):
        pass
    assert (before, len(stages.laps)) == ((), 1)


def test_stages_of_the_analysis() -> None:
    assert set(Stage) > IN_ANALYSE
    assert Stage.ANALYSE not in IN_ANALYSE
