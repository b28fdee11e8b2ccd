"""Arithmetic-coded data that ends early, which decoders fill up with zeros in silence."""

import pytest
import simplejpeg

from bonaface.errors import InvalidImageError
from bonaface.imaging.arithmetic import followed, is_arithmetic
from bonaface.imaging.jpeg import decode
from support.pictures.arithmetic import ARITHMETIC_JPEG, gradient
from support.pictures.picture import difference, jpeg

EOI = b"\xff\xd9"
START = ARITHMETIC_JPEG.index(b"\xff\xda") + 14


def test_which_files_are_coded_so() -> None:
    assert is_arithmetic(ARITHMETIC_JPEG)
    assert not is_arithmetic(jpeg())
    assert not is_arithmetic(b"\xff\xd8" + EOI)


@pytest.mark.parametrize("least", [(0, 0), (12, 10)], ids=["whole", "reduced"])
@pytest.mark.parametrize("cut", range(5, len(ARITHMETIC_JPEG) - 2 - START, 12))
def test_a_cut_file_with_an_end_marker_put_behind(cut: int, least: tuple[int, int]) -> None:
    odd = ARITHMETIC_JPEG[: -2 - cut] + EOI
    assert simplejpeg.decode_jpeg(odd, strict=True).any()  # no warning
    with pytest.raises(InvalidImageError, match="truncated, corrupt"):
        decode(odd, least)


@pytest.mark.parametrize("extra", [b"", bytes(1), bytes(30)])
def test_zeros_at_the_end_say_nothing(extra: bytes) -> None:
    assert difference(decode(ARITHMETIC_JPEG[:-2] + extra + EOI), gradient()) <= 6


def test_other_bytes_stand_behind_each_stretch_of_data() -> None:
    head = ARITHMETIC_JPEG[:START]
    tail = bytes(3) + b"\xaa\x55" * 4
    odd = followed(head + b"ab\xff\xd0cd\xff\x00" + EOI)
    assert odd == head + b"ab" + tail + b"\xff\xd0cd\xff\x00" + tail + EOI
