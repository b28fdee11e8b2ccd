"""The requests of a soak: what callers of every kind send, in the shares they are sent in.

Every image is drawn, or made of the public-domain portrait of examples/.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pybase64
from PIL import Image

from support.http.wire import form, head
from support.pictures import images
from support.servers.served import Keys

PORTRAIT = Path(__file__).resolve().parents[2] / "examples" / "astronaut.png"
HEAD = (125, 20, 325, 220)
"""Where the head is in the portrait: left, top, right, bottom."""
REFUSED_RATE = "refused_rate"
SHAPE = "-40000"
WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: its share of all, and the outcomes that are its own.

    `upto` is the number of bytes after which the client goes away; None reads the reply.
    """

    name: str
    share: float
    request: bytes
    outcomes: frozenset[str]
    upto: int | None = None


def kinds(shop: Keys, hurried: Keys, image_url: str) -> Sequence[Kind]:
    """Every kind. `hurried` has a rate of one a second; the server may fetch `image_url`."""
    photo, phone = portrait_jpeg(512), portrait_jpeg(3464)
    return [
        _kind("photo, form", 0.34, _upload(shop, photo), "faces"),
        _kind("photo, JSON", 0.15, _json(shop, {"bytes": pybase64.b64encode(photo).decode()}), "faces"),
        _kind("photo, URL", 0.05, _json(shop, {"url": image_url}), "faces"),
        _kind("phone photo of 12 megapixels", 0.02, _upload(shop, phone), "faces"),
        _kind("20 faces", 0.01, _upload(shop, crowd()), "faces"),
        _kind("no face", 0.10, _upload(shop, images.jpeg(640, 480)), "no_face"),
        _kind("smallest image", 0.06, _upload(shop, images.png(80, 80)), "no_face"),
        _kind("wrong keys", 0.06, _upload(replace(shop, secret=WRONG), photo), "-41005"),
        _kind("wrong shape", 0.05, _json(shop, None), SHAPE),
        _kind("too fast", 0.02, _json(hurried, None), SHAPE, REFUSED_RATE),
        _kind("cut off JPEG", 0.04, _upload(shop, photo[: len(photo) // 2]), "-45030"),
        _kind("another format", 0.03, _upload(shop, images.gif()), "-45040"),
        _kind("too many pixels", 0.02, _upload(shop, images.png_header_of(60_000, 60_000)), "-45020"),
        _kind("private URL", 0.03, _json(shop, {"url": "http://10.0.0.1/a.png"}), "-45050"),
        Kind(
            "client gone while sending", 0.01, request := _upload(shop, photo), frozenset(), len(request) // 2
        ),
        Kind("client gone before its reply", 0.01, request, frozenset(), len(request)),
    ]


def portrait_jpeg(side: int) -> bytes:
    """The portrait as a JPEG of `side` x `side` pixels, one face."""
    with Image.open(PORTRAIT) as image:
        return _jpeg(image.convert("RGB").resize((side, side), Image.Resampling.LANCZOS))


def crowd() -> bytes:
    """A JPEG with the portrait's head twenty times: 1200 x 960 pixels, faces from 60 px."""
    canvas = Image.new("RGB", (1200, 960))
    with Image.open(PORTRAIT) as image:
        one = image.convert("RGB").resize((240, 240), Image.Resampling.LANCZOS, HEAD)
    for place in range(20):
        canvas.paste(one, (place % 5 * 240, place // 5 * 240))
    return _jpeg(canvas)


def _kind(name: str, share: float, request: bytes, *outcomes: str) -> Kind:
    return Kind(name, share, request, frozenset(outcomes))


def _jpeg(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", quality=85)
    return target.getvalue()


def _upload(keys: Keys, image: bytes) -> bytes:
    return _request(keys, *form(("imageFile", "a.jpg", image)))


def _json(keys: Keys, image: Mapping[str, str] | None) -> bytes:
    body: dict[str, object] = {} if image is None else {"image": image}
    return _request(keys, "application/json", orjson.dumps(body))


def _request(keys: Keys, content_type: str, body: bytes) -> bytes:
    lines = (
        f"Authorization: {keys.secret}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
    )
    return head(f"/v1.0/appkeys/{keys.app_key}/spoofing", *lines) + body
