"""What a webcam sees, as a film that Chromium's fake camera plays over and over."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (640, 480)
FRAMES = 10
WALL = (120, 110, 100)


def frame(*faces: Image.Image, light: float = 1.0) -> bytes:
    """Pictures of people side by side before a wall, as a JPEG; `light` 1 is as they were taken."""
    picture = Image.new("RGB", SIZE, WALL)
    for index, face in enumerate(faces):
        side = min(SIZE[1], SIZE[0] // len(faces))
        left = (SIZE[0] - side * len(faces)) // 2 + index * side
        picture.paste(face.resize((side, side)), (left, (SIZE[1] - side) // 2))
    lit = Image.fromarray((np.asarray(picture) * light).astype(np.uint8))
    target = io.BytesIO()
    lit.save(target, "JPEG", quality=95)
    return target.getvalue()


def scenes(portrait: bytes) -> dict[str, bytes]:
    """Frames of one person, in the dark, of nobody, and of two."""
    whole = Image.open(io.BytesIO(portrait)).convert("RGB")
    near = whole.crop((110, 0, 340, 230))
    return {
        "good": frame(whole),
        "dark": frame(whole, light=0.15),
        "nobody": frame(),
        "two": frame(near, near.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
    }


def write_film(path: Path, frame: bytes) -> None:
    """Put the film where a camera finds it that is opened from now on; one that plays goes on."""
    beside = path.with_suffix(".new")
    beside.write_bytes(frame * FRAMES)
    beside.rename(path)
