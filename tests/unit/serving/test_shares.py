"""Places by owner."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bonaface.errors import Overload, OverloadedError
from bonaface.serving.shares import Shares, places_of


def test_whoever_has_its_share_is_refused_and_the_others_are_not() -> None:
    shares = Shares(2)
    first, _second = shares.admit("a"), shares.admit("a")
    with pytest.raises(OverloadedError) as refused:
        shares.admit("a")
    assert refused.value.overload is Overload.APPLICATION
    assert refused.value.retry_after > 0
    shares.admit("b")
    first.release()
    shares.admit("a")
    assert (shares.taken("a"), shares.taken("b"), shares.most) == (2, 1, 2)


def test_a_place_is_given_back_once() -> None:
    shares = Shares(2)
    with shares.admit("a") as first, shares.admit("a"):
        first.release()
        assert shares.taken("a") == 1
    assert shares.taken("a") == 0


def test_owners_without_a_place_are_forgotten() -> None:
    shares = Shares(1)
    for owner in range(1000):
        with shares.admit(owner), pytest.raises(OverloadedError):
            shares.admit(owner)
        assert shares.taken(owner) == 0
    assert shares.owners == 0


def test_many_threads_never_get_more_than_a_share() -> None:
    shares = Shares(10)

    def attempt(number: int) -> bool:
        try:
            shares.admit(number % 2)
        except OverloadedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(1000))) == 20


def test_who_is_refused_is_told_what_it_lacks() -> None:
    with pytest.raises(OverloadedError, match=r"^Too many at once\.$") as refused:
        Shares(0, Overload.QUEUE, "Too many at once.").admit("a")
    assert refused.value.overload is Overload.QUEUE


@pytest.mark.parametrize(
    ("capacity", "share", "places"), [(128, 0.25, 32), (128, 1, 128), (7, 0.25, 1), (1, 0.25, 1), (1, 1, 1)]
)
def test_a_share_is_one_place_at_least(capacity: int, share: float, places: int) -> None:
    assert places_of(capacity, share) == places
