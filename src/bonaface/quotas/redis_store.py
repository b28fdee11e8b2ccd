"""Moving windows in Redis, by the scripts of `limits`. Importing this needs the extra `redis`.

The scripts are given the time by whoever asks. `limits` itself gives them this machine's; where the clocks of
replicas are apart, each would then see the others' admissions at other times than they were made.
"""

from limits.errors import ConfigurationError as LimitsConfigurationError
from limits.storage import RedisStorage, storage_from_string

from bonaface.clock import Clock, utc_now
from bonaface.errors import ConfigurationError, StorageUnavailableError

STORE_SECONDS = 1.0
"""How long Redis may take to connect or to answer."""
SHORTEST = 0.001

NO_URL = "limits.store is not a Redis URL; write it as in redis://:password@host:6379/0."
NO_ANSWER = "Redis, which counts rates, did not answer."


class RedisStore:
    """Admissions in the Redis at `url`: a `RateStore`. Whether it answers shows with the first. Thread-safe.

    `clock`: processes must agree on it. Raises ConfigurationError when `url` is none of Redis.
    """

    def __init__(self, url: str, clock: Clock = utc_now) -> None:
        self._storage = _opened(url)
        self._clock = clock

    def admit(self, key: str, limit: int, window: int) -> float:
        """See `RateStore`. Raises StorageUnavailableError."""
        keys, now = [self._storage.prefixed_key(key)], self._clock().timestamp()
        try:
            if self._storage.lua_acquire_moving_window(keys, [now, limit, window, 1]):
                return 0.0
            found = self._storage.lua_moving_window(keys, [now - window, limit])
        except self._storage.base_exceptions as error:
            raise StorageUnavailableError(NO_ANSWER) from error
        oldest, count = (float(found[0]), int(found[1])) if found else (now, 0)
        return max(oldest + window - now if count >= limit else 0.0, SHORTEST)


def _opened(url: str) -> RedisStorage:
    try:
        storage = storage_from_string(
            url,
            socket_timeout=STORE_SECONDS,
            socket_connect_timeout=STORE_SECONDS,
        )
    except (LimitsConfigurationError, ValueError):  # not the cause: its text may hold the password
        raise ConfigurationError(NO_URL) from None
    if not isinstance(storage, RedisStorage):
        raise ConfigurationError(NO_URL)
    return storage
