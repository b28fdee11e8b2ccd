"""What requiring quality does to the error rates, on the labelled images beside the checkout.

    python -m benchmarks.quality ../shared/data training/runs/folds.csv

Log-odds are those of networks that did not see the source (`make train-folds`), scores and thresholds those
of fits without the source (`bonaface calibrate`): what a camera will see that nobody trained on. The face is
the largest one found.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bonaface import Analyzer
from bonaface.errors import BonafaceError
from bonaface.evaluation.cross_validation import Unseen, cross_validate, mean_rates
from bonaface.evaluation.dataset import Sample, read_dataset
from bonaface.evaluation.sources import CROP, MEASURE, Source, from_samples
from bonaface.imaging.compression import compression_quality
from bonaface.quality.measures import unmet
from bonaface.types import Preset, Reason

SEED = 1
Groups = dict[str, Callable[[Source], bool]]
GROUPS: Groups = {
    "whole captures": lambda source: source.use != MEASURE and source.scene != CROP,
    "crops": lambda source: source.use != MEASURE and source.scene == CROP,
    "`measure`": lambda source: source.use == MEASURE,
}
HEADER = "| required | " + " | ".join(f"{name}: undecidable | APCER / BPCER" for name in GROUPS) + " |"
RULE = "|---|" + "---:|---:|" * len(GROUPS)

Unmet = dict[str, frozenset[Reason]]
"""By the name of an image: what its largest face does not meet; all, where none was found."""


def measured(analyzer: Analyzer, samples: Sequence[Sample], data: Path, workers: int) -> Unmet:
    """What each image does not meet."""
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(partial(_unmet, analyzer, data), samples)
        return {sample.name: reasons for sample, reasons in zip(samples, found, strict=True)}


def _unmet(analyzer: Analyzer, data: Path, sample: Sample) -> frozenset[Reason]:
    image = (data / sample.name).read_bytes()
    try:
        picture = analyzer.decode(image)
    except BonafaceError:
        return frozenset(Reason)
    faces = analyzer.detect(picture)
    if not faces:
        return frozenset(Reason)
    return frozenset(unmet(analyzer.measure(picture, faces, compression_quality(image))[0]))


def markdown(samples: Sequence[Sample], reasons: Unmet) -> str:
    """A row for each reason that somebody does not meet, one for none, and one for all together."""
    unseen = cross_validate(from_samples(samples), SEED).unseen
    rows = {"nothing": frozenset[Reason](), **{f"`{one}`": frozenset({one}) for one in Reason}}
    rows["all"] = frozenset(Reason)
    lines = [_line(name, required, unseen, samples, reasons) for name, required in rows.items()]
    return "\n".join([HEADER, RULE, *lines])


def _line(
    name: str,
    required: frozenset[Reason],
    unseen: Sequence[Unseen],
    samples: Sequence[Sample],
    reasons: Unmet,
) -> str:
    cells = []
    for is_in in GROUPS.values():
        group = [(one, _kept(one, samples, reasons, required)) for one in unseen if is_in(one.source)]
        apcer, bpcer = mean_rates(
            [one.operating(Preset.BALANCED, np.nonzero(kept)[0]) for one, kept in group]
        )
        lost = [_lost(one, kept) for one, kept in group]
        cells += [_pair(*_means(lost)), _pair(apcer, bpcer)]
    return f"| {name} | {' | '.join(cells)} |"


def _kept(
    one: Unseen, samples: Iterable[Sample], reasons: Unmet, required: frozenset[Reason]
) -> NDArray[np.bool_]:
    """Which presentations of a source meet what is required, in the order of its scores."""
    own = [each.name for each in samples if each.source == one.source.name and each.log_odds is not None]
    return np.array([required.isdisjoint(reasons[name]) for name in own], dtype=np.bool_)


def _lost(one: Unseen, kept: NDArray[np.bool_]) -> tuple[float, float]:
    """Shares of the bona fide presentations and of the attacks that are undecidable; NaN of none."""
    live = one.scores.bona_fide
    return tuple(float((~kept[rows]).mean()) if rows.any() else float("nan") for rows in (live, ~live))  # type: ignore[return-value]


def _means(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    first, second = np.nanmean(np.array(pairs), axis=0).tolist()
    return first, second


def _pair(first: float, second: float) -> str:
    return f"{100 * first:.1f} / {100 * second:.1f}"


def main(data: Path, folds: Path) -> None:
    """Print the table."""
    samples = read_dataset(str(folds))
    workers = 2
    analyzer = Analyzer(lanes=workers)
    sys.stdout.write(markdown(samples, measured(analyzer, samples, data, workers)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
