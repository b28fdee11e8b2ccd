"""The tables of docs/settings.md as they follow from the fields themselves."""

from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bonaface.settings import ENV_PREFIX, NESTING, Settings

MADE_HERE = {
    "models.directory": "`models` in the user's data folder",
    "engine.workers": "one a core; by the CPU quota, rounded up, where that is less",
    "server.max_connections": "`2000`; all but 300 of the open files allowed, or half, where that is less",
    "storage.directory": "the user's data folder",
}
"""Defaults that depend on the machine, in words."""
GIVEN = {"metrics.port": "9464", "tracing.endpoint": "http://127.0.0.1:4318"}
"""Values of settings that have none by default and do not take any text."""
HEAD = ("| setting | default | what it is |", "|---|---|---|")


def sections() -> dict[str, type[BaseModel]]:
    """Every section's class by name."""
    found: dict[str, type[BaseModel]] = {}
    for name, field in Settings.model_fields.items():
        assert isinstance(field.annotation, type)
        assert issubclass(field.annotation, BaseModel)
        found[name] = field.annotation
    return found


def keys() -> list[str]:
    """Every setting as `section.name`."""
    return [f"{section}.{name}" for section, model in sections().items() for name in model.model_fields]


def variable(key: str) -> str:
    """The environment variable of a key."""
    return ENV_PREFIX + key.replace(".", NESTING).upper()


def tables() -> str:
    """One Markdown table a section."""
    return "\n\n".join(_table(name, model) for name, model in sections().items())


def _table(section: str, model: type[BaseModel]) -> str:
    summary = (model.__doc__ or "").strip().splitlines()[0]
    rows = [_row(f"{section}.{name}", field) for name, field in model.model_fields.items()]
    return "\n".join([f"## {section}", "", summary, "", *HEAD, *rows])


def _row(key: str, field: FieldInfo) -> str:
    meaning = field.description or ""
    if get_origin(field.annotation) is Literal:
        meaning += "; one of " + ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    return f"| `{key}` | {_default(key, field)} | {meaning} |"


def _default(key: str, field: FieldInfo) -> str:
    if field.default_factory is not None:
        return MADE_HERE[key]
    if field.default is None or field.default == ():
        return "none"
    value = field.default
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
