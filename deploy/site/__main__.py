"""Builds the site of the documentation.

    make docs
    python -m deploy.site --out var/site

English pages are at the root, Korean ones under `ko/`, each with a search of its own. No page asks another
host for anything.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Annotated

import typer

from deploy.site.markdown import images_of, page_text
from deploy.site.pages import GROUPS, LANGUAGES, PAGES, ROOT, Language, source_of, staged

OUT = Path("var/site")
HERE = Path(__file__).parent
SETTINGS = HERE / "zensical.toml"
STYLE = "site.css"
HOMES: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"ENGLISH": "index.html", "KOREAN": "ko/index.html"},
        "ko": {"ENGLISH": "../index.html", "KOREAN": "index.html"},
    }
)
"""The first pages of both languages, from the root of each."""


def main(out: Annotated[Path, typer.Option(help="folder to build into; it is emptied")] = OUT) -> None:
    """Build both languages and say where they are."""
    shutil.rmtree(out, ignore_errors=True)
    for language in LANGUAGES:
        with TemporaryDirectory(prefix="bonaface-docs-") as folder:
            stage(language, Path(folder))
            build(Path(folder), out if language == "en" else out / language)
    typer.echo(f"{out}/index.html: {len(PAGES)} pages in two languages. Searching needs a server:")
    typer.echo(f"python -m http.server --bind 127.0.0.1 --directory {out} 8001")


def stage(language: Language, folder: Path) -> None:
    """Put settings and pages of a language into a folder."""
    pages = folder / "pages"
    for page in PAGES:
        source = source_of(page, language)
        text = (ROOT / source).read_text("utf-8")
        _write(pages / staged(page), page_text(text, source, page, language))
        for image in images_of(text, source):
            target = pages / image
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / image, target)
    shutil.copyfile(HERE / STYLE, pages / STYLE)
    _write(folder / "zensical.toml", settings(language))


def settings(language: Language) -> str:
    """What Zensical is told."""
    given = {"LANGUAGE": language, "NAVIGATION": navigation(language), **HOMES[language]}
    text = SETTINGS.read_text("utf-8")
    for name, value in given.items():
        text = text.replace(name, value)
    return text


def navigation(language: Language) -> str:
    """The pages by groups, as TOML."""
    groups = []
    for group in GROUPS:
        pages = ", ".join(f'"{staged(page)}"' for page in group.pages)
        groups.append(f'  {{ "{group.title(language)}" = [{pages}] }},')
    return "[\n" + "\n".join(groups) + "\n]"


def build(folder: Path, out: Path) -> None:
    """Have Zensical build what is staged; a link that leads nowhere ends it."""
    command = [str(Path(sys.executable).parent / "zensical"), "build", "--strict"]
    plain = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=folder, env=plain, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    shutil.copytree(folder / "site", out, dirs_exist_ok=True)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    typer.run(main)
