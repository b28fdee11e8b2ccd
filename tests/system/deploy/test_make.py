"""Each target of `make help`, alone in a clean clone: what it would do, with all it needs there by then.

`tests/slow/test_make.py` starts those that take no more than seconds.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from support.docs.checkout import copied
from support.servers.environment import inherited

BIN = Path(sys.executable).parent
TARGETS = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
NEED_NOTHING = {"help", "clean"}
NEED_IMAGES = {"accuracy", "train", "train-folds", "train-detector", "detection", "quality"}
TESTING = re.compile(
    r"\.venv/bin/(?!python -m (?:pip|ensurepip|venv)|bonaface|python -c)|-m (?:benchmarks|fuzz|deploy)"
)
"""Programs and modules that the requirements of a server alone do not bring."""

MODELS = re.compile(r"\.venv/bin/(?:bonaface (?!models)|pytest (?!.*openapi))|-m training\.")
"""What works with models."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without an environment, without models, without labelled images beside it."""
    return copied(tmp_path_factory.mktemp("plans") / "clone")


def planned(clone: Path, *arguments: str) -> list[str]:
    """The commands that make would run, in order, those of the makes that it would start included."""
    done = made(clone, "--dry-run", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("\\\n", " ").splitlines()


def made(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in inherited().items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *arguments], cwd=clone, env=environment, capture_output=True, text=True)


def place_of(commands: list[str], words: str) -> int:
    """Of the first command that has these words; after all of them where none has."""
    return next((place for place, command in enumerate(commands) if words in command), len(commands))


def test_help_lists_them_all(clone: Path) -> None:
    assert re.findall(r"^  make ([a-z-]+)", made(clone).stdout, re.MULTILINE) == TARGETS
    assert len(TARGETS) > 25


@pytest.mark.parametrize("target", [name for name in TARGETS if name not in NEED_NOTHING])
def test_it_sets_up_first_what_it_uses(target: str, clone: Path) -> None:
    commands = planned(clone, target)
    made_at, run_at = place_of(commands, "-m venv .venv"), place_of(commands, "-r requirements/run.txt")
    assert made_at < run_at < len(commands)
    for place, command in enumerate(commands):
        if TESTING.search(command):
            assert place_of(commands, "-r requirements/test.txt") < place, command
        if re.search(r"-m training\.|training/tests", command):
            assert place_of(commands, "-r requirements/training.in") < place, command
        if MODELS.search(command):
            assert place_of(commands, "bonaface models pull") < place, command


@pytest.mark.parametrize("target", TARGETS)
def test_every_program_module_and_file_that_it_names_is_there(target: str, clone: Path) -> None:
    text = "\n".join(planned(clone, target))
    for program in set(re.findall(r"\.venv/bin/([\w-]+)", text)):
        assert (BIN / program).exists(), program
    for module in set(re.findall(r" -m ([a-z_]\w+(?:\.\w+)*)", text)) - {"venv", "ensurepip", "training"}:
        place = clone / Path(*module.split("."))
        own = (place, place.with_suffix(".py"), clone / "tests" / place.relative_to(clone).with_suffix(".py"))
        assert any(path.exists() for path in own) or importlib.util.find_spec(module), module
    for file in set(
        re.findall(r"(?<![\w./-])((?:tests|requirements|benchmarks|training|fuzz)/[\w./*-]+)", text)
    ):
        assert list(clone.glob(file)), file


@pytest.mark.parametrize("target", sorted(NEED_IMAGES))
def test_one_that_needs_labelled_images_says_so_before_it_sets_anything_up(target: str, clone: Path) -> None:
    done = made(clone, target)
    assert done.returncode != 0
    assert "labelled images" in done.stdout
    assert not (clone / ".venv").exists()


def test_the_server_of_a_container_set_up_later_leaves_the_tests_what_they_use(tmp_path: Path) -> None:
    clone = copied(tmp_path / "clone")
    uninstall = "pip uninstall"
    assert place_of(planned(clone, "setup", "REQUIREMENTS=container"), uninstall) < len(
        planned(clone, "setup", "REQUIREMENTS=container")
    )
    (clone / ".venv").mkdir()
    for stamp in (".python", ".run", ".test"):
        (clone / ".venv" / stamp).touch()
    commands = planned(clone, "setup", "REQUIREMENTS=container")
    assert place_of(commands, "-r requirements/container.txt") < len(commands)
    assert place_of(commands, uninstall) == len(commands)
