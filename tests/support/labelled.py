"""The labelled images beside the checkout, read through their manifest."""

import csv
from collections import defaultdict
from pathlib import Path


def sample(shared: Path, count: int) -> list[Path]:
    """`count` images, the same ones every time, spread evenly over every source and label."""
    groups: dict[tuple[str, str], list[Path]] = defaultdict(list)
    with (shared / "data" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups[row["source"], row["label"]].append(shared / "data" / row["path"])
    chosen: list[Path] = []
    turn = 0
    while len(chosen) < count:
        for key in sorted(groups):
            paths = sorted(groups[key])
            chosen.append(paths[turn * 7 % len(paths)])
        turn += 1
    return chosen[:count]
