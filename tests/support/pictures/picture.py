"""Test pictures, and their files as Pillow writes and reads them."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def picture(width: int = 112, height: int = 96) -> Pixels:
    """A smooth picture without any symmetry: height x width x 3, uint8, RGB."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    red, green = 255 * x / (width - 1), 255 * y / (height - 1)
    blue = 127.5 + 90 * np.sin(x / 17) * np.cos(y / 23)
    return np.stack([red, green, blue], axis=-1).round().astype(np.uint8)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    """The file that Pillow writes."""
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def jpeg(pixels: Pixels | None = None, **options: object) -> bytes:
    """A JPEG of `picture()` or of `pixels`."""
    image = Image.fromarray(picture() if pixels is None else pixels)
    return encoded(image, "JPEG", **{"quality": 90, **options})


def png(pixels: Pixels | None = None, **options: object) -> bytes:
    """A PNG of `picture()` or of `pixels`."""
    return encoded(Image.fromarray(picture() if pixels is None else pixels), "PNG", **options)


def read_by_pillow(data: bytes) -> Pixels:
    """The first image as Pillow reads it, not turned: H x W x 3, RGB."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def averaged(pixels: Pixels, block: int) -> Pixels:
    """Means of block x block pixels; both sides are multiples of `block`."""
    height, width = pixels.shape[0] // block, pixels.shape[1] // block
    means = pixels.reshape(height, block, width, block, 3).mean(axis=(1, 3))
    return np.asarray(means.round(), np.uint8)


def difference(one: Pixels, other: Pixels) -> int:
    """The largest difference of any sample."""
    assert one.shape == other.shape
    return int(np.abs(one.astype(int) - other.astype(int)).max())
