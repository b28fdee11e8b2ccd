"""What a store of moving windows does not keep."""

from collections.abc import Callable

import pytest

from bonaface.quotas.memory_store import MemoryStore

CALLS: list[Callable[[MemoryStore], object]] = [
    lambda windows: windows.incr("k", 1),
    lambda windows: windows.get("k"),
    lambda windows: windows.get_expiry("k"),
]


@pytest.mark.parametrize("call", CALLS)
def test_fixed_windows_are_not_kept(call: Callable[[MemoryStore], object]) -> None:
    with pytest.raises(NotImplementedError, match="moving"):
        call(MemoryStore())
