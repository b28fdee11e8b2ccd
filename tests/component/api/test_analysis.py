"""The main job over the wire: right answers for real faces, each way in, alone and side by side."""

import base64
import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import orjson
import pytest
from PIL import Image

from bonaface import Analyzer
from bonaface.api.v1.presenter import present, reported
from bonaface.api.v1.schemas import SpoofingResponse
from support.network.web import Exchange, Handler, LocalServer
from support.pictures import images
from support.servers.thread import RunningServer

HostImage = Callable[[Handler], AbstractContextManager[LocalServer]]
CLIENTS = 32


@pytest.fixture
def expected(analyzer: Analyzer, portrait: bytes) -> dict[str, Any]:
    """The same image through the library: its face, and not one of another image."""
    analysis = analyzer.analyze(portrait)
    data = present(analysis, reported(analysis))
    assert data["faceDetailCount"] == 1
    return data


def encoded(image: bytes) -> dict[str, object]:
    return {"image": {"bytes": base64.b64encode(image).decode()}}


def test_base64(server: RunningServer, portrait: bytes, expected: dict[str, Any]) -> None:
    with server.client() as client:
        answer = client.post(server.path, json=encoded(portrait))
    assert answer.status_code == 200
    assert answer.json()["header"] == {"isSuccessful": True, "resultCode": 0, "resultMessage": "Success"}
    assert answer.json()["data"] == expected
    SpoofingResponse.model_validate_json(answer.content)


def test_file(server: RunningServer, portrait: bytes, expected: dict[str, Any]) -> None:
    with server.client() as client:
        answer = client.post(server.path, files={"imageFile": ("a.png", portrait)})
    assert answer.json()["data"] == expected


def test_url(server: RunningServer, portrait: bytes, expected: dict[str, Any], host_image: HostImage) -> None:
    async def answer_portrait(incoming: Exchange) -> None:
        await incoming.answer(body=portrait)

    with host_image(answer_portrait) as host, server.client() as client:
        answer = client.post(server.path, json={"image": {"url": host.url("/astronaut.png")}})
    assert answer.json()["data"] == expected


@pytest.mark.parametrize("condition", ["weak", "balanced", "strict"])
def test_conditions(server: RunningServer, portrait: bytes, condition: str) -> None:
    with server.client() as client:
        by_json = client.post(server.path, json={**encoded(portrait), "spoofingCondition": condition})
        by_form = client.post(
            server.path, files={"imageFile": ("a", portrait)}, data={"spoofingCondition": condition}
        )
    assert by_json.json() == by_form.json()
    assert by_json.json()["data"]["faceDetailCount"] == 1


def test_no_face_is_a_success(server: RunningServer) -> None:
    with server.client() as client:
        answer = client.post(server.path, json=encoded(images.png(200, 200)))
    assert answer.json()["data"] == {"faceDetailCount": 0, "faceDetails": []}


def test_a_face_that_is_too_small_is_left_out(
    server: RunningServer, portrait: bytes, analyzer: Analyzer
) -> None:
    small = resized(portrait, 256)
    assert len(analyzer.analyze(small).faces) == 1
    with server.client() as client:
        answer = client.post(server.path, json=encoded(small))
    assert answer.json()["data"]["faceDetailCount"] == 0


def resized(image: bytes, side: int) -> bytes:
    target = io.BytesIO()
    Image.open(io.BytesIO(image)).convert("RGB").resize((side, side)).save(target, "PNG")
    return target.getvalue()


def test_side_by_side_every_client_gets_its_own_answer(
    server: RunningServer, portrait: bytes, expected: dict[str, Any]
) -> None:
    mirrored = io.BytesIO()
    Image.open(io.BytesIO(portrait)).convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(
        mirrored, "PNG"
    )
    blank = images.png(300, 200)
    bodies = [orjson.dumps(encoded(image)) for image in (portrait, mirrored.getvalue(), blank)]
    together = threading.Barrier(CLIENTS)

    def ask(number: int) -> Any:  # noqa: ANN401 - any JSON value
        with server.client() as client:
            together.wait()
            answer = client.post(
                server.path, content=bodies[number % 3], headers={"Content-Type": "application/json"}
            )
            return answer.json()["data"]

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(ask, range(CLIENTS)))
    assert all(answer == expected for answer in answers[0::3])
    assert all(answer == answers[1] for answer in answers[1::3])
    assert all(answer["faceDetailCount"] == 0 for answer in answers[2::3])
    assert_mirrored(answers[1]["faceDetails"][0]["bbox"], expected["faceDetails"][0]["bbox"])


def assert_mirrored(box: dict[str, float], original: dict[str, float]) -> None:
    assert box["x0"] == pytest.approx(1 - original["x1"], abs=0.03)
    assert box["x1"] == pytest.approx(1 - original["x0"], abs=0.03)
