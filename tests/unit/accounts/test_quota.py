import pytest

from bonaface.accounts.application import NO_QUOTA, Quota
from bonaface.accounts.quota import checked_quota, quota_members
from bonaface.errors import InvalidParameterError


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        (NO_QUOTA, NO_QUOTA),
        (Quota(1), Quota(1, 1)),
        (Quota(10_000), Quota(10_000, 10_000)),
        (Quota(5, 5), Quota(5, 5)),
        (Quota(5, 15), Quota(5, 15)),
        (Quota(2, 7200), Quota(2, 7200)),
        (Quota(None, None, 1), Quota(None, None, 1)),
        (Quota(3, None, 10**12), Quota(3, 3, 10**12)),
    ],
)
def test_a_quota_gets_its_burst(given: Quota, checked: Quota) -> None:
    assert checked_quota(given) == checked


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (Quota(0), "rate"),
        (Quota(-1), "rate"),
        (Quota(10_001), "rate"),
        (Quota(5, 4), "burst"),
        (Quota(5, 0), "burst"),
        (Quota(5, -5), "burst"),
        (Quota(5, 11), "burst"),
        (Quota(2, 7202), "burst"),
        (Quota(None, 5), "Give a rate with the burst"),
        (Quota(None, None, 0), "a month"),
        (Quota(None, None, -1), "a month"),
        (Quota(None, None, 10**12 + 1), "a month"),
    ],
)
def test_any_other_is_refused_in_a_sentence(given: Quota, word: str) -> None:
    with pytest.raises(InvalidParameterError, match=rf"^Give .*{word}.*\.$|^{word}.*\.$"):
        checked_quota(given)


def test_the_members_are_those_of_the_wire() -> None:
    assert quota_members(Quota(1, 2, 3)) == {"requestsPerSecond": 1, "burst": 2, "requestsPerMonth": 3}
