"""What happens on the connection: when the body is read, when it is not, and what comes after."""

import base64
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from bonaface import Analyzer
from support.http.wire import Wire, connected, exchange, form, head
from support.models.analyses import SteadyAnalyzer
from support.pictures import images
from support.servers.thread import RunningServer, running, settings_in
from support.waiting import wait_until

JSON = "Content-Type: application/json"
BODY = orjson.dumps({"image": {"bytes": base64.b64encode(images.png()).decode()}})
HUGE = "Content-Length: 99999999999"


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that gives a body half a second."""
    folder = tmp_path_factory.mktemp("quick")
    with running(SteadyAnalyzer(), settings_in(folder, server={"body_timeout": 0.5})) as server:
        yield server


@pytest.fixture(scope="module")
def unhurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that gives a body its usual time: what is parsed slowly is not late."""
    with running(SteadyAnalyzer(), settings_in(tmp_path_factory.mktemp("unhurried"))) as server:
        yield server


def authorized(server: RunningServer, *headers: str) -> bytes:
    return head(server.path, f"Authorization: {server.secret}", *headers)


def good(server: RunningServer) -> bytes:
    return authorized(server, JSON, f"Content-Length: {len(BODY)}") + BODY


def unauthorized(server: RunningServer, *headers: str) -> bytes:
    return head(server.path, "Authorization: wrong", JSON, *headers)


