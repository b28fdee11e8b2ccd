"""What grey pictures do to the shipped networks, and the line that puts their log-odds right:
`python -m training.grey --data DIR --models DIR`.

Up to 40 images of each source and kind, crops at the detector's boxes, made grey. The line (`GreyModel`)
goes through the least log-odds at which no more attacks pass in grey than in colour at balanced, as a mean
over all sources, and over those of whole captures (APCER of the worst kind). Its slope, within the bounds
that are told, keeps the same at weak and strict. Rates are those of a line that was found without the
source. Beside them: grey crops that got the mean colours of bona fide faces, by place and luma, learnt
without the source's group; what a tint does, which counts as a colour; and a mirror image, for a second try
that changes nothing.

Writes `training/runs/grey.json`, prints the tables of docs/accuracy.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bonaface.evaluation.metrics import Floats, ScoreSet, equal_error, mean_curve, operating, pooled_curve
from bonaface.geometry import Box
from bonaface.imaging.chroma import coloured_share
from bonaface.models.catalog import Calibration, GreyLine, load_catalog
from bonaface.types import Preset
from training.boxes import boxes_of, shipped_detector
from training.crops import face_crops
from training.data import Sample, read_image, read_manifest, sources
from training.folders import Folders, parser_with_folders, write_log
from training.scoring import score_file
from training.teachers import CLIP

IMAGES = 40
SEED = 1
SLOPE = 2.0
GROUPS = 5
PLACES = 10
"""Squares a side of a crop that have mean colours of their own."""
LEVELS = 8
"""Bands of luma that have."""
WARM = (0.93, 1.0, 1.07)
SEPIA = (0.8, 0.98, 1.1)
"""Factors of blue, green and red."""

Crops = dict[str, NDArray[np.uint8]]
"""By view, N x S x S x 3, BGR."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Images, where the face of each is, and its crops."""

    folders: Folders
    samples: list[Sample]
    boxes: Mapping[str, Box]
    crops: Crops


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One source: scores of the same N images in colour and grey, log-odds; whole: captures, not crops."""

    name: str
    use: str
    whole: bool
    colour: ScoreSet
    grey: ScoreSet


def drawn(samples: Sequence[Sample], count: int = IMAGES, seed: int = SEED) -> list[Sample]:
    """Up to `count` of each source and kind, at random."""
    pools: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        pools.setdefault((sample.source, sample.kind), []).append(sample)
    rng = np.random.default_rng(seed)
    return [pool[i] for _, pool in sorted(pools.items()) for i in np.sort(rng.permutation(len(pool))[:count])]


def made_grey(crops: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """N x S x S x 3 BGR: luma in all three planes."""
    luma = [cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) for crop in crops]
    return np.repeat(np.array(luma, np.uint8)[..., None], 3, axis=3)


def tinted(crops: NDArray[np.uint8], factors: tuple[float, float, float]) -> NDArray[np.uint8]:
    """N x S x S x 3 BGR, each plane by its factor."""
    return np.clip(crops * np.array(factors, np.float32), 0, 255).round().astype(np.uint8)


def mean_colours(crops: NDArray[np.uint8], weights: Floats) -> NDArray[np.float32]:
    """PLACES x PLACES x LEVELS x 2: by how much blue and red are above luma, on average, in N crops, BGR."""
    side = crops.shape[1]
    band = np.arange(side) * PLACES // side
    place = (band[:, None] * PLACES + band)[None] * LEVELS
    luma = made_grey(crops)[..., 0].astype(np.int64)
    cells = (place + luma * LEVELS // 256).ravel()
    each = np.repeat(weights, side * side)
    size = PLACES * PLACES * LEVELS
    count = np.bincount(cells, each, size).reshape(-1, LEVELS)
    found = np.empty((PLACES * PLACES, LEVELS, 2), np.float32)
    for plane, channel in enumerate((0, 2)):
        above = (crops[..., channel] - luma).ravel() * each
        total = np.bincount(cells, above, size).reshape(-1, LEVELS)
        usual = total.sum(0) / np.maximum(count.sum(0), 1e-9)
        few = 0.1 * count.mean()  # a cell that few pixels fell into has the mean of its luma
        found[..., plane] = (total + few * usual) / (count + few)
    return found.reshape(PLACES, PLACES, LEVELS, 2)


def recoloured(grey: NDArray[np.uint8], colours: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Grey crops, N x S x S x 3, with these mean colours; luma stays."""
    side = grey.shape[1]
    flat = cv2.resize(colours.reshape(PLACES, PLACES, -1), (side, side)).reshape(side * side, LEVELS, 2)
    levels = np.clip((np.arange(256) + 0.5) * LEVELS / 256 - 0.5, 0, LEVELS - 1)
    below = np.minimum(levels.astype(np.int64), LEVELS - 2)
    pixels, made = np.arange(side * side), np.empty_like(grey)
    for number, crop in enumerate(grey[..., 0]):
        luma = crop.ravel()
        low, share = below[luma], (levels - below)[luma][:, None]
        above = flat[pixels, low] * (1 - share) + flat[pixels, low + 1] * share
        blue, red = luma + above[:, 0], luma + above[:, 1]
        green = (luma - 0.114 * blue - 0.299 * red) / 0.587
        planes = np.clip(np.stack([blue, green, red], 1).round(), 0, 255)
        made[number] = planes.reshape(side, side, 3)
    return made


