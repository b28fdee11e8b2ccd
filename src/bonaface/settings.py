"""Every limit and switch, typed and named; read when asked for, never at import.

Sources, strongest first: keyword arguments, environment (`BONAFACE_` and `__` between the levels, as in
`BONAFACE_SERVER__PORT=9000`), the TOML file named by `BONAFACE_CONFIG`, the defaults below.
A key that is not one of these is refused by name; an empty variable counts as unset.
"""

import os
import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from bonaface.descriptors import usable_connections
from bonaface.errors import ConfigurationError
from bonaface.processors import usable_processors
from bonaface.setting_sources import (
    CONFIG_VARIABLE,
    ENV_PREFIX,
    NESTING,
    explained,
    refuse_unknown_variables,
    unreadable,
)
from bonaface.types import Preset

_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


def _number(default: float, least: float, most: float, description: str) -> Any:  # noqa: ANN401 - as Field
    """A number from `least` to `most`, which the description tells."""
    return Field(default, ge=least, le=most, description=f"{description}; {least:,} to {most:,}")


def _above_zero(default: float, most: float, description: str) -> Any:  # noqa: ANN401 - as Field
    """A number over 0 and up to `most`."""
    return Field(default, gt=0, le=most, description=f"{description}; over 0, up to {most:,}")


def _checked_origin(origin: str) -> str:
    if _ORIGIN.fullmatch(origin) is None:
        raise ValueError(
            "write it as in https://shop.example or http://localhost:3000, exactly and in lower case"
        )
    return origin


Origin = Annotated[str, AfterValidator(_checked_origin)]
"""An origin as browsers send it (RFC 6454): scheme, host in lower case, a port that is not the usual one."""


