"""Moving windows in Redis."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from redis import Redis

from bonaface.clock import utc_now
from bonaface.errors import ConfigurationError, StorageUnavailableError
from bonaface.quotas.redis_store import RedisStore
from conftest import need_service
from support.storage import redis


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    need_service(redis.why_not())
    with redis.running_redis() as url:
        yield url


@pytest.fixture
def store(url: str) -> RedisStore:
    with Redis.from_url(url) as client:
        client.flushall()
    return RedisStore(url)


def test_as_many_as_the_limit_are_admitted_and_the_next_waits(store: RedisStore) -> None:
    assert [store.admit("k", 3, 600) for _ in range(3)] == [0.0] * 3
    assert 0.0 < store.admit("k", 3, 600) <= 600.0


def test_there_is_room_when_the_wait_is_over(store: RedisStore) -> None:
    assert store.admit("k", 1, 1) == 0.0
    ends = time.monotonic() + 20
    while wait := store.admit("k", 1, 1):
        assert 0.0 < wait <= 1.0
        assert time.monotonic() < ends
        time.sleep(wait)


def test_keys_do_not_touch_each_other(store: RedisStore) -> None:
    for key in ("k", "k/1", "kk"):
        assert store.admit(key, 1, 600) == 0.0
        assert store.admit(key, 1, 600) > 0.0


def test_room_that_appears_between_the_two_looks_is_a_short_wait(
    store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.admit("k", 1, 600)
    monkeypatch.setattr(store._storage, "lua_moving_window", lambda *_: None)
    assert 0.0 < store.admit("k", 1, 600) < 1.0


def test_replicas_agree_by_the_clock_that_they_are_given(url: str, store: RedisStore) -> None:
    """One that went by a clock of its own, ten minutes behind, would not see what the others admitted."""
    behind = RedisStore(url, lambda: utc_now() - timedelta(minutes=10))
    assert store.admit("k", 1, 60) == 0.0
    assert RedisStore(url, utc_now).admit("k", 1, 60) > 0.0
    assert behind.admit("other", 1, 60) == 0.0
    assert store.admit("other", 1, 60) == 0.0


def test_one_that_does_not_answer_is_an_error_of_storage() -> None:
    need_service(redis.why_not())
    with redis.running_redis() as url:
        store = RedisStore(url)
    with pytest.raises(StorageUnavailableError) as refused:
        store.admit("k", 1, 1)
    assert type(refused.value.__cause__).__name__ == "ConnectionError"


@pytest.mark.parametrize(
    "url", ["memory://", "redis://:hunter2@host:port/0", "redis://user:hunter2@[host/0", "x"]
)
def test_a_url_that_is_none_is_told_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        RedisStore(url)
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None
