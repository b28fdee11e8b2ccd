"""The extras that commands and models need, which a plain installation leaves out."""

from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType

from bonaface.errors import ConfigurationError

EXTRAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bulk": ("fsspec", "pyarrow", "s3fs"),
        "evaluation": ("matplotlib", "jinja2"),
        "onnxruntime": ("onnxruntime", "onnx"),
        "parquet": ("pyarrow",),
        "ray": ("ray", "pyarrow", "pandas"),
        "server": (
            "alembic",
            "anyio",
            "fastapi",
            "fastapi_swagger",
            "httpcore2",
            "httptools",
            "httpx2",
            "prometheus_client",
            "pybase64",
            "python_multipart",
            "sqlalchemy",
            "structlog",
            "uvicorn",
        ),
        "signing": ("cryptography", "jwt", "rfc8785"),
    }
)
"""The modules that each extra brings."""

_MANY = 3


def is_installed(extra: str) -> bool:
    """Whether every module of the extra is there."""
    return not _missing(extra)


def require_extra(extra: str, who: str = "This command") -> None:
    """Raises ConfigurationError that says what to install when a module of the extra is missing.

    who: what needs it, as the sentence begins.
    """
    if missing := _missing(extra):
        named = " and ".join(missing) if len(missing) < _MANY else f"{missing[0]} and others"
        raise ConfigurationError(f"{who} needs {named}; install it with `pip install 'bonaface[{extra}]'`.")


def _missing(extra: str) -> list[str]:
    return [name for name in EXTRAS[extra] if find_spec(name) is None]
