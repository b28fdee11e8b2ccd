"""POST /v2/liveness over real sockets: right answers, real statuses, and every reply counted."""

import base64
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from PIL import Image

from bonaface import Analyzer
from bonaface.accounts.application import Quota
from bonaface.models.catalog import load_catalog
from bonaface.types import Preset
from bonaface.usage.periods import Period
from support.http.wire import connected, head
from support.models.analyses import BrokenAnalyzer, SteadyAnalyzer
from support.network.web import Exchange, Handler, LocalServer
from support.pictures import images
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.waiting import wait_until

PATH = "/v2/liveness"
PROBLEM = "application/problem+json"
HostImage = Callable[[Handler], AbstractContextManager[LocalServer]]


@contextmanager
def client_of(server: RunningServer, **keys: str) -> Iterator[httpx2.Client]:
    headers = {"X-App-Key": server.app_key, "Authorization": f"Bearer {server.secret}", **keys}
    with httpx2.Client(base_url=server.url, headers=headers, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx2.Client]:
    with client_of(server) as client:
        yield client


def encoded(image: bytes) -> dict[str, object]:
    return {"image": {"bytes": base64.b64encode(image).decode()}}


def without_evidence(answer: httpx2.Response) -> Any:  # noqa: ANN401 - any JSON value
    told = answer.json()
    assert answer.status_code == 200
    assert told["evidence"].pop("requestId") == answer.headers["x-request-id"]
    del told["evidence"]["time"]
    return told


def test_a_portrait_has_its_score_its_verdicts_and_its_evidence(
    client: httpx2.Client, analyzer: Analyzer, portrait: bytes
) -> None:
    told = without_evidence(client.post(PATH, files={"imageFile": ("a.png", portrait)}))
    (frame,) = told["frames"]
    (face,) = frame["faces"]
    (expected,) = analyzer.analyze(portrait).faces
    assert (frame["width"], frame["height"]) == (512, 512)
    assert face["livenessScore"] == told["person"]["livenessScore"] == expected.liveness_score
    assert face["detectionConfidence"] == pytest.approx(expected.confidence)
    assert face["pose"]["yaw"] == expected.pose.yaw
    assert face["box"]["pixels"]["x0"] == expected.box.x0
    assert (
        face["presets"]["strict"]["threshold"]
        == load_catalog().pad("bonaface-pad").calibration.thresholds[Preset.STRICT]
    )
    assert (told["preset"], face["verdict"], told["signature"]) == ("balanced", "bona_fide", None)
    assert told["evidence"]["images"] == [{"sha256": hashlib.sha256(portrait).hexdigest()}]
    pad = load_catalog().pad("bonaface-pad")
    assert told["evidence"]["models"][1] == {
        "name": "bonaface-pad",
        "version": pad.version,
        "sha256": [file.sha256 for file in pad.all_files],
    }
    assert told["evidence"]["policy"] == {"name": "presets", "version": pad.calibration.policy.version}


def test_three_ways_to_send_it(client: httpx2.Client, portrait: bytes, host_image: HostImage) -> None:
    async def answer_portrait(incoming: Exchange) -> None:
        await incoming.answer(body=portrait)

    with host_image(answer_portrait) as host:
        answers = [
            client.post(PATH, files={"imageFile": ("a.png", portrait)}),
            client.post(PATH, json=encoded(portrait)),
            client.post(PATH, json={"image": {"url": host.url("/a.png")}}),
        ]
    first, *others = map(without_evidence, answers)
    assert others == [first, first]


def test_the_answer_is_as_the_document_says_and_nothing_more(client: httpx2.Client, portrait: bytes) -> None:
    document = client.get("/openapi.json").json()
    told = document["paths"][PATH]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    schema = {**told, "components": document["components"]}
    answer = client.post(PATH, json=encoded(portrait)).json()
    jsonschema_rs.validate(schema, answer)
    mapped = client.post(PATH, json={**encoded(portrait), "heatmap": True}).json()
    jsonschema_rs.validate(schema, mapped)
    assert len(mapped["frames"][0]["faces"][0]["heatmap"]["cells"]) == 8
    assert answer["frames"][0]["faces"][0]["heatmap"] is None
    for spoilt in (answer, answer["person"], answer["frames"][0]["faces"][0], answer["evidence"]):
        spoilt["other"] = 1
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(schema, answer)
        del spoilt["other"]


