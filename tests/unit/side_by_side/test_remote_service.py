"""Where keys may go, and what they may be; what is sent: tests/component/side_by_side."""

import pytest

from bonaface.errors import InvalidParameterError
from bonaface.side_by_side.remote_service import ServiceKeys, checked_url, require_tls


def test_an_address_without_the_slash_at_its_end() -> None:
    assert checked_url("https://host.example/prefix/") == "https://host.example/prefix"


@pytest.mark.parametrize(
    "url",
    [
        "host.example",
        "ftp://host.example",
        "https://",
        "https://name:secret@host.example",
        "https://host.example/?a=1",
        "https://host.example/v1.0/appkeys/my-app-key/spoofing",
    ],
)
def test_what_is_no_address_of_a_service_is_told_without_keys(url: str) -> None:
    with pytest.raises(InvalidParameterError, match="not the address of a service") as raised:
        checked_url(url)
    assert "secret" not in str(raised.value).replace("without keys", "")
    assert "my-app-key" not in str(raised.value)


def test_keys_go_to_another_machine_by_tls_alone() -> None:
    for url in ("https://host.example", "http://127.0.0.1:8000", "http://localhost"):
        require_tls(url)
    with pytest.raises(InvalidParameterError, match="in the clear"):
        require_tls("http://host.example")


@pytest.mark.parametrize("key", ["", "a b", "a\nb", "ключ"])
def test_keys_are_ascii_without_spaces(key: str) -> None:
    with pytest.raises(InvalidParameterError, match="printable ASCII"):
        ServiceKeys("app-key", key)


def test_keys_are_not_shown() -> None:
    assert "secret" not in repr(ServiceKeys("app-key", "secret"))
    assert "app-key" not in repr(ServiceKeys("app-key", "secret"))