def recoloured_by_groups(crops: Crops, grey: Crops, samples: Sequence[Sample]) -> Crops:
    """Each source with the colours of bona fide `train` crops that are not of its group."""
    training = sources(sample for sample in samples if sample.use == "train")
    group = {source: number % GROUPS for number, source in enumerate(training)}
    of = np.array([group.get(sample.source, GROUPS) for sample in samples])
    weights = np.array([float(sample.use == "train" and sample.bona_fide) for sample in samples])
    for source in training:
        rows = np.array([sample.source == source for sample in samples])
        weights[rows] /= max(weights[rows].sum(), 1)
    made = {view: np.empty_like(one) for view, one in crops.items()}
    for number in range(GROUPS + 1):
        rows, learnt = of == number, (of != number) & (weights > 0)
        for view, one in crops.items():
            made[view][rows] = recoloured(grey[view][rows], mean_colours(one[learnt], weights[learnt]))
    return made


def log_odds(crops: Crops, folder: Path) -> Floats:
    """Of each of N faces, by the networks in `folder`."""
    opinions = [score_file(folder / f"bonaface-pad-{view}.onnx", one) for view, one in crops.items()]
    return np.asarray(np.clip(opinions, -CLIP, CLIP).mean(axis=0), np.float64)


def judged(samples: Sequence[Sample], colour: Floats, grey: Floats) -> list[Judged]:
    """By source."""
    found = []
    for source in sources(samples):
        rows = [place for place, sample in enumerate(samples) if sample.source == source]
        some = [samples[place] for place in rows]
        bona_fide = np.array([one.bona_fide for one in some], np.bool_)
        kinds = np.array([one.attack_type for one in some], np.str_)
        whole = some[0].use == "train" and bool(np.mean([one.whole_scene for one in some]) > 0.5)
        sets = [ScoreSet(values[rows], bona_fide, kinds) for values in (colour, grey)]
        found.append(Judged(source, some[0].use, whole, *sets))
    return found


def in_log_odds(calibration: Calibration) -> dict[Preset, float]:
    """The thresholds of the presets before Platt scaling."""
    return {
        preset: (float(np.log(at / (1 - at))) - calibration.offset) / calibration.slope
        for preset, at in calibration.thresholds.items()
    }


def bearable(found: Sequence[Judged], threshold: float) -> float:
    """The least threshold in grey that lets no more attacks pass than `threshold` does in colour, over all
    sources and over whole captures."""
    return max(_least(some, threshold) for some in (found, [one for one in found if one.whole]))


def fitted(found: Sequence[Judged], thresholds: Mapping[Preset, float]) -> GreyLine:
    """The line that puts what is bearable in grey on balanced."""
    balanced = thresholds[Preset.BALANCED]
    return GreyLine(slope=SLOPE, offset=balanced - SLOPE * bearable(found, balanced))


def slopes(found: Sequence[Judged], thresholds: Mapping[Preset, float]) -> tuple[float, float]:
    """The least slope at which weak, and the largest at which strict, lets no more attacks pass either."""
    (weak, balanced, strict) = ((thresholds[one], bearable(found, thresholds[one])) for one in Preset)
    return (
        (balanced[0] - weak[0]) / (balanced[1] - weak[1]),
        (strict[0] - balanced[0]) / (strict[1] - balanced[1]),
    )


def rates(one: Judged, threshold: float, move: Callable[[Floats], Floats] = lambda grey: grey) -> list[float]:
    """Of one source, shares; NaN where it has no such images: right bona fide verdicts that turn when the
    picture is made grey; APCER of the worst kind in colour, in grey, and of attackers who send both."""
    colour, grey, live = one.colour.values, move(one.grey.values), one.colour.bona_fide
    right = live & (colour >= threshold)
    turned = float(np.mean(grey[right] < threshold)) if right.any() else float("nan")
    apcer = [
        operating(ScoreSet(values, live, one.colour.kinds), threshold).apcer
        for values in (colour, grey, np.maximum(colour, grey))
    ]
    return [turned, *apcer]


