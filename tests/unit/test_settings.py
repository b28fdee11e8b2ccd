import os
from ipaddress import ip_network
from pathlib import Path
from typing import get_args

import pytest
from annotated_types import Ge, Gt, Le
from pydantic import ValidationError

from bonaface.errors import ConfigurationError
from bonaface.setting_sources import CONFIG_VARIABLE, RENAMED
from bonaface.settings import FaceSettings, ServerSettings, ServingSettings, Settings, load_settings
from bonaface.types import Preset
from support.docs.settings_table import sections, variable

Env = pytest.MonkeyPatch


@pytest.fixture
def toml(tmp_path: Path, monkeypatch: Env) -> Path:
    path = tmp_path / "bonaface.toml"
    monkeypatch.setenv(CONFIG_VARIABLE, str(path))
    return path


def test_defaults_are_those_of_the_contract() -> None:
    settings = load_settings()
    assert (settings.images.max_bytes, settings.images.max_pixels, settings.images.min_side) == (
        3_000_000,
        50_000_000,
        80,
    )
    assert (settings.faces.max_faces, settings.faces.min_side, settings.faces.max_angle) == (20, 60, 45)
    assert settings.fetch.timeout == 3
    assert settings.fetch.allowed_networks == ()
    assert settings.models.default_preset is Preset.BALANCED
    assert settings.server.real_status_codes is False
    assert settings.models.directory == settings.storage.directory / "models"


@pytest.mark.parametrize(("frames", "faces"), [(1, 20), (2, 20), (3, 13), (10, 4)])
def test_the_faces_of_all_frames_together_are_limited(frames: int, faces: int) -> None:
    assert FaceSettings().most_in(frames) == faces
    assert FaceSettings(max_faces=3).most_in(frames) == 3
    assert FaceSettings(max_together=1).most_in(frames) == (20 if frames == 1 else 1)


def test_one_worker_a_core_that_this_process_may_use(monkeypatch: Env) -> None:
    assert ServingSettings().workers == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, "sched_getaffinity")
    assert ServingSettings().workers == 1


@pytest.mark.parametrize("name", ["BONAFACE_SERVER__PORT", "bonaface_server__port"])
def test_environment(monkeypatch: Env, name: str) -> None:
    monkeypatch.setenv(name, "9000")
    assert load_settings().server == ServerSettings(port=9000)


def test_environment_gives_a_list_as_json(monkeypatch: Env) -> None:
    monkeypatch.setenv("BONAFACE_FETCH__ALLOWED_NETWORKS", '["10.0.0.0/8", "fd00::/8"]')
    assert load_settings().fetch.allowed_networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def test_environment_gives_a_section_as_json(monkeypatch: Env) -> None:
    monkeypatch.setenv("BONAFACE_SERVER", '{"port": 9000, "host": "::"}')
    monkeypatch.setenv("BONAFACE_SERVER__HOST", "127.0.0.2")
    assert load_settings().server == ServerSettings(port=9000, host="127.0.0.2")


def test_an_empty_variable_counts_as_unset(monkeypatch: Env) -> None:
    for name in (
        "BONAFACE_STORAGE__URL",
        "BONAFACE_MODELS__PRESETS",
        "BONAFACE_SERVER__PORT",
        CONFIG_VARIABLE,
    ):
        monkeypatch.setenv(name, "")
    assert load_settings() == Settings()
    assert load_settings().models.presets is None


def test_toml(toml: Path) -> None:
    toml.write_text('[server]\nport = 9001\n[fetch]\nallowed_networks = ["10.0.0.0/8"]\n', "utf-8")
    settings = load_settings()
    assert settings.server.port == 9001
    assert settings.fetch.allowed_networks == (ip_network("10.0.0.0/8"),)


