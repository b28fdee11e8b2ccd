"""A presets file, as an operator writes it, with thresholds that a test chooses."""

import os
from pathlib import Path

TEXT = """\
clip = {clip}
slope = 1.0
offset = 0.0
[thresholds]
weak = {weak}
balanced = {balanced}
strict = {strict}
"""


def write_presets(
    path: Path, weak: float = 0.3, balanced: float = 0.5, strict: float = 0.7, clip: float = 8.0
) -> Path:
    """Written beside it and put in its place at once, whatever is there."""
    written = path.with_suffix(".new")
    written.write_text(TEXT.format(clip=clip, weak=weak, balanced=balanced, strict=strict), "utf-8")
    written.replace(path)
    return path


def hang(path: Path) -> None:
    """Put in its place what hangs whoever opens it, as a dead network disk does."""
    path.unlink()
    os.mkfifo(path)