class Section(BaseModel):
    """A frozen group of settings that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ImageLimits(Section):
    """What an image may be (wire contract, *Input guide*)."""

    max_bytes: int = _number(3_000_000, 1, 20_000_000, "largest image file in bytes")
    max_pixels: int = _number(
        50_000_000,
        1,
        200_000_000,
        "largest width x height, checked from the header; 16-bit PNG and CMYK JPEG count twice",
    )
    min_side: int = _number(80, 1, 10_000, "shortest side allowed, in pixels")


class FaceSettings(Section):
    """Which faces count."""

    max_faces: int = _number(20, 1, 100, "faces reported at most, largest first")
    max_together: int = _number(
        40, 1, 1000, "faces judged at most in all frames of a capture, as many in each, one at least"
    )
    max_heatmaps: int = _number(4, 0, 100, "heatmaps of a request at most, 0 for none")
    min_side: int = _number(60, 1, 10_000, "shorter side of a face that counts, in pixels")
    max_angle: float = _above_zero(45.0, 180, "largest yaw or pitch of a face that counts, in degrees")

    def most_in(self, frames: int) -> int:
        """Faces judged at most in each of so many frames (1 = a single image)."""
        return self.max_faces if frames == 1 else min(self.max_faces, max(self.max_together // frames, 1))


class ModelSettings(Section):
    """Which models run, where their files are, and on what."""

    directory: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("bonaface") / "models",
        description="where installed models are kept",
    )
    detector: str = Field("bonaface-face", description="catalog name of the face detector")
    pad: str = Field("bonaface-pad", description="catalog name of the PAD model")
    runtime: Literal["auto", "openvino", "onnxruntime"] = Field(
        "auto", description="inference engine; auto takes OpenVINO where it is installed"
    )
    presets: Path | None = Field(None, description="TOML file with thresholds of your own")
    default_preset: Preset = Field(Preset.BALANCED, description="preset of a request that names none")


class FetchSettings(Section):
    """Limits of the image download."""

    timeout: float = _above_zero(3.0, 60, "seconds for the whole download, redirects included")
    max_redirects: int = _number(3, 0, 20, "redirects followed, each checked again")
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="private networks that URLs may point to"
    )
    max_downloads: int = _number(128, 1, 1024, "downloads at once; more are refused")
    max_lookups: int = _number(64, 1, 1024, "names looked up at once, each on a thread; more are refused")
    application_share: float = _above_zero(
        0.25, 1, "share of downloads and of look-ups that one application may have"
    )
    max_url_length: int = _number(16_384, 1, 16_384, "longest URL accepted, percent-encoded, in characters")


class ServingSettings(Section):
    """How much work is taken on at once."""

    workers: int = Field(
        default_factory=usable_processors,
        ge=1,
        le=1024,
        description="single-threaded analyses side by side; one a core, fewer under a CPU quota; 1 to 1,024",
    )
    isolation: Literal["processes", "threads"] = Field(
        "processes",
        description="what a worker is: a process of its own or a thread of the server (docs/serving.md)",
    )
    queue: int = _number(32, 0, 4096, "requests that may wait for a worker; more are refused at once")
    deadline: float = _above_zero(10.0, 300, "seconds from the accepted request to its answer")
    stuck_after: float = _above_zero(
        60.0, 3600, "seconds after which an analysis that still runs counts as hanging"
    )
    load_timeout: float = _above_zero(
        60.0, 600, "seconds that a worker process may take to load its models; then another one is begun"
    )


class ServerSettings(Section):
    """The HTTP side."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on, up to 65535; 0 takes a free one")
    processes: int = _number(
        1, 1, 64, "server processes, each with an event loop and its part of the workers and bounds; Linux"
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="addresses and networks of proxies that are believed who the caller is"
    )
    proxy_header: Literal["x-forwarded-for", "forwarded"] = Field(
        "x-forwarded-for",
        description="header by which they tell it, which they must write themselves; no other is read",
    )
    allowed_origins: tuple[Origin, ...] = Field(
        (),
        description="origins, as in `https://shop.example`, whose pages may call `/v2/liveness` with a token",
    )
    real_status_codes: bool = Field(
        False, description="answer the v1.0 route with the HTTP status mapped to the error instead of 200"
    )
    body_timeout: float = _above_zero(30.0, 300, "seconds a client has to send its whole body")
    min_body_rate: int = _number(
        1000, 0, 1_000_000, "bytes a second that a body must come at, over any 10 seconds, 0 for no limit"
    )
    keep_alive: int = _number(
        75, 1, 3600, "seconds a connection stands idle after an answer; longer than a balancer keeps it"
    )
    max_connections: int = Field(
        default_factory=usable_connections,
        ge=16,
        le=100_000,
        description="connections at once; then idle ones are closed, and new ones refused; 16 to 100,000",
    )
    max_requests: int = _number(
        128, 1, 4096, "requests in progress at once, bodies being read included; more are refused"
    )
    application_share: float = _above_zero(
        0.25, 1, "share of `server.max_requests` that one application may have while images come"
    )
    shutdown_grace: int = _number(15, 0, 300, "seconds for replies in flight when stopping")
    drain_delay: float = _number(
        0.0, 0, 300, "seconds from SIGTERM to the last new connection taken; `/readyz` says 503"
    )


class StorageSettings(Section):
    """Where accounts are kept."""

    directory: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("bonaface"),
        description="folder of the SQLite file, the journal and the development secret; owner-only",
    )
    url: str | None = Field(
        None, description="SQLAlchemy URL of another database: `sqlite:////path` or `postgresql://...`"
    )
    pooled: bool = Field(
        False,
        description="whether `storage.url` is that of a pooler (pgbouncer), which may give each transaction "
        "another connection",
    )
    migrate: Literal["on_start", "check"] = Field(
        "on_start",
        description="who migrates the database: whatever starts first, or `bonaface migrate` alone, and a "
        "server whose database is not up to date does not start",
    )
    journal_bytes: int = _number(
        64_000_000,
        0,
        10_000_000_000,
        "largest journal of replies counted while the database is away, in bytes, 0 for none",
    )
    removal_days: int = _number(
        30, 0, 3650, "days in which a removed application can be restored; then its secrets are erased"
    )
    retention_days: int = _number(
        90, 1, 36_500, "days that usage by the hour is kept; usage by the day stays for ever"
    )


