"""Requests a second: at most `burst` of them in any `burst / rate` seconds, counted where the settings say.

Built on `limits`, by its moving window: exact, and only admitted requests count. In the memory of one
process, or for many processes in Redis or in the database.
"""

import math
import time
from importlib.util import find_spec

import structlog
from limits import RateLimitItemPerSecond
from limits.errors import ConfigurationError as LimitsConfigurationError
from limits.errors import StorageError as StoreError
from limits.storage import Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from bonaface.accounts.application import Application
from bonaface.errors import ConfigurationError, QuotaExceededError
from bonaface.quotas.database_store import DatabaseStore
from bonaface.quotas.memory_store import MemoryStore
from bonaface.storage.database import Database

MEMORY = "memory"
DATABASE = "database"
NAMESPACE = "bonaface"
STORE_SECONDS = 1.0
"""How long Redis may take to connect or to answer."""

TOO_FAST = "The application sends more than its {rate} requests a second; try again after Retry-After."
NO_REDIS = "limits.store names Redis; install its client with `pip install 'bonaface[redis]'`."
NO_URL = "limits.store is not a Redis URL; write it as in redis://:password@host:6379/0."

log = structlog.get_logger(__name__)


class RateExceededError(QuotaExceededError):
    """The application sends faster than its rate; in `retry_after` seconds there is room for one."""


class RateLimiter:
    """Counts requests in the store that `store` names: `memory`, `database`, or a URL of Redis.

    Raises ConfigurationError when the store cannot be used; whether it answers shows with the first request.
    Thread-safe.
    """

    def __init__(self, store: str, database: Database) -> None:
        self.is_local = store == MEMORY
        """Whether `check` only looks into memory, so that it may run on the event loop."""
        self._limiter = MovingWindowRateLimiter(_storage(store, database))

    def check(self, application: Application) -> None:
        """Count one request of `application`, or refuse it. Raises RateExceededError.

        A store that does not answer lets requests pass, with a warning in the log: the quota of the month and
        the server's own capacity still hold, and a service that refuses everyone is worse.
        """
        quota = application.quota
        if quota.rate is None:
            return
        burst = quota.burst or quota.rate
        item = RateLimitItemPerSecond(burst, burst // quota.rate, namespace=NAMESPACE)
        try:
            if self._limiter.hit(item, str(application.id)):
                return
            stats = self._limiter.get_window_stats(item, str(application.id))
        except StoreError as error:
            self.pass_over(error.args[0] if error.args else error)
            return
        wait = 1 if stats.remaining > 0 else math.ceil(stats.reset_time - time.time())
        wait = min(max(wait, 1), item.get_expiry())  # whatever the clock did between the two looks
        raise RateExceededError(TOO_FAST.format(rate=quota.rate), wait)

    def pass_over(self, error: Exception) -> None:
        """A store did not answer, or not in time: its request passes, with a warning in the log."""
        log.warning("rates.unreachable", error=type(error).__name__)


def _storage(store: str, database: Database) -> Storage:
    if store == MEMORY:
        return MemoryStore()
    if store == DATABASE:
        return DatabaseStore(database)
    if find_spec("redis") is None:
        raise ConfigurationError(NO_REDIS)
    try:
        return _redis(store)
    except (LimitsConfigurationError, ValueError):  # not the cause: its text may hold the password
        raise ConfigurationError(NO_URL) from None


def _redis(url: str) -> Storage:
    storage = storage_from_string(
        url,
        wrap_exceptions=True,
        socket_timeout=STORE_SECONDS,
        socket_connect_timeout=STORE_SECONDS,
    )
    assert isinstance(storage, Storage)  # noqa: S101 - not one of the asynchronous ones
    return storage
