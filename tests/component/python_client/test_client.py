"""Both clients against a real server, and against one that fails as it is told."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest

from bonaface.accounts.application import Quota
from bonaface.evidence.key_file import make_key_file
from bonaface.evidence.verification import verify
from bonaface.types import Preset
from bonaface_client import (
    AsyncClient,
    CaptureTokenAnswer,
    Client,
    ConflictError,
    ConnectionFailedError,
    FeedbackAnswer,
    ImageUrlError,
    InternalServiceError,
    InvalidParameterError,
    LivenessAnswer,
    QuotaExceededError,
    Retry,
    SpoofingData,
    TimedOutError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from support.models.analyses import SteadyAnalyzer
from support.observability.logs import discard_logs
from support.security.answers import key, keys_of
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

KEY = key()
AT_ONCE = Retry(first_wait=0)
SUCCESS = (
    b'{"header":{"isSuccessful":true,"resultCode":0,"resultMessage":"Success"},'
    b'"data":{"faceDetailCount":0,"faceDetails":[]}}'
)
FAILURE = b'{"header":{"isSuccessful":false,"resultCode":-50000,"resultMessage":"InternalServerError"}}'
Reply = tuple[int, bytes, Mapping[str, str]]
Detect = Callable[..., SpoofingData]
"""`detect_spoofing` of a new client: URL and options of the client, then those of the call as `call`."""
Judge = Callable[..., LivenessAnswer]
"""`judge_liveness`, likewise."""


@pytest.fixture(scope="module")
def steady() -> SteadyAnalyzer:
    return SteadyAnalyzer()


@pytest.fixture(scope="module")
def server(steady: SteadyAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """It signs its answers."""
    discard_logs()
    folder = tmp_path_factory.mktemp("server")
    make_key_file(folder / "signing.json", KEY)
    with running(steady, settings_in(folder, signing={"key_file": folder / "signing.json"})) as server:
        yield server


def _sync(url: str, call: Mapping[str, Any], **options: Any) -> SpoofingData:  # noqa: ANN401
    with Client(url, **options) as client:
        return client.detect_spoofing(**call)


def _async(url: str, call: Mapping[str, Any], **options: Any) -> SpoofingData:  # noqa: ANN401
    async def run() -> SpoofingData:
        async with AsyncClient(url, **options) as client:
            return await client.detect_spoofing(**call)

    return asyncio.run(run())


@pytest.fixture(params=[_sync, _async])
def detect(request: pytest.FixtureRequest) -> Detect:
    """By each of the two clients."""
    found: Detect = request.param
    return found


def _judge_sync(url: str, call: Mapping[str, Any], **options: Any) -> LivenessAnswer:  # noqa: ANN401
    with Client(url, **options) as client:
        return client.judge_liveness(**call)


def _judge_async(url: str, call: Mapping[str, Any], **options: Any) -> LivenessAnswer:  # noqa: ANN401
    async def run() -> LivenessAnswer:
        async with AsyncClient(url, **options) as client:
            return await client.judge_liveness(**call)

    return asyncio.run(run())


@pytest.fixture(params=[_judge_sync, _judge_async])
def judge(request: pytest.FixtureRequest) -> Judge:
    """By each of the two clients."""
    found: Judge = request.param
    return found


def _keys(server: RunningServer) -> dict[str, str]:
    return {"app_key": server.app_key, "secret_key": server.secret}


def test_a_file_is_judged(detect: Detect, server: RunningServer, portrait: bytes, tmp_path: Path) -> None:
    (tmp_path / "사진.png").write_bytes(portrait)
    for image in (portrait, tmp_path / "사진.png", str(tmp_path / "사진.png")):
        found = detect(server.url, {"image": image}, **_keys(server))
        assert found.face_detail_count == 1
        assert [point.type for point in found.face_details[0].landmarks][:2] == ["leftEye", "rightEye"]


def test_the_condition_arrives(
    detect: Detect, server: RunningServer, steady: SteadyAnalyzer, portrait: bytes
) -> None:
    detect(server.url, {"image": portrait, "condition": "strict"}, **_keys(server))
    assert steady.presets[-1] is Preset.STRICT


def test_an_address_is_sent_as_one(detect: Detect, server: RunningServer) -> None:
    with pytest.raises(ImageUrlError) as raised:
        detect(server.url, {"url": "http://127.0.0.1/a.png"}, **_keys(server))
    assert raised.value.code == -45050
    assert raised.value.detail
    assert raised.value.request_id


@pytest.mark.parametrize("with_slash", [True, False])
def test_refusals_are_errors_with_their_codes(
    detect: Detect, server: RunningServer, with_slash: bool
) -> None:
    url = f"{server.url}/" if with_slash else server.url
    with pytest.raises(UnauthorizedError) as raised:
        detect(url, {"image": b"x"}, app_key=server.app_key, secret_key="wrong")
    assert (raised.value.code, raised.value.status) == (-41005, 200)
    with pytest.raises(InvalidParameterError):
        detect(url, {"image": b"x", "condition": "lax"}, **_keys(server))


def test_liveness_is_judged_and_proved(
    judge: Judge, server: RunningServer, steady: SteadyAnalyzer, portrait: bytes
) -> None:
    found = judge(server.url, {"image": portrait, "faces": "largest", "preset": "strict"}, **_keys(server))
    assert steady.presets[-1] is Preset.STRICT
    assert found.person is not None
    assert found.frames[0].faces[0].liveness_score == found.person.liveness_score
    assert found.signature is not None
    assert verify(found.raw, keys_of(KEY)).holds


def test_a_policy_decides(judge: Judge, server: RunningServer, portrait: bytes) -> None:
    server.services.policies.put("staff", 0.2, 0.95, actor=ACTOR)
    server.services.policies_in_force.forget()
    found = judge(server.url, {"image": portrait, "policy": "staff"}, **_keys(server))
    assert found.person is not None
    assert found.person.decision is not None
    assert (found.person.decision.outcome, found.person.decision.accept_from) == ("review", 0.95)
    assert found.evidence.decision_policy is not None
    assert found.evidence.decision_policy.version == 1
    with pytest.raises(InvalidParameterError) as unknown:
        judge(server.url, {"image": portrait, "policy": "nobody"}, **_keys(server))
    assert unknown.value.code == "unknown_policy"


def test_frames_get_one_verdict(judge: Judge, server: RunningServer, portrait: bytes) -> None:
    found = judge(server.url, {"frames": [portrait, portrait]}, **_keys(server))
    assert len(found.frames) == 2
    assert found.person is not None
    assert found.consistency is not None


def test_problems_are_errors_with_their_words(judge: Judge, server: RunningServer, portrait: bytes) -> None:
    with pytest.raises(UnauthorizedError) as unauthorized:
        judge(server.url, {"image": portrait}, app_key=server.app_key, secret_key="wrong")
    with pytest.raises(InvalidParameterError) as invalid:
        judge(server.url, {"image": portrait, "quality": "lax"}, **_keys(server))
    with pytest.raises(ImageUrlError) as address:
        judge(server.url, {"url": "http://127.0.0.1/a.png"}, **_keys(server))
    raised = (unauthorized.value, invalid.value, address.value)
    assert [error.code for error in raised] == ["unauthorized", "invalid_parameter", "invalid_url"]
    assert [error.status for error in raised] == [401, 400, 400]
    assert all(error.detail and error.request_id for error in raised)


def test_a_service_without_v2_is_told(judge: Judge) -> None:
    envelope = FAILURE.replace(b"-50000", b"-40000")
    with scripted((404, envelope, {})) as (url, seen), pytest.raises(UnexpectedAnswerError) as raised:
        judge(url, {"image": b"image"}, **WANTED)
    assert raised.value.status == 404
    assert seen[0][0] == "/prefix/v2/liveness"


def test_a_used_up_quota_is_told_with_when_to_come_again(server: RunningServer, portrait: bytes) -> None:
    """The month's is days away, so that nothing is waited for."""
    made, _, secret = server.services.applications.create_application(
        "small", quota=Quota(monthly=1), actor=ACTOR
    )
    with Client(server.url, made.app_key, secret) as client:
        client.detect_spoofing(portrait)
        with pytest.raises(QuotaExceededError) as raised:
            client.detect_spoofing(portrait)
    assert (raised.value.code, raised.value.status) == (-40070, 429)
    assert (raised.value.retry_after or 0) > 0


