"""Any number of different images out of two: the portrait of examples/ and the drawn attack with it."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

EXAMPLES = Path(__file__).parents[1] / "examples"
SIZE = (480, 640)
"""Rows and columns of each."""
A_FOLDER = 1000


def write_images(folder: Path, count: int, workers: int) -> None:
    """JPEG files of 640 x 480 pixels, 1,000 in a folder; those that are there stay."""
    with ProcessPoolExecutor(workers) as pool:
        for _ in pool.map(partial(_write_some, folder, count), range(0, count, A_FOLDER)):
            pass


def augmented(source: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
    """The picture moved, scaled, mirrored, lighter or darker, with another grain for each number; BGR."""
    generator = np.random.default_rng(number)
    rows, columns = SIZE
    height, width = source.shape[:2]
    scale = rows / height * generator.uniform(0.75, 1.0)
    left = generator.uniform(0, columns - scale * width) if scale * width < columns else 0.0
    moves = np.array([[scale, 0, left], [0, scale, generator.uniform(0, rows - scale * height)]])
    placed = cv2.warpAffine(source, moves, (columns, rows), borderValue=(90, 90, 90)).astype(np.float32)
    if number % 2:
        placed = placed[:, ::-1]
    coarse = generator.normal(0, 3, (rows // 4, columns // 4, 1)).astype(np.float32)
    grain = np.asarray(cv2.resize(coarse, (columns, rows)))[..., np.newaxis]
    changed = placed * generator.uniform(0.6, 1.2) + grain
    return np.asarray(np.clip(changed, 0, 255), dtype=np.uint8)


def _write_some(folder: Path, count: int, first: int) -> None:
    cv2.setNumThreads(1)
    sources = [cv2.imread(str(EXAMPLES / name)) for name in ("astronaut.png", "attack.jpg")]
    place = folder / f"{first // A_FOLDER:03}"
    place.mkdir(parents=True, exist_ok=True)
    for number in range(first, min(first + A_FOLDER, count)):
        file = place / f"{number:06}.jpg"
        if not file.exists():
            source = sources[number % 3 == 0]
            assert source is not None
            picture = augmented(np.asarray(source, dtype=np.uint8), number)
            cv2.imwrite(str(file), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
