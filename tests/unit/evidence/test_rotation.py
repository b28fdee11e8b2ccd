from datetime import timedelta

import pytest

from bonaface.errors import ConflictError, NotFoundError
from bonaface.evidence.rotation import DELAY, State, removed, rotated, signing, state
from bonaface.evidence.signing_key import SigningKey, make_key
from support.security.answers import NOW, key

THEN = NOW + DELAY


def _signer(keys: list[SigningKey], after: timedelta = timedelta()) -> str:
    found = signing(keys, NOW + after)
    assert found is not None
    return found.kid


def test_a_new_key_is_published_first_and_signs_later() -> None:
    old = key()
    keys = rotated([old], NOW)
    new = keys[1]
    assert _signer(keys) == _signer(keys, DELAY - timedelta(seconds=1)) == old.kid
    assert _signer(keys, DELAY) == new.kid
    assert [state(each, keys, NOW) for each in keys] == [State.SIGNS, State.PUBLISHED]
    assert [state(each, keys, THEN) for each in keys] == [State.VERIFIES, State.SIGNS]


def test_a_key_that_signs_no_more_loses_what_signs_at_the_next_change() -> None:
    keys = rotated(rotated([key()], NOW), THEN)
    assert [each.private is None for each in keys] == [True, False, False]


def test_without_delay_it_signs_at_once() -> None:
    old, new = rotated([key()], NOW, timedelta())
    assert _signer([old, new]) == new.kid
    assert old.private is None


def test_a_second_new_key_waits_for_the_first() -> None:
    keys = rotated([key()], NOW)
    with pytest.raises(ConflictError, match=keys[1].kid):
        rotated(keys, NOW)
    assert len(rotated(keys, THEN)) == 3


def test_the_key_that_signs_stays() -> None:
    keys = rotated([key()], NOW)
    with pytest.raises(ConflictError, match="signs"):
        removed(keys, keys[0].kid, NOW)
    assert [each.kid for each in removed(keys, keys[1].kid, NOW)] == [keys[0].kid]
    assert [each.kid for each in removed(keys, keys[0].kid, THEN)] == [keys[1].kid]


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(NotFoundError, match="'none'"):
        removed([key()], "none", NOW)


def test_where_no_time_has_come_the_first_to_come_signs() -> None:
    """A clock that is behind leaves no answer unsigned."""
    later, soon = (make_key(NOW, NOW + timedelta(hours=hours)) for hours in (2, 1))
    assert _signer([later, soon]) == soon.kid


def test_without_what_signs_nothing_does() -> None:
    assert signing([key().retired], NOW) is None
