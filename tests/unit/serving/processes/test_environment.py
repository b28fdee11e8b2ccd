"""The allow-list of variables, whatever the others are called."""

import pytest

from bonaface.serving.processes.environment import NAMES, ONE_THREAD, environment

SECRETS = [
    "PGPASSWORD",
    "AWS_SECRET_ACCESS_KEY",
    "AZURE_CLIENT_SECRET",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "DATABASE_URL",
    "HTTPS_PROXY",
    "https_proxy",
    "BONAFACE_STORAGE__URL",
    "bonaface_storage__url",
    "Bonaface_Limits__Store",
    "BONAFACE_CONFIG",
    "SSH_AUTH_SOCK",
    "LC_PASSWORD",
    "PYTHON_KEYRING_PASSWORD",
    "OMP_TOKEN",
    "COVERAGE_TOKEN",
    "path",
    "",
]


@pytest.mark.parametrize("name", SECRETS)
def test_what_is_not_listed_is_not_given(name: str) -> None:
    assert environment({name: "hidden-word"}) == ONE_THREAD


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_libraries_need_is_given(name: str) -> None:
    assert environment({name: "4"})[name] == "4"


def test_it_is_of_this_process_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hidden-word")
    monkeypatch.setenv("TZ", "Asia/Seoul")
    found = environment()
    assert "PGPASSWORD" not in found
    assert found["TZ"] == "Asia/Seoul"
