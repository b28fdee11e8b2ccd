import signal
from ipaddress import IPv4Network
from pathlib import Path
from urllib.request import urlopen

import pytest

from bonaface.errors import BonafaceError
from bonaface.setting_sources import CONFIG_VARIABLE
from bonaface.settings import FetchSettings, Settings, load_settings
from bonaface.speed import server as speed_server
from bonaface.speed.server import apart, environment, served


def test_a_server_that_is_ready_and_obeys(quick_settings: Settings, tmp_path: Path) -> None:
    with served(quick_settings, tmp_path) as server:
        host, port = server.address
        with urlopen(f"http://{host}:{port}/readyz") as answer:
            assert answer.status == 200
        assert server.seconds > 0
    assert server.process.returncode in (0, -signal.SIGTERM)
    assert (tmp_path / "bonaface.db").is_file()


def test_a_server_that_does_not_start_tells_why(quick_settings: Settings, tmp_path: Path) -> None:
    models = quick_settings.models.model_copy(
        update={"directory": tmp_path / "none", "detector": "minifasnet"}
    )
    broken = quick_settings.model_copy(update={"models": models})
    with (
        pytest.raises(BonafaceError, match="did not start: bonaface: minifasnet is not a face detector"),
        served(broken, tmp_path),
    ):
        pass


def test_one_that_ignores_the_signal_is_killed(
    quick_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed_server, "STOP_SECONDS", 0)
    with served(quick_settings, tmp_path) as server:
        pass
    assert server.process.returncode is not None


def test_it_shares_nothing_with_another_server(settings: Settings, tmp_path: Path) -> None:
    changed = load_settings(
        server={"host": "0.0.0.0", "port": 9000},
        storage={"url": "sqlite:////somewhere.db"},
        limits={"store": "database"},
        metrics={"port": 9100},
        tracing={"endpoint": "http://127.0.0.1:4318"},
        serving={"workers": 3},
    )
    own = apart(changed, tmp_path)

    assert (own.server.host, own.server.port) == ("127.0.0.1", 0)
    assert (own.storage.directory, own.storage.url) == (tmp_path, None)
    assert (own.limits.store, own.metrics.port, own.tracing.endpoint) == ("memory", None, None)
    assert own.serving.workers == 3


def test_the_environment_says_every_setting(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "absent.toml"))
    monkeypatch.setenv("BONAFACE_SERVER__PORT", "1")
    fetch = FetchSettings(allowed_networks=(IPv4Network("10.0.0.0/8"),))
    wanted = settings.model_copy(update={"fetch": fetch})
    told = environment(wanted)
    monkeypatch.delenv(CONFIG_VARIABLE)
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    assert CONFIG_VARIABLE not in told
    assert load_settings() == wanted
