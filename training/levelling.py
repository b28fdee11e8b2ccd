"""Whether bright faces are better judged when they are darkened first:
`python -m training.levelling --data DIR --models DIR`.

Where the median luma of a face is over `BRIGHT`, it is brought to `USUAL` in all its crops, by a gamma or by
a gain. Measured on the images of `training.grey` as they are and 1.6 times as bright, by what ships. Prints
right bona fide verdicts that turn, and APCER of the worst kind as it was, changed, and of both; nothing
ships.
"""

import numpy as np
from numpy.typing import NDArray

from bonaface.evaluation.perturb import Brightness
from bonaface.geometry import Box
from bonaface.models.catalog import load_catalog
from bonaface.types import Preset
from training.grey import Crops, draw, in_log_odds, judged, log_odds, made_grey, plain

BRIGHT = 170.0
USUAL = 150.0
GAIN = 1.6


def brighter(crops: Crops) -> Crops:
    """As `Brightness` has it."""
    change = Brightness(GAIN)
    return {view: change(one, Box(0, 0, 1, 1))[0] for view, one in crops.items()}


def median_luma(crops: Crops) -> NDArray[np.float64]:
    """Of each of N faces, within its box."""
    skin = crops["skin"]
    edge = round(skin.shape[1] * 0.1 / 1.2)
    luma = made_grey(skin[:, edge:-edge, edge:-edge])[..., 0]
    return np.asarray(np.median(luma.reshape(len(luma), -1), axis=1), np.float64)


def levelled(crops: Crops, by_gamma: bool) -> Crops:
    """Faces that are too bright darkened; others stay."""
    made = {view: one.copy() for view, one in crops.items()}
    levels = np.arange(256) / 255
    for place, luma in enumerate(median_luma(crops)):
        if luma > BRIGHT:
            gamma = np.log(USUAL / 255) / np.log(min(luma, 250) / 255)
            curve = levels**gamma if by_gamma else levels * USUAL / luma
            table = (255 * curve).round().astype(np.uint8)
            for one in made.values():
                one[place] = table[one[place]]
    return made


def main() -> None:
    """Reads the command line, measures, prints."""
    found = draw(__doc__)
    folders, samples, crops = found.folders, found.samples, found.crops
    before = log_odds(crops, folders.out)
    threshold = in_log_odds(load_catalog().pad("bonaface-pad").calibration)[Preset.BALANCED]
    for name, seen in (("as they are", crops), (f"x {GAIN}", brighter(crops))):
        changes = {"none": seen, "gamma": levelled(seen, True), "gain": levelled(seen, False)}
        for change, made in changes.items():
            print(name, change, plain(judged(samples, before, log_odds(made, folders.out)), threshold))


if __name__ == "__main__":
    main()
