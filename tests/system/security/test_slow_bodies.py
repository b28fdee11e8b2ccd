"""Bodies that come a few bytes at a time: they take the places of their own application, and end in time.

Real sockets, a real server with its settings as they come but for the engine, real weights.
"""

import base64
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.http.wire import form, head
from support.load.drip import Dripping, crowded
from support.pictures import images
from support.servers.served import QUICK_ENGINE, Keys, Served, make_keys, serving
from support.waiting import wait_until

CROWD, PLACES = 140, 32
"""Connections of one application, and a quarter of the 128 places."""
IMAGE = images.png(80, 80)
FORM = form(("imageFile", "a.png", IMAGE))
JSON = ("application/json", json.dumps({"image": {"bytes": base64.b64encode(IMAGE).decode()}}).encode())
LARGE = form(("imageFile", "a.png", bytes(200_000)))


@pytest.fixture(scope="module")
def slow_target(models_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("slow"), models_directory, models=QUICK_ENGINE) as served:
        yield served


@pytest.fixture
def other(slow_target: Served) -> Keys:
    """Another application of the same server: the one that attacks."""
    return make_keys(slow_target.storage)


def head_of(keys: Keys, content_type: str, length: int | None, secret: str | None = None) -> bytes:
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    path = f"/v1.0/appkeys/{keys.app_key}/spoofing"
    return head(path, f"Authorization: {secret or keys.secret}", f"Content-Type: {content_type}", framing)


CHUNKED_BODY = b"".join(b"a\r\n%s\r\n" % bytes(10) for _ in range(2_000))
WAYS = {
    "form": (FORM[0], len(LARGE[1]), LARGE[1]),
    "json": (JSON[0], 200_000, JSON[1] + bytes(200_000)),
    "chunked": (FORM[0], None, CHUNKED_BODY),
    "nothing": (FORM[0], len(LARGE[1]), b""),
}


@pytest.mark.parametrize(("content_type", "length", "body"), WAYS.values(), ids=WAYS)
def test_slow_bodies_of_one_application_leave_the_others_their_places(
    slow_target: Served, other: Keys, content_type: str, length: int | None, body: bytes
) -> None:
    with crowded(slow_target.address, head_of(other, content_type, length), body, CROWD) as crowd:
        wait_until(lambda: len(crowd.statuses) >= CROWD - PLACES)
        assert {slow_target.ask(IMAGE).code for _ in range(5)} == {0}
        refused = [member.answer for member in crowd.members if member.answer is not None]
    assert {(answer.status, answer.code) for answer in refused[: CROWD - PLACES]} == {(503, -50000)}
    assert {answer.headers["retry-after"] for answer in refused[: CROWD - PLACES]} == {"1"}
    assert all("as one may have" in answer.headers["x-error-detail"] for answer in refused[: CROWD - PLACES])


def test_wrong_keys_hold_no_place(slow_target: Served, other: Keys) -> None:
    wrong = head_of(other, FORM[0], len(LARGE[1]), secret="wrong")
    with crowded(slow_target.address, wrong, LARGE[1], CROWD) as crowd:
        wait_until(lambda: len(crowd.statuses) == CROWD)
        assert set(crowd.statuses) == {200}
        assert slow_target.ask(IMAGE).code == 0


def dripped(served: Served, keys: Keys, first: int, size: int, seconds: float) -> Dripping:
    """A body that begins with `first` bytes and goes on with `size` a half second, until it is answered."""
    content_type, body = LARGE
    with socket.create_connection(served.address, timeout=60) as connection:
        member = Dripping(connection, body)
        connection.sendall(head_of(keys, content_type, len(body)))
        member.drip(first)
        connection.settimeout(0.5)
        while member.answer is None and time.monotonic() - member.begun < seconds:
            try:
                connection.recv(1, socket.MSG_PEEK)
                connection.settimeout(60)
                member.take_answer()
            except TimeoutError:
                member.drip(size)
        return member


LATE = 60
"""Seconds, on a machine that does much else."""
SLOW = {"a few bytes": (0, 12), "half": (0, 250), "nearly": (0, 400), "nothing": (0, 0), "stops": (20_000, 0)}


def test_a_body_under_a_kilobyte_a_second_is_ended_after_ten(slow_target: Served, other: Keys) -> None:
    with ThreadPoolExecutor(len(SLOW) + 1) as pool:
        asked = {name: pool.submit(dripped, slow_target, other, *how, LATE) for name, how in SLOW.items()}
        steady = pool.submit(dripped, slow_target, other, 0, 6_000, 14)
        ended = {name: future.result() for name, future in asked.items()}
        assert steady.result().answer is None, "a body at 12 kB/s was ended"
    for name, member in ended.items():
        assert member.answer is not None, name
        assert (member.answer.status, member.answer.code) == (200, -40000), name
        assert "1000 bytes a second" in member.answer.headers["x-error-detail"], name
        assert member.answer.headers["connection"] == "close", name
        assert member.is_closed, name
        assert 9.5 < member.seconds < LATE, name
    wait_until(lambda: slow_target.ask(IMAGE).code == 0)
