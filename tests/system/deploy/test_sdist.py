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
def held(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What lies right in the distribution's folder."""
    folder = tmp_path_factory.mktemp("sdist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (archive,) = folder.iterdir()
    with tarfile.open(archive) as packed:
        return {name.split("/")[1] for name in packed.getnames()}


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


def test_it_holds_nothing_that_is_made(held: set[str]) -> None:
    assert held.isdisjoint({".venv", "var", "dist", ".mypy_cache", ".git"})
