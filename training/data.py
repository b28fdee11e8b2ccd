"""The labelled images: which there are, and which may train what ships."""

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from bonaface.imaging.crop import RgbImage

Use = Literal["train", "measure"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled image. `subject` is empty where nobody knows who it is."""

    root: Path
    path: str
    use: Use
    source: str
    bona_fide: bool
    attack_type: str
    subject: str
    whole_scene: bool

    @property
    def kind(self) -> str:
        """`bona_fide`, or the kind of attack."""
        return "bona_fide" if self.bona_fide else self.attack_type


def read_manifest(root: Path) -> list[Sample]:
    """All samples of `root/manifest.csv`, in the order of the file."""
    with (root / "manifest.csv").open(newline="") as file:
        return [_sample(root, row) for row in csv.DictReader(file)]


def manifest_hash(root: Path) -> str:
    """SHA-256 of the manifest, which itself holds the SHA-256 of every image."""
    return hashlib.sha256((root / "manifest.csv").read_bytes()).hexdigest()


def for_training(samples: Iterable[Sample]) -> list[Sample]:
    """What may train weights that ship: never a `measure` source."""
    return [sample for sample in samples if sample.use == "train"]


def sources(samples: Iterable[Sample]) -> list[str]:
    """Names of the sources, sorted."""
    return sorted({sample.source for sample in samples})


def read_image(sample: Sample) -> RgbImage:
    """The upright pixels, RGB uint8. Raises ValueError where OpenCV cannot decode them."""
    pixels = cv2.imread(str(sample.root / sample.path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError(f"cannot decode {sample.path}")
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _sample(root: Path, row: dict[str, str]) -> Sample:
    use = row["use"]
    if use not in ("train", "measure"):
        raise ValueError(f"unknown use {use!r} in the manifest")
    return Sample(
        root=root,
        path=row["path"],
        use="train" if use == "train" else "measure",
        source=row["source"],
        bona_fide=row["label"] == "bona_fide",
        attack_type=row["attack_type"],
        subject=row["subject"],
        whole_scene=row["scene"] == "full",
    )
