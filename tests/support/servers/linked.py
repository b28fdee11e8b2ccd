"""An environment that links some of the distributions installed here: of a user who asked for no more."""

import sys
import sysconfig
import venv
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from support.servers.home import Home


def home_with(folder: Path, extras: Sequence[str], *, without: Sequence[str] = ()) -> Home:
    """A home of bonaface with these extras, and none of the distributions `without`.

    Its processes see nothing else that is installed here.
    """
    python = _linked_venv(folder, _closure("bonaface", extras) - {*without})

    def by_its_python(*command: str) -> list[str]:
        return [str(python) if part == sys.executable else part for part in command]

    return Home(folder, folder / "models", by_its_python, {"PYTHONPATH": ""})


def venv_with(folder: Path, requirements: Iterable[str]) -> Path:
    """The interpreter of an environment that meets these requirements and has nothing else."""
    asked = [Requirement(text) for text in requirements]
    return _linked_venv(folder, set[str]().union(*(_closure(one.name, sorted(one.extras)) for one in asked)))


def _linked_venv(folder: Path, names: set[str]) -> Path:
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    _link(folder / "venv" / "lib" / version / "site-packages", names)
    return folder / "venv" / "bin" / "python"


def _link(target: Path, names: set[str]) -> None:
    source = Path(sysconfig.get_path("purelib"))
    tops = {file.parts[0] for name in names for file in distribution(name).files or ()}
    for top in tops - {"..", "__pycache__"}:
        (target / top).symlink_to(source / top)


def _closure(name: str, extras: Sequence[str]) -> set[str]:
    """Names of what a distribution with these extras brings, itself among them; of this machine alone."""
    found: set[str] = set()
    seen: set[tuple[str, tuple[str, ...]]] = set()
    left = [(name, tuple(extras))]
    while left:
        one = left.pop()
        if one not in seen:
            seen.add(one)
            found.add(one[0])
            left += _required(*one)
    return found


def _required(name: str, extras: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for requirement in map(Requirement, distribution(name).requires or ()):
        wanted = requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras)
        )
        if wanted:
            yield requirement.name, tuple(sorted(requirement.extras))
