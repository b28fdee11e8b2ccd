"""A request that offers an upgrade is read like any other (RFC 9110, section 7.8), whoever sends it."""

import base64
import shutil
import subprocess
from pathlib import Path

import orjson
import pytest

from conftest import ROOT
from support.http.wire import connected, exchange, form, head
from support.pictures import images
from support.servers.thread import RunningServer

JSON = "Content-Type: application/json"
IMAGE = images.png()
BODY = orjson.dumps({"image": {"bytes": base64.b64encode(IMAGE).decode()}})
SMALL = b'{"image":{"bytes":"!"}}'
"""A body that is read whole and refused by what it holds."""
LENGTH = f"Content-Length: {len(BODY)}"
CHUNKED = "Transfer-Encoding: chunked"

OFFERS = {
    "h2c": ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
    "websocket": ("Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
    "tls": ("Upgrade: TLS/1.0, HTTP/1.1", "Connection: Upgrade"),
    "unknown": ("upgrade: something/1", "connection: uPgRaDe"),
    "several": ("Connection: Upgrade", "Upgrade: h2c", "Connection: Upgrade", "Upgrade: websocket, TLS/1.2"),
    "empty": ("Connection: Upgrade", "Upgrade:"),
    "unannounced": ("Upgrade: h2c",),
    "missing": ("Connection: Upgrade",),
}
offers = pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)


def request(server: RunningServer, *lines: str) -> bytes:
    return head(server.path, f"Authorization: {server.secret}", JSON, *lines)


def chunks(body: bytes, size: int = 1000) -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@offers
def test_with_a_length(server: RunningServer, offer: tuple[str, ...]) -> None:
    assert exchange(server.address, request(server, *offer, LENGTH) + BODY).code == 0


@offers
def test_in_chunks(server: RunningServer, offer: tuple[str, ...]) -> None:
    assert exchange(server.address, request(server, CHUNKED, *offer) + chunks(BODY)).code == 0


@offers
@pytest.mark.parametrize("framing", [LENGTH, CHUNKED])
def test_after_100_continue(server: RunningServer, offer: tuple[str, ...], framing: str) -> None:
    with connected(server.address) as wire:
        wire.send(request(server, *offer, framing, "Expect: 100-continue"))
        assert wire.read().status == 100
        wire.send(BODY if framing == LENGTH else chunks(BODY))
        assert wire.read().code == 0


@pytest.mark.parametrize("framing", [f"Content-Length: {len(SMALL)}", CHUNKED])
def test_cut_anywhere(server: RunningServer, framing: str) -> None:
    body = SMALL if framing != CHUNKED else chunks(SMALL, 5)
    whole = request(server, *OFFERS["h2c"], framing) + body
    with connected(server.address) as wire:
        for at in range(1, len(whole)):
            wire.send(whole[:at])
            wire.send(whole[at:])
            assert wire.read().code == -45030


def test_byte_by_byte(server: RunningServer) -> None:
    with connected(server.address) as wire:
        for byte in request(server, *OFFERS["websocket"], CHUNKED) + chunks(SMALL, 1):
            wire.send(bytes([byte]))
        assert wire.read().code == -45030


def test_many_on_one_connection_and_in_one_go(server: RunningServer) -> None:
    offered = request(server, *OFFERS["h2c"], LENGTH) + BODY
    plain = request(server, LENGTH) + BODY
    with connected(server.address) as wire:
        for _ in range(3):
            wire.send(offered)
            assert wire.read().code == 0
        wire.send((offered + plain) * 3)
        assert [wire.read().code for _ in range(6)] == [0] * 6


@offers
@pytest.mark.parametrize("is_chunked", [False, True])
def test_nothing_of_a_body_is_taken_for_a_request(
    server: RunningServer, offer: tuple[str, ...], is_chunked: bool
) -> None:
    hidden = request(server, LENGTH) + BODY
    framing = CHUNKED if is_chunked else f"Content-Length: {len(hidden)}"
    sent = chunks(hidden) if is_chunked else hidden
    before = server.services.dispatcher.admission.taken
    with connected(server.address) as wire:
        wire.send(request(server, *offer, framing) + sent)
        assert wire.read().code == -40000
        wire.send(head("/healthz", method="GET"))
        assert wire.read().json["status"] == "alive"
    assert server.services.dispatcher.admission.taken == before


