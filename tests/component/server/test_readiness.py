"""The flag that several processes read."""

import os

from bonaface.server.readiness import ReadyFlag, reader


def test_readers_see_what_is_set_as_soon_as_it_is() -> None:
    with ReadyFlag() as flag:
        readers = [reader(os.dup(flag.descriptor)) for _ in range(2)]
        told = []
        for is_ready in (False, True, False):
            flag.set(is_ready=is_ready)
            told.append([flag.is_set, *(read() for read in readers)])
    assert told == [[False] * 3, [True] * 3, [False] * 3]
