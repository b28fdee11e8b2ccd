"""The tables of docs/settings.md as they follow from the fields themselves.

    PYTHONPATH=src:tests python -m support.docs.settings_table

writes them anew.
"""

import re
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bonaface.setting_sources import ENV_PREFIX, NESTING
from bonaface.settings import Settings

PAGE = Path(__file__).resolve().parents[3] / "docs" / "settings.md"
SECTION = r"## {}\n\n.+\n\n(?:\|.*\n)+"
"""A heading, a sentence and a table."""

MADE_HERE = {
    "models.directory": "`models` in the user's data folder",
    "serving.workers": "one a core; by the CPU quota, rounded up, where that is less",
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


def write() -> None:
    """Puts the tables in the place of those that are there; a new section comes last."""
    page = PAGE.read_text("utf-8")
    old = "\n".join(re.findall(SECTION.format("[a-z_]+"), page))
    assert page.count(old) == 1, "the tables do not follow each other"
    PAGE.write_text(page.replace(old, tables() + "\n"), "utf-8")


if __name__ == "__main__":
    write()
