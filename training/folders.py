"""Where a training run reads and writes, and what it was made with."""

import argparse
import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions, version
from pathlib import Path

import platformdirs

from training.data import manifest_hash

RUNS = Path(__file__).parent / "runs"


@dataclass(frozen=True, slots=True)
class Folders:
    """data, models: what is read; work: caches; out: ONNX files; centerface: the teacher's file."""

    data: Path
    models: Path
    work: Path
    out: Path
    centerface: Path

    @classmethod
    def of(cls, given: argparse.Namespace) -> "Folders":
        """What was given to a `parser_with_folders`."""
        return cls(given.data, given.models, given.work, given.out, given.centerface)


def parser_with_folders(description: str | None) -> argparse.ArgumentParser:
    """A command line that names them."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--models", type=Path, required=True, help="folder with the upstream weights")
    parser.add_argument("--out", type=Path, default=Path("src/bonaface/models/weights"))
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="caches, not committed")
    parser.add_argument(
        "--centerface",
        type=Path,
        default=platformdirs.user_data_path("bonaface") / "models" / "centerface.onnx",
        help="what `bonaface models pull centerface` installs",
    )
    return parser


def write_log(name: str, data: Path, entries: Mapping[str, object]) -> Path:
    """`training/runs/NAME.json`: entries, the versions of what counts, and the hash of the data set."""
    RUNS.mkdir(exist_ok=True)
    path = RUNS / f"{name}.json"
    common = {"manifest_sha256": manifest_hash(data), "versions": versions()}
    path.write_text(json.dumps({**entries, **common}, indent=1) + "\n")
    return path


def hashes(files: Sequence[Path]) -> dict[str, str]:
    """SHA-256 by name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def versions() -> dict[str, str]:
    """Of what the result may depend on, as far as it is installed."""
    names = ("torch", "numpy", "onnx", "onnxruntime", "openvino", "opencv-python-headless", "scikit-learn")
    found = {name: version(name) for name in names if any(distributions(name=name))}
    return {"python": platform.python_version(), **found}
