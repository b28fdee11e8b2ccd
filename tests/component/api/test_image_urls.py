"""Images by URL through a whole server: what is fetched, and what operators are told where nothing is."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from structlog.testing import capture_logs

from bonaface.errors import UrlRefusal
from support.models.analyses import SteadyAnalyzer
from support.network.fetching import raw
from support.network.web import Exchange, LocalServer, blurt, serve
from support.observability.logs import discard_logs, restored_logging
from support.observability.scrape import scrape
from support.servers.thread import RunningServer, running, settings_in
from support.waiting import wait_until

FETCH = {"allowed_networks": ["127.0.0.1/32"], "timeout": 1.0}
MOST = 1000
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("server")
    settings = settings_in(folder, metrics={"port": 0}, fetch=FETCH, images={"max_bytes": MOST})
    with running(SteadyAnalyzer(), settings) as server:
        yield server


@contextmanager
def origin(serving: AbstractAsyncContextManager[LocalServer]) -> Iterator[LocalServer]:
    """A server of images while the block runs."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(serving) as local:
        yield local


def ask(server: RunningServer, url: str) -> Any:  # noqa: ANN401 - JSON
    with server.client() as client:
        return client.post(server.path, json={"image": {"url": url}}).json()["header"]["resultCode"]


def told(server: RunningServer, url: str) -> tuple[int, str, dict[str, Any]]:
    """The code of the answer, the reason that the metrics count, and the line of the log."""
    before = refusals(server)
    with restored_logging():
        discard_logs()
        with capture_logs() as lines:
            code = ask(server, url)
            wait_until(lambda: any(line["event"] == "request" for line in lines))
    (reason,) = {name for name, count in refusals(server).items() if count != before[name]}
    (line,) = [dict(line) for line in lines if line["event"] == "request"]
    return code, reason, line


def refusals(server: RunningServer) -> dict[str, float]:
    found = scrape(server.metrics_url)
    labels = [dict(labels)["reason"] for labels in found.labels("bonaface_refusals_total")]
    return {reason: found.value("bonaface_refusals_total", reason=reason) for reason in labels}


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http:example.com", UrlRefusal.FORM),
        ("ftp://example.com/a.png", UrlRefusal.SCHEME),
        ("http://example.com/" + "a" * 16_384, UrlRefusal.LENGTH),
        ("http://someone@example.com/", UrlRefusal.CREDENTIALS),
        ("http://example.com:8080/", UrlRefusal.PORT),
        ("http://10.0.0.1/", UrlRefusal.ADDRESS),
    ],
)
def test_a_url_that_is_not_fetched_has_its_reason(
    server: RunningServer, url: str, refusal: UrlRefusal
) -> None:
    code, reason, line = told(server, url)
    assert (code, reason, line["refusal"]) == (-45050, f"url_{refusal}", f"url_{refusal}")
    assert "example" not in str(line)


@pytest.mark.parametrize(
    ("answer", "code", "refusal"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", -45050, UrlRefusal.PROTOCOL),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", -45050, UrlRefusal.STATUS),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", -45050, UrlRefusal.CODING),
        (OK + b"Content-Length: 1001\r\n\r\n", -45020, UrlRefusal.SIZE),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", -45050, UrlRefusal.LOCATION),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", -45050, UrlRefusal.REDIRECTS),
        (
            b"HTTP/1.1 302 Found\r\nLocation: //10.0.0.1/\r\nContent-Length: 0\r\n\r\n",
            -45050,
            UrlRefusal.ADDRESS,
        ),
    ],
)
def test_an_answer_without_an_image_has_its_reason(
    server: RunningServer, answer: bytes, code: int, refusal: UrlRefusal
) -> None:
    with origin(serve(raw(answer))) as local:
        found, reason, line = told(server, local.url())
    assert (found, reason, line["refusal"]) == (code, f"url_{refusal}", f"url_{refusal}")


async def _silent(exchange: Exchange) -> None:
    await exchange.reader.read()


def test_silence_has_its_reason(server: RunningServer) -> None:
    with origin(serve(_silent)) as local:
        assert told(server, local.url())[:2] == (-45060, f"url_{UrlRefusal.TIMEOUT}")


def test_a_server_without_tls_has_its_reason(server: RunningServer) -> None:
    with origin(blurt(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as local:
        assert told(server, local.url(scheme="https"))[:2] == (-45050, f"url_{UrlRefusal.TLS}")


def test_nobody_there_has_its_reason(server: RunningServer) -> None:
    with origin(serve(_silent)) as local:
        url = local.url()
    assert told(server, url)[:2] == (-45050, f"url_{UrlRefusal.CONNECTION}")


def test_a_signed_url_of_8000_octets_is_fetched_and_so_is_the_one_it_leads_to(server: RunningServer) -> None:
    query = "?X-Amz-Security-Token=" + "a" * 8_000

    async def handler(exchange: Exchange) -> None:
        if exchange.path == f"/first{query}":
            await exchange.answer("307 Temporary Redirect", location=f"/second{query}")
        elif exchange.path == f"/second{query}":
            await exchange.answer(body=b"image", content_encoding="aws-chunked")

    with origin(serve(handler)) as local:
        assert ask(server, local.url(f"/first{query}")) == 0
