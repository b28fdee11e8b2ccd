"""Makes attack.jpg: the portrait astronaut.png as it would look shown on a phone's screen before a webcam.

python examples/make_attack.py [OUT]

A drawing of an attack, not a capture of one: a screen in a dark room with its rim, its grid of pixels, a cold
white, a reflection and the blur of the second lens. Every run draws the same.
"""

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

PORTRAIT = Path(__file__).parent / "astronaut.png"
ROOM, SCREEN = (480, 640), (380, 250)
"""Height and width of the picture, and of the screen in it, in pixels."""


def attack(portrait: Any) -> Any:  # noqa: ANN401 - arrays of OpenCV
    """The portrait (H x W x 3, uint8, BGR) on a screen, in a room: 480 x 640 x 3."""
    random = np.random.default_rng(7)
    height, width = SCREEN
    face = cv2.resize(portrait[0:380, 100:350], (width, height), interpolation=cv2.INTER_AREA)
    shown = on_screen(face.astype(np.float32))
    room = np.full((*ROOM, 3), (52, 58, 62), np.float32)
    room += np.linspace(18, -18, ROOM[1], dtype=np.float32)[None, :, None]
    top, left = (ROOM[0] - height) // 2, (ROOM[1] - width) // 2
    cv2.rectangle(room, (left - 12, top - 30), (left + width + 11, top + height + 29), (14, 14, 14), -1)
    room[top : top + height, left : left + width] = shown
    corners = np.array([[0, 0], [ROOM[1], 0], [ROOM[1], ROOM[0]], [0, ROOM[0]]], np.float32)
    seen = corners + np.array([[14, 6], [-20, -8], [6, 10], [-10, -4]], np.float32)
    tilted = cv2.warpPerspective(
        room, cv2.getPerspectiveTransform(corners, seen), ROOM[::-1], borderMode=cv2.BORDER_REPLICATE
    )
    blurred = cv2.GaussianBlur(tilted, (0, 0), 0.8)
    return np.clip(blurred + random.normal(0, 3, blurred.shape), 0, 255).astype(np.uint8)


def on_screen(face: Any) -> Any:  # noqa: ANN401
    """What a screen makes of it: less black, a cold white, stripes of its pixels, a reflection."""
    height, width = face.shape[:2]
    lit = 38 + face * 0.80 * np.array([1.12, 1.0, 0.90], np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    stripes = 1 + 0.06 * np.sin(x * 2.1 + y * 0.13) + 0.05 * np.sin(y * 2.4)
    glare = 70 * np.exp(-(((x - 0.85 * width) / 45) ** 2 + ((y - 0.18 * height) / 90) ** 2))
    return lit * stripes[..., None] + glare[..., None]


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else str(PORTRAIT.with_name("attack.jpg"))
    cv2.imwrite(out, attack(cv2.imread(str(PORTRAIT))), [cv2.IMWRITE_JPEG_QUALITY, 90])
