"""The console's files over a real socket, and the preview of an image URL."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import httpx2
import pytest
from structlog.testing import capture_logs

from bonaface.accounts.application import Quota
from bonaface.api.pages.console import POLICY
from support.http.wire import exchange, head
from support.models.analyses import SteadyAnalyzer
from support.network.web import Exchange, Handler, LocalServer
from support.pictures.images import gif, jpeg, padded, png
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.waiting import wait_until

HostImage = Callable[[Handler], AbstractContextManager[LocalServer]]
PREVIEW = "/console/preview"


def preview(server: RunningServer, url: object, **headers: str) -> httpx2.Response:
    with server.client() as client:
        return client.post(PREVIEW, json={"url": url}, headers={"X-App-Key": server.app_key, **headers})


def code_of(answer: httpx2.Response) -> int:
    assert "image" not in answer.headers["content-type"]
    code: int = answer.json()["header"]["resultCode"]
    return code


@pytest.mark.parametrize("path", ["/console", "/console/overview", "/console/script/try-page.js"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_and_files(server: RunningServer, path: str, method: str) -> None:
    with server.client() as client:
        answer = client.request(method, path)
        again = client.request(method, path, headers={"If-None-Match": answer.headers["etag"]})
    assert (answer.status_code, again.status_code) == (200, 304)
    assert bool(answer.content) == (method == "GET")
    assert again.content == b""
    for one in (answer, again):
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["cross-origin-resource-policy"] == "same-origin"
        assert one.headers["cache-control"] == "no-cache"
        assert one.headers["etag"] == answer.headers["etag"]
        if "script" not in path:
            assert one.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/console/",
        "/console/nothing",
        "/console/script/",
        "/console/script/nothing.js",
        "/console/script/../index.html",
        "/console/script/..%2findex.html",
        "/console/..%2f..%2fsettings.py/x",
        "/console/%2e%2e/settings.py",
        "/console/script/%2e%2e%2f%2e%2e%2f%2e%2e%2fsettings.py",
        "/console/preview",
    ],
)
def test_what_is_not_there(server: RunningServer, path: str) -> None:
    answer = exchange(server.address, head(path, "Content-Length: 0", method="GET"))
    assert answer.status in (404, 405)
    assert answer.code == -40000


def test_a_browser_is_led_from_the_root_and_a_client_gets_what_any_other_path_gives(
    server: RunningServer,
) -> None:
    with server.client() as client:
        led = client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})
        assert (led.status_code, led.headers["location"], led.headers["vary"]) == (307, "console", "Accept")
        assert led.next_request is not None
        assert client.send(led.next_request).headers["content-security-policy"] == POLICY
        for method, headers in (("GET", {}), ("GET", {"Accept": "application/json"}), ("POST", {})):
            root, nowhere = (client.request(method, path, headers=headers) for path in ("/", "/nowhere"))
            assert (root.status_code, root.content) == (nowhere.status_code, nowhere.content)
            assert "vary" not in root.headers


@pytest.mark.parametrize(("image", "kind"), [(png(), "image/png"), (jpeg(), "image/jpeg")])
def test_an_image_comes_as_it_is(
    server: RunningServer, host_image: HostImage, image: bytes, kind: str
) -> None:
    async def handler(asked: Exchange) -> None:
        await asked.answer(body=image, content_type="text/html")

    with host_image(handler) as host:
        answer = preview(server, host.url("/picture"))
    assert (answer.status_code, answer.content) == (200, image)
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("body", "code"),
    [(gif(), -45040), (b"<html></html>", -45040), (b"", -45030), (padded(png(), 3_000_001), -45020)],
    ids=["gif", "html", "empty", "large"],
)
def test_what_is_no_image_is_refused(
    server: RunningServer, host_image: HostImage, body: bytes, code: int
) -> None:
    async def handler(asked: Exchange) -> None:
        with suppress(OSError):  # the reader leaves when it has heard enough
            await asked.answer(body=body, content_type="image/png")

    with host_image(handler) as host:
        assert code_of(preview(server, host.url())) == code


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://10.0.0.1/", "file:///etc/passwd", "http://127.0.0.1:22/", "x"]
)
def test_addresses_that_the_v1_route_refuses_are_refused_here(server: RunningServer, url: str) -> None:
    assert code_of(preview(server, url)) == -45050


@pytest.mark.parametrize(
    "headers", [{"Authorization": "wrong"}, {"Authorization": ""}, {"X-App-Key": "wrong"}, {"X-App-Key": ""}]
)
def test_without_the_right_keys_nothing_is_fetched(
    server: RunningServer, host_image: HostImage, headers: dict[str, str]
) -> None:
    async def handler(asked: Exchange) -> None:
        await asked.answer(body=png())

    with host_image(handler) as host:
        assert code_of(preview(server, host.url(), **headers)) == -41005
        assert host.accepted == 0


def test_the_keys_are_checked_before_the_body_is_read(server: RunningServer) -> None:
    answer = exchange(server.address, head(PREVIEW, "X-App-Key: wrong", "Content-Length: 99999999"))
    assert (answer.code, answer.headers["connection"]) == (-41005, "close")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("application/json", b"no"),
        ("application/json", b'{"url": 1}'),
        ("application/json", b'{"url": "' + bytes(20_000) + b'"}'),
        ("text/plain", b"{}"),
        ("multipart/form-data; boundary=x", b"--x--"),
    ],
)
def test_a_body_that_does_not_hold(server: RunningServer, kind: str, body: bytes) -> None:
    headers = {"X-App-Key": server.app_key, "Content-Type": kind}
    with server.client() as client:
        answer = client.post(PREVIEW, content=body, headers=headers)
    assert code_of(answer) == -40000
    assert answer.headers["x-error-detail"]


def test_a_preview_takes_a_permit_and_gives_it_back(tmp_path: Path) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path, server={"max_requests": 1})) as server:
        with server.services.requests.admit():
            refused = preview(server, "http://127.0.0.1/")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert code_of(preview(server, "http://127.0.0.1/")) == -45050
        assert server.services.requests.taken == 0


def test_a_preview_counts_against_the_rate_and_not_in_the_ledger(server: RunningServer) -> None:
    applications = server.services.applications
    application, _, secret = applications.create_application("slow", quota=Quota(rate=1), actor=ACTOR)
    keys = {"X-App-Key": application.app_key, "Authorization": secret}
    answers = [preview(server, "http://127.0.0.1:1/", **keys) for _ in range(5)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert code_of(answers[0]) == -45050
    assert {(code_of(answer), answer.headers["retry-after"]) for answer in refused} == {(-40070, "1")}
    assert server.services.usage.used_this_month(application.id) == 0


def test_the_log_tells_no_address(server: RunningServer) -> None:
    with capture_logs() as logs:
        preview(server, "http://127.0.0.1:1/?token=hunter2")
        # written after the answer has left, and after any line of the test before
        line = PREVIEW, server.app_key
        wait_until(lambda: line in [(log.get("route"), log.get("app_key")) for log in logs])
    assert "hunter2" not in str(logs)
