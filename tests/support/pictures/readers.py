"""What programs make of an image file."""

import base64
import io
import warnings
from collections.abc import Callable
from importlib.metadata import version

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Page

from bonaface.errors import BonafaceError
from bonaface.imaging.decode import decode
from bonaface.settings import ImageLimits
from support.pictures.picture import Pixels, difference

SAME = 2
"""How far samples of the same picture may lie apart."""

SHOW = """async (text) => {
  const blob = new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))]);
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" }).catch(() => null);
  if (bitmap === null) return null;
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  canvas.fillStyle = "white";
  canvas.fillRect(0, 0, bitmap.width, bitmap.height);
  canvas.drawImage(bitmap, 0, 0);
  const { data, width, height } = canvas.getImageData(0, 0, bitmap.width, bitmap.height);
  let bytes = "";
  for (const one of data) bytes += String.fromCharCode(one);
  return { width, height, text: btoa(bytes) };
}"""


def bonaface(data: bytes) -> Pixels | None:
    """RGB pixels, or None where it refuses."""
    try:
        return decode(data, ImageLimits())
    except BonafaceError:
        return None


def opencv(data: bytes) -> Pixels | None:
    """The same by OpenCV."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    return None if image is None else np.asarray(image, np.uint8)


def pillow(data: bytes) -> Pixels | None:
    """The same by Pillow."""
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError):
        return None


def chromium(page: Page, data: bytes) -> Pixels | None:
    """The same by the browser of `page`, over white."""
    shown = page.evaluate(SHOW, base64.b64encode(data).decode())
    if shown is None:
        return None
    pixels = np.frombuffer(base64.b64decode(shown["text"]), np.uint8)
    return pixels.reshape(shown["height"], shown["width"], 4)[..., :3]


VERSIONS = {"OpenCV": version("opencv-python-headless"), "Pillow": version("pillow")}


def outcome(read: Callable[[bytes], Pixels | None], odd: bytes, sound: bytes | None) -> str:
    """A word of the table: "read" where it shows the same as of the sound file, else "differs"; "refused"."""
    shown = read(odd)
    if shown is None:
        return "refused"
    meant = None if sound is None else read(sound)
    is_same = meant is not None and meant.shape == shown.shape and difference(meant, shown) <= SAME
    return "read" if is_same else "differs"
