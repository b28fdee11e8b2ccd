"""Types what a page says, as a reader would, with real keys in place of those that it shows."""

import io
import json
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import typer

from bonaface import load_settings
from bonaface.cli.app import app
from bonaface.setting_sources import ENV_PREFIX
from support.command import Finished, run
from support.docs.blocks import ROOT, Command
from support.docs.settings_table import keys, variable

PARSED_ALONE = ("serve", "bench")
"""Commands that are not begun: servers and measurements have tests of their own."""
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECTS = {
    "bonaface": ROOT / "pyproject.toml",
    "bonaface-client": ROOT / "clients" / "python" / "pyproject.toml",
}


@dataclass
class Reader:
    """Where somebody reads: a folder, what stands in place of words of the page, and the environment.

    `replaced`: words of a page, and what is typed instead. `appended`: arguments that a command gets besides.
    """

    folder: Path
    replaced: Mapping[str, str]
    environment: dict[str, str]
    appended: Mapping[str, Sequence[str]] = field(default_factory=dict)
    standard_input: bytes = b""

    def type(self, command: Command) -> None:
        """Fails where the command does not do what a page says that it does."""
        words = [self._replaced(word) for word in command.words]
        given = {name: self._replaced(value) for name, value in command.variables.items()}
        _check_variables(given)
        if not words:
            self.environment |= given
            return
        if "|" in words:
            words = words[words.index("|") + 1 :]
        ways: dict[str, Callable[[Sequence[str]], None]] = {
            "bonaface": lambda rest: self._bonaface(rest, given),
            "curl": self._curl,
            "export": self._export,
            "make": _make,
            "npm": _install,
            "pip": _install,
            "pytest": _files,
            "python": _module,
            "read": lambda _: None,
        }
        ways[Path(words[0]).name](words[1:])

    def _replaced(self, word: str) -> str:
        for shown, real in self.replaced.items():
            word = word.replace(shown, real)
        return word

    def _bonaface(self, arguments: Sequence[str], given: Mapping[str, str]) -> None:
        with patch.dict(os.environ, {**self.environment, **given}):
            if arguments[0] in PARSED_ALONE:
                load_settings()
                _parse(arguments)
                return
            done = self._run([*arguments, *self.appended.get(arguments[0], ())])
        finds_attacks = arguments[0] in ("check", "compare-nhn")
        assert done.exit_code in ((0, 1) if finds_attacks else (0,)), done.stderr

    def _run(self, arguments: Sequence[str]) -> Finished:
        with (
            patch("sys.stdin", io.TextIOWrapper(io.BytesIO(self.standard_input))),
            patch("webbrowser.open"),
        ):
            return run(*arguments)

    def _curl(self, arguments: Sequence[str]) -> None:
        command = ["curl", "-sS", "--noproxy", "*", "--fail-with-body", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        if done.stdout.startswith(b"{"):
            assert json.loads(done.stdout).get("header", {}).get("isSuccessful", True), done.stdout

    def _export(self, arguments: Sequence[str]) -> None:
        given = dict(word.split("=", 1) for word in arguments)
        _check_variables(given)
        self.environment |= given


def _check_variables(given: Mapping[str, str]) -> None:
    """Settings that a page names are settings."""
    names = {name for name in given if name.startswith(ENV_PREFIX)}
    assert names <= {variable(key) for key in keys()}


def _parse(arguments: Sequence[str]) -> None:
    """Raises what typer does of arguments that do not hold; nothing is begun."""
    group = typer.main.get_command(app)
    context = group.make_context("bonaface", [arguments[0]], resilient_parsing=True)
    name, command, _ = group.resolve_command(context, list(arguments))  # type: ignore[attr-defined]
    command.make_context(name, list(arguments[1:]), parent=context)


def _make(arguments: Sequence[str]) -> None:
    targets = [word for word in arguments if "=" not in word]
    assert targets
    for target in targets:
        assert re.search(rf"^{re.escape(target)}:", MAKEFILE, re.MULTILINE), target
    names = {word.split("=")[0] for word in arguments if "=" in word}
    assert all(re.search(rf"^{name} \?=", MAKEFILE, re.MULTILINE) for name in names)


def _install(arguments: Sequence[str]) -> None:
    """What is to be installed is a project of the repository, with the extra that is named."""
    assert arguments[0] == "install"
    for name, extra in re.findall(r"^([\w.-]+)(?:\[(\w+)\])?$", "\n".join(arguments[1:]), re.MULTILINE):
        project = PROJECTS["bonaface" if name == "." else name]
        told = tomllib.loads(project.read_text("utf-8"))["project"]
        assert not extra or extra in told["optional-dependencies"]


def _module(arguments: Sequence[str]) -> None:
    assert arguments[0] == "-m"
    assert find_spec(arguments[1]) is not None


def _files(arguments: Sequence[str]) -> None:
    assert all((ROOT / name).exists() for name in arguments)


def shown(command: Command) -> str:
    """A command as it is told where it fails."""
    return shlex.join(command.words) or command.text
