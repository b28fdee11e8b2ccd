"""A small labelled data set of real image files, all made of one public-domain portrait."""

import csv
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from bonaface import Analyzer
from bonaface.imaging.types import RgbImage
from support.pictures.picture import picture, png

COUNT = 12


def variants(portrait: RgbImage) -> list[RgbImage]:
    """The portrait cut, dimmed, blurred and turned grey: one face in each, 256 to 400 pixels a side."""
    changes: list[Callable[[RgbImage], object]] = [
        lambda image: image,
        lambda image: image[:, ::-1],
        lambda image: image // 2,
        lambda image: cv2.GaussianBlur(image, (0, 0), 3),
        lambda image: np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2),
        lambda image: 255 - (255 - image.astype(np.int64)) // 2,
    ]
    cuts = [portrait[:400, 56:456], portrait[20:276, 100:356]]
    made = [
        np.ascontiguousarray(np.asarray(change(cut)).astype(np.uint8)) for cut in cuts for change in changes
    ]
    assert len(made) == COUNT
    return made


def write_set(folder: Path, portrait: RgbImage, analyzer: Analyzer) -> Path:
    """A manifest of two sources, two kinds of attack, an image without a face and a broken file.

    What counts as an attack is what the model itself scores lowest, so that any model tells the classes
    apart: the tests that use this are about the tool, not about the model.
    """
    images = variants(portrait)
    order = np.argsort([analyzer.analyze(image).faces[0].liveness_score for image in images])
    rows = []
    for place, number in enumerate(order):
        label, kind = ("attack", ("print", "replay")[place % 2]) if place < COUNT // 2 else ("bona_fide", "")
        name = f"{number}.png"
        cv2.imwrite(str(folder / name), images[number][..., ::-1])
        rows.append([name, label, f"source {'ab'[place // 2 % 2]}", kind, f"p{place}", "mine"])
    (folder / "scenery.png").write_bytes(png(picture(200, 160)))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    rows.append(["scenery.png", "bona_fide", "source a", "", "", "mine"])
    rows.append(["broken.jpg", "attack", "source b", "print", "", "mine"])
    manifest = folder / "manifest.csv"
    with manifest.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["path", "label", "source", "attack_type", "subject", "use"], *rows])
    return manifest
