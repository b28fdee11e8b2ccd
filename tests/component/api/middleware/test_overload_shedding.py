"""Who is refused without the framework, and that the answer, the count and the log line are the route's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
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


@dataclass(frozen=True)
class Route:
    """Path, and headers with right keys."""

    path: str
    headers: Callable[[RunningServer], dict[str, str]]

    def post(self, server: RunningServer, **headers: str) -> httpx2.Response:
        """The answer to an image, sent with `headers` in place of some of the right ones."""
        with httpx2.Client(base_url=server.url, trust_env=False, timeout=30) as client:
            path = self.path.format(app_key=headers.pop("app_key", server.app_key))
            return client.post(path, files=FORM, headers={**self.headers(server), **headers})

    def is_short(self, server: RunningServer, **headers: str) -> bool:
        """Whether a request is refused before the route, by its log line: it knows no stage `admit`."""
        with capture_logs() as logs:
            self.post(server, **headers)
        (line,) = [line for line in logs if line["event"] == "request"]
        return line["status"] == 503 and "admit" not in line["stages"]


V1 = Route("/v1.0/appkeys/{app_key}/spoofing", lambda server: {"Authorization": server.secret})
V2 = Route(
    "/v2/liveness",
    lambda server: {"X-App-Key": server.app_key, "Authorization": f"Bearer {server.secret}"},
)
each_route = pytest.mark.parametrize("route", [V1, V2], ids=["v1", "v2"])


@contextmanager
def full(folder: Path, quota: Quota | None = None) -> Iterator[RunningServer]:
    """A server that has seen its caller's keys, and has no place left."""
    with running(SteadyAnalyzer(), settings_in(folder, metrics={"port": 0})) as server:
        if quota is not None:
            server.services.applications.set_quota(server.app_key, quota, actor=ACTOR)
        assert V1.post(server).status_code == 200
        admission = server.services.dispatcher.admission
        permits = [admission.admit() for _ in range(admission.capacity)]
        yield server
        for permit in permits:
            permit.release()


@contextmanager
def without_shedding() -> Iterator[None]:
    with patch.object(OverloadShedding, "_is_refused", lambda *_: False):
        yield


def told(response: httpx2.Response) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Of an answer what another request with the same answer has, too."""
    headers, body = dict(response.headers), response.json()
    for name in EACH_ITS_OWN:
        del headers[name]
    body.pop("requestId", None)
    return response.status_code, body, headers


@each_route
def test_the_answer_is_that_of_the_route(tmp_path: Path, route: Route) -> None:
    with full(tmp_path) as server:
        short = route.post(server)
        with without_shedding():
            long = route.post(server)
    assert told(short) == told(long)
    assert (short.status_code, short.headers["retry-after"]) == (503, "1")


@each_route
def test_so_are_the_log_line_the_count_and_the_metrics(tmp_path: Path, route: Route) -> None:
    with full(tmp_path) as server:
        with capture_logs() as logs:
            route.post(server)
            with without_shedding():
                route.post(server)
        lines = [line for line in logs if line["event"] == "request"]
        varies = ("duration_ms", "stages", "request_id")
        short, long = ({k: v for k, v in line.items() if k not in varies} for line in lines)
        assert short == long
        assert list(lines[0]["stages"]) == ["authenticate", "ledger"]
        now = datetime.now(UTC)
        (month,) = server.services.usage.usage(Period.MONTH, now, now + timedelta(seconds=1))
        assert month.outcomes == {"faces": 1, "refused_overload": 2}
        metrics = scrape(server.metrics_url)
        assert metrics.value("bonaface_refusals_total", reason="overload_queue") == 2
        assert metrics.value("bonaface_requests_total", status="503", result="-50000") == 2
        assert metrics.value("bonaface_key_cache_lookups_total", result="hit") == 2


@each_route
def test_only_who_would_have_got_so_far_is_refused_so(tmp_path: Path, route: Route) -> None:
    with full(tmp_path) as server:
        assert route.is_short(server)
        assert not route.is_short(server, Authorization="Bearer wrong")
        assert not route.is_short(server, **{"app_key": "nobody", "X-App-Key": "nobody"})
        wrong = route.post(server, Authorization="Bearer wrong").json()
        assert (wrong.get("code") or wrong["header"]["resultCode"]) in ("unauthorized", -41005)
        path = route.path.format(app_key=server.app_key)
        with server.client() as client:
            assert client.get(path).status_code == 405
            assert client.get("/healthz").status_code == 200


def test_a_secret_that_is_given_twice_is_none(tmp_path: Path) -> None:
    with full(tmp_path) as server:
        twice = head(server.path, *[f"Authorization: {server.secret}"] * 2, "Content-Length: 0")
        assert exchange(server.address, twice).json["header"]["resultCode"] == -41005


@pytest.mark.parametrize("quota", [Quota(rate=100, burst=100), Quota(monthly=100)])
def test_who_has_a_quota_has_it_looked_at(tmp_path: Path, quota: Quota) -> None:
    with full(tmp_path, quota) as server:
        assert not V1.is_short(server)


def test_keys_that_are_not_known_by_heart_are_looked_up(tmp_path: Path) -> None:
    with full(tmp_path) as server:
        with patch.object(server.services.key_checks, "recall", lambda *_: None):
            assert not V1.is_short(server)
        assert V1.is_short(server)


def test_a_place_is_enough_for_the_long_way(tmp_path: Path) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path)) as server:
        V1.post(server)
        assert not V1.is_short(server)
        assert V1.post(server).json()["header"]["isSuccessful"]