def test_arguments_before_environment_before_toml_before_defaults(toml: Path, monkeypatch: Env) -> None:
    toml.write_text('[server]\nport = 1\nhost = "toml"\nbody_timeout = 1\n', "utf-8")
    monkeypatch.setenv("BONAFACE_SERVER__PORT", "2")
    monkeypatch.setenv("BONAFACE_SERVER__HOST", "environment")
    assert load_settings(server={"port": 3}).server == ServerSettings(
        port=3, host="environment", body_timeout=1
    )


def _refused() -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("BONAFACE_SERVERS__PORT", "BONAFACE_SERVERS__PORT is not a setting"),
        ("bonaface_servers__port", "bonaface_servers__port is not a setting"),
        ("BONAFACE_", "BONAFACE_ is not a setting"),
        ("BONAFACE_SERVER__PROT", "server.prot"),
        ("BONAFACE_CONFIGS", "BONAFACE_CONFIGS is not a setting"),
    ],
)
def test_an_unknown_variable_is_refused_by_name(monkeypatch: Env, name: str, says: str) -> None:
    monkeypatch.setenv(name, "1")
    assert says in _refused()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "BONAFACE_ENGINE__QUEUE",
            "BONAFACE_ENGINE__QUEUE was renamed; set BONAFACE_SERVING__QUEUE instead.",
        ),
        (
            "bonaface_engine__queue",
            "bonaface_engine__queue was renamed; set BONAFACE_SERVING__QUEUE instead.",
        ),
        ("BONAFACE_ENGINE", "BONAFACE_ENGINE was renamed; set BONAFACE_SERVING instead."),
    ],
)
def test_a_variable_by_its_former_name_is_told_its_new_one(monkeypatch: Env, name: str, says: str) -> None:
    monkeypatch.setenv(name, "1")
    assert _refused() == says


def test_a_section_by_its_former_name_is_told_its_new_one(monkeypatch: Env, tmp_path: Path) -> None:
    file = tmp_path / "bonaface.toml"
    file.write_text("[engine]\nqueue = 1")
    monkeypatch.setenv(CONFIG_VARIABLE, str(file))
    told = f"The settings do not hold: {file} sets engine: It was renamed; call it serving."
    assert _refused() == told


def test_a_setting_by_its_former_name_is_told_its_new_one(monkeypatch: Env) -> None:
    monkeypatch.setenv("BONAFACE_LIMITS__GROUP_WAIT", "0.004")
    told = "BONAFACE_LIMITS__GROUP_WAIT sets limits.group_wait: It was renamed; call it batch_wait."
    assert _refused() == f"The settings do not hold: {told}"


def test_no_former_name_is_one_that_is_in_use() -> None:
    for (*inside, old), new in RENAMED.items():
        assert old not in _fields(*inside)
        assert new in _fields(*inside)


def _fields(section: str | None = None) -> set[str]:
    return set(Settings().model_dump() if section is None else Settings().model_dump()[section])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[server]\nprot = 1", "server.prot"),
        ("[servers]\nport = 1", "servers"),
        ("server = 3", "server"),
        ("[server]\nport = 'x'", "server.port"),
        ("[server", "cannot be read"),
        ("[server]\nport = 1\nport = 2", "cannot be read"),
    ],
)
def test_a_toml_file_that_does_not_hold(toml: Path, text: str, says: str) -> None:
    toml.write_text(text, "utf-8")
    assert says in _refused()


def test_a_toml_file_that_is_not_utf_8(toml: Path) -> None:
    toml.write_bytes(b"host = '\xff\xfe'")
    assert "cannot be read" in _refused()


