"""The types of clients/js are those of the API's document, and its version that of the server."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from conftest import ROOT, need_service
from support.docs.js_answers import FILE, written
from support.http.node import installed, why_not

PROJECT = ROOT / "clients" / "js"
PACKAGE = json.loads((PROJECT / "package.json").read_text("utf-8"))


def test_the_types_are_those_of_the_document() -> None:
    assert FILE.read_text("utf-8") == written(), "run `make pages`"


def test_the_version_is_that_of_the_server() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    told = re.findall(r'VERSION = "(.+)"', (PROJECT / "src" / "version.js").read_text("utf-8"))
    assert [PACKAGE["version"], *told] == [project["version"]] * 2


def test_it_needs_nothing() -> None:
    assert not {"dependencies", "peerDependencies", "optionalDependencies"} & PACKAGE.keys()


def test_every_public_name_is_on_the_page() -> None:
    page = (ROOT / "docs" / "clients.md").read_text("utf-8")
    index = (PROJECT / "src" / "index.js").read_text("utf-8")
    names = [name for group in re.findall(r"export \{([^}]+)\}", index) for name in re.findall(r"\w+", group)]
    assert len(names) > 15
    assert [name for name in names if f"`{name}" not in page] == []


def test_the_declarations_follow_from_the_source(tmp_path: Path) -> None:
    """And the source holds to its own types."""
    need_service(why_not())
    tsc = installed(PROJECT) / "typescript" / "bin" / "tsc"
    command = ["node", str(tsc), "--project", str(PROJECT), "--outDir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout
    made = {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()}
    kept = {file.name: file.read_text("utf-8") for file in (PROJECT / "types").iterdir()}
    assert made == kept, "run `make pages`"


@pytest.mark.parametrize("file", sorted((PROJECT / "src").iterdir()), ids=lambda file: file.name)
def test_no_file_imports_what_is_not_there_or_parses_html(file: Path) -> None:
    text = file.read_text("utf-8")
    assert all((file.parent / target).is_file() for target in re.findall(r'from "(.+?)"', text))
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text) == []
