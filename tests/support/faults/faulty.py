"""A target of fuzzing with every fault that the runner must find, each on its word."""

import time

from fuzz import harness
from fuzz.plans import MEMORY_MB

SPINS = 1.5
HOLDS = 4
SECONDS = 600


class Faulty:
    """Does what its input says."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def __call__(self, data: bytes) -> None:
        if data == b"crash":
            raise ZeroDivisionError
        if data == b"hang":
            _spin()
        if data == b"wait":
            time.sleep(SPINS + 1)
        if data == b"stuck":
            time.sleep(SECONDS)
        if data == b"memory":
            self._hold()

    def _hold(self) -> None:
        """Too much, once, for as long as libFuzzer needs to see it: it looks once a second.

        Once: getting it may take a second of work, and three tries alone that all do would be a hang.
        """
        if not self._held:
            self._held.append(b"x" * (MEMORY_MB << 20))
            time.sleep(HOLDS)


def _spin() -> None:
    ends = time.process_time() + SPINS
    while time.process_time() < ends:
        pass


class Never:
    """No error is an answer."""

    def __call__(self, error: Exception) -> bool:
        return False


if __name__ == "__main__":
    harness.main(harness.Target(Faulty(), Never()))
