"""The command line of a run."""

from pathlib import Path

from training.run import parse
from training.stages import Options

NEEDED = ["--data", "d", "--models", "m"]


def test_what_is_not_said_is_as_shipped() -> None:
    options, folders, workers = parse(NEEDED)
    assert options == Options()
    assert (folders.data, folders.models, workers) == (Path("d"), Path("m"), 2)
    assert folders.out == Path("src/bonaface/models/weights")


def test_what_is_said_counts() -> None:
    options, folders, _ = parse([*NEEDED, "--rows", "5", "--without-128", "--leave-out", "x", "--out", "o"])
    assert (options.rows, options.with_128, options.leave_out) == (5, False, "x")
    assert folders.out == Path("o")
