"""The extras that commands and models need, which a plain installation leaves out.

And modules that libraries import where they are installed, and that nothing here needs.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from types import MappingProxyType, ModuleType

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


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """Have these modules look as if they were not installed to what is imported inside.

    Afterwards they are as before; one that was imported before is left as it is.
    """
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    absent = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(absent))
    try:
        yield
    finally:
        for name in absent:
            modules.pop(name, None)


def _missing(extra: str) -> list[str]:
    return [name for name in EXTRAS[extra] if find_spec(name) is None]
