from pathlib import Path

import pytest

from bonaface.bulk.image_bytes import read_image
from bonaface.bulk.item import Place
from bonaface.settings import ImageLimits

LIMITS = ImageLimits(max_bytes=4)


def test_no_more_is_read_than_shows_that_it_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")

    assert read_image(Place("a"), str(tmp_path), LIMITS) == b"01234"
    assert read_image(Place("a", "member", 2, 3), str(tmp_path), LIMITS) == b"234"
    assert read_image(Place("a", "member", 2, 8), str(tmp_path), LIMITS) == b"23456"


def test_what_is_not_there_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_image(Place("a"), str(tmp_path), LIMITS)
