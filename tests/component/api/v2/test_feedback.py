"""Feedback over a real socket: a signed answer goes back with what it really was."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from bonaface.api.v2.feedback import MAX_BYTES
from bonaface.clock import utc_now
from bonaface.evidence.key_file import make_key_file, read_key_file, write_key_file
from bonaface.evidence.signature import sign
from bonaface.evidence.signing_key import make_key
from support.models.analyses import SteadyAnalyzer
from support.security.answers import answer, key
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

PATH = "/v2/feedback"
KEY = key()


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One whose key is no more the one that signs."""
    file = tmp_path_factory.mktemp("keys") / "signing.json"
    make_key_file(file, KEY)
    now = utc_now()
    write_key_file(file, [*read_key_file(file), make_key(now, now - timedelta(hours=1))])
    return file


@pytest.fixture(scope="module")
def server(key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    settings = settings_in(tmp_path_factory.mktemp("feedback"), signing={"key_file": key_file})
    with running(SteadyAnalyzer(), settings) as server:
        yield server


@pytest.fixture
def caller(server: RunningServer) -> Iterator[httpx2.Client]:
    """Of an application of its own."""
    made, _, secret = server.services.applications.create_application("shop", actor=ACTOR)
    headers = {"X-App-Key": made.app_key, "Authorization": f"Bearer {secret}"}
    with httpx2.Client(base_url=server.url, headers=headers, trust_env=False, timeout=30) as client:
        yield client


def judged(caller: httpx2.Client) -> dict[str, Any]:
    told: dict[str, Any] = caller.post("/v2/liveness", files={"imageFile": ("a.png", b"image")}).json()
    return told


def test_an_answer_is_counted_and_may_be_told_again(caller: httpx2.Client, server: RunningServer) -> None:
    given = judged(caller)
    told = {"signature": given["signature"], "presentation": "attack", "attackKind": "replay"}
    first, again = caller.post(PATH, json=told), caller.post(PATH, json=told)
    decided = {"decision": "accept", "policy": "balanced", "version": given["evidence"]["policy"]["version"]}
    assert (first.status_code, first.json()) == (201, {"feedback": "counted", **decided})
    assert (again.status_code, again.json()) == (200, {"feedback": "repeated", **decided})
    other = caller.post(PATH, json={**told, "attackKind": None})
    assert (other.status_code, other.json()["code"]) == (409, "already_reported")
    right = caller.post(
        PATH, json={"signature": given["signature"], "presentation": "bona_fide", "correct": True}
    )
    assert (right.status_code, right.json()["feedback"]) == (200, "corrected")
    now = utc_now()
    whose = server.services.applications.get_application(caller.headers["x-app-key"]).id
    (found,) = server.services.feedback.counts(now - timedelta(hours=1), now + timedelta(hours=1), whose)
    assert (found.attack_kind, found.presentations, found.corrections) == ("", 1, 1)


def test_a_key_that_signs_no_more_is_still_known(caller: httpx2.Client) -> None:
    given = judged(caller)
    old = sign(given, KEY)
    assert old != given["signature"]
    told = caller.post(PATH, json={"signature": old, "presentation": "bona_fide", "face": 0})
    assert told.status_code == 201
    again = caller.post(PATH, json={"signature": given["signature"], "presentation": "bona_fide"})
    assert again.json()["feedback"] == "repeated"


def test_what_this_server_did_not_sign_is_refused(caller: httpx2.Client) -> None:
    given = judged(caller)
    head, body, end = str(given["signature"]).split(".")
    for wrong in (sign(given, key()), f"{head}.{body[:-4]}.{end}", "", "a.b.c"):
        told = caller.post(PATH, json={"signature": wrong, "presentation": "bona_fide"})
        assert (told.status_code, told.json()["code"]) == (400, "untrusted_signature")


def test_what_it_signed_must_be_an_answer(caller: httpx2.Client) -> None:
    told = caller.post(PATH, json={"signature": sign(answer(), KEY), "presentation": "bona_fide"})
    assert (told.status_code, told.json()["code"]) == (400, "invalid_parameter")
    assert "holds no answer" in told.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"presentation": "bona_fide", "attackKind": "print"},
        {"presentation": "attack", "attackKind": "Print "},
        {"presentation": "attack", "attackKind": ""},
        {"presentation": "fake"},
        {"presentation": "attack", "face": -1},
        {"presentation": "attack", "image": {"bytes": "aGk="}},
        {},
    ],
)
def test_what_may_not_be_told(caller: httpx2.Client, wrong: dict[str, object]) -> None:
    told = caller.post(PATH, json={"signature": "a.b.c", **wrong})
    assert (told.status_code, told.json()["code"]) == (400, "invalid_parameter")


def test_other_bodies_and_a_query_are_refused(caller: httpx2.Client) -> None:
    told = {"signature": "a" * MAX_BYTES, "presentation": "attack"}
    long = caller.post(PATH, json=told)
    assert (long.status_code, str(MAX_BYTES) in long.json()["detail"]) == (400, True)
    assert caller.post(PATH, data={"presentation": "attack"}).status_code == 415
    assert caller.post(f"{PATH}?face=0", json={}).status_code == 400


def test_a_capture_token_tells_nothing(caller: httpx2.Client) -> None:
    token = caller.post("/v2/tokens").json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert caller.post(PATH, headers=headers, json={}).status_code == 401
