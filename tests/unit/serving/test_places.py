"""Places that all share, of which one owner may have a part."""

import pytest

from bonaface.errors import Overload, OverloadedError
from bonaface.serving.admission import BUSY
from bonaface.serving.places import Places


def test_one_owner_has_its_share_and_all_have_all() -> None:
    places = Places(4, 0.5, Overload.LOOKUPS, "Yours are taken.")
    first, _second = places.admit("a"), places.admit("a")
    with pytest.raises(OverloadedError, match=r"^Yours are taken\.$") as refused:
        places.admit("a")
    assert (refused.value.overload, refused.value.retry_after) == (Overload.LOOKUPS, 1)
    places.admit("b")
    places.admit("c")
    with pytest.raises(OverloadedError) as refused:
        places.admit("d")
    assert (str(refused.value), refused.value.overload) == (BUSY, Overload.LOOKUPS)
    first.release()
    with places.admit("d"):
        assert places.taken == 4
    with places.admit("a"):  # what was refused for want of a place took nothing of its owner's share
        assert places.taken == 4


def test_a_refusal_for_want_of_places_takes_nothing_of_the_share() -> None:
    places = Places(1, 1, Overload.DOWNLOADS, "Yours are taken.")
    with places.admit("a"):
        for _ in range(3):
            with pytest.raises(OverloadedError, match="capacity"):
                places.admit("b")
    with places.admit("b"):
        assert places.taken == 1
    assert places.taken == 0