def test_options(client: httpx2.Client, portrait: bytes) -> None:
    by_json = client.post(PATH, json={**encoded(portrait), "preset": "strict", "faces": "largest"})
    by_form = client.post(
        PATH, files={"imageFile": ("a", portrait)}, data={"preset": "strict", "faces": "largest"}
    )
    told = without_evidence(by_json)
    assert told == without_evidence(by_form)
    assert (told["preset"], told["person"]["verdict"]) == ("strict", "attack")


def test_several_frames_have_one_verdict_and_one_that_is_repeated_is_named(
    client: httpx2.Client, portrait: bytes
) -> None:
    blank, lighter = images.png(200, 200), brightened(portrait)
    frames = [portrait, lighter, portrait, blank]
    by_form = client.post(PATH, files=[("frames", (f"{n}.png", frame)) for n, frame in enumerate(frames)])
    texts = [{"bytes": base64.b64encode(frame).decode()} for frame in frames]
    told = without_evidence(by_form)
    assert told == without_evidence(client.post(PATH, json={"frames": texts}))
    scores = [frame["faces"][0]["livenessScore"] for frame in told["frames"][:3]]
    assert told["person"]["livenessScore"] == pytest.approx(sum(scores) / 3)
    assert (told["person"]["frames"], told["person"]["verdict"]) == ([0, 1, 2], "bona_fide")
    findings = told["consistency"]["findings"]
    assert [(each["frame"], each["finding"], each["against"]) for each in findings] == [
        (2, "duplicate", 0),
        (3, "no_face", None),
    ]
    assert [each["sha256"] for each in told["evidence"]["images"]] == [
        hashlib.sha256(frame).hexdigest() for frame in frames
    ]
    required = client.post(PATH, json={"frames": texts, "quality": "require"}).json()
    assert required["person"]["verdict"] == "undecidable"


def brightened(image: bytes) -> bytes:
    picture = Image.open(io.BytesIO(image)).convert("RGB").point(lambda level: min(level + 6, 255))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_ten_bombs_are_no_more_than_one(client: httpx2.Client) -> None:
    large = images.png_header_of(2300, 2300)  # ten have over 50 megapixels
    answer = client.post(PATH, files=[("frames", ("a.png", large))] * 10)
    assert_problem(answer, 413, "image_too_large")
    assert "together" in answer.json()["detail"]
    many = client.post(PATH, files=[("frames", ("a.png", images.padded(images.png(), 300_001)))] * 10)
    assert_problem(many, 413, "image_too_large")


def test_no_face_is_an_answer(client: httpx2.Client) -> None:
    told = client.post(PATH, json=encoded(images.png(200, 200))).json()
    assert (told["person"], told["frames"]) == (None, [{"width": 200, "height": 200, "faces": []}])


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"json": {}}, 400, "invalid_parameter"),
        ({"json": {"image": {"url": "ftp://host/a"}}}, 400, "invalid_url"),
        ({"json": {"image": {"bytes": "no base64!"}}}, 400, "invalid_image"),
        ({"json": encoded(images.png()), "params": {"preset": "strict"}}, 400, "invalid_parameter"),
        (
            {
                "content": b'{"preset": "weak", "preset": "strict", "image": {"url": "https://host/a"}}',
                "headers": {"Content-Type": "application/json"},
            },
            400,
            "invalid_parameter",
        ),
        ({"files": {"imageFile": images.png(79, 200)}}, 400, "image_too_small"),
        ({"files": {"imageFile": images.png()[:60]}}, 400, "invalid_image"),
        ({"files": {"imageFile": bytes(3_000_001)}}, 413, "image_too_large"),
        ({"files": {"imageFile": images.png_header_of(65_535, 65_535)}}, 413, "image_too_large"),
        ({"files": {"imageFile": images.gif()}}, 415, "unsupported_format"),
        ({"content": b"<a/>", "headers": {"Content-Type": "text/xml"}}, 415, "unsupported_media_type"),
        (
            {"content": b"{}", "headers": {"Content-Type": "application/json", "Content-Encoding": "gzip"}},
            415,
            "unsupported_media_type",
        ),
    ],
)
def test_errors_are_problems(client: httpx2.Client, request_: dict[str, Any], status: int, code: str) -> None:
    assert_problem(client.post(PATH, **request_), status, code)


def assert_problem(answer: httpx2.Response, status: int, code: str) -> None:
    told = answer.json()
    assert answer.headers["content-type"] == PROBLEM
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["requestId"] == answer.headers["x-request-id"]
    assert told["detail"].endswith(".")
    assert told.keys() == {"type", "title", "status", "detail", "code", "requestId"}


