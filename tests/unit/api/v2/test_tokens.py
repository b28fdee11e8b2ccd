"""How many uses and how long a life a capture token gets."""

import pytest
from pydantic import ValidationError

from bonaface.api.v2.token_schemas import CaptureTokenRequest
from bonaface.api.v2.tokens import bounded
from bonaface.errors import InvalidParameterError
from bonaface.settings import TokenSettings


@pytest.mark.parametrize(
    ("settings", "expected"),
    [(TokenSettings(), (20, 300)), (TokenSettings(max_uses=5, max_lifetime=60), (5, 60))],
)
def test_what_is_not_asked_for_is_within_the_settings(
    settings: TokenSettings, expected: tuple[int, int]
) -> None:
    assert bounded(CaptureTokenRequest(), settings) == expected


def test_as_much_as_the_settings_allow_and_no_more() -> None:
    settings = TokenSettings(max_uses=5, max_lifetime=60)
    assert bounded(CaptureTokenRequest(uses=5, lifetime=60), settings) == (5, 60)
    with pytest.raises(InvalidParameterError, match="uses must be at most 5"):
        bounded(CaptureTokenRequest(uses=6), settings)
    with pytest.raises(InvalidParameterError, match="lifetime must be at most 60"):
        bounded(CaptureTokenRequest(lifetime=61), settings)


def test_a_number_without_a_fraction_is_whole() -> None:
    assert CaptureTokenRequest.model_validate_json('{"uses": 5.0}').uses == 5
    for wrong in ("5.5", '"5"', "true", "1e400"):
        with pytest.raises(ValidationError):
            CaptureTokenRequest.model_validate_json(f'{{"uses": {wrong}}}')
