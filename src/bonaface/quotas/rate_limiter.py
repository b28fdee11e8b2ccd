"""Requests a second: at most `burst` of them in any `burst / rate` seconds, counted where the settings say.

In the memory of one process, or for many processes in Redis or in the database.
"""

import math
from importlib.util import find_spec

import structlog

from bonaface.accounts.application import Application
from bonaface.errors import ConfigurationError, QuotaExceededError, StorageError
from bonaface.quotas.database_store import DatabaseStore
from bonaface.quotas.memory_store import MemoryStore
from bonaface.quotas.rate_store import RateStore
from bonaface.storage.database import Database

MEMORY = "memory"
DATABASE = "database"
NAMESPACE = "bonaface"

TOO_FAST = "The application sends more than its {rate} requests a second; try again after Retry-After."
NO_REDIS = "limits.store names Redis; install its client with `pip install 'bonaface[redis]'`."

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
        self._store = _store(store, database)

    def check(self, application: Application) -> None:
        """Count one request of `application`, or refuse it. Raises RateExceededError.

        A store that does not answer lets requests pass, with a warning in the log: the quota of the month and
        the server's own capacity still hold, and a service that refuses everyone is worse.
        """
        quota = application.quota
        if quota.rate is None:
            return
        burst = quota.burst or quota.rate
        window = burst // quota.rate
        try:
            wait = self._store.admit(_key(application.id, burst, window), burst, window)
        except StorageError as error:
            self.pass_over(error)
            return
        if wait:
            seconds = min(max(math.ceil(wait), 1), window)  # whatever the clocks of processes say
            raise RateExceededError(TOO_FAST.format(rate=quota.rate), seconds)

    def pass_over(self, error: Exception) -> None:
        """A store did not answer, or not in time: its request passes, with a warning in the log."""
        log.warning("rates.unreachable", error=type(error).__name__)


def _key(application_id: int, burst: int, window: int) -> str:
    """With the limit in it: admissions under another one are not in its window.

    As servers before this version write it, so that the windows hold while they are replaced.
    """
    return f"{NAMESPACE}/{application_id}/{burst}/{window}/second"


def _store(store: str, database: Database) -> RateStore:
    if store == MEMORY:
        return MemoryStore()
    if store == DATABASE:
        return DatabaseStore(database)
    if find_spec("redis") is None or find_spec("limits") is None:
        raise ConfigurationError(NO_REDIS)
    from bonaface.quotas.redis_store import RedisStore  # not before: it needs the extra

    return RedisStore(store, database.clock)
