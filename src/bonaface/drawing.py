"""The verdicts drawn over the image, in colour and in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.errors import InvalidParameterError
from bonaface.geometry import Box, Point
from bonaface.imaging.decode import decode
from bonaface.imaging.image_input import Color, ImageInput, read_input
from bonaface.imaging.types import RgbImage
from bonaface.settings import ImageLimits
from bonaface.types import Face, Heatmap

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
"""File formats that a drawing is saved in, by the file's name."""
WIDEST_LIMITS = ImageLimits(max_bytes=20_000_000, max_pixels=200_000_000, min_side=1)
"""What some analyzer may have taken."""

_BONA_FIDE, _ATTACK, _DARK = (40, 160, 40), (220, 40, 40), (20, 20, 20)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A picture to look at: `pixels` are H x W x 3, uint8, RGB. Notebooks show it."""

    pixels: RgbImage

    def save(self, path: str | Path) -> None:
        """Writes PNG, JPEG or WebP, as the name ends.

        Raises InvalidParameterError for another ending; OSError when the file cannot be written.
        """
        target = Path(path)
        target.write_bytes(self.encoded(target.suffix))

    def encoded(self, suffix: str = ".png") -> bytes:
        """The file whose name ends in `suffix`, one of `SUFFIXES`; else raises InvalidParameterError."""
        check_suffix(suffix)
        _, data = cv2.imencode(suffix.lower(), cv2.cvtColor(self.pixels, cv2.COLOR_RGB2BGR))
        return data.tobytes()

    def _repr_png_(self) -> bytes:
        return self.encoded()


def check_suffix(suffix: str) -> None:
    """Raises InvalidParameterError unless a drawing can be saved in a file whose name ends so."""
    if suffix.lower() not in SUFFIXES:
        raise InvalidParameterError(f"A drawing is saved as one of {', '.join(SUFFIXES)}, not as {suffix!r}.")


def draw(image: ImageInput, faces: Iterable[Face], size: tuple[int, int], color: Color = "rgb") -> Drawing:
    """The upright image with box, landmarks, verdict and liveness score of each face, and heatmaps if any.

    image: what was analysed, see `ImageInput`; size: its width and height, upright, in pixels.
    Raises what reading it raises; InvalidParameterError where it has another size.
    """
    given = read_input(image, color, WIDEST_LIMITS)
    pixels = decode(given, WIDEST_LIMITS) if isinstance(given, bytes) else given
    if pixels.shape[1::-1] != size:
        raise InvalidParameterError("This is not the image that was analysed: it has another size.")
    canvas, faces = pixels.copy(), tuple(faces)
    for heatmap in (face.heatmap for face in faces):
        if heatmap is not None:
            _lay_over(canvas, heatmap)
    for face in faces:
        _draw_face(canvas, face)
    return Drawing(canvas)


def _lay_over(canvas: NDArray[np.uint8], heatmap: Heatmap) -> None:
    """Blend the map's picture over its region."""
    region = heatmap.region.rounded()
    part = canvas[int(region.y0) : int(region.y1), int(region.x0) : int(region.x1)]
    if not part.size:
        return
    small = np.asarray(cv2.imdecode(np.frombuffer(heatmap.png, np.uint8), cv2.IMREAD_UNCHANGED))
    over = cv2.resize(small, part.shape[1::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    opacity = over[..., 3:] / 255
    part[:] = (over[..., 2::-1] * opacity + part * (1 - opacity)).round().astype(np.uint8)


def _draw_face(canvas: NDArray[np.uint8], face: Face) -> None:
    colour = _ATTACK if face.spoofing else _BONA_FIDE
    line = max(1, min(canvas.shape[:2]) // 250)
    corners = [(round(x), round(y)) for x, y in ((face.box.x0, face.box.y0), (face.box.x1, face.box.y1))]
    cv2.rectangle(canvas, corners[0], corners[1], colour, line + 1)
    for point in face.landmarks:
        _draw_point(canvas, point, colour, line)
    word = "attack" if face.spoofing else "bona fide"
    _draw_label(canvas, f"{word} {face.liveness_score:.2f}", face.box, colour)


def _draw_point(canvas: NDArray[np.uint8], point: Point, colour: tuple[int, int, int], line: int) -> None:
    centre = (round(point.x), round(point.y))
    cv2.circle(canvas, centre, 2 * line + 1, _DARK, -1, cv2.LINE_AA)
    cv2.circle(canvas, centre, 2 * line, colour, -1, cv2.LINE_AA)


def _draw_label(canvas: NDArray[np.uint8], text: str, box: Box, colour: tuple[int, int, int]) -> None:
    scale = max(0.4, min(canvas.shape[:2]) / 900)
    thickness = max(1, round(scale * 1.6))
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thickness)
    x = max(0, min(round(box.x0), canvas.shape[1] - width - 6))
    y = max(height + base + 2, round(box.y0))
    cv2.rectangle(canvas, (x, y - height - base - 2), (x + width + 6, y), colour, -1)
    origin = (x + 3, y - base)
    cv2.putText(
        canvas, text, origin, cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), thickness, cv2.LINE_AA
    )
