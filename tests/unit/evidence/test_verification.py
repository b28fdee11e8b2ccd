import json
from datetime import timedelta
from typing import Any

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.evidence.signature import FORGED, MEMBER, UNKNOWN_KEY, sign
from bonaface.evidence.verification import (
    NO_HASH,
    NO_TIME,
    OTHER_IMAGE,
    UNSIGNED,
    Check,
    Verification,
    verify,
)
from support.security.answers import IMAGE, NOW, answer, key, keys_of

KEY = key()
KEYS = keys_of(KEY)
MINUTE = timedelta(minutes=1)


def _signed(**changes: object) -> dict[str, Any]:
    changed = {**answer(), **changes}
    return {**changed, MEMBER: sign(changed, KEY)}


def _failing(found: Verification) -> dict[Check, str]:
    return {each.check: each.why for each in found.findings if not each.holds}


def _changed(path: list[str | int], value: object) -> dict[str, Any]:
    """A signed answer, one of whose members was changed after."""
    found: dict[str, Any] = json.loads(json.dumps(_signed()))
    inside: Any = found
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = value
    return found


def test_an_answer_holds_as_members_as_text_and_as_its_signature_alone() -> None:
    signed = _signed()
    for given in (signed, json.dumps(signed), json.dumps(signed, indent=4).encode(), f"{signed[MEMBER]}\n"):
        found = verify(given, KEYS, image=IMAGE, max_age=MINUTE, now=NOW)
        assert found.holds, found
        assert [each.check for each in found.findings] == [Check.SIGNATURE, Check.IMAGE, Check.AGE]
        assert found.answer["evidence"] == answer()["evidence"]
        assert MEMBER not in found.answer


def test_order_of_members_and_form_of_numbers_change_nothing() -> None:
    signed = _signed()
    text = json.dumps(dict(reversed(signed.items()))).replace("59.0", "59")
    assert verify(text, KEYS).holds


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["faces", 0, "verdict"], "attack"),
        (["faces", 0, "livenessScore"], 0.907475),
        (["faces"], []),
        (["evidence", "time"], "2026-11-30T12:00:01Z"),
        (["extra"], None),
    ],
)
def test_a_changed_member_fails(path: list[str | int], value: object) -> None:
    assert _failing(verify(_changed(path, value), KEYS)) == {Check.SIGNATURE: FORGED}


def test_a_member_twice_is_refused() -> None:
    """Else one reader shows what another one verified."""
    text = json.dumps(_signed())
    with pytest.raises(InvalidParameterError):
        verify(text.replace('"faces"', '"faces": [], "faces"', 1), KEYS)


@pytest.mark.parametrize("signature", [None, 1, {}])
def test_an_unsigned_answer_fails(signature: object) -> None:
    assert _failing(verify({**answer(), MEMBER: signature}, KEYS)) == {Check.SIGNATURE: UNSIGNED}


def test_another_signer_fails() -> None:
    assert _failing(verify(_signed(), keys_of(key()))) == {Check.SIGNATURE: UNKNOWN_KEY}


def test_another_image_fails() -> None:
    assert _failing(verify(_signed(), KEYS, image=b"another")) == {Check.IMAGE: OTHER_IMAGE}


@pytest.mark.parametrize(
    "evidence", [{}, None, {"images": None}, {"images": [1]}, {"images": [{"sha256": 1}]}]
)
def test_an_answer_without_hash_and_time_is_about_no_image(evidence: object) -> None:
    found = verify(_signed(evidence=evidence), KEYS, image=IMAGE, max_age=MINUTE)
    assert _failing(found) == {Check.IMAGE: NO_HASH, Check.AGE: NO_TIME}


def test_each_of_several_frames_is_one_of_the_images() -> None:
    images = answer()["evidence"]["images"]
    signed = _signed(evidence={"images": [{"sha256": "0" * 64}, *images]})
    assert verify(signed, KEYS, image=IMAGE).holds
    assert not verify(signed, KEYS, image=b"another").holds


@pytest.mark.parametrize(
    ("after", "holds"),
    [(timedelta(), True), (MINUTE, True), (MINUTE * 1.01, False), (-MINUTE, True), (-MINUTE * 1.01, False)],
)
def test_age_is_of_the_time_in_the_answer(after: timedelta, holds: bool) -> None:
    found = verify(_signed(), KEYS, max_age=MINUTE, now=NOW + after)
    assert found.holds is holds
    assert "2026-11-30 12:00:00 UTC" in found.findings[1].why


@pytest.mark.parametrize("time", ["2026-11-30T12:00:00", "yesterday", 1, None, "9999-12-31T23:59:59-23:59"])
def test_what_is_no_time_is_told(time: object) -> None:
    found = verify(_signed(evidence={"time": time}), KEYS, max_age=MINUTE)
    assert _failing(found) == {Check.AGE: NO_TIME}


def test_all_that_fails_is_told_at_once() -> None:
    found = verify(_changed(["faces"], []), KEYS, image=b"another", max_age=MINUTE, now=NOW + 2 * MINUTE)
    assert list(_failing(found)) == [Check.SIGNATURE, Check.IMAGE, Check.AGE]


@pytest.mark.parametrize("given", ["", "[]", "..", "a.b.c", "eyJ.eyJ.", b"\xff", "text"])
def test_what_is_no_answer_is_refused(given: str | bytes) -> None:
    with pytest.raises(InvalidParameterError):
        verify(given, KEYS)
