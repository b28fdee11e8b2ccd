"""Whether an application may send one more request now: its rate first, then its month."""

from anyio import to_thread

from bonaface.accounts.application import Application
from bonaface.accounts.month import Months, Reservation
from bonaface.accounts.rates import Rates


class Gate:
    """Rates and month quotas. What needs no waiting is told on the event loop, the rest in a thread."""

    def __init__(self, rates: Rates, months: Months) -> None:
        self._rates = rates
        self._months = months

    async def admit(self, application: Application) -> Reservation | None:
        """Count one request; where there is a month quota, its place in that, to be released at its end.

        Raises RateExceededError, MonthExceededError, and StorageError when the month cannot be read.
        """
        if application.quota.rate is not None:
            await self._check_rate(application)
        if application.quota.monthly is None:
            return None
        if not self._months.is_fresh(application.id):
            await to_thread.run_sync(self._months.refresh, application.id)
        return self._months.reserve(application.id, application.quota.monthly)

    async def _check_rate(self, application: Application) -> None:
        if self._rates.is_local:
            self._rates.check(application)
        else:
            await to_thread.run_sync(self._rates.check, application)