def table(found: Sequence[Judged], thresholds: Mapping[Preset, float]) -> dict[str, dict[str, list[float]]]:
    """By group of sources, in per cent, means over sources: EER in colour and grey; then by preset, as is and
    by a line that was found without the source, what `rates` tells."""
    without = {one.name: fitted([other for other in found if other is not one], thresholds) for one in found}
    made = {}
    for name, some in _groups(found).items():
        rows = {"EER": _equal_errors(some)}
        for preset, threshold in thresholds.items():
            as_is = [rates(one, threshold) for one in some]
            moved = [rates(one, threshold, _on(without[one.name])) for one in some]
            rows[f"{preset} as is"] = [_mean(column) for column in zip(*as_is, strict=True)]
            rows[f"{preset} by the line"] = [_mean(column) for column in zip(*moved, strict=True)]
        made[name] = rows
    return made


def plain(found: Sequence[Judged], threshold: float) -> dict[str, list[float]]:
    """By group of sources, in per cent, means over sources: what `rates` tells at one threshold."""
    return {
        name: [_mean(column) for column in zip(*(rates(one, threshold) for one in some), strict=True)]
        for name, some in _groups(found).items()
    }


def equal_errors(found: Sequence[Judged]) -> dict[str, list[float]]:
    """By group of sources, in per cent, means over sources: EER in colour and in grey."""
    return {name: _equal_errors(some) for name, some in _groups(found).items()}


def draw(usage: str | None) -> Drawn:
    """From the folders that the command line names; usage: what its help says."""
    cv2.setNumThreads(1)
    folders = Folders.of(parser_with_folders(usage).parse_args())
    samples = drawn(read_manifest(folders.data))
    boxes = boxes_of(samples, shipped_detector(), folders.work / "boxes.json")
    (folders.work / "grey").mkdir(parents=True, exist_ok=True)
    files = face_crops(samples, boxes, folders.work / "grey")
    return Drawn(folders, samples, boxes, {view: np.load(file) for view, file in files.items()})


def main() -> None:
    """Reads the command line, measures, prints, writes the log."""
    found = draw(__doc__)
    folders, samples, crops = found.folders, found.samples, found.crops
    grey = {view: made_grey(one) for view, one in crops.items()}
    colour = log_odds(crops, folders.out)
    thresholds = in_log_odds(load_catalog().pad("bonaface-pad").calibration)
    balanced = thresholds[Preset.BALANCED]

    def against(changed: Crops) -> list[Judged]:
        return judged(samples, colour, log_odds(changed, folders.out))

    greyed = against(grey)
    entries = {
        "images": len(samples),
        "least_coloured_share": round(min(coloured_share(read_image(sample)) for sample in samples), 3),
        "line": fitted(greyed, thresholds).model_dump(),
        "slopes": slopes(greyed, thresholds),
        "grey": table(greyed, thresholds),
        "recoloured": table(against(recoloured_by_groups(crops, grey, samples)), thresholds),
        "warm": plain(against({view: tinted(one, WARM) for view, one in crops.items()}), balanced),
        "mirrored": plain(against({view: np.flip(one, 2) for view, one in crops.items()}), balanced),
        "sepia": plain(against({view: tinted(one, SEPIA) for view, one in grey.items()}), balanced),
    }
    _show(entries)
    print(f"figures in {write_log('grey', folders.data, entries)}")


def _groups(found: Sequence[Judged]) -> dict[str, list[Judged]]:
    training = [one for one in found if one.use == "train"]
    return {
        "whole captures": [one for one in training if one.whole],
        "crops": [one for one in training if not one.whole],
        "measure": [one for one in found if one.use == "measure"],
        "all": list(found),
    }


def _least(found: Sequence[Judged], threshold: float) -> float:
    attacked = [one for one in found if not one.colour.bona_fide.all()]
    limit = float(np.mean([operating(one.colour, threshold).apcer for one in attacked]))
    curve = mean_curve([one.grey for one in attacked], worst=True)
    place = int(np.argmax(curve.apcer <= limit))
    return float(curve.thresholds[max(place - 1, 0)] + curve.thresholds[place]) / 2


def _on(line: GreyLine) -> Callable[[Floats], Floats]:
    return lambda grey: line.slope * grey + line.offset


def _equal_errors(found: Sequence[Judged]) -> list[float]:
    return [_mean([_eer(one.colour) for one in found]), _mean([_eer(one.grey) for one in found])]


def _eer(scores: ScoreSet) -> float:
    live = int(scores.bona_fide.sum())
    return equal_error(pooled_curve(scores))[0] if min(live, len(scores.values) - live) >= 5 else float("nan")


def _mean(shares: Sequence[float]) -> float:
    return round(100 * float(np.nanmean(shares)), 1)


def _show(entries: Mapping[str, object]) -> None:
    for name, value in entries.items():
        rows = value if isinstance(value, dict) else {name: value}
        for row, cells in rows.items():
            print(name, row, cells)


if __name__ == "__main__":
    main()