def test_what_is_not_there_and_what_is_not_taken(client: httpx2.Client) -> None:
    assert_problem(client.post("/v2/nothing"), 404, "not_found")
    refused = client.get(PATH)
    assert_problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"


def test_keys_are_checked_before_the_body_is_read(server: RunningServer) -> None:
    with connected(server.address) as wire:
        own = (f"X-App-Key: {server.app_key}", "Authorization: Bearer wrong", "Content-Length: 99999999")
        wire.send(head(PATH, *own, "Content-Type: application/json", "Expect: 100-continue"))
        answer = wire.read()
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.headers["content-type"] == PROBLEM


def test_wrong_and_missing_keys_are_refused_alike(server: RunningServer) -> None:
    wrong = [
        {"Authorization": server.secret},
        {"Authorization": f"Basic {server.secret}"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"X-App-Key": "unknown"},
        {"X-App-Key": ""},
    ]
    told = []
    for keys in wrong:
        with client_of(server, **keys) as client:
            answer = client.post(PATH, json={})
        assert_problem(answer, 401, "unauthorized")
        told.append(answer.json()["detail"])
    assert len(set(told)) == 1
    with client_of(server, Authorization=f"bearer {server.secret}") as client:  # RFC 9110, 11.1
        assert_problem(client.post(PATH, json={}), 400, "invalid_parameter")


def test_a_body_that_is_declared_too_long_is_not_read(server: RunningServer) -> None:
    with connected(server.address) as wire:
        own = (f"X-App-Key: {server.app_key}", f"Authorization: Bearer {server.secret}")
        wire.send(head(PATH, *own, "Content-Type: application/json", "Content-Length: 99999999"))
        answer = wire.read()
    assert (answer.status, answer.json["code"]) == (413, "image_too_large")


def test_each_reply_is_counted_once_and_takes_one_of_the_month(tmp_path: Path) -> None:
    with running(SteadyAnalyzer(), settings_in(tmp_path, server={"max_requests": 1})) as server:
        shop, _, secret = server.services.applications.create_application(
            "shop", quota=Quota(monthly=3), actor=ACTOR
        )
        with client_of(server, **{"X-App-Key": shop.app_key, "Authorization": f"Bearer {secret}"}) as client:
            with server.services.requests.admit():
                busy = client.post(PATH, json={})
            assert_problem(busy, 503, "overloaded")
            assert int(busy.headers["retry-after"]) > 0
            assert client.post(PATH, files={"imageFile": b"image"}).status_code == 200
            client.post(PATH, json={})
            client.post(PATH, json=encoded(b"image"))
            used_up = client.post(PATH, json={})
            assert_problem(used_up, 429, "quota_exceeded")
            assert int(used_up.headers["retry-after"]) > 0
            client.get(PATH)
        wait_until(lambda: server.services.ledger.backlog == 0)
        now = datetime.now(UTC)
        (row,) = server.services.usage.usage(Period.MONTH, now, now + timedelta(seconds=1), shop.id)
        assert row.outcomes == {"faces": 2, "-40000": 1, "refused_overload": 1, "refused_quota": 1}
        assert (row.bona_fide, row.attacks) == (2, 0)
        assert server.services.usage.used_this_month(shop.id) == 3


def test_an_answer_is_signed_where_there_is_a_key(tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="of the extra `signing`")
    from bonaface.evidence.key_file import make_key_file
    from bonaface.evidence.signing_key import make_key, read_public_keys
    from bonaface.evidence.verification import verify

    now = datetime.now(UTC)
    make_key_file(tmp_path / "signing.json", make_key(now, now))
    settings = settings_in(tmp_path, signing={"key_file": tmp_path / "signing.json"})
    sent = images.png()
    with running(SteadyAnalyzer(), settings) as server, client_of(server) as client:
        answer = client.post(PATH, files={"imageFile": sent})
        keys = read_public_keys(client.get("/.well-known/jwks.json").content)
    assert verify(answer.content, keys, image=sent, max_age=timedelta(hours=1)).holds
    assert not verify(answer.content, keys, image=images.jpeg()).holds


def test_what_nobody_expected_tells_nothing(tmp_path: Path) -> None:
    analyzer = BrokenAnalyzer(ZeroDivisionError("/srv/models at 10.1.2.3"))
    with running(analyzer, settings_in(tmp_path)) as server, client_of(server) as client:
        answer = client.post(PATH, files={"imageFile": b"image"})
    assert_problem(answer, 500, "internal")
    assert "10.1.2.3" not in answer.text
