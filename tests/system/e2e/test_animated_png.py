"""What Chromium shows of an animated PNG is what the product reads, and what the console shows."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from bonaface.errors import InvalidImageError
from bonaface.imaging.png import decode
from support.http.browser import Watched, watched
from support.pictures import animated as files
from support.pictures import png as pngs
from support.pictures.animated import SHOW_FIRST, SHOW_NOTHING, SHOW_PART, SHOW_STILL
from support.servers.thread import RunningServer

SHOWN = SHOW_STILL | SHOW_FIRST | SHOW_PART
POINTS = [list(files.INSIDE), list(files.OUTSIDE)]
LOOK = """async ({ text, points, address }) => {
  const blob = new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], { type: "image/png" });
  const coloursOf = (source, width, height) => {
    const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = "white";
    canvas.fillRect(0, 0, width, height);
    canvas.drawImage(source, 0, 0);
    return points.map(([x, y]) => Array.from(canvas.getImageData(x, y, 1, 1).data.slice(0, 3)));
  };
  const bitmap = await createImageBitmap(blob).catch(() => null);
  const { pictureOf } = await import(address);
  const picture = await pictureOf(blob);
  return {
    browser: bitmap && coloursOf(bitmap, bitmap.width, bitmap.height),
    console: picture && coloursOf(picture, picture.naturalWidth, picture.naturalHeight),
    later: picture && await new Promise((resolve) => {
      document.body.append(picture);
      setTimeout(() => resolve(coloursOf(picture, picture.naturalWidth, picture.naturalHeight)), 250);
    }),
  };
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, server: RunningServer) -> Iterator[Watched]:
    with watched(browser, server) as page:
        page.open()
        yield page


def seen(page: Watched, data: bytes) -> dict[str, Any]:
    """Colours at two points as the browser shows the file, and as the console does, at once and later."""
    address = f"{page.server.url}/console/script/picture.js"
    given = {"text": base64.b64encode(data).decode(), "points": POINTS, "address": address}
    found: dict[str, Any] = page.page.evaluate(LOOK, given)
    return found


def read(data: bytes) -> list[list[int]] | None:
    """The same as the product reads it; None where it refuses."""
    try:
        pixels = decode(data)
    except InvalidImageError:
        return None
    return [pixels[y, x].tolist() for x, y in POINTS]


@pytest.mark.parametrize("name", SHOWN | SHOW_NOTHING)
def test_the_browser_the_console_and_the_server_agree(page: Watched, name: str) -> None:
    data = (SHOWN | SHOW_NOTHING)[name]
    expected = read(data)
    assert (expected is None) == (name in SHOW_NOTHING)
    assert seen(page, data) == {"browser": expected, "console": expected, "later": expected}


@pytest.mark.parametrize("name", files.DAMAGED)
def test_where_the_server_refuses_what_the_browser_shows(page: Watched, name: str) -> None:
    assert read(files.DAMAGED[name]) is None
    assert seen(page, files.DAMAGED[name])["browser"] is not None


def test_a_face_in_the_first_frame_and_none_in_the_still(console: Watched, portrait: bytes) -> None:
    """The page shows the portrait beside a verdict on the portrait."""
    face = np.asarray(Image.open(io.BytesIO(portrait)).convert("RGB"))
    height, width = face.shape[:2]
    still = pngs.chunk(b"IDAT", files.packed(np.full_like(face, 255)))
    place = (width, height, 0, 0)
    frames = files.control(0, place) + files.frame_data(1, files.packed(face))
    frames += files.control(2, place) + files.frame_data(3, files.packed(face))
    data = pngs.header(width, height) + files.animation() + still + frames + pngs.END
    page = console.open()
    page.set_input_files("#file", {"name": "a.png", "mimeType": "image/png", "buffer": data})
    page.wait_for_selector("#frame img")
    page.click("#analyze")
    page.wait_for_selector("#answer")
    assert '"faceDetailCount": 1' in page.inner_text("#answer")
    shown = page.evaluate(
        """() => {
          const picture = document.querySelector("#frame img");
          const canvas = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight).getContext("2d");
          canvas.drawImage(picture, 0, 0);
          return Array.from(canvas.getImageData(256, 100, 1, 1).data.slice(0, 3));
        }"""
    )
    assert shown == face[100, 256].tolist()
