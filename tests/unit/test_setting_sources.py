"""What gives a setting, told beside its name."""

from pathlib import Path

import pytest

from bonaface.setting_sources import CONFIG_VARIABLE, as_given

Env = pytest.MonkeyPatch


@pytest.fixture
def toml(tmp_path: Path, monkeypatch: Env) -> Path:
    path = tmp_path / "bonaface.toml"
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    return path


def test_a_fault_that_shows_later_is_told_with_what_gives_the_setting(toml: Path, monkeypatch: Env) -> None:
    says = "check storage.url, storage.url and limits.store, not bonaface.db or e.g. this"
    assert as_given(says) == says

    toml.write_text("[storage]\nurl = 'sqlite:'\n[limits]", "utf-8")
    assert as_given("storage.url and limits.store") == f"storage.url ({toml}) and limits.store"

    monkeypatch.setenv("bonaface_storage__url", "sqlite:")
    assert as_given("check storage.url.") == "check storage.url (bonaface_storage__url)."
    monkeypatch.setenv("BONAFACE_LIMITS", '{"batch_wait": 0.1}')
    says = "limits.batch_wait ({}) and limits.store, not limits.db"
    assert as_given(says.replace(" ({})", "")) == says.format("BONAFACE_LIMITS")
    for odd in ("{limits", "3"):
        monkeypatch.setenv("BONAFACE_LIMITS", odd)
        assert as_given("limits.batch_wait") == "limits.batch_wait"
    told = "The settings do not hold: bonaface_storage__url sets storage.url: no"
    assert as_given(told) == told


@pytest.mark.parametrize("text", ["[storage", "storage = 3"])
def test_a_file_that_does_not_hold_gives_nothing(toml: Path, text: str) -> None:
    toml.write_text(text, "utf-8")
    assert as_given("check storage.url") == "check storage.url"
    toml.unlink()
    assert as_given("check storage.url") == "check storage.url"
