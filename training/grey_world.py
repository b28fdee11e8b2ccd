"""Whether balancing the colours of the picture undoes a tint:
`python -m training.grey_world --data DIR --models DIR`.

Each plane of a picture gets the factor that makes its mean that of all three (grey world; Buchsbaum, 1980),
at most 2 and at least 0.5, where the face covers less than a share of it. Measured by what ships on the
images of `training.grey` as they are, warm, and in sepia. Prints EER, and at balanced: right bona fide
verdicts that turn, APCER of the worst kind as it was, changed, and of both; nothing ships.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.models.catalog import load_catalog
from bonaface.types import Preset
from training.data import Sample, read_image
from training.grey import (
    SEPIA,
    WARM,
    Crops,
    draw,
    equal_errors,
    in_log_odds,
    judged,
    log_odds,
    made_grey,
    plain,
    tinted,
)

SHARES = (0.0, 0.3, 1.1)
"""Of the picture, below which a face may be for the colours to be balanced: none, few, all."""
_FACTORS = (0.5, 2.0)

Colours = NDArray[np.float64]
"""N x 3, BGR."""


def gains(means: Colours) -> Colours:
    """What each picture's planes are multiplied by, from their means."""
    return np.clip(means.mean(axis=1, keepdims=True) / np.maximum(means, 1.0), *_FACTORS)


def balanced(crops: Crops, means: Colours, chosen: NDArray[np.bool_]) -> Crops:
    """Crops of the chosen pictures by the gains of the whole picture."""
    factors = np.where(chosen[:, None], gains(means), 1.0).astype(np.float32)[:, None, None]
    return {view: np.clip(one * factors, 0, 255).round().astype(np.uint8) for view, one in crops.items()}


def scenes(samples: Sequence[Sample], boxes: Mapping[str, Box]) -> tuple[Colours, NDArray[np.float64]]:
    """Mean of each picture's planes, and the share of it that is under the face's box."""
    means, shares = [], []
    for sample in samples:
        image, box = read_image(sample), boxes[sample.path]
        means.append(image.mean(axis=(0, 1))[::-1])
        shares.append(box.width * box.height / (image.shape[0] * image.shape[1]))
    return np.array(means), np.array(shares)


def main() -> None:
    """Reads the command line, measures, prints."""
    found = draw(__doc__)
    folders, samples, crops = found.folders, found.samples, found.crops
    means, shares = scenes(samples, found.boxes)
    before = log_odds(crops, folders.out)
    threshold = in_log_odds(load_catalog().pad("bonaface-pad").calibration)[Preset.BALANCED]
    grey_means = np.repeat(means @ np.array([[0.114], [0.587], [0.299]]), 3, axis=1)
    grey: Crops = {view: made_grey(one) for view, one in crops.items()}
    for name, seen, mean, tint in (
        ("as they are", crops, means, (1.0, 1.0, 1.0)),
        ("warm", crops, means, WARM),
        ("sepia", grey, grey_means, SEPIA),
    ):
        changed: Crops = {view: tinted(one, tint) for view, one in seen.items()}
        for share in SHARES:
            made = log_odds(balanced(changed, mean * np.array(tint), shares < share), folders.out)
            both = judged(samples, before, made)
            print(name, f"faces under {share}", "EER", equal_errors(both), plain(both, threshold))


if __name__ == "__main__":
    main()
