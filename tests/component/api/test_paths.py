"""Everything around the v1.0 route: other paths and methods, headers of every answer, health, docs."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from bonaface import Analyzer
from support.faults.spoiled import spoil
from support.http.wire import exchange, head
from support.models.analyses import SteadyAnalyzer
from support.servers.thread import RunningServer, running, settings_in
from support.waiting import wait_until

PUBLIC = ["/healthz", "/readyz", "/openapi.json", "/docs"]
INVALID = {"header": {"isSuccessful": False, "resultCode": -40000, "resultMessage": "InvalidParam"}}


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_public_paths(server: RunningServer, path: str, method: str) -> None:
    with server.client() as client:
        answer = client.request(method, path)
    assert answer.status_code == 200
    assert bool(answer.content) == (method == "GET")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1.0",
        "/v1.0/appkeys/key/spoofing/",
        "/v1.0/appkeys/key/other",
        "/v1.0/appkeys//spoofing",
        "/V1.0/appkeys/key/spoofing",
        "/v2.0/appkeys/key/spoofing",
        "/docs/",
        "/docs/nothing.js",
        "/docs/..%2f..%2fsettings.py",
        "/redoc",
        "/static",
    ],
)
def test_a_path_that_is_not_there(server: RunningServer, path: str) -> None:
    answer = exchange(server.address, head(path, "Content-Length: 0", method="GET"))
    assert (answer.status, answer.json) == (404, INVALID)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"])
def test_a_method_that_the_route_does_not_take(server: RunningServer, method: str) -> None:
    with server.client() as client:
        answer = client.request(method, server.path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    if method != "HEAD":
        assert answer.json() == INVALID


def test_method_and_path_come_before_the_credentials(server: RunningServer) -> None:
    answer = exchange(server.address, head(server.path, "Content-Length: 99999999", method="PUT"))
    assert (answer.status, answer.headers["connection"]) == (405, "close")


def answers(server: RunningServer) -> list[httpx2.Response]:
    """One of each kind of answer."""
    with server.client() as client:
        return [
            *(client.get(path) for path in (*PUBLIC, "/nowhere", server.path)),
            client.post(server.path, content=b"{}"),
            client.post(server.path, headers={"Authorization": "wrong"}),
        ]


def test_every_answer_carries_the_headers_of_its_own(server: RunningServer) -> None:
    for answer in answers(server):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
        assert "server" not in answer.headers


def test_a_request_id_of_the_caller_is_kept_if_it_is_sane(server: RunningServer) -> None:
    with server.client() as client:
        assert client.get("/healthz", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
        odd = client.get("/healthz", headers={"X-Request-Id": "a b{}"}).headers["x-request-id"]
    assert odd != "a b{}"


def test_readyz_tells_a_database_that_is_gone(tmp_path: Path) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path)) as server:
        spoil(server.services.settings.storage.directory / "bonaface.db")
        with server.client() as client:
            ready = client.get("/readyz")
            refused = client.post(server.path, json={})
    assert ready.status_code == 503
    told = ready.json()
    assert (told["ready"], told["models"], told["database"]) == (False, "warm", "unreachable")
    assert refused.json()["header"]["resultMessage"] == "InternalServerError"


def test_docs_load_nothing_from_another_host(server: RunningServer) -> None:
    with server.client() as client:
        page = client.get("/docs")
        links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(links) == 5
        for link in links:
            answer = client.get(f"/{link}")
            assert answer.status_code == 200
            assert answer.content
    assert not [link for link in links if ":" in link or link.startswith("//")]
    assert page.headers["content-type"].startswith("text/html")
    assert "<script>" not in page.text
    assert not re.search(r"https?:|\*", page.headers["content-security-policy"])


def test_one_line_a_request_without_anything_secret(tmp_path: Path) -> None:
    with (
        running(SteadyAnalyzer(), settings_in(tmp_path)) as server,  # nobody else's lines come late on it
        capture_logs() as logs,
        server.client() as client,
    ):
        client.post(server.path, json={"image": {"url": "http://127.0.0.1:1/?token=hunter2"}})
        client.post("/v1.0/appkeys/guessed/spoofing?q=hunter2", headers={"Authorization": "hunter2"})
        client.get("/hunter2")
        wait_until(lambda: [log["event"] for log in logs].count("request") == 3)
    first, second, third = (log for log in logs if log["event"] == "request")
    assert_log(first, "/v1.0/appkeys/{appKey}/spoofing", -45050, server.app_key)
    assert first["stages"].keys() == {"authenticate", "admit", "body", "fetch", "ledger"}
    assert_log(second, "/v1.0/appkeys/{appKey}/spoofing", -41005, None)
    assert_log(third, "(none)", -40000, None)
    assert not re.search(f"hunter2|guessed|{re.escape(server.secret)}", str(logs))


def assert_log(log: Any, route: str, code: int, app_key: str | None) -> None:  # noqa: ANN401
    assert (log["route"], log["result_code"], log.get("app_key")) == (route, code, app_key)
    assert log["duration_ms"] >= 0


def test_services_survive_a_restart_with_the_same_database(analyzer: Analyzer, tmp_path: Path) -> None:
    with running(analyzer, settings_in(tmp_path)) as first:
        app_key, secret = first.app_key, first.secret
    with running(analyzer, settings_in(tmp_path)) as second, second.client() as client:
        path, headers = f"/v1.0/appkeys/{app_key}/spoofing", {"Authorization": secret}
        assert client.post(path, headers=headers, json={}).json() == INVALID


def test_of_successes_the_share_in_the_settings_is_logged_and_every_failure(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, log={"sample": 0, "slow": 20})
    with (
        running(SteadyAnalyzer(), settings) as server,
        capture_logs() as logs,
        server.client() as client,
    ):
        client.get("/healthz")
        client.post(server.path, files={"imageFile": b"image"})
        client.post(server.path, json={})
        wait_until(lambda: "request" in [log["event"] for log in logs])
    lines = [log for log in logs if log["event"] == "request"]
    assert [(line["result_code"], line["sample"]) for line in lines] == [(-40000, 1.0)]
