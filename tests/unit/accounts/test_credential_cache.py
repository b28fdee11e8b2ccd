import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bonaface.accounts.application import Application, Caller, State
from bonaface.accounts.credential_cache import (
    RENEW_AFTER,
    RENEW_EVERY,
    TIME_TO_LIVE,
    CredentialCache,
    Recalled,
)
from support.clocks import Clock

APPLICATION = Application(1, "shop", "Shop", "", State.ACTIVE, datetime(2026, 1, 1, tzinfo=UTC))
SHOP = Caller(APPLICATION, secret_id=1)
DIGEST = b"d" * 32


def named(app_key: str) -> Caller:
    """A caller that can be told from others."""
    return Caller(replace(APPLICATION, app_key=app_key), secret_id=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_right_key_is_found_until_its_time_is_over(clock: Clock) -> None:
    cache = CredentialCache(clock=clock)
    cache.put("shop", DIGEST, SHOP, cache.now())
    clock.time += TIME_TO_LIVE - 0.001
    assert cache.get("shop", DIGEST) is SHOP

    clock.time += 0.001
    assert cache.get("shop", DIGEST) is None


def test_the_time_to_live_meets_the_promise() -> None:
    assert TIME_TO_LIVE <= 5.0


def test_time_runs_from_the_question_not_from_the_answer(clock: Clock) -> None:
    cache = CredentialCache(clock=clock)
    asked = cache.now()
    clock.time += 4.0  # a slow database
    cache.put("shop", DIGEST, SHOP, asked)
    assert cache.get("shop", DIGEST) is SHOP

    clock.time += 1.0
    assert cache.get("shop", DIGEST) is None


@pytest.mark.parametrize(
    ("lives", "kept"), [(0.5, 0.5), (4.999, 4.999), (5.0, 5.0), (60.0, 5.0), (None, 5.0)]
)
def test_an_entry_ends_with_its_secret(clock: Clock, lives: float | None, kept: float) -> None:
    cache = CredentialCache(clock=clock)
    cache.put("shop", DIGEST, SHOP, cache.now(), lives)
    clock.time += kept - 0.001
    assert cache.get("shop", DIGEST) is SHOP

    clock.time += 0.002
    assert cache.get("shop", DIGEST) is None


def test_an_entry_is_not_renewed_by_being_found(clock: Clock) -> None:
    cache = CredentialCache(clock=clock)
    cache.put("shop", DIGEST, SHOP, cache.now())
    for _ in range(4):
        clock.time += 1.0
        assert cache.get("shop", DIGEST) is SHOP
    clock.time += 1.0

    assert cache.get("shop", DIGEST) is None


def test_half_way_an_entry_is_due_and_one_is_told_so_each_second(clock: Clock) -> None:
    cache = CredentialCache(clock=clock)
    assert cache.recall("shop", DIGEST) is None
    cache.put("shop", DIGEST, SHOP, cache.now())
    clock.time += RENEW_AFTER - 0.001
    assert cache.recall("shop", DIGEST) == Recalled(SHOP, is_due=False)
    clock.time += 0.001
    assert [recalled.is_due for recalled in recalls(cache, 3)] == [True, False, False]
    clock.time += RENEW_EVERY
    assert [recalled.is_due for recalled in recalls(cache, 3)] == [True, False, False]
    cache.put("shop", DIGEST, SHOP, cache.now())
    assert cache.recall("shop", DIGEST) == Recalled(SHOP, is_due=False)
    clock.time += TIME_TO_LIVE
    assert cache.recall("shop", DIGEST) is None


def recalls(cache: CredentialCache, times: int) -> list[Recalled]:
    found = [cache.recall("shop", DIGEST) for _ in range(times)]
    return [recalled for recalled in found if recalled is not None]


def test_that_a_key_was_right_is_known_until_it_is_dropped(clock: Clock) -> None:
    cache = CredentialCache(clock=clock)
    assert not cache.holds("shop", DIGEST)
    cache.put("shop", DIGEST, SHOP, cache.now())
    clock.time += 10 * TIME_TO_LIVE
    assert cache.get("shop", DIGEST) is None
    assert cache.holds("shop", DIGEST)
    assert not cache.holds("shop", b"e" * 32)
    for _ in range(2):
        cache.drop("shop", DIGEST)
        assert not cache.holds("shop", DIGEST)


@pytest.mark.parametrize(
    ("app_key", "digest"),
    [
        ("shop", b"e" * 32),
        ("Shop", DIGEST),
        ("", DIGEST),
        ("shop", b""),
        ("\ud800", DIGEST),
        ("dshop", b"d" * 31),
    ],
)
def test_another_key_is_not_found(app_key: str, digest: bytes) -> None:
    cache = CredentialCache()
    cache.put("shop", DIGEST, SHOP, cache.now())

    assert cache.get(app_key, digest) is None


def test_both_secrets_of_an_application_are_kept() -> None:
    cache = CredentialCache()
    cache.put("shop", DIGEST, SHOP, cache.now())
    cache.put("shop", b"e" * 32, SHOP, cache.now())

    assert cache.get("shop", DIGEST) is cache.get("shop", b"e" * 32) is SHOP


def test_it_is_bounded_and_the_oldest_leaves_first(clock: Clock) -> None:
    cache = CredentialCache(max_entries=2, clock=clock)
    for name in ("a", "b", "a", "c"):  # a is put again, so b is the oldest
        cache.put(name, DIGEST, named(name), cache.now())

    assert cache.get("b", DIGEST) is None
    assert [found.application.app_key for name in "ac" if (found := cache.get(name, DIGEST))] == ["a", "c"]


def test_threads_may_share_it() -> None:
    cache = CredentialCache(max_entries=10)
    wrong: list[str] = []

    def use(name: str) -> None:
        for number in range(500):
            app_key = f"{name}{number % 7}"
            cache.put(app_key, DIGEST, named(app_key), cache.now())
            found = cache.get(app_key, DIGEST)
            if found is not None and found.application.app_key != app_key:
                wrong.append(app_key)

    threads = [threading.Thread(target=use, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert sum(cache.get(f"{name}{n}", DIGEST) is not None for name in "abcd" for n in range(7)) <= 10
