"""Keys by the environment, and what is said where there are none."""

import pytest

from bonaface.cli.service_keys import keys_of
from bonaface.errors import InvalidParameterError


def test_keys_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NHN_APP_KEY", "app")
    monkeypatch.setenv("NHN_SECRET_KEY", " secret\n")
    keys = keys_of("NHN Cloud", "NHN")
    assert (keys.app_key, keys.secret_key) == ("app", "secret")


@pytest.mark.parametrize("missing", ["NHN_APP_KEY", "NHN_SECRET_KEY"])
def test_nobody_is_there_to_be_asked(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in ("NHN_APP_KEY", "NHN_SECRET_KEY"):
        monkeypatch.setenv(name, "" if name == missing else "given")
    with pytest.raises(InvalidParameterError, match=f"Set {missing} in the environment"):
        keys_of("NHN Cloud", "NHN")
