"""A scrape of a running server after real traffic."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from bonaface import Analyzer
from bonaface.accounts.application import Quota
from bonaface.api.v1.presenter import reported
from bonaface.settings import ServerSettings
from bonaface.timings import Stage
from bonaface.types import Preset
from support.models.analyses import GatedAnalyzer
from support.observability.scrape import Scrape, scrape
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.waiting import wait_until

ROUTE = "/v1.0/appkeys/{appKey}/spoofing"
ON = {"port": 0}


@pytest.fixture
def server(analyzer: Analyzer, tmp_path: Path) -> Iterator[RunningServer]:
    with running(analyzer, settings_in(tmp_path, metrics=ON)) as server:
        yield server


def post(server: RunningServer, image: bytes, condition: str = "balanced") -> httpx2.Response:
    with server.client() as client:
        files, data = {"imageFile": image}, {"spoofingCondition": condition}
        return client.post(server.path, files=files, data=data)


def after(server: RunningServer, requests: int) -> Scrape:
    """A scrape with that many requests counted: a request is counted after its answer has left."""
    wait_until(lambda: counted(scrape(server.metrics_url)) >= requests)
    return scrape(server.metrics_url)


def counted(found: Scrape) -> float:
    return found.value("bonaface_requests_total")


def test_an_image_by_stages_faces_verdicts_and_scores(
    server: RunningServer, analyzer: Analyzer, portrait: bytes
) -> None:
    for _ in range(2):
        assert post(server, portrait, "strict").json()["header"]["resultCode"] == 0
    found = after(server, 2)
    labels = {"route": ROUTE, "method": "POST", "status": "200", "result": "0"}
    assert found.value("bonaface_requests_total", **labels) == 2
    for stage in Stage:
        expected = 0 if stage in (Stage.FETCH, Stage.HEATMAP) else 2
        assert found.value("bonaface_stage_seconds_count", stage=stage.value) == expected, stage
    whole = found.value("bonaface_request_seconds_sum", route=ROUTE)
    analyse = found.value("bonaface_stage_seconds_sum", stage="analyse")
    inside = [Stage.QUEUE, Stage.DECODE, Stage.DETECT, Stage.PAD]
    parts = sum(found.value("bonaface_stage_seconds_sum", stage=stage.value) for stage in inside)
    assert 0 < parts < analyse < whole
    (face,) = reported(analyzer.analyze(portrait, Preset.STRICT))
    scores = {"preset": "strict", "model": "bonaface-pad"}
    assert found.value("bonaface_liveness_score_sum", **scores) == pytest.approx(2 * face.liveness_score)
    assert found.value("bonaface_verdicts_total", preset="strict") == 2
    assert found.value("bonaface_faces_sum") == 2
    assert found.value("bonaface_key_cache_lookups_total", result="miss") == 1
    assert found.value("bonaface_key_cache_lookups_total", result="hit") == 1
    assert found.value("bonaface_ledger_batch_replies_sum") == 2
    assert found.value("bonaface_models_ready") == 1


def test_refusals_of_callers(server: RunningServer) -> None:
    applications = server.services.applications
    slow, _, secret = applications.create_application("slow", quota=Quota(rate=1, burst=1), actor=ACTOR)
    used, _, used_secret = applications.create_application("used", quota=Quota(monthly=1), actor=ACTOR)
    with server.client() as client:
        for app_key, header in ((slow.app_key, secret), (used.app_key, used_secret)):
            for _ in range(2):
                path = f"/v1.0/appkeys/{app_key}/spoofing"
                client.post(path, headers={"Authorization": header}, json={})
        client.post(server.path, headers={"Authorization": "wrong"})
    found = after(server, 5)
    refusals = {reason: found.value("bonaface_refusals_total", reason=reason) for reason in reasons(found)}
    assert {reason: count for reason, count in refusals.items() if count} == {
        "rate": 1,
        "month": 1,
        "unauthorized": 1,
    }


def reasons(found: Scrape) -> set[str]:
    return {dict(labels)["reason"] for labels in found.labels("bonaface_refusals_total")}


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"serving": {"workers": 1, "queue": 0}}, "overload_queue"),
        ({"server": {"max_requests": 1}}, "overload_requests"),
    ],
)
def test_overload_and_what_runs_and_waits(tmp_path: Path, limits: dict[str, object], reason: str) -> None:
    analyzer = GatedAnalyzer()
    with (
        running(analyzer, settings_in(tmp_path, metrics=ON, **limits)) as server,
        in_background(lambda: post(server, b"first")),
    ):
        assert analyzer.began.acquire(timeout=60)
        found = scrape(server.metrics_url)
        assert found.value("bonaface_analyses_running") == 1
        assert found.value("bonaface_requests_in_flight") == 1
        assert post(server, b"second").status_code == 503
        assert after(server, 1).value("bonaface_refusals_total", reason=reason) == 1
        analyzer.open()
        assert after(server, 2).value("bonaface_requests_in_flight") == 0


@contextmanager
def in_background(work: Callable[[], object]) -> Iterator[None]:
    """Do `work` while the block runs; it must end with it."""
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
    assert not thread.is_alive()


def test_a_deadline_that_passes(tmp_path: Path) -> None:
    analyzer = GatedAnalyzer()
    settings = settings_in(tmp_path, metrics=ON, serving={"workers": 1, "deadline": 0.05})
    with running(analyzer, settings) as server:
        assert post(server, b"slow").status_code == 503
        analyzer.open()
        assert after(server, 1).value("bonaface_refusals_total", reason="overload_deadline") == 1


def test_models_that_are_not_warm_are_not_ready(tmp_path: Path) -> None:
    analyzer = GatedAnalyzer(cold=True)
    with (
        running(analyzer, settings_in(tmp_path, metrics=ON), warm=False) as server,
        server.client() as client,
    ):
        wait_until(lambda: answers(client))
        assert scrape(server.metrics_url).value("bonaface_models_ready") == 0
        post(server, b"early")
        assert after(server, 2).value("bonaface_refusals_total", reason="overload_starting") == 1
        analyzer.open()
        wait_until(lambda: scrape(server.metrics_url).value("bonaface_models_ready") == 1)


def answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def test_the_public_port_gives_no_metrics(server: RunningServer) -> None:
    with server.client() as client:
        assert client.get("/metrics").status_code == 404
    assert ServerSettings().port != server.services.settings.metrics.port
