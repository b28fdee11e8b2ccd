"""An arithmetic-coded JPEG, which no encoder among the test dependencies writes.

Made with `cjpeg -arithmetic -quality 75` of libjpeg-turbo from the gradient below.
"""

import base64

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 96, 80

ARITHMETIC_JPEG = base64.b64decode(
    """
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAx
NDQ0Hyc5PTgyPC4zNDL/2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIy
MjIyMjIyMjL/yQARCABQAGADASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwD/ANKX0666t2aZk7o840kl/GF1c74E
aS7m6g1WUohzQvRii/XAvE/lmgt96gXGFOUiTy3BS71RMt2kzVaEfXoeq6sCXbHJUs855eEpil7R/HX+Y7gjSMrvljk404SIRhju
aURSUOOBN4L+jkhhiE4hld2Hj2T27I4HILWBgxICcjcGaUotYy/vZ72osJbS3vVk6zbXygElf685gt6ONIFuY/WoFMdVUZ4zRQqX
LY658d4u0JUuKvXE2+eEeowsO/oknw+w+YQHX4YT40fcspI2iDkKCeHfIqAEeLClFmlWKgtoHcRLaQjTDzXyCzNYJs/7zGI9VX72
lFgPKKGBZG47wP/Z
"""
)


def gradient() -> NDArray[np.uint8]:
    """The picture that was encoded: HEIGHT x WIDTH x 3, RGB."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([x * 2, y * 3, np.full_like(x, 128)], axis=-1).astype(np.uint8)
