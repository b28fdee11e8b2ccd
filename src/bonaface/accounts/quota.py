"""What a quota may be."""

from dataclasses import replace

from bonaface.accounts.application import Quota
from bonaface.errors import InvalidParameterError

MAX_RATE = 10_000
MAX_BURST_SECONDS = 3600
MAX_MONTHLY = 10**12


def checked_quota(quota: Quota) -> Quota:
    """`quota` with the burst filled in: that of a rate without one is the rate.

    Raises InvalidParameterError unless the rate is 1 to 10,000 requests a second, the burst a whole multiple
    of it (up to an hour's worth), and the month 1 to 10^12 requests.
    """
    _check_monthly(quota.monthly)
    if quota.rate is None:
        if quota.burst is not None:
            raise InvalidParameterError("Give a rate with the burst: a burst is a multiple of the rate.")
        return quota
    if not 1 <= quota.rate <= MAX_RATE:
        raise InvalidParameterError(f"Give a rate of 1 to {MAX_RATE} requests a second.")
    return _with_burst(quota, quota.rate)


def quota_members(quota: Quota) -> dict[str, object]:
    """The quota by the names that it has in JSON."""
    return {
        "requestsPerSecond": quota.rate,
        "burst": quota.burst,
        "requestsPerMonth": quota.monthly,
    }


def _with_burst(quota: Quota, rate: int) -> Quota:
    burst = rate if quota.burst is None else quota.burst
    if burst < rate or burst % rate or burst > rate * MAX_BURST_SECONDS:
        raise InvalidParameterError(
            f"Give a burst that is a whole multiple of the rate, 1 to {MAX_BURST_SECONDS} times as large."
        )
    return replace(quota, burst=burst)


def _check_monthly(monthly: int | None) -> None:
    if monthly is not None and not 1 <= monthly <= MAX_MONTHLY:
        raise InvalidParameterError(f"Give a quota of 1 to {MAX_MONTHLY} requests a month.")
