"""Places that all share, of which one owner may have a part: what one does leaves places for the others."""

from collections.abc import Hashable

from bonaface.errors import Overload, OverloadedError
from bonaface.serving.admission import Admission, Permit
from bonaface.serving.shares import Shares, places_of


class Places:
    """`capacity` places, of which one owner may have `share` (0..1). Thread-safe.

    `overload` is what whoever finds none is told to lack; `message` is for an owner that has its share.
    """

    def __init__(self, capacity: int, share: float, overload: Overload, message: str) -> None:
        self._all = Admission(capacity, overload)
        self._shares = Shares(places_of(capacity, share), overload, message)

    @property
    def taken(self) -> int:
        """Places taken now."""
        return self._all.taken

    def admit(self, owner: Hashable) -> Permit:
        """A place for `owner`. Raises OverloadedError at once when its share, or all, are taken."""
        own = self._shares.admit(owner)
        try:
            place = self._all.admit()
        except OverloadedError:
            own.release()
            raise
        return Permit(lambda: _release(place, own))


def _release(*permits: Permit) -> None:
    for permit in permits:
        permit.release()
