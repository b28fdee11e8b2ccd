"""Where a request carries its keys."""

import pytest
from starlette.datastructures import Headers

from bonaface.api.request_keys import keys_by_headers, keys_by_path


def _headers(*given: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.lower().encode(), value.encode()) for name, value in given])


def test_v1_has_the_app_key_in_the_path_and_the_bare_secret() -> None:
    path = {"appKey": "shop"}
    assert keys_by_path(_headers(("Authorization", "Bearer s")), path) == ("shop", "Bearer s")
    assert keys_by_path(_headers(("X-App-Key", "other")), path) == ("shop", "")
    assert keys_by_path(_headers(("Authorization", "s"), ("Authorization", "s")), path) == ("shop", "")


@pytest.mark.parametrize(
    ("given", "secret"),
    [
        (["Bearer s"], "s"),
        (["bearer  s "], "s"),
        (["Bearer"], ""),
        (["s"], ""),
        (["Basic s"], ""),
        ([], ""),
        (["Bearer s", "Bearer s"], ""),
    ],
)
def test_v2_has_both_in_headers(given: list[str], secret: str) -> None:
    headers = _headers(("X-App-Key", "shop"), *(("Authorization", value) for value in given))
    assert keys_by_headers(headers, {}) == ("shop", secret)


def test_v2_takes_no_app_key_that_is_given_twice() -> None:
    assert keys_by_headers(_headers(("X-App-Key", "a"), ("X-App-Key", "a")), {}) == ("", "")
