"""A stand-in for NHN Cloud's Face Liveness: what its API guide says, and nothing of bonaface."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bonaface.server.http_protocol import BoundedHttpProtocol
from support.servers.thread import serving

PATH = "/v1.0/appkeys/{appKey}/spoofing"
MAX_BYTES = 3_000_000
CONDITIONS = ("weak", "balanced", "strict")
SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
MESSAGES = {
    0: "Success",
    -40000: "InvalidParam",
    -41005: "UnauthorizedAppKeyOrSecretKey",
    -45020: "ImageTooLargeException",
    -45030: "InvalidImageParameterException",
    -45040: "InvalidImageFormatException",
}
LANDMARKS = ("leftEye", "rightEye", "nose", "leftLip", "rightLip")

Corners = tuple[float, float, float, float]


class RefusedError(Exception):
    """With a code of the guide."""


@dataclass
class NhnService:
    """What it says of which image, by SHA-256, what it was asked, and how it refuses for a while.

    `busy`: answers of these statuses and waits come first, one for each request.
    """

    app_key: str = "nhn-app-key-0123"
    secret: str = "nhn-secret-key-abcdef"
    faces: dict[str, Sequence[tuple[Corners, bool]]] = field(default_factory=dict)
    busy: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """SHA-256 of the image, and the condition."""
    url: str = ""

    def says(self, image: bytes, *faces: tuple[Corners, bool]) -> None:
        """Of this image: the corners of each face in fractions, and whether it is spoofing."""
        self.faces[hashlib.sha256(image).hexdigest()] = faces

    async def answer(self, request: Request) -> Response:
        """One request of the guide."""
        if self.busy:
            status, headers = self.busy.pop(0)
            return Response("busy", status, headers)
        try:
            return _envelope(0, await self._data(request))
        except RefusedError as refused:
            return _envelope(refused.args[0])

    async def _data(self, request: Request) -> dict[str, Any]:
        keys = request.path_params["appKey"], request.headers.get("authorization")
        if keys != (self.app_key, self.secret):
            raise RefusedError(-41005)
        image, condition = await _asked(request)
        if condition not in CONDITIONS:
            raise RefusedError(-40000)
        digest = hashlib.sha256(image).hexdigest()
        self.asked.append((digest, condition))
        if len(image) > MAX_BYTES:
            raise RefusedError(-45020)
        if not image.startswith(SIGNATURES):
            raise RefusedError(-45040)
        faces = [_face(*face) for face in self.faces.get(digest, ())]
        return {"faceDetailCount": len(faces), "faceDetails": faces}


async def _asked(request: Request) -> tuple[bytes, object]:
    """The image's bytes and the condition, as JSON or as a form has them."""
    if request.headers["content-type"].startswith("application/json"):
        return _of_json(await request.body())
    async with request.form() as form:
        return await _of_form(form)


def _of_json(body: bytes) -> tuple[bytes, object]:
    try:
        asked = json.loads(body)
        return base64.b64decode(asked["image"]["bytes"], validate=True), asked.get(
            "spoofingCondition", "balanced"
        )
    except binascii.Error:
        raise RefusedError(-45030) from None
    except (ValueError, KeyError, TypeError):
        raise RefusedError(-40000) from None


async def _of_form(form: FormData) -> tuple[bytes, object]:
    file = form.get("imageFile")
    if not isinstance(file, UploadFile):
        raise RefusedError(-40000)
    return await file.read(), form.get("spoofingCondition", "balanced")


def _face(corners: Corners, is_spoofing: bool) -> dict[str, Any]:
    x0, y0, x1, y1 = corners
    middle = {"x": (x0 + x1) / 2, "y": (y0 + y1) / 2}
    return {
        "bbox": {"x0": x0, "y0": y0, "x1": x1, "y1": y1},
        "landmarks": [{"type": kind, **middle} for kind in LANDMARKS],
        "spoofing": is_spoofing,
        "confidence": 99.9123,
    }


def _envelope(code: int, data: Mapping[str, Any] | None = None) -> Response:
    header = {"isSuccessful": code == 0, "resultCode": code, "resultMessage": MESSAGES[code]}
    return JSONResponse({"header": header} if data is None else {"header": header, "data": data})


@contextmanager
def nhn_service() -> Iterator[NhnService]:
    """The service on a port of this machine, until the end of the block."""
    service = NhnService()
    app = Starlette(routes=[Route(PATH, service.answer, methods=["POST"])])
    with serving(app, BoundedHttpProtocol) as (host, port):
        service.url = f"http://{host}:{port}"
        yield service
