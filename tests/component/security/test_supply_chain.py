"""What is installed is what was locked: versions and hashes, and no other place to get them from."""

import re

import pytest

from conftest import ROOT

REQUIREMENT = re.compile(
    r"^[a-z0-9][a-z0-9._-]*(\[[a-z0-9,._-]+\])?==[^\s;]+( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+$"
)
LOCKS = ["run.txt", "container.txt", "test.txt"]
DOCS = "docs.txt"
"""What builds the site of the documentation: few, and none of the product."""
INSTALL = re.compile(r"pip install[^\n]*(?:\\\n[^\n]*)*")
ONLY_THIS_CHECKOUT = "--no-deps --no-build-isolation --editable ."
TRAINING = "-r requirements/training.in"
"""What makes weights anew, not what runs: any build of torch will do, and its user chooses."""


def _lines(lock: str) -> list[str]:
    """The requirements of a lock, one a line, comments left out."""
    text = (ROOT / "requirements" / lock).read_text("ascii").replace("\\\n", "")
    return [" ".join(line.split()) for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("lock", [*LOCKS, DOCS])
def test_every_requirement_is_one_version_with_hashes(lock: str) -> None:
    lines = _lines(lock)
    assert len(lines) > (5 if lock == DOCS else 50)
    assert [line for line in lines if not REQUIREMENT.match(line)] == []


@pytest.mark.parametrize("lock", [*LOCKS, DOCS])
def test_no_lock_names_a_place_to_install_from(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text("ascii")
    assert not re.search(r"://|^-|git\+|@ ", text, re.MULTILINE)


def test_tests_run_with_the_versions_that_are_shipped() -> None:
    run, container, test = ({line.split(" ")[0] for line in _lines(lock)} for lock in LOCKS)
    assert run <= container <= test


@pytest.mark.parametrize("file", ["Makefile", "deploy/Dockerfile"])
def test_every_installation_asks_for_hashes(file: str) -> None:
    commands = INSTALL.findall((ROOT / file).read_text("utf-8"))
    assert commands
    for command in commands:
        exempt = ONLY_THIS_CHECKOUT in command or TRAINING in command or "--no-deps --no-index" in command
        assert exempt or "--require-hashes" in command, command


def test_nothing_else_is_fetched_when_setting_up() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    assert not re.search(r"\b(curl|wget|git clone)\b|https?://(?!127\.0\.0\.1)", makefile + dockerfile)
