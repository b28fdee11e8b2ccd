"""Bright faces are darkened to the usual luma, others stay."""

import numpy as np
import pytest
from training.grey import Crops
from training.levelling import BRIGHT, USUAL, brighter, levelled, median_luma

LUMAS = (60, 165, 180, 240)


def crops() -> Crops:
    """Flat faces of these lumas, round which all is black."""
    made = {}
    for view, side, edge in (("skin", 80, 7), ("wide", 80, 30)):
        faces = np.zeros((len(LUMAS), side, side, 3), np.uint8)
        for face, luma in zip(faces, LUMAS, strict=True):
            face[edge:-edge, edge:-edge] = luma
        made[view] = faces
    return made


def test_the_luma_is_that_of_the_face() -> None:
    assert median_luma(crops()).tolist() == list(LUMAS)


@pytest.mark.parametrize("by_gamma", [True, False])
def test_bright_faces_alone_are_darkened_in_every_view(by_gamma: bool) -> None:
    made = levelled(crops(), by_gamma)
    for place, luma in enumerate(LUMAS):
        expected = USUAL if luma > BRIGHT else luma
        assert [one[place, 40, 40, 0] for one in made.values()] == pytest.approx([expected] * 2, abs=1)
    assert median_luma(crops()).tolist() == list(LUMAS)


def test_brighter_is_cut_at_white() -> None:
    assert brighter(crops())["wide"][:, 40, 40, 0].tolist() == [96, 255, 255, 255]