def test_framing_that_is_refused_without_an_offer_is_refused_with_one(server: RunningServer) -> None:
    for lines in (("Content-Length: 5", CHUNKED), ("Content-Length: 1", "Content-Length: 2")):
        with connected(server.address) as wire:
            wire.send(request(server, *OFFERS["h2c"], *lines) + b"0\r\n\r\n" + request(server))
            assert wire.read().status == 400
            assert wire.is_closed()


def test_an_offer_without_a_body_and_one_to_end_the_connection(server: RunningServer) -> None:
    with connected(server.address) as wire:
        wire.send(head("/healthz", *OFFERS["h2c"], method="GET"))
        assert wire.read().json["status"] == "alive"
        wire.send(head("/healthz", "Connection: close, Upgrade", "Upgrade: h2c", method="GET"))
        answer = wire.read()
        assert (answer.json["status"], answer.headers["connection"]) == ("alive", "close")
        assert wire.is_closed()


@pytest.mark.parametrize("target", ["127.0.0.1:80", "public.example:443"])
@pytest.mark.parametrize("lines", [(), ("Content-Length: 20",), OFFERS["h2c"], (CHUNKED,)])
def test_no_tunnel_is_opened(server: RunningServer, target: str, lines: tuple[str, ...]) -> None:
    with connected(server.address) as wire:
        wire.send(head(target, *lines, method="CONNECT") + head("/healthz", method="GET"))
        answer = wire.read()
        assert (answer.status, answer.headers["connection"]) == (501, "close")
        assert "tunnel" in answer.headers["x-error-detail"]
        assert wire.is_closed()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, tuple[str, Path]]:
    """Content types and files of both kinds of body, the image of a usual size."""
    image = images.padded(IMAGE, 300_000)
    text = orjson.dumps({"image": {"bytes": base64.b64encode(image).decode()}})
    form_type, form_body = form(("imageFile", "사진.png", image))
    bodies = {"json": ("application/json", text), "form": (form_type, form_body)}
    for name, (_, body) in bodies.items():
        (tmp_path / name).write_bytes(body)
    return {name: (content_type, tmp_path / name) for name, (content_type, _) in bodies.items()}


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client is, compiled: from its source, each start would compile it."""
    folder = tmp_path_factory.mktemp("classes")
    subprocess.run(
        ["javac", "-d", folder, ROOT / "tests" / "support" / "http" / "java" / "Post.java"], check=True
    )
    return folder


@pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK here")
@pytest.mark.parametrize("kind", ["json", "form"])
@pytest.mark.parametrize("mode", ["length", "chunked", "expect"])
def test_the_http_client_of_the_jdk(
    server: RunningServer, classes: Path, files: dict[str, tuple[str, Path]], kind: str, mode: str
) -> None:
    content_type, file = files[kind]
    java = ["java", "-XX:TieredStopAtLevel=1", "-cp", str(classes), "Post"]
    command = [*java, server.route, server.secret, content_type, str(file), mode]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = [line.split(" ", 2) for line in done.stdout.splitlines()]
    assert [(status, version) for status, version, _ in lines] == [("200", "HTTP_1_1")] * 2
    assert [orjson.loads(body)["header"]["resultCode"] for *_, body in lines] == [0, 0]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
@pytest.mark.parametrize("kind", ["json", "form"])
@pytest.mark.parametrize("options", [(), ("-H", CHUNKED), ("-H", "Expect: 100-continue")])
def test_curl_that_asks_for_http_2(
    server: RunningServer, files: dict[str, tuple[str, Path]], kind: str, options: tuple[str, ...]
) -> None:
    content_type, file = files[kind]
    once = ["-s", "--http2", "--noproxy", "*", "-H", f"Authorization: {server.secret}", *options]
    once += ["-H", f"Content-Type: {content_type}", "--data-binary", f"@{file}", server.route]
    done = subprocess.run(
        ["curl", *once, "--next", *once], capture_output=True, check=False, timeout=60, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"resultCode":0') == 2
