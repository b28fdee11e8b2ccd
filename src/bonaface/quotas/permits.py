"""Whether an application may send one more request now: its rate first, then its month."""

from functools import partial

from bonaface.accounts.application import Application
from bonaface.errors import StorageUnavailableError
from bonaface.quotas.monthly_quota import MonthlyQuota, Reservation
from bonaface.quotas.rate_limiter import RateLimiter
from bonaface.storage.breaker import CircuitBreaker
from bonaface.storage.bulkhead import Bulkhead

RATES, MONTHS = 40, 2
"""Questions to the store of rates, and to the database for months, at once."""
RATE_SECONDS = 10.0
"""How long one may wait to be counted, so that no flood gets past its rate; stores have their own limits."""


class Permits:
    """Rates and month quotas. What needs no waiting is told on the event loop, the rest in own threads.

    `breaker` knows whether the database of `monthly` is away. Close it at the end.
    """

    def __init__(self, limiter: RateLimiter, monthly: MonthlyQuota, breaker: CircuitBreaker) -> None:
        self._limiter = limiter
        self._monthly = monthly
        self._asking_rates = Bulkhead(RATES, wait=RATE_SECONDS)
        self._asking_monthly = Bulkhead(MONTHS, breaker)

    async def admit(self, application: Application) -> Reservation | None:
        """Count one request; where there is a month quota, its place in that, to be released at its end.

        Raises RateExceededError, MonthExceededError, StorageError when the month cannot be read, and
        OverloadedError when there was no place to ask for either.
        """
        if application.quota.rate is not None:
            await self._check_rate(application)
        if application.quota.monthly is None:
            return None
        if not self._monthly.is_fresh(application.id):
            await self._asking_monthly.ask(partial(self._monthly.refresh, application.id))
        return self._monthly.reserve(application.id, application.quota.monthly)

    def close(self) -> None:
        """Ask nothing more."""
        self._asking_rates.close()
        self._asking_monthly.close()

    async def _check_rate(self, application: Application) -> None:
        if self._limiter.is_local:
            self._limiter.check(application)
            return
        try:
            await self._asking_rates.ask(partial(self._limiter.check, application))
        except StorageUnavailableError as error:
            self._limiter.pass_over(error)