@contextmanager
def scripted(*replies: Reply | None) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """A server that gives these replies in turn, None for a connection cut; and what came: path and port."""
    left, seen = list(replies), list[tuple[str, int]]()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, self.client_address[1]))
            reply = left.pop(0)
            if reply is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            status, body, headers = reply
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}/prefix", seen
        finally:
            http.shutdown()
            thread.join()


WANTED: dict[str, Any] = {"app_key": "appKey", "secret_key": "secret", "retry": AT_ONCE}
BUSY: Reply = (503, FAILURE, {"Retry-After": "0"})
OK: Reply = (200, SUCCESS, {})


@pytest.mark.parametrize("fault", [BUSY, (429, FAILURE, {}), (503, b"<html>", {}), None])
def test_it_is_tried_again_and_then_answered(detect: Detect, fault: Reply | None) -> None:
    with scripted(fault, fault, OK) as (url, seen):
        assert detect(url, {"image": b"image"}, **WANTED).face_detail_count == 0
    assert [path for path, _ in seen] == ["/prefix/v1.0/appkeys/appKey/spoofing"] * 3


def test_it_is_given_up_after_the_last_attempt(detect: Detect) -> None:
    with scripted(BUSY, BUSY, BUSY, OK) as (url, seen), pytest.raises(UnavailableError):
        detect(url, {"image": b"image"}, **WANTED)
    assert len(seen) == 3