@pytest.mark.parametrize("make", ["nothing", "folder"])
def test_no_such_toml_file(toml: Path, make: str) -> None:
    if make == "folder":
        toml.mkdir()
    assert f"{CONFIG_VARIABLE} names {toml}, which is not a file." in _refused()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SERVER__PORT", "x", "server.port: "),
        ("SERVER__PORT", "65536", "server.port: "),
        ("SERVER__PORT", "-1", "server.port: "),
        ("IMAGES__MAX_BYTES", "0", "images.max_bytes: "),
        ("IMAGES__MAX_BYTES", "3e6", "images.max_bytes: "),
        ("FETCH__TIMEOUT", "nan", "fetch.timeout: "),
        ("FETCH__TIMEOUT", "0", "fetch.timeout: "),
        ("FETCH__MAX_REDIRECTS", "-1", "fetch.max_redirects: "),
        ("FETCH__ALLOWED_NETWORKS", '["10.0.0.1/8"]', "fetch.allowed_networks.0: "),
        ("FETCH__ALLOWED_NETWORKS", '["nowhere"]', "fetch.allowed_networks.0: "),
        ("FETCH__ALLOWED_NETWORKS", "10.0.0.0/8", 'field "fetch"'),
        ("SERVER", "{port", 'field "server"'),
        ("SERVER__ALLOWED_ORIGINS", '["https://shop.example/"]', "server.allowed_origins.0: "),
        ("SERVER__ALLOWED_ORIGINS", '["*"]', "server.allowed_origins.0: "),
        ("SERVER__ALLOWED_ORIGINS", "https://shop.example", 'field "server"'),
        ("MODELS__RUNTIME", "torch", "models.runtime: "),
        ("MODELS__DEFAULT_PRESET", "harsh", "models.default_preset: "),
        ("SERVING__WORKERS", "0", "serving.workers: "),
        ("LOG__LEVEL", "loud", "log.level: "),
        ("SERVER__REAL_STATUS_CODES", "perhaps", "server.real_status_codes: "),
        ("SERVER__PORT__X", "1", "server.port: "),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(monkeypatch: Env, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(f"BONAFACE_{name}", value)
    message = _refused()
    assert says in message
    assert "[" not in message


NUMBERS = [
    (section, name, field)
    for section, model in sections().items()
    for name, field in model.model_fields.items()
    if {int, float} & {field.annotation, *get_args(field.annotation)}
]


def test_every_number_has_a_bound_on_both_sides() -> None:
    assert len(NUMBERS) > 25
    for section, name, field in NUMBERS:
        bounds = {type(bound) for bound in field.metadata}
        assert Le in bounds, f"{section}.{name} may be anything"
        assert bounds & {Ge, Gt}, f"{section}.{name} may be negative"


@pytest.mark.parametrize(("section", "name"), [number[:2] for number in NUMBERS])
@pytest.mark.parametrize("value", ["1e999", "-1", "99999999999999999999", "nan"])
def test_a_wild_number_is_refused_by_its_variable(
    monkeypatch: Env, section: str, name: str, value: str
) -> None:
    variable = f"Bonaface_{section}__{name}"
    monkeypatch.setenv(variable, value)
    assert f"{variable} sets {section}.{name}: " in _refused()


@pytest.mark.parametrize(
    ("largest", "beyond"),
    [
        ("images.max_bytes 20000000", "20000001"),
        ("serving.deadline 300", "300.1"),
        ("serving.stuck_after 3600", "3601"),
        ("fetch.timeout 60", "61"),
        ("server.body_timeout 300", "301"),
        ("server.shutdown_grace 300", "301"),
        ("server.drain_delay 300", "301"),
        ("storage.retention_days 36500", "36501"),
        ("tokens.max_lifetime 3600", "3601"),
    ],
)
def test_the_largest_value_is_taken_and_no_more(monkeypatch: Env, largest: str, beyond: str) -> None:
    key, value = largest.split()
    monkeypatch.setenv(variable(key), value)
    load_settings()
    monkeypatch.setenv(variable(key), beyond)
    assert f"{variable(key)} sets {key}: Input should be less than or equal to {value}" in _refused()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"BONAFACE_SERVER__PORT": "x"}, "BONAFACE_SERVER__PORT sets server.port: "),
        ({"bonaface_Server__Port": "x"}, "bonaface_Server__Port sets server.port: "),
        ({"BONAFACE_SERVER": '{"port": "x"}'}, "BONAFACE_SERVER sets server.port: "),
        ({"BONAFACE_SERVER": "3"}, "BONAFACE_SERVER sets server: "),
        (
            {"BONAFACE_SERVER": '{"port": 3}', "bonaface_server__port": "x"},
            "bonaface_server__port sets server.port: ",
        ),
        ({"BONAFACE_SERVER__PROT": "1"}, "BONAFACE_SERVER__PROT sets server.prot: "),
        (
            {"BONAFACE_SERVER__PORT": "", "BONAFACE_SERVER": '{"port": "x"}'},
            "BONAFACE_SERVER sets server.port",
        ),
        ({"BONAFACE_SERVER__PORT__X": "1"}, "BONAFACE_SERVER__PORT__X sets server.port: "),
        (
            {"BONAFACE_FETCH__ALLOWED_NETWORKS": "10.0.0.0/8"},
            "BONAFACE_FETCH__ALLOWED_NETWORKS cannot be read",
        ),
        (
            {"BONAFACE_SERVER__TRUSTED_PROXIES": "10.0.0.1"},
            "BONAFACE_SERVER__TRUSTED_PROXIES cannot be read",
        ),
        (
            {"bonaface_fetch__allowed_networks": '["x"]'},
            "bonaface_fetch__allowed_networks sets fetch.allowed",
        ),
        ({"BONAFACE_SERVER": "{port", "BONAFACE_FETCH": "{}"}, "BONAFACE_SERVER cannot be read"),
    ],
)
def test_a_wrong_variable_is_named_as_it_was_given(
    monkeypatch: Env, given: dict[str, str], says: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert says in _refused()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[server]\nport = 'x'", "{file} sets server.port: "),
        ("[server]\nprot = 1", "{file} sets server.prot: "),
        ("[servers]\nport = 1", "{file} sets servers: "),
        ("[server", "The settings in {file} cannot be read: "),
    ],
)
def test_a_wrong_key_of_a_file_is_named_with_the_file(
    toml: Path, monkeypatch: Env, text: str, says: str
) -> None:
    toml.write_text(text, "utf-8")
    monkeypatch.setenv("BONAFACE_SERVER__HOST", "::")
    assert says.format(file=toml) in _refused()


