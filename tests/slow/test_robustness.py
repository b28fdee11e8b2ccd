"""Bona fide verdicts that turn when the capture suffers, a lost face counted: real images, real weights."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from bonaface import Analyzer
from bonaface.evaluation.perturb import Jpeg, grey
from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from support.pictures.labelled import some_of_each_source

WHERE = Box(0, 0, 1, 1)
"""These changes do not ask where the face is."""


def _encoded(image: RgbImage) -> RgbImage:
    return Jpeg(60)(image, WHERE)[0]


def _grey(image: RgbImage) -> RgbImage:
    return grey(image, WHERE)[0]


def _half(image: RgbImage) -> RgbImage:
    return np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


CHANGES: dict[str, tuple[Callable[[RgbImage], RgbImage], float]] = {
    "JPEG quality 60": (_encoded, 0.05),
    "half the size": (_half, 0.05),
    "grey": (_grey, 0.18),  # not reached: docs/accuracy.md, known failures
}
"""The change, and the share of verdicts that it may turn."""


@pytest.fixture(scope="module")
def accepted(analyzer: Analyzer, shared: Path) -> list[RgbImage]:
    """Bona fide images with the right verdict, over all sources; large enough to be halved."""
    found = []
    for image in some_of_each_source(shared / "data", "bona_fide", least_side=160):
        faces = analyzer.analyze(image).faces
        if faces and not faces[0].spoofing and faces[0].box.width >= 80:
            found.append(image)
    assert len(found) >= 60
    return found


@pytest.mark.shared
@pytest.mark.timeout(300)
@pytest.mark.parametrize("change", CHANGES)
def test_hardly_a_bona_fide_verdict_turns(analyzer: Analyzer, accepted: list[RgbImage], change: str) -> None:
    changed, most = CHANGES[change]
    verdicts = [analyzer.analyze(changed(image)).faces for image in accepted]
    turned = sum(not faces or faces[0].spoofing for faces in verdicts)
    assert turned <= most * len(accepted), f"{turned} of {len(accepted)}"
