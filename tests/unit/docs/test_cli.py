"""docs/cli.md has every command, with its arguments and options."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.core import TyperArgument, TyperOption

from bonaface.cli.app import app
from conftest import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text("utf-8")
SYNOPSES = dict(re.findall(r"^(bonaface(?: [a-z][a-z-]*)+)(.*)$", PAGE, re.MULTILINE))
"""What follows each command in the list at the top."""
Command = Any
"""typer brings classes of its own, which it does not export."""


def _commands(command: Command, name: str) -> Iterator[tuple[str, Command]]:
    for each, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{name} {each}")
    if not hasattr(command, "commands"):
        yield name, command


def _options(command: Command) -> set[str]:
    options = (param for param in command.params if isinstance(param, TyperOption))
    return {name for option in options for name in (*option.opts, *option.secondary_opts)} - {"--help"}


MAIN = typer.main.get_command(app)
COMMANDS = dict(_commands(MAIN, "bonaface"))


def test_each_command_is_there_and_no_other() -> None:
    assert SYNOPSES.keys() == COMMANDS.keys()
    assert len(COMMANDS) > 20


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_is_there_and_no_other(name: str) -> None:
    assert set(re.findall(r"--[a-z][a-z-]*", SYNOPSES[name])) == _options(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_each_argument_is_there_and_no_other(name: str) -> None:
    arguments = [param for param in COMMANDS[name].params if isinstance(param, TyperArgument)]
    without_options = re.sub(r"--[a-z-]+( [^\s\]]+)?", "", SYNOPSES[name])
    assert len(re.findall(r"[A-Z|]{2,}", without_options)) == len(arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_or_its_group_has_a_section(name: str) -> None:
    group = " ".join(name.split()[:2])
    assert re.search(rf"^## .*{group}\b", PAGE, re.MULTILINE)


def test_options_of_the_program_are_there() -> None:
    assert all(f"`{option}`" in PAGE or f" {option}`" in PAGE for option in _options(MAIN))
