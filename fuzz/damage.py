"""Damage done to a sound file, of which it is known whether it may be read: what two targets share.

An input says which file, which kinds of harmless damage, whether to harm it too, and with what bytes.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from fuzz import harness

with harness.instrumented():
    from bonaface.errors import BonafaceError, InvalidImageError
    from bonaface.imaging.decode import decode
    from bonaface.settings import ImageLimits

LIMITS = ImageLimits()
HEAD = 3
"""Bytes of an input before the noise: file, kinds, harm."""
UNHARMED = 128
"""Below this the third byte leaves the file unharmed."""

Change = Callable[[bytes, bytes], bytes]
"""A file and noise to a file."""


class Damaged:
    """A target: harmless damage changes no pixel, harmful damage is refused.

    harmless: in this order, the last two only where the file is not harmed.
    """

    def __init__(self, files: Sequence[bytes], harmless: Sequence[Change], harmful: Sequence[Change]) -> None:
        self._files = [(file, decode(file, LIMITS)) for file in files]
        self._harmless = harmless
        self._harmful = harmful

    def __call__(self, data: bytes) -> None:
        which, kinds, harm = data[:HEAD].ljust(HEAD, b"\0")
        noise = data[HEAD:]
        file, pixels = self._files[which % len(self._files)]
        is_harmed = harm >= UNHARMED
        for bit, change in enumerate(self._harmless[:-2] if is_harmed else self._harmless):
            if kinds >> bit & 1:
                file = change(file, noise)
        if is_harmed:
            _expect_refusal(self._harmful[harm % len(self._harmful)](file, noise))
        else:
            _expect(file, pixels)


def _expect(file: bytes, pixels: NDArray[np.uint8]) -> None:
    try:
        shown = decode(file, LIMITS)
    except BonafaceError as error:
        raise AssertionError("a file with harmless damage is refused") from error
    assert np.array_equal(shown, pixels)


def _expect_refusal(file: bytes) -> None:
    try:
        decode(file, LIMITS)
    except InvalidImageError:
        return
    raise AssertionError("a harmed file is read")


def never_an_answer(_: Exception) -> bool:
    """What these targets raise is always a finding."""
    return False


def number(noise: bytes, most: int) -> int:
    """A number from 0 to `most`, told by the first bytes of the noise."""
    return int.from_bytes(noise[:4], "big") % (most + 1)
