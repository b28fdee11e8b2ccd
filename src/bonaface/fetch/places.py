"""What is done at once, for each owner of URLs: as `bonaface.serving.places` counts it."""

from collections.abc import Hashable
from types import TracebackType
from typing import Protocol, Self


class Place(Protocol):
    """A place that was given; left by `release`, or at the end of a `with` block."""

    def release(self) -> None:
        """Give the place back."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Places(Protocol):
    """Places of downloads, or of look-ups."""

    def admit(self, owner: Hashable) -> Place:
        """A place for `owner`. Raises OverloadedError at once where there is none for it."""
        ...
