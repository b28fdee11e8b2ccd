"""The clock of the machine is set back an hour: what is measured in seconds does not notice, what is told by
the time of day follows it, and nothing is counted twice or lost.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bonaface.accounts.application import Application, Quota
from bonaface.accounts.authenticator import Authenticator
from bonaface.accounts.credential_cache import TIME_TO_LIVE, CredentialCache
from bonaface.accounts.repository import ApplicationRepository
from bonaface.errors import UnauthorizedError
from bonaface.quotas.monthly_quota import MonthExceededError, MonthlyQuota
from bonaface.quotas.rate_limiter import RateExceededError, RateLimiter
from bonaface.storage.database import Database
from bonaface.usage.exactly_once import ExactlyOnceWriter
from bonaface.usage.ledger import Ledger
from bonaface.usage.periods import Period
from bonaface.usage.queries import UsageRepository
from bonaface.usage.retention import Retention
from bonaface.usage.types import Reply, ReplyLabel
from support.clocks import Clocks
from support.http.wire import exchange
from support.load.steady import shape_request
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import running, settings_in
from support.storage.accounts import ACTOR
from support.storage.replies import EVER, batch, counted
from support.waiting import wait_until

NOON = datetime(2026, 3, 1, 0, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Machine(Clocks):
    """Its time of day may be set back."""

    def pass_by(self, seconds: float) -> None:
        self.passed += seconds

    def set_back(self) -> None:
        self.begin -= HOUR


@pytest.fixture
def machine() -> Machine:
    return Machine(NOON)


def test_a_disabled_key_does_not_live_longer(database: Database, machine: Machine) -> None:
    applications = ApplicationRepository(database, machine.now)
    made, _, secret = applications.create_application("shop", actor=ACTOR)
    authenticator = Authenticator(applications, CredentialCache(clock=machine.monotonic), machine.now)
    authenticator.authenticate(made.app_key, secret)
    applications.disable_application(made.app_key, actor=ACTOR)
    machine.set_back()
    machine.pass_by(TIME_TO_LIVE)
    with pytest.raises(UnauthorizedError):
        authenticator.authenticate(made.app_key, secret)


def test_an_expiry_is_a_time_of_day(database: Database, machine: Machine) -> None:
    """An expired secret works again while the clock says that it is before its end."""
    applications = ApplicationRepository(database, machine.now)
    made, _, secret = applications.create_application(
        "shop", secret_expires_at=NOON + timedelta(minutes=1), actor=ACTOR
    )
    authenticator = Authenticator(applications, CredentialCache(clock=machine.monotonic), machine.now)
    machine.pass_by(60)
    with pytest.raises(UnauthorizedError):
        authenticator.authenticate(made.app_key, secret)
    machine.set_back()
    assert authenticator.authenticate(made.app_key, secret).application.id == made.id


@pytest.mark.parametrize("store", ["memory", "database"])
def test_a_rate_does_not_refuse_for_an_hour(
    database: Database, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    shop, _, _ = ApplicationRepository(database).create_application("s", quota=Quota(rate=1), actor=ACTOR)
    rates = RateLimiter(store, database)
    wait_until(lambda: not admits(rates, shop))
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    if store == "database":  # it took the function as it was
        monkeypatch.setattr(rates._store, "_clock", time.time)
    wait_until(lambda: admits(rates, shop))


def admits(rates: RateLimiter, application: Application) -> bool:
    """Whether it does, or says to come back in a moment."""
    try:
        rates.check(application)
    except RateExceededError as error:
        if error.retry_after > 1:
            raise
        return False
    return True


def test_a_month_that_begins_again_is_not_given_twice(database: Database, machine: Machine) -> None:
    """Back into February: its own count holds; forward again, March's still does."""
    ledger = Ledger(database, 0.0)
    months = MonthlyQuota(database, ledger, machine.now, machine.monotonic)

    def serve() -> None:
        months.refresh(1)
        reservation = months.reserve(1, 2)
        reply = Reply(1, None, ReplyLabel.FACES, 1, 0, 5, machine.now())
        ledger.add(reply, reservation.spend).result(60)

    for step in (None, machine.set_back, lambda: machine.pass_by(3600)):
        if step is not None:
            step()
        if step is None or machine.now() < NOON:
            serve()
            serve()
        months.refresh(1)
        with pytest.raises(MonthExceededError):
            months.reserve(1, 2)
    ledger.close()
    assert [row.requests for row in UsageRepository(database).usage(Period.MONTH, *EVER)] == [2, 2]


def test_groups_are_told_apart_by_number_not_by_time(database: Database) -> None:
    writer = ExactlyOnceWriter(database)
    writer.write("w", [batch(2)])
    for number in (3, 3, 4):  # as old as the one before
        writer.write("w", [batch(number)])
    assert counted(database) == 3


def test_nothing_is_removed_too_early(database: Database, machine: Machine) -> None:
    ExactlyOnceWriter(database).write("w", [batch(1)])
    machine.set_back()
    before = Retention(database, 90, machine.now)
    assert before.compact().hours == before.compact().writers == 0


def test_a_server_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of it, with the clock that Python's `time` reads set back between two requests."""
    with running(SteadyAnalyzer(), settings_in(tmp_path)) as server:
        shop, _, secret = server.services.applications.create_application(
            "s", quota=Quota(rate=5, monthly=50), actor=ACTOR
        )
        request = shape_request(shop.app_key, secret)
        assert exchange(server.address, request).code == -40000
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() - 3600)
        assert exchange(server.address, request).code == -40000
        wait_until(lambda: server.services.ledger.backlog == 0)
        assert server.services.usage.used_this_month(shop.id) == 2
