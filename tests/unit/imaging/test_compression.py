"""The quality that a JPEG was saved with, by its header."""

import io
import struct

import pytest
from PIL import Image

from bonaface.imaging.compression import LOSSLESS, compression_quality
from bonaface.imaging.jpeg import SIGNATURE
from support.pictures.picture import picture, png

IMAGE = Image.fromarray(picture(64, 48))


def saved(**options: object) -> bytes:
    file = io.BytesIO()
    IMAGE.save(file, "JPEG", **options)
    return file.getvalue()


@pytest.mark.parametrize("quality", [5, 20, 40, 50, 75, 90, 95])
@pytest.mark.parametrize("progressive", [False, True])
def test_it_is_that_of_the_encoder(quality: int, progressive: bool) -> None:
    assert compression_quality(saved(quality=quality, progressive=progressive)) == pytest.approx(
        quality, abs=1
    )


def test_what_loses_nothing_is_100() -> None:
    assert compression_quality(png()) == LOSSLESS
    assert compression_quality(saved(quality=100)) == pytest.approx(LOSSLESS, abs=2)


def test_tables_of_16_bits_and_of_chroma_first() -> None:
    steps = [32] * 64
    wide = b"\xff\xdb" + struct.pack(">HB64H", 131, 0x10, *steps)
    chroma = b"\xff\xdb" + struct.pack(">HB64B", 67, 0x01, *[255] * 64)
    luma = b"\xff\xdb" + struct.pack(">HB64B", 67, 0x00, *steps)
    found = compression_quality(SIGNATURE + luma[1:])
    assert compression_quality(SIGNATURE + chroma[1:] + wide) == found
    assert compression_quality(SIGNATURE + chroma[1:] + luma) == found
    assert 1 <= found < 100


def test_steps_that_are_all_cut_off_are_of_the_worst() -> None:
    assert compression_quality(saved(quality=1)) < 5
    table = b"\xff\xdb" + struct.pack(">HB64B", 67, 0x00, *[255] * 64)
    assert compression_quality(SIGNATURE + table[1:]) == 1


@pytest.mark.parametrize("rest", [b"", b"\xff\xdb\x00\x43\x00" + bytes(20), b"\xff\xda\x00\x02"])
def test_a_file_that_tells_nothing_is_taken_for_lossless(rest: bytes) -> None:
    assert compression_quality(SIGNATURE + rest) == LOSSLESS
