"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable

LONGEST = 100
"""Seconds within which what is waited for comes on a machine however busy; a test has 300 in all."""


def wait_until(is_so: Callable[[], bool], pause: float = 0.005) -> None:
    """Return when `is_so` holds, which is asked every `pause` seconds."""
    ends = time.monotonic() + LONGEST
    while not is_so():
        if time.monotonic() > ends:
            raise TimeoutError("what is waited for did not come")
        time.sleep(pause)
