"""A report as HTML in one file that asks nobody for anything, and as Markdown with its charts beside it.

The page's policy lets it show what is in it, and run the one script that it names by its hash.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.scoring import Unscored
from bonaface.evaluation.tables import Table


@dataclass(frozen=True, slots=True)
class Chart:
    """A PNG file by its name, with what it shows."""

    name: str
    title: str
    note: str
    png: bytes

    @property
    def base64(self) -> str:
        return base64.b64encode(self.png).decode()


@dataclass(frozen=True, slots=True)
class Page:
    """What a report says, in its order."""

    title: str
    lines: Sequence[str]
    notes: Sequence[str]
    charts: Sequence[Chart]
    tables: Sequence[Table]
    unreadable: Sequence[Unscored] = ()


@dataclass(frozen=True, slots=True)
class _Inline:
    """Style or script of a page; hash: as a Content-Security-Policy names it."""

    text: Markup
    hash: str


def write_page(
    page: Page,
    folder: Path,
    template: str = "report.html",
    script: str | None = None,
    shown: Mapping[str, Any] | None = None,
) -> None:
    """report.html with everything in it, figures.md and the charts beside it.

    template: of the HTML; script: file beside the templates that the page runs; shown: what the template
    shows beside the page. Raises InvalidParameterError when the folder cannot be written.
    """
    environment = Environment(
        loader=PackageLoader("bonaface.evaluation"),
        autoescape=select_autoescape(("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    given = {
        **(shown or {}),
        "page": page,
        "style": _inline("report.css"),
        "script": _inline(script) if script else None,
    }
    for name, source in (("report.html", template), ("figures.md", "figures.md")):
        text = environment.get_template(f"{source}.j2").render(given)
        write_file(folder / name, text.strip().encode() + b"\n")
    for chart in page.charts:
        write_file(folder / chart.name, chart.png)


def write_file(path: Path, data: bytes) -> None:
    """Raises InvalidParameterError when the folder or the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise InvalidParameterError(f"{path} cannot be written: {error.strerror}.") from error


def _inline(name: str) -> _Inline:
    text = (files("bonaface.evaluation") / "templates" / name).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return _Inline(Markup(text), f"sha256-{digest}")  # noqa: S704 - a file of the package
