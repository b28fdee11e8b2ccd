"""Out of memory, told the same by whichever library ran out of it."""

from collections.abc import Iterator
from contextlib import contextmanager

SIGNS = (
    "Insufficient memory",  # OpenCV, libjpeg
    "bad_alloc",  # OpenVINO, ONNX Runtime
    "Failed to allocate",  # ONNX Runtime
)
NO_MEMORY = "There is not enough memory for this image."


def is_shortage(error: BaseException) -> bool:
    """Whether `error`, or what it was raised from, says that memory could not be had."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or any(sign in str(cause) for sign in SIGNS):
            return True
        cause = cause.__cause__
    return False


@contextmanager
def shortages_told() -> Iterator[None]:
    """Raise MemoryError for whatever the block raises when a library in it finds no memory.

    Without this such an image would pass for a corrupt one: JPEG libraries tell both by the same exception.
    """
    try:
        yield
    except Exception as error:
        if is_shortage(error):
            raise MemoryError(NO_MEMORY) from error
        raise
