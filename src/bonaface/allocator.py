"""The memory that the C library keeps for later, though nobody holds it."""

import ctypes
import gc


def trim() -> None:
    """Give back to the system what is free. Some milliseconds; nothing where the C library is not glibc."""
    gc.collect()
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
