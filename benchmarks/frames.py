"""What several frames of one presentation are worth, and how their scores are best fused.

    python -m benchmarks.frames training/runs/folds.csv

Scores of networks and fits that did not see the source (`make train-folds`). A presentation is what one
subject shows in one way; sources whose subjects are known and have at least five images each count. From each
presentation frames are drawn twenty times.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bonaface.evaluation.cross_validation import Unseen, cross_validate
from bonaface.evaluation.dataset import Sample, read_dataset
from bonaface.evaluation.metrics import ScoreSet, equal_error, operating, pooled_curve
from bonaface.evaluation.sources import from_samples
from bonaface.types import Preset

SEED = 1
DRAWS = 20
LEAST = 5
COUNTS = (3, 5, 10)

Fusion = Callable[[NDArray[np.float64]], float]
FUSIONS: dict[str, Fusion] = {
    "one frame": lambda scores: float(scores[0]),
    "mean": lambda scores: float(scores.mean()),
    "mean of log-odds": lambda scores: float(_score(_log_odds(scores).mean())),
    "median": lambda scores: float(np.median(scores)),
    "minimum": lambda scores: float(scores.min()),
    "20th percentile": lambda scores: float(np.percentile(scores, 20)),
}

Presentation = tuple[bool, str, NDArray[np.float64]]
"""Whether it is bona fide, its attack kind, and the scores of its frames."""


def _log_odds(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(scores, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)))


def _score(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))


def presentations(unseen: Unseen, samples: Sequence[Sample]) -> list[Presentation]:
    """Those of one source that have enough frames."""
    own = [one for one in samples if one.source == unseen.source.name and one.log_odds is not None]
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, sample in enumerate(own):
        if sample.subject:
            groups[sample.label.value, sample.kind, sample.subject].append(place)
    return [
        (not kind, kind, unseen.scores.values[places])
        for (_, kind, _), places in sorted(groups.items())
        if len(places) >= LEAST
    ]


def fused(found: Sequence[Presentation], count: int, fuse: Fusion) -> ScoreSet:
    """Scores of sets of `count` frames, or of as many as there are."""
    generator = np.random.default_rng(SEED)
    rows = [
        (fuse(generator.permutation(scores)[:count]), live, kind)
        for live, kind, scores in found
        for _ in range(DRAWS)
    ]
    values, live, kinds = zip(*rows, strict=True)
    return ScoreSet(np.array(values), np.array(live, dtype=np.bool_), np.array(kinds, dtype=np.str_))


def markdown(samples: Sequence[Sample]) -> str:
    """A row for each number of frames and fusion: means over sources, in per cent, and EER by source."""
    by_source = [
        (unseen, presentations(unseen, samples))
        for unseen in cross_validate(from_samples(samples), SEED).unseen
    ]
    used = [(one, found) for one, found in by_source if {live for live, *_ in found} == {True, False}]
    names = " | ".join(one.source.name for one, _ in used)
    lines = [
        f"| frames | fusion | EER | APCER | BPCER | EER: {names} |",
        "|---:|---|---:|---:|---:|" + "---:|" * len(used),
    ]
    for count in COUNTS:
        for name, fuse in FUSIONS.items():
            lines.append(_line(count, name, used, fuse))
    return "\n".join(lines)


def _line(count: int, name: str, used: Sequence[tuple[Unseen, Sequence[Presentation]]], fuse: Fusion) -> str:
    errors, rates = [], []
    for unseen, found in used:
        scores = fused(found, count, fuse)
        threshold = unseen.scores.values[0] - unseen.margins[Preset.BALANCED][0]
        point = operating(scores, float(threshold))
        errors.append(equal_error(pooled_curve(scores))[0])
        rates.append((point.apcer, point.bpcer))
    apcer, bpcer = np.mean(rates, axis=0).tolist()
    cells = [float(np.mean(errors)), apcer, bpcer, *errors]
    return f"| {count} | {name} | " + " | ".join(f"{100 * cell:.1f}" for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(markdown(read_dataset(sys.argv[1])) + "\n")
