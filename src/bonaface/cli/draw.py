"""The verdicts drawn over the image, in colour and in words."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.imaging.decode import decode
from bonaface.settings import ImageLimits
from bonaface.types import Analysis, Box, Face, Point

_BONA_FIDE, _ATTACK, _DARK = (40, 160, 40), (40, 40, 220), (20, 20, 20)  # BGR


def draw(source: Path, analysis: Analysis, target: Path, limits: ImageLimits) -> None:
    """Writes the upright image of `source` with boxes, landmarks and verdicts to the PNG file `target`.

    Raises OSError when the target cannot be written.
    """
    canvas = cv2.cvtColor(decode(source.read_bytes(), limits), cv2.COLOR_RGB2BGR)
    for face in analysis.faces:
        _draw_face(np.asarray(canvas, dtype=np.uint8), face)
    _, png = cv2.imencode(".png", canvas)
    target.write_bytes(png.tobytes())


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
