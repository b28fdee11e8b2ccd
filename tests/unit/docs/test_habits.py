"""What every change goes through is one thing, wherever it is written down."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from conftest import ROOT

LONGEST = 38
"""Lines of a function, its decorators left out."""
CODE = ("src", "tests", "benchmarks", "clients/python", "deploy", "examples", "fuzz", "training")
ORDER = ["Added", "Changed", "Fixed"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")


def _recipe(target: str) -> list[str]:
    """The commands of a target of the Makefile, without the folder of the environment."""
    (lines,) = re.findall(
        rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    return [line.strip().removeprefix("$(BIN)/") for line in lines.splitlines()]


def test_hooks_run_what_lint_runs_and_nothing_from_a_code_host() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    entries = [hook["entry"].removeprefix(".venv/bin/") for hook in repository["hooks"]]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    assert entries == _recipe("lint")


@pytest.mark.parametrize("target", ["test", "test-all"])
def test_lint_runs_beside_the_tests(target: str) -> None:
    (command,) = _recipe(target)
    assert "-j2 lint tests" in command


def test_editors_and_ruff_agree_on_the_length_of_lines() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert (
        f"max_line_length = {settings['tool']['ruff']['line-length']}" in (ROOT / ".editorconfig").read_text()
    )


def test_the_changelog_has_its_sections_in_order() -> None:
    releases = re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1:]
    assert releases
    for release in releases:
        sections = re.findall(r"^### (.+)$", release, re.MULTILINE)
        assert sections
        assert sections == [one for one in ORDER if one in sections]
        assert "\n- " not in release.split("### ")[0]


def test_templates_name_files_that_are_there() -> None:
    for template in (ROOT / ".github").rglob("*.md"):
        for name in re.findall(r"\b((?:docs/)?[a-zA-Z]+\.md)\b", template.read_text("utf-8")):
            assert (ROOT / name).is_file(), (template, name)


def _fixtures(conftest: Path) -> set[str]:
    """The names of the fixtures that a conftest defines."""
    functions = [
        node for node in ast.walk(ast.parse(conftest.read_bytes())) if isinstance(node, ast.FunctionDef)
    ]
    return {
        function.name
        for function in functions
        if any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)
    }


def test_no_folder_of_tests_hides_a_fixture_that_all_share() -> None:
    tests = ROOT / "tests"
    shared = _fixtures(tests / "conftest.py")
    below = {path: _fixtures(path) for path in tests.glob("*/**/conftest.py")}
    assert {"settings", "storage", "analyzer"} <= shared
    assert any(below.values())
    assert {path: both for path, names in below.items() if (both := names & shared)} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for folder in CODE
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= LONGEST
    ]
    assert long == []
