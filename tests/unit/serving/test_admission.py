"""Permits."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bonaface.errors import Overload, OverloadedError
from bonaface.serving.admission import Admission


def test_refuses_at_once_when_full() -> None:
    admission = Admission(2)
    admission.admit()
    admission.admit()
    with pytest.raises(OverloadedError) as refused:
        admission.admit()
    assert refused.value.retry_after > 0
    assert (admission.taken, admission.capacity) == (2, 2)
    assert admission.is_full
    assert str(admission.refusal) == str(refused.value)


def test_a_released_place_is_taken_again() -> None:
    admission = Admission(1)
    with admission.admit():
        assert admission.taken == 1
    admission.admit()
    assert admission.taken == 1


def test_a_permit_is_given_back_once() -> None:
    admission = Admission(2)
    first, _second = admission.admit(), admission.admit()
    first.release()
    first.release()
    assert admission.taken == 1


def test_an_error_in_the_block_gives_the_place_back() -> None:
    admission = Admission(1)
    with pytest.raises(KeyError), admission.admit():
        raise KeyError
    assert admission.taken == 0


def test_many_threads_never_get_more_than_the_capacity() -> None:
    admission = Admission(10)

    def attempt(_: int) -> bool:
        try:
            admission.admit()
        except OverloadedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(1000))) == 10


def test_whoever_is_refused_is_told_what_is_lacking() -> None:
    for overload in (Overload.REQUESTS, Overload.QUEUE):
        with pytest.raises(OverloadedError) as refused:
            Admission(0, overload).admit()
        assert refused.value.overload is overload


def test_a_check_takes_no_place() -> None:
    admission = Admission(1)
    admission.check()
    with admission.admit(), pytest.raises(OverloadedError):
        admission.check()
    admission.check()
    assert admission.taken == 0
