"""The source distribution holds what its own tests import and read."""

import ast
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from conftest import ROOT

TESTS = sorted((ROOT / "tests").rglob("*.py"))
READ = re.compile(r"\bROOT / \"([\w.]+)\"")
NOT_COMMITTED = frozenset({".mypy_cache", "cgroup.subtree_control"})
"""Read where they are there; the second is of the kernel."""


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the distribution holds, from its own folder on."""
    folder = tmp_path_factory.mktemp("sdist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (archive,) = folder.iterdir()
    with tarfile.open(archive) as packed:
        return [name.partition("/")[2] for name in packed.getnames()]


@pytest.fixture(scope="module")
def held(names: list[str]) -> set[str]:
    """What lies right in the distribution's folder."""
    return {name.split("/")[0] for name in names}


def _imported(file: Path) -> set[str]:
    """The first part of each module's name that the file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module.split(".")[0])
    return found


def test_it_holds_what_its_tests_import(held: set[str]) -> None:
    imported = set[str]().union(*map(_imported, TESTS))
    ours = {name for name in imported if (ROOT / name).is_dir()}
    assert {"benchmarks", "deploy", "fuzz"} <= ours <= held


def test_it_holds_what_its_tests_read(held: set[str]) -> None:
    read = {name for file in TESTS for name in READ.findall(file.read_text("utf-8"))} - NOT_COMMITTED
    assert {"docs", "Makefile", "pyproject.toml", "SECURITY.md"} <= read <= held


def test_it_holds_the_browsers_client_where_the_console_serves_it(names: list[str]) -> None:
    """A link in the checkout: each file of it once in either place."""
    files = [file.name for file in (ROOT / "clients" / "js" / "src").iterdir()]
    for folder in ("clients/js/src", "src/bonaface/console/client"):
        assert sorted(name for name in names if name.startswith(f"{folder}/")) == sorted(
            f"{folder}/{name}" for name in files
        )


def test_it_holds_nothing_that_is_made(held: set[str]) -> None:
    assert held.isdisjoint({".venv", "var", "dist", ".mypy_cache", ".git"})