@pytest.mark.parametrize("framing", [HUGE, "Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_credentials_are_refused_before_any_byte_of_the_body(quick: RunningServer, framing: str) -> None:
    with connected(quick.address) as wire:
        wire.send(unauthorized(quick, framing))
        answer = wire.read()
        assert answer.code == -41005
        assert answer.headers["connection"] == "close"


def test_credentials_are_refused_instead_of_100_continue(quick: RunningServer) -> None:
    with connected(quick.address) as wire:
        wire.send(unauthorized(quick, HUGE, "Expect: 100-continue"))
        assert wire.read().code == -41005


def test_100_continue_is_sent_when_the_body_is_wanted(server: RunningServer) -> None:
    with connected(server.address) as wire:
        wire.send(authorized(server, JSON, f"Content-Length: {len(BODY)}", "Expect: 100-continue"))
        assert wire.read().status == 100
        wire.send(BODY)
        assert wire.read().code == 0


@pytest.mark.parametrize("space", [" ", "\t", " \t  "])
def test_white_space_around_a_value_is_no_part_of_it(server: RunningServer, space: str) -> None:
    """RFC 9110, 5.5. A secret that was copied often brings some."""
    values = {
        "Authorization": server.secret,
        "Content-Type": "application/json",
        "Content-Length": str(len(BODY)),
        "Expect": "100-continue",
        "Connection": "close",
    }
    with connected(server.address) as wire:
        wire.send(head(server.path, *(f"{name}:{space}{value}{space}" for name, value in values.items())))
        assert wire.read().status == 100
        wire.send(BODY)
        assert wire.read().code == 0
        assert wire.is_closed()


@pytest.mark.parametrize(
    ("content_type", "length", "code"),
    [
        ("Content-Type: application/json", 9_000_000, -45020),
        ("Content-Type: multipart/form-data; boundary=x", 3_100_000, -45020),
        ("Content-Type: text/plain", 99_999_999_999, -40000),
        ("Content-Type: multipart/form-data", 99_999_999_999, -40000),
    ],
)
def test_a_declared_length_is_refused_unread_after_the_content_type(
    quick: RunningServer, content_type: str, length: int, code: int
) -> None:
    with connected(quick.address) as wire:
        wire.send(authorized(quick, content_type, f"Content-Length: {length}", "Expect: 100-continue"))
        assert wire.read().code == code


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        chunk = data[start : start + size]
        yield b"%x\r\n%s\r\n" % (len(chunk), chunk)
    yield b"0\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_body_in_chunks_without_a_length(server: RunningServer, size: int) -> None:
    request = authorized(server, JSON, "Transfer-Encoding: chunked") + b"".join(chunked(BODY, size))
    assert exchange(server.address, request).code == 0


def test_a_body_in_chunks_is_refused_once_it_is_over_the_limit(quick: RunningServer) -> None:
    with connected(quick.address) as wire:
        wire.send(
            authorized(quick, "Content-Type: multipart/form-data; boundary=x", "Transfer-Encoding: chunked")
        )
        for _ in range(32):
            wire.send(next(chunked(bytes(100_000), 100_000)))
        answer = wire.read()
    assert answer.code == -45020
    assert answer.headers["connection"] == "close"


def test_a_body_byte_by_byte(server: RunningServer) -> None:
    with connected(server.address) as wire:
        for byte in good(server):
            wire.send(bytes([byte]))
        assert wire.read().code == 0


@pytest.mark.parametrize("sent", [b"", BODY[:10]])
def test_a_body_that_stays_away_is_refused_in_time(quick: RunningServer, sent: bytes) -> None:
    with connected(quick.address) as wire:
        wire.send(authorized(quick, JSON, f"Content-Length: {len(BODY)}") + sent)
        answer = wire.read()
    assert answer.code == -40000
    assert "0.5 seconds" in answer.headers["x-error-detail"]


def test_a_connection_is_kept_for_the_next_request(server: RunningServer) -> None:
    with connected(server.address) as wire:
        for _ in range(3):
            wire.send(good(server))
            assert_good(wire)


def test_requests_in_one_go_are_answered_in_order(server: RunningServer) -> None:
    shape_fault = authorized(server, JSON, "Content-Length: 2") + b"{}"
    with connected(server.address) as wire:
        wire.send(good(server) + shape_fault + good(server))
        assert [wire.read().code for _ in range(3)] == [0, -40000, 0]


def assert_good(wire: Wire) -> None:
    answer = wire.read()
    assert answer.code == 0
    assert "connection" not in answer.headers


@pytest.mark.parametrize("framing", ["Content-Length: {length}", "Content-Length: {more}"])
def test_nothing_in_a_refused_body_is_taken_for_a_request(quick: RunningServer, framing: str) -> None:
    smuggled = good(quick)
    line = framing.format(length=len(smuggled), more=len(smuggled) + 1000)
    before = quick.services.dispatcher.admission.taken
    with connected(quick.address) as wire:
        wire.send(unauthorized(quick, line) + smuggled + good(quick))
        assert wire.read().code == -41005
        assert wire.is_closed()
    assert quick.services.dispatcher.admission.taken == before


def test_a_client_that_sends_all_of_a_refused_body_still_gets_the_answer(quick: RunningServer) -> None:
    body = bytes(20_000_000)
    with connected(quick.address) as wire:
        wire.send(unauthorized(quick, f"Content-Length: {len(body)}") + body)
        assert wire.read().code == -41005


@pytest.mark.parametrize("part", [b"", BODY[:20]])
def test_a_client_that_vanishes_while_it_sends_leaves_nothing_behind(
    quick: RunningServer, part: bytes
) -> None:
    with connected(quick.address) as wire:
        wire.send(authorized(quick, JSON, f"Content-Length: {len(BODY)}", "Expect: 100-continue") + part)
        assert wire.read().status == 100
    wait_until(lambda: quick.services.requests.taken == 0)
    assert exchange(quick.address, good(quick)).code == 0


def test_nothing_of_an_image_is_written_to_a_file(
    analyzer: Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir(mode=0o500)  # making a file here would fail, also for a moment (but for root)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary / "missing"))
    image = images.padded(images.png(), 3_000_000)
    content_type, body = form(("imageFile", "a.png", image))
    with running(analyzer, settings_in(tmp_path)) as server:
        lines = (f"Content-Type: {content_type}", f"Content-Length: {len(body)}")
        assert exchange(server.address, authorized(server, *lines) + body).code == 0
    assert not list(temporary.iterdir())


def test_a_request_head_that_is_too_long_is_cut_off(quick: RunningServer) -> None:
    with connected(quick.address) as wire:
        wire.send(b"GET /healthz HTTP/1.1\r\nX-Long: ")
        wire.send(b"a" * 70_000)
        assert wire.read().status == 400
        assert wire.is_closed()


FRAMING = {
    "extensions": (b"1;" + b"x" * 990 + b"\r\na\r\n") * 2000,
    "tiny chunks": b"1\r\na\r\n" * 300_000,
    "a trailer": b"0\r\nX: " + b"a" * 2_000_000,
    "trailers": b"0\r\n" + b"X: y\r\n" * 300_000,
}


@pytest.mark.parametrize("much", FRAMING.values(), ids=FRAMING)
def test_too_much_framing_is_answered_by_the_route_and_the_rest_dropped(
    unhurried: RunningServer, much: bytes
) -> None:
    before = unhurried.services.dispatcher.admission.taken
    with connected(unhurried.address) as wire:
        wire.send(authorized(unhurried, JSON, "Transfer-Encoding: chunked") + much)
        wire.send(b"0\r\n\r\n" + good(unhurried) * 3)
        answer = wire.read()
        assert wire.is_closed()
    assert (answer.status, answer.code, answer.headers["connection"]) == (200, -40000, "close")
    assert "keep-alive" not in answer.headers
    assert "larger chunks" in answer.headers["x-error-detail"]
    assert unhurried.services.dispatcher.admission.taken == before


@pytest.mark.parametrize("much", FRAMING.values(), ids=FRAMING)
def test_it_costs_an_answer_without_a_body_nothing(quick: RunningServer, much: bytes) -> None:
    with connected(quick.address) as wire:
        wire.send(unauthorized(quick, "Transfer-Encoding: chunked") + much)
        assert wire.read().code == -41005
        assert wire.is_closed()


@pytest.mark.parametrize(
    "request_head",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(quick: RunningServer, request_head: bytes) -> None:
    with connected(quick.address) as wire:
        wire.send(request_head)
        answer = wire.read()
        assert (answer.status, answer.code) == (400, -40000)
        assert "x-error-detail" in answer.headers
        assert wire.is_closed()
