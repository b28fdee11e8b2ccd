"""Policies in force: how old they may be, and what decides while they cannot be read."""

import asyncio
from collections.abc import Iterator

import pytest

from bonaface.accounts.credential_cache import RENEW_AFTER, RENEW_EVERY, TIME_TO_LIVE
from bonaface.errors import StorageAwayError
from bonaface.policies.decision_policy import DecisionPolicy, PoliciesInForce, UnknownPolicyError
from bonaface.policies.policy_cache import PolicyCache
from support.waiting import wait_until


class Source:
    """Policies that a test changes, and takes away."""

    def __init__(self) -> None:
        self.time = 100.0
        self.version = 1
        self.reads = 0
        self.is_away = False
        self.others: dict[str, DecisionPolicy] = {}
        self.slow = 0.0
        """Seconds that pass between a question and its answer."""

    def now(self) -> float:
        return self.time

    def read(self) -> PoliciesInForce:
        self.reads += 1
        if self.is_away:
            raise StorageAwayError("away")
        found = DecisionPolicy("staff", self.version, 0.2, 0.8)
        self.time += self.slow
        return PoliciesInForce({"staff": found, **self.others}, {})


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def cache(source: Source) -> Iterator[PolicyCache]:
    cache = PolicyCache(source.read, clock=source.now)
    yield cache
    cache.close()


def version_of(cache: PolicyCache) -> int:
    return asyncio.run(cache.in_force()).policies["staff"].version


def test_the_time_to_live_meets_the_promise() -> None:
    assert RENEW_AFTER < TIME_TO_LIVE <= 5.0


def test_they_are_read_once_while_they_are_fresh(cache: PolicyCache, source: Source) -> None:
    for _ in range(3):
        assert version_of(cache) == 1
        source.time += RENEW_AFTER / 4
    assert source.reads == 1


def test_a_change_is_in_force_when_their_time_is_over(cache: PolicyCache, source: Source) -> None:
    asyncio.run(cache.in_force())
    source.version = 2
    source.time += TIME_TO_LIVE
    assert version_of(cache) == 2


def test_time_runs_from_the_question_not_from_the_answer(cache: PolicyCache, source: Source) -> None:
    source.slow = 1.0
    asyncio.run(cache.in_force())
    source.slow, source.version = 0.0, 2
    source.time += TIME_TO_LIVE - 1.0
    assert version_of(cache) == 2


def test_half_way_they_are_read_again_beside_whoever_asks(cache: PolicyCache, source: Source) -> None:
    asyncio.run(cache.in_force())
    source.version = 2
    source.time += RENEW_AFTER
    assert version_of(cache) == 1
    wait_until(lambda: source.reads == 2)
    wait_until(lambda: cache.refresh().policies["staff"].version == 2)
    assert (version_of(cache), source.reads) == (2, 2)


def test_the_last_that_is_known_decides_while_the_database_is_away(
    cache: PolicyCache, source: Source
) -> None:
    asyncio.run(cache.in_force())
    source.is_away = True
    for _ in range(3):
        source.time += TIME_TO_LIVE
        assert version_of(cache) == 1
    source.is_away, source.version = False, 2
    assert version_of(cache) == 2


def test_a_name_that_is_not_known_is_looked_up_once_a_second(cache: PolicyCache, source: Source) -> None:
    asyncio.run(cache.in_force())
    source.time += RENEW_EVERY / 2
    with pytest.raises(UnknownPolicyError):
        asyncio.run(cache.chosen(1, "pay"))
    assert source.reads == 1
    source.time += RENEW_EVERY / 2
    for _ in range(3):
        with pytest.raises(UnknownPolicyError):
            asyncio.run(cache.chosen(1, "pay"))
    assert source.reads == 2
    source.others["pay"] = DecisionPolicy("pay", 1, 0.5, 0.5)
    source.time += RENEW_EVERY
    assert asyncio.run(cache.chosen(1, "pay")) == source.others["pay"]
    source.is_away = True
    source.time += RENEW_EVERY
    with pytest.raises(UnknownPolicyError):
        asyncio.run(cache.chosen(1, "nobody"))
    assert asyncio.run(cache.chosen(1, None)) is None


def test_where_none_were_ever_read_nothing_can_be_decided(cache: PolicyCache, source: Source) -> None:
    source.is_away = True
    with pytest.raises(StorageAwayError):
        asyncio.run(cache.in_force())


def test_what_this_process_changed_is_read_at_once(cache: PolicyCache, source: Source) -> None:
    asyncio.run(cache.in_force())
    source.version = 2
    source.time += 0.1
    cache.forget()
    assert version_of(cache) == 2


def test_an_answer_from_before_a_change_is_not_kept(cache: PolicyCache, source: Source) -> None:
    def read_before_the_change() -> PoliciesInForce:
        found = source.read()
        source.version, source.time = 2, source.time + 0.1
        late.forget()
        return found

    late = PolicyCache(read_before_the_change, clock=source.now)
    assert late.refresh().policies["staff"].version == 1
    assert late.refresh().policies["staff"].version == 2
    late.close()
