"""A thread that does something again and again."""

import threading

from bonaface.usage.repeating_thread import RepeatingThread

LATER = 60


def test_it_works_when_started_and_again_until_it_is_stopped() -> None:
    worked, ended = threading.Semaphore(0), threading.Event()
    thread = RepeatingThread("test", worked.release, 0.01, ended.set)
    assert not thread.is_alive
    thread.start()
    for _ in range(3):
        assert worked.acquire(timeout=LATER)
    assert not thread.is_stopped
    assert not ended.is_set()
    thread.stop()
    assert (thread.is_stopped, thread.is_alive, ended.is_set()) == (True, False, True)


def test_it_does_not_wait_for_its_next_turn_to_end() -> None:
    worked = threading.Event()
    thread = RepeatingThread("test", worked.set, 10 * LATER)
    thread.start()
    assert worked.wait(LATER)
    thread.stop()
    assert not thread.is_alive


def test_what_never_began_is_stopped_at_once() -> None:
    thread = RepeatingThread("test", int, LATER)
    thread.stop()
    assert thread.is_stopped
