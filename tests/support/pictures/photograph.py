"""A photograph, small: the portrait of examples/ as a picture and as files of every common kind."""

import io
from pathlib import Path

from PIL import Image

from support.pictures.picture import encoded

PORTRAIT = Path(__file__).resolve().parents[3] / "examples" / "astronaut.png"


def photograph(width: int = 96, height: int = 80) -> Image.Image:
    """The portrait at this size, RGB."""
    with Image.open(io.BytesIO(PORTRAIT.read_bytes())) as image:
        return image.convert("RGB").resize((width, height))


def photographs() -> list[bytes]:
    """It as JPEG (baseline, progressive, grey, CMYK, MPO) and PNG (colour, palette, animated, alpha)."""
    photo = photograph()
    turned = photo.rotate(90)
    return [
        encoded(photo, "JPEG", quality=85),
        encoded(photo, "JPEG", quality=60, progressive=True, subsampling=2),
        encoded(photo.convert("L"), "JPEG"),
        encoded(photo.convert("CMYK"), "JPEG"),
        encoded(photo, "MPO", save_all=True, append_images=[turned]),
        encoded(photo, "PNG"),
        encoded(photo.quantize(64), "PNG"),
        encoded(photo.quantize(16), "PNG", save_all=True, append_images=[turned]),
        encoded(photo.convert("RGBA"), "PNG"),
    ]
