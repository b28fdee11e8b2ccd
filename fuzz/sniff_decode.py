"""Fuzzing target: the bytes of an image file, under the limits of the contract."""

import numpy as np

from fuzz import harness
from fuzz.pngs import mutate

with harness.instrumented():
    from bonaface.imaging.decode import decode
    from bonaface.imaging.sniff import sniff
    from bonaface.settings import ImageLimits

LIMITS = ImageLimits()
CODES = frozenset(
    {
        harness.INVALID_PARAMETER,
        harness.IMAGE_TOO_LARGE,
        harness.INVALID_IMAGE,
        harness.INVALID_FORMAT,
    }
)


def read(data: bytes) -> None:
    """Decode, and hold the picture against what the header said."""
    image = decode(data, LIMITS)
    width, height = sniff(data).upright_size
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert min(width, height) >= LIMITS.min_side
    assert width * height <= LIMITS.max_pixels


if __name__ == "__main__":
    harness.main(harness.Target(read, CODES, mutate))
