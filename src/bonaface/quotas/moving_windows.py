"""What our stores of rates have in common: they keep the moving windows of `limits`, and no others."""

from limits.storage import MovingWindowSupport, Storage

NOT_USED = "Only moving windows are kept."


class MovingWindows(Storage, MovingWindowSupport):
    """A store of `limits` without fixed windows."""

    STORAGE_SCHEME = None

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Fixed windows are not kept."""
        raise NotImplementedError(NOT_USED)

    def get(self, key: str) -> int:
        """Fixed windows are not kept."""
        raise NotImplementedError(NOT_USED)

    def get_expiry(self, key: str) -> float:
        """Fixed windows are not kept."""
        raise NotImplementedError(NOT_USED)