def test_a_wait_that_is_too_long_is_not_waited_for(detect: Detect) -> None:
    with (
        scripted((503, FAILURE, {"Retry-After": "3600"})) as (url, _),
        pytest.raises(UnavailableError) as raised,
    ):
        detect(url, {"image": b"image"}, **WANTED)
    assert raised.value.retry_after == 3600


@pytest.mark.parametrize("status", [200, 500])
def test_what_is_no_fault_of_the_moment_is_not_tried_again(detect: Detect, status: int) -> None:
    with scripted((status, FAILURE, {}), OK) as (url, seen), pytest.raises(InternalServiceError):
        detect(url, {"image": b"image"}, **WANTED)
    assert len(seen) == 1


def test_nobody_there_is_told(detect: Detect) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConnectionFailedError):
            detect(url, {"image": b"image"}, **WANTED)


def test_a_late_answer_is_not_waited_for_and_not_asked_for_again(detect: Detect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TimedOutError):
            detect(url, {"image": b"image"}, **WANTED, timeout=0.05)


def test_a_redirect_does_not_take_the_secret_along(detect: Detect) -> None:
    with scripted(OK) as (other, elsewhere), scripted((307, b"", {"Location": other})) as (url, _):
        with pytest.raises(UnexpectedAnswerError):
            detect(url, {"image": b"image"}, **WANTED)
        assert elsewhere == []


def test_one_connection_serves_many_calls() -> None:
    with scripted(OK, BUSY, OK, OK) as (url, seen), Client(url, **WANTED) as client:
        for _ in range(3):
            client.detect_spoofing(b"image")
    assert len(seen) == 4
    assert len({port for _, port in seen}) == 1


def test_a_client_of_ones_own_is_used_and_left_open() -> None:
    async def run(url: str) -> None:
        async with httpx2.AsyncClient() as http:
            async with AsyncClient(url, **WANTED, http=http) as client:
                await client.detect_spoofing(b"image")
            assert not http.is_closed

    with scripted(OK, OK) as (url, _):
        with httpx2.Client() as http:
            with Client(url, **WANTED, http=http) as client:
                client.detect_spoofing(b"image")
            assert not http.is_closed
        asyncio.run(run(url))


def test_a_capture_token_is_asked_for(server: RunningServer) -> None:
    keys = server.app_key, server.secret
    with Client(server.url, *keys) as client:
        made = client.create_token(uses=3, lifetime=60)
        with pytest.raises(InvalidParameterError):
            client.create_token(uses=1000)

    async def other() -> CaptureTokenAnswer:
        async with AsyncClient(server.url, *keys) as client:
            return await client.create_token()

    assert (made.uses, made.token in repr(made)) == (3, False)
    assert timedelta(0) < made.expires_at - datetime.now(UTC) <= timedelta(seconds=60)
    assert asyncio.run(other()).uses == 20


def test_an_answer_goes_back_with_what_it_was(server: RunningServer) -> None:
    keys = server.app_key, server.secret
    with Client(server.url, *keys) as client:
        signature = client.judge_liveness(b"image").signature or ""
        first = client.give_feedback(signature, "attack", attack_kind="print", face=0)
        with pytest.raises(ConflictError):
            client.give_feedback(signature, "bona_fide")
        with pytest.raises(InvalidParameterError):
            client.give_feedback("a.b.c", "bona_fide")

    async def corrected() -> FeedbackAnswer:
        async with AsyncClient(server.url, *keys) as client:
            return await client.give_feedback(signature, "bona_fide", correct=True)

    assert (first.feedback, first.decision, first.policy) == ("counted", "accept", "balanced")
    assert asyncio.run(corrected()).feedback == "corrected"
