"""What an installation takes on disk: of `make run`, and of the library without the server.

    python -m benchmarks.installed_size [--json FILE]

Both are made anew from the package index, with bytecode. That of `make run` has started its server and judged
an image.
"""

import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, distributions
from pathlib import Path

import typer

from benchmarks.row import Row, tell
from benchmarks.sides import ROOT, Side

MB = 2**20
SERVER, LIBRARY = 480, 300
"""At most, in MB."""
SHOWN = 10.0
"""Distributions from so many MB on are told."""


def main(json: Path | None = None) -> None:
    """Print both rows."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as a user has it
    with tempfile.TemporaryDirectory(prefix="bonaface-") as name:
        folder = Path(name)
        rows = [
            row_of("installed size of make run", as_make_run(folder), SERVER),
            row_of("installed size of the library without the server", as_library(folder), LIBRARY),
        ]
    tell(rows, json)


def row_of(measure: str, folder: Path, limit: int) -> Row:
    """The row of what lies in `folder`, with the largest distributions."""
    largest = {name: size for name, size in sizes(folder).items() if size >= SHOWN}
    figures = {f"{name} (MB)": size for name, size in largest.items()}
    return Row(measure, f"at most {limit} MB", weight(folder), limit, "MB", figures=figures)


def weight(folder: Path) -> float:
    """MB that `du` counts in a folder."""
    entries = (Path(at) / name for at, folders, files in os.walk(folder) for name in (*folders, *files))
    return sum(entry.lstat().st_blocks for entry in entries) * 512 / MB


def sizes(folder: Path) -> dict[str, float]:
    """MB of each distribution in the folders of packages under `folder`, the largest first."""
    places = {str(found.parent) for found in folder.rglob("*.dist-info")}
    found = {one.metadata["Name"]: _size(one) for one in distributions(path=sorted(places))}
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _size(distribution: Distribution) -> float:
    tops = {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}
    paths = [Path(str(distribution.locate_file(top))) for top in tops]
    return sum(weight(path) for path in paths if path.is_dir())


def as_make_run(folder: Path) -> Path:
    """An environment as `make run` makes it, after a start of its server and one image."""
    made = folder / "run"
    options = [f"VENV={made}", f"PYTHON={sys.executable}"]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder / "share")}
    subprocess.run(
        ["make", "--silent", "setup", *options], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE
    )
    side = Side("run", made / "bin" / "python", folder / "home")
    side.prepare()
    with side.serving():
        pass
    subprocess.run([made / "bin" / "bonaface", "doctor"], env=environment, check=True, stdout=subprocess.PIPE)
    return made


def as_library(folder: Path) -> Path:
    """What `pip install bonaface` adds to an environment."""
    made, pins = folder / "library", folder / "pins.txt"
    pins.write_text(without_hashes((ROOT / "requirements" / "run.txt").read_text("ascii")), "ascii")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(made), "--constraint", str(pins), str(ROOT)], check=True)
    return made


def without_hashes(lock: str) -> str:
    """The versions of a lock, as constraints."""
    return re.sub(r"\s*\\\n\s*--hash=\S+", "", lock)


if __name__ == "__main__":
    typer.run(main)
