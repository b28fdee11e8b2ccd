"""Who is refused without the framework, and that the answer, the count and the log line are the route's."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import httpx2
import pytest
from structlog.testing import capture_logs

from bonaface.accounts.application import Quota
from bonaface.api.middleware.overload_shedding import OverloadShedding
from bonaface.usage.periods import Period
from support.http.wire import exchange, head
from support.models.analyses import SteadyAnalyzer
from support.observability.scrape import scrape
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

FORM = {"imageFile": ("image.png", b"an image")}
EACH_ITS_OWN = {"x-request-id", "date"}


@contextmanager
def full(folder: Path, quota: Quota | None = None) -> Iterator[RunningServer]:
    """A server that has seen its caller's keys, and has no place left."""
    with running(SteadyAnalyzer(), settings_in(folder, metrics={"port": 0})) as server:
        if quota is not None:
            server.services.applications.set_quota(server.app_key, quota, actor=ACTOR)
        assert post(server).status_code == 200
        admission = server.services.dispatcher.admission
        permits = [admission.admit() for _ in range(admission.capacity)]
        yield server
        for permit in permits:
            permit.release()


def post(
    server: RunningServer, path: str | None = None, headers: dict[str, str] | None = None
) -> httpx2.Response:
    with server.client() as client:
        return client.post(path or server.path, files=FORM, headers=headers)


def is_short(server: RunningServer, path: str | None = None, headers: dict[str, str] | None = None) -> bool:
    """Whether a request is refused before the route, by its log line: it knows no stage `admit`."""
    with capture_logs() as logs:
        post(server, path, headers)
    (line,) = [line for line in logs if line["event"] == "request"]
    return line["status"] == 503 and "admit" not in line["stages"]


@contextmanager
def without_shedding() -> Iterator[None]:
    with patch.object(OverloadShedding, "_caller", lambda *_: None):
        yield


def test_the_answer_is_that_of_the_route(tmp_path: Path) -> None:
    with full(tmp_path) as server:
        short = post(server)
        with without_shedding():
            long = post(server)
    told = [(one.status_code, one.content, dict(one.headers)) for one in (short, long)]
    for _, _, headers in told:
        assert {headers.pop(name, None) is not None for name in EACH_ITS_OWN} == {True}
    assert told[0] == told[1]
    assert (short.status_code, short.headers["retry-after"]) == (503, "1")


def test_so_are_the_log_line_the_count_and_the_metrics(tmp_path: Path) -> None:
    with full(tmp_path) as server:
        with capture_logs() as logs:
            post(server)
            with without_shedding():
                post(server)
        lines = [line for line in logs if line["event"] == "request"]
        varies = ("duration_ms", "stages", "request_id")
        short, long = ({k: v for k, v in line.items() if k not in varies} for line in lines)
        assert short == long
        assert list(lines[0]["stages"]) == ["authenticate", "ledger"]
        now = datetime.now(UTC)
        (month,) = server.services.usage.usage(Period.MONTH, now, now + timedelta(seconds=1))
        assert month.outcomes == {"faces": 1, "refused_overload": 2}
        told = scrape(server.metrics_url)
        assert told.value("bonaface_refusals_total", reason="overload_queue") == 2
        assert told.value("bonaface_requests_total", status="503", result="-50000") == 2
        assert told.value("bonaface_key_cache_lookups_total", result="hit") == 2


def test_only_who_would_have_got_so_far_is_refused_so(tmp_path: Path) -> None:
    with full(tmp_path) as server:
        assert is_short(server)
        assert not is_short(server, headers={"Authorization": "wrong"})
        assert not is_short(server, path=server.path.replace(server.app_key, "nobody"))
        assert post(server, headers={"Authorization": "wrong"}).json()["header"]["resultCode"] == -41005
        with server.client() as client:
            assert client.get(server.path).status_code == 405
            assert client.get("/healthz").status_code == 200
        twice = head(server.path, *[f"Authorization: {server.secret}"] * 2, "Content-Length: 0")
        assert exchange(server.address, twice).json["header"]["resultCode"] == -41005


@pytest.mark.parametrize("quota", [Quota(rate=100, burst=100), Quota(monthly=100)])
def test_who_has_a_quota_has_it_looked_at(tmp_path: Path, quota: Quota) -> None:
    with full(tmp_path, quota) as server:
        assert not is_short(server)


def test_keys_that_are_not_known_by_heart_are_looked_up(tmp_path: Path) -> None:
    with full(tmp_path) as server:
        with patch.object(server.services.authenticator._verified, "recall", lambda *_: None):
            assert not is_short(server)
        assert is_short(server)


def test_a_place_is_enough_for_the_long_way(tmp_path: Path) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path)) as server:
        post(server)
        assert not is_short(server)
        assert post(server).json()["header"]["isSuccessful"]
