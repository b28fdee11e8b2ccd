"""Pictures that are drawn keep what they show in each format."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bonaface.drawing import SUFFIXES, Drawing, draw
from bonaface.errors import InvalidParameterError
from bonaface.geometry import Box
from bonaface.types import Verdict
from support.pictures.picture import picture, png, read_by_pillow
from unit.test_analysis import FACE

PIXELS = picture()
SIZE = PIXELS.shape[1], PIXELS.shape[0]
MAGIC = {".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8", ".webp": b"RIFF"}


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".PNG", ".Jpg"])
def test_the_name_says_the_format(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    Drawing(PIXELS).save(str(path))
    data = path.read_bytes()
    assert data.startswith(MAGIC[suffix.lower()])
    assert np.abs(read_by_pillow(data).astype(int) - PIXELS).mean() < 6


@pytest.mark.parametrize("name", ["a.gif", "a", "a.txt"])
def test_another_ending_is_refused_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match=r"\.png, \.jpg"):
        Drawing(PIXELS).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Drawing(PIXELS).save(tmp_path / "none" / "a.png")


def test_a_notebook_sees_the_picture() -> None:
    assert np.array_equal(read_by_pillow(Drawing(PIXELS)._repr_png_()), PIXELS)


def test_the_colour_is_that_of_the_verdict() -> None:
    bona_fide = replace(FACE, verdict=Verdict(0.9, spoofing=False))
    for face, colour in ((FACE, (220, 40, 40)), (bona_fide, (40, 160, 40))):
        assert tuple(draw(png(), [face], SIZE).pixels[80, 30].tolist()) == colour


def test_an_array_of_opencv_is_drawn_in_its_colours() -> None:
    assert np.array_equal(draw(PIXELS[..., ::-1], [], SIZE, "bgr").pixels, PIXELS)


def test_a_face_at_the_edge_is_drawn_within_the_picture() -> None:
    edge = replace(FACE, box=Box(-5, -5, SIZE[0] + 9, SIZE[1] + 9))
    assert draw(PIXELS, [edge], SIZE).pixels.shape == PIXELS.shape
