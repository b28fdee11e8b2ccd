"""Requests a second, in each store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from redis import Redis
from structlog.testing import capture_logs

from bonaface.accounts.application import Application, Quota, State
from bonaface.errors import ConfigurationError, QuotaExceededError
from bonaface.quotas import rate_limiter as module
from bonaface.quotas.rate_limiter import RateExceededError, RateLimiter
from bonaface.settings import StorageSettings
from bonaface.storage.database import Database
from conftest import need_service
from support.storage import redis
from support.storage.accounts import database_in

SHOP = Application(1, "shop", "Shop", "", State.ACTIVE, datetime(2026, 1, 1, tzinfo=UTC))


def limited(rate: int | None, burst: int | None, number: int = 1) -> Application:
    return replace(SHOP, id=number, quota=Quota(rate, burst))


@pytest.fixture(scope="module")
def redis_server() -> Iterator[str]:
    need_service(redis.why_not())
    with redis.running_redis() as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture(params=["memory", "database", "redis"])
def store(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("redis_url")) if request.param == "redis" else request.param


@pytest.fixture
def limiter(store: str, database: Database) -> RateLimiter:
    return RateLimiter(store, database)


def admitted(limiter: RateLimiter, application: Application, attempts: int) -> int:
    count = 0
    for _ in range(attempts):
        try:
            limiter.check(application)
        except RateExceededError:
            continue
        count += 1
    return count


def test_a_burst_is_admitted_and_no_more(limiter: RateLimiter) -> None:
    slow = limited(1, 600, number=2)  # 600 in ten minutes: no time passes that matters
    assert admitted(limiter, slow, 610) == 600
    with pytest.raises(RateExceededError) as refused:
        limiter.check(slow)
    assert 1 <= refused.value.retry_after <= 600
    assert isinstance(refused.value, QuotaExceededError)


def test_applications_are_counted_apart(limiter: RateLimiter) -> None:
    for number in (1001, 1002):
        assert admitted(limiter, limited(5, 3000, number), 10) == 10
        assert admitted(limiter, limited(1, 60, number), 61) == 60


def test_without_a_rate_nothing_is_counted(limiter: RateLimiter) -> None:
    assert admitted(limiter, limited(None, None), 50) == 50


def test_the_burst_of_a_rate_without_one_is_the_rate(database: Database) -> None:
    assert admitted(RateLimiter("memory", database), limited(1, None), 2) == 1


def test_processes_share_what_is_not_in_memory(storage: StorageSettings, redis_url: str) -> None:
    for store in ("database", redis_url):
        with Database(storage) as one, Database(storage) as other:
            both = [RateLimiter(store, one), RateLimiter(store, other)]
            assert sum(admitted(each, limited(1, 40, number=7), 30) for each in both) == 40


def test_only_memory_is_asked_on_the_event_loop(database: Database, redis_url: str) -> None:
    assert [RateLimiter(store, database).is_local for store in ("memory", "database", redis_url)] == [
        True,
        False,
        False,
    ]


def test_a_store_that_is_gone_lets_requests_pass_and_says_so(tmp_path: Path) -> None:
    need_service(redis.why_not())
    with redis.running_redis() as url:
        pass
    with database_in(tmp_path / "none") as missing, capture_logs() as logs:
        for store in ("database", url):
            assert admitted(RateLimiter(store, missing), limited(1, 1), 3) == 3
    assert [(log["event"], log["log_level"]) for log in logs] == [("rates.unreachable", "warning")] * 6


def test_a_store_that_comes_back_is_used_again(database: Database) -> None:
    limiter = RateLimiter("database", database)
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE rate_windows RENAME TO away")
    with capture_logs() as logs:
        assert admitted(limiter, limited(1, 60), 3) == 3
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO rate_windows")
    assert admitted(limiter, limited(1, 60), 61) == 60
    assert len(logs) == 3


def test_redis_without_its_client_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def find(_name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(module, "find_spec", find)
    with (
        database_in(tmp_path) as database,
        pytest.raises(ConfigurationError, match=r"pip install 'bonaface\[redis\]'"),
    ):
        RateLimiter("redis://127.0.0.1/0", database)