class LimitSettings(Section):
    """How requests a second are counted, and how long a batch of counted replies may wait."""

    store: str = Field(
        "memory",
        pattern=r"^(memory|database|rediss?://.+)$",
        description="where rates are counted: `memory` for one process, `database` or `redis://...` for many",
    )
    batch_wait: float = _number(
        0.002, 0, 0.01, "seconds that a reply waits for others, to be counted with them in one commit"
    )


class TokenSettings(Section):
    """What a capture token may be asked for (docs/capture.md)."""

    max_uses: int = _number(100, 1, 1000, "most captures that one token may be used for")
    max_lifetime: int = _number(900, 10, 3600, "longest life of a token, in seconds")


class LogSettings(Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severe level logged"
    )
    format: Literal["auto", "json", "console"] = Field(
        "auto", description="auto is console on a terminal and JSON elsewhere"
    )
    sample: float = _number(1.0, 0, 1, "share of the lines of successful requests that is written")
    slow: float = _above_zero(
        1.0, 3600, "seconds from which on a request is written whatever `log.sample` says"
    )
    caller_address: bool = Field(True, description="tell the address that a request came from, as `client`")


class MetricsSettings(Section):
    """Where Prometheus reads the metrics."""

    host: str = Field("127.0.0.1", description="address to listen on for GET /metrics")
    port: int | None = Field(
        None, ge=0, le=65535, description="port to listen on; 0 takes a free one, none leaves it off"
    )


class TracingSettings(Section):
    """Where traces are sent; needs `pip install 'bonaface[tracing]'`."""

    endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="base URL of an OTLP/HTTP collector, as in `http://127.0.0.1:4318`; none leaves it off",
    )
    sample: float = _number(1.0, 0, 1, "share of requests traced where the caller brings no trace")
    service_name: str = Field("bonaface", min_length=1, description="`service.name` of the traces")


class SigningSettings(Section):
    """What signs answers; needs `pip install 'bonaface[signing]'`."""

    key_file: Path | None = Field(
        None,
        description="JWK set that signs, owner-only, the same on all replicas; none leaves answers unsigned",
    )


class Settings(BaseSettings):
    """All settings of a bonaface process. Making one reads the environment and the TOML file."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_nested_delimiter=NESTING,
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
    )

    images: ImageLimits = ImageLimits()
    faces: FaceSettings = FaceSettings()
    models: ModelSettings = Field(default_factory=ModelSettings)
    fetch: FetchSettings = FetchSettings()
    serving: ServingSettings = Field(default_factory=ServingSettings)
    server: ServerSettings = ServerSettings()
    storage: StorageSettings = Field(default_factory=StorageSettings)
    limits: LimitSettings = LimitSettings()
    tokens: TokenSettings = TokenSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    tracing: TracingSettings = TracingSettings()
    signing: SigningSettings = SigningSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, toml_file=os.environ.get(CONFIG_VARIABLE))
        return init_settings, env_settings, toml


def load_settings(**overrides: Any) -> Settings:  # noqa: ANN401 - whatever pydantic can read
    """Settings from the environment and the TOML file named there, `overrides` first.

    Raises ConfigurationError when one is unknown or has a wrong value: it names the variable or the file that
    gives it, and the setting.
    """
    refuse_unknown_variables(os.environ, Settings.model_fields)
    config = os.environ.get(CONFIG_VARIABLE)
    if config and not Path(config).is_file():
        raise ConfigurationError(f"{CONFIG_VARIABLE} names {config}, which is not a file.")
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise ConfigurationError(explained(error, overrides)) from error
    except SettingsError as error:  # an environment value that is not JSON
        raise ConfigurationError(
            f"{unreadable(os.environ, Settings.model_fields)} cannot be read: {error}."
        ) from error
    except ValueError as error:  # a TOML file that does not parse
        raise ConfigurationError(f"The settings in {config} cannot be read: {error}.") from error
