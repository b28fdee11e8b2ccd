"""Every reason has something to tell."""

import re

from bonaface.quality.guidance import GUIDANCE, guidance_for
from bonaface.types import Reason


def test_every_reason_has_a_key_of_its_own_and_a_sentence_in_both_languages() -> None:
    assert list(GUIDANCE) == list(Reason)
    assert len({told.key for told in GUIDANCE.values()}) == len(Reason)
    for told in GUIDANCE.values():
        assert re.fullmatch("[a-z_]+", told.key)
        assert re.fullmatch(r"[A-Z][ -~]+\.", told.en)
        assert re.fullmatch(r"[가-힣 ]+\.", told.ko)


def test_each_is_told_once_in_the_order_of_the_reasons() -> None:
    told = guidance_for([Reason.GREY, Reason.BLURRED, Reason.GREY])
    assert [each.key for each in told] == ["use_colour", "hold_still"]
