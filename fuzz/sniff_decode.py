"""Fuzzing target: the bytes of an image file, under the limits of the contract."""

import numpy as np

from fuzz import contract, harness
from fuzz.contract import ToldAs
from fuzz.pngs import mutate

with harness.instrumented():
    from bonaface.imaging.decode import decode, open_picture
    from bonaface.imaging.sniff import sniff
    from bonaface.settings import ImageLimits

LIMITS = ImageLimits()
IS_ANSWER = ToldAs(
    contract.INVALID_PARAMETER, contract.IMAGE_TOO_LARGE, contract.INVALID_IMAGE, contract.INVALID_FORMAT
)


def read(data: bytes) -> None:
    """Decode, and hold the picture against what the header said and what an analysis would open."""
    image = decode(data, LIMITS)
    picture = open_picture(data, LIMITS)
    assert (picture.height, picture.width) == image.shape[:2]
    assert picture.overview.pixels.flags.c_contiguous
    width, height = sniff(data).upright_size
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert min(width, height) >= LIMITS.min_side
    assert width * height <= LIMITS.max_pixels


if __name__ == "__main__":
    harness.main(harness.Target(read, IS_ANSWER, mutate))