def test_a_wrong_argument_is_named_alone(monkeypatch: Env) -> None:
    monkeypatch.setenv("BONAFACE_SERVER__PORT", "1")
    with pytest.raises(ConfigurationError, match=r"hold: server\.port: "):
        load_settings(server={"port": "x"})
    monkeypatch.setenv("BONAFACE_SERVER__PORT", "y")
    with pytest.raises(ConfigurationError, match=r"hold: BONAFACE_SERVER__PORT sets server\.port: "):
        load_settings(server={"host": "::"})


def test_secrets_are_not_repeated(monkeypatch: Env) -> None:
    monkeypatch.setenv("BONAFACE_STORAGE__URLS", "postgresql://user:hunter2@db/bonaface")
    monkeypatch.setenv("BONAFACE_SERVER__PORT", "hunter2")
    assert "hunter2" not in _refused()


def test_an_unknown_argument_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="servers"):
        load_settings(servers={})


def test_settings_are_frozen() -> None:
    settings = load_settings()
    with pytest.raises(ValidationError):
        settings.server = ServerSettings()  # type: ignore[misc]
    with pytest.raises(ValidationError):
        settings.server.port = 1  # type: ignore[misc]


def test_nothing_is_read_before_it_is_asked_for(monkeypatch: Env) -> None:
    before = load_settings()
    monkeypatch.setenv("BONAFACE_SERVER__PORT", "9000")
    assert (before.server.port, load_settings().server.port) == (8000, 9000)
