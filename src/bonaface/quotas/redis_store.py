"""Moving windows in Redis, by `limits`. Importing this needs the extra `redis`."""

import time

from limits.errors import ConfigurationError as LimitsConfigurationError
from limits.errors import StorageError as LimitsStorageError
from limits.storage import RedisStorage, storage_from_string

from bonaface.errors import ConfigurationError, StorageUnavailableError

STORE_SECONDS = 1.0
"""How long Redis may take to connect or to answer."""
SHORTEST = 0.001

NO_URL = "limits.store is not a Redis URL; write it as in redis://:password@host:6379/0."
NO_ANSWER = "Redis, which counts rates, did not answer."


class RedisStore:
    """Admissions in the Redis at `url`: a `RateStore`. Whether it answers shows with the first. Thread-safe.

    Raises ConfigurationError when `url` is none of Redis.
    """

    def __init__(self, url: str) -> None:
        self._storage = _opened(url)

    def admit(self, key: str, limit: int, window: int) -> float:
        """See `RateStore`. Raises StorageUnavailableError."""
        try:
            if self._storage.acquire_entry(key, limit, window):
                return 0.0
            oldest, count = self._storage.get_moving_window(key, limit, window)
        except LimitsStorageError as error:
            raise StorageUnavailableError(NO_ANSWER) from error.__cause__
        wait = oldest + window - time.time() if count >= limit else SHORTEST
        return max(wait, SHORTEST)


def _opened(url: str) -> RedisStorage:
    try:
        storage = storage_from_string(
            url,
            wrap_exceptions=True,
            socket_timeout=STORE_SECONDS,
            socket_connect_timeout=STORE_SECONDS,
        )
    except (LimitsConfigurationError, ValueError):  # not the cause: its text may hold the password
        raise ConfigurationError(NO_URL) from None
    if not isinstance(storage, RedisStorage):
        raise ConfigurationError(NO_URL)
    return storage
