"""Out of memory, told the same by whichever library ran out of it."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager

SIGNS = (
    "Insufficient memory",  # OpenCV, libjpeg
    "bad_alloc",  # OpenVINO, ONNX Runtime
    "can't alloc",  # OpenVINO's code generator
    "Failed to allocate",  # ONNX Runtime
    "can't start new thread",  # Python: its stack found no room
)
ROOM = 128 * 1024 * 1024
"""Bytes that an inference engine may take for an image of a size that is new to it, on every core."""
NO_MEMORY = "There is not enough memory for this image."


def is_memory_error(error: BaseException) -> bool:
    """Whether `error`, or what it was raised from, says that memory could not be had."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or any(sign in str(cause) for sign in SIGNS):
            return True
        cause = cause.__cause__
    return False


def require_memory(size: int = ROOM) -> None:
    """Raises MemoryError unless `size` bytes could be had now; takes none, and no longer than a system call.

    Asked before an engine runs: OpenVINO may break for good, or never return, where it finds no memory.
    """
    try:
        mmap.mmap(-1, size).close()
    except OSError as error:
        raise MemoryError(NO_MEMORY) from error


@contextmanager
def memory_errors_told() -> Iterator[None]:
    """Raise MemoryError for whatever the block raises when a library in it finds no memory.

    Without this such an image would pass for a corrupt one: JPEG libraries tell both by the same exception.
    """
    try:
        yield
    except Exception as error:
        if is_memory_error(error):
            raise MemoryError(NO_MEMORY) from error
        raise
