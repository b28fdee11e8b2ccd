"""How far frames that belong together can be told from those that do not: what `consistency` of /v2 goes by.

    python -m benchmarks.consistency ../shared/data/manifest.csv [--each 12]

Bona fide images of sources whose subjects are known, `--each` a subject at most, evenly spread. Frames of one
person: all pairs of a subject. A frozen frame: an image saved anew as JPEG, plain, cropped by 2 % a side, or
brightened by 6 levels. Another face: that of another subject, of the same source (the same place and light)
or of another one.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from bonaface import Analyzer
from bonaface.capture.consistency import FROZEN_UP_TO, LIKE_FROM
from bonaface.capture.descriptor import Descriptor, Floats, describe, face_likeness, picture_distance
from bonaface.errors import BonafaceError
from bonaface.evaluation.dataset import Label, Sample, read_dataset
from bonaface.imaging.picture import Picture
from bonaface.imaging.types import RgbImage

SEED = 1
STRANGERS = 20_000
"""Pairs of faces of different subjects that are drawn, of each kind."""
QUALITIES = (75, 95)

Copy = Callable[[RgbImage], RgbImage]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """One image: who is shown where, its descriptor, and how far its copies are from it (levels of luma)."""

    source: str
    subject: str
    descriptor: Descriptor
    copies: tuple[float, ...]


def saved(pixels: RgbImage, quality: int) -> RgbImage:
    """The same picture, saved as JPEG and opened again."""
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]


def cropped(pixels: RgbImage) -> RgbImage:
    """Without 2 % at each side, saved at quality 75."""
    height, width = pixels.shape[:2]
    down, right = max(height // 50, 1), max(width // 50, 1)
    return saved(np.ascontiguousarray(pixels[down:-down, right:-right]), QUALITIES[0])


def brightened(pixels: RgbImage) -> RgbImage:
    """Six levels lighter, saved at quality 75."""
    lighter: NDArray[np.int16] = np.minimum(pixels.astype(np.int16) + 6, 255)
    return saved(lighter.astype(np.uint8), QUALITIES[0])


COPIES: dict[str, Copy] = {
    **{f"saved anew at quality {quality}": partial(saved, quality=quality) for quality in QUALITIES},
    "cropped by 2 % a side, quality 75": cropped,
    "brightened by 6 levels, quality 75": brightened,
}


def main(
    manifest: str, each: Annotated[int, typer.Option(min=2, help="images of a subject at most")] = 12
) -> None:
    """Print the figures."""
    analyzer = Analyzer(lanes=2)
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(partial(frame_of, analyzer), spread(read_dataset(manifest), each))
        frames = [frame for frame in found if frame is not None]
    for line in [*frozen_lines(frames), *face_lines(frames)]:
        typer.echo(line)


def spread(samples: Sequence[Sample], each: int) -> list[Sample]:
    """Bona fide images of each known subject who has at least two: `each` at most, evenly spread."""
    groups: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.label is Label.BONA_FIDE and sample.subject:
            groups[sample.source, sample.subject].append(sample)
    chosen = []
    for _, own in sorted(groups.items()):
        places = np.unique(np.linspace(0, len(own) - 1, min(each, len(own))).round().astype(int))
        chosen += [own[place] for place in places] if len(own) > 1 else []
    return chosen


def frame_of(analyzer: Analyzer, sample: Sample) -> Frame | None:
    """None where the image cannot be read."""
    try:
        picture = analyzer.decode(sample.path.read_bytes())
    except BonafaceError:
        return None
    faces = analyzer.detect(picture)
    descriptor = describe(picture.overview, faces[0] if faces else None)
    pixels = picture.decode()
    again = [describe(Picture.of(copy(pixels)).overview, None) for copy in COPIES.values()]
    return Frame(
        sample.source,
        sample.subject,
        descriptor,
        tuple(picture_distance(descriptor, one) for one in again),
    )


def same_person(frames: Sequence[Frame]) -> list[Pair]:
    """All pairs of frames of a subject."""
    pairs = itertools.combinations(range(len(frames)), 2)
    return [(one, other) for one, other in pairs if _who(frames[one]) == _who(frames[other])]


def strangers(frames: Sequence[Frame], *, same_place: bool) -> list[Pair]:
    """Pairs of frames of different subjects, drawn."""
    drawn = np.random.default_rng(SEED).integers(len(frames), size=(50 * STRANGERS, 2)).tolist()
    wanted = (
        (one, other)
        for one, other in drawn
        if _who(frames[one]) != _who(frames[other])
        and (frames[one].source == frames[other].source) is same_place
    )
    return list(itertools.islice(wanted, STRANGERS))


def _who(frame: Frame) -> tuple[str, str]:
    return frame.source, frame.subject


def frozen_lines(frames: Sequence[Frame]) -> list[str]:
    """How near different pictures of one person come, and how far copies of one picture are."""
    pairs = same_person(frames)
    apart = np.array([picture_distance(frames[a].descriptor, frames[b].descriptor) for a, b in pairs])
    lines = [
        f"{len(frames):,} frames of {len({_who(frame) for frame in frames})} subjects",
        f"different frames of one person: {len(pairs):,} pairs, nearest {apart.min():.2f} levels, "
        f"frozen (up to {FROZEN_UP_TO}): {np.count_nonzero(apart <= FROZEN_UP_TO)}",
    ]
    for place, name in enumerate(COPIES):
        far = np.array([frame.copies[place] for frame in frames])
        lines.append(
            f"{name}: 95 of 100 within {np.percentile(far, 95):.2f} levels, "
            f"found frozen {_share(far <= FROZEN_UP_TO)}"
        )
    return lines


def face_lines(frames: Sequence[Frame]) -> list[str]:
    """How often two faces are told to be of different people."""
    kinds = {
        "one person": same_person(frames),
        "strangers, other place": strangers(frames, same_place=False),
        "strangers, same place": strangers(frames, same_place=True),
    }
    lines = [_told(name, _likenesses(frames, pairs)) for name, pairs in kinds.items()]
    for source in sorted({frame.source for frame in frames}):
        pairs = [pair for pair in kinds["one person"] if frames[pair[0]].source == source]
        lines.append(_told(f"one person, {source}", _likenesses(frames, pairs)))
    return lines


def _told(name: str, likeness: Floats) -> str:
    other = _share(likeness < LIKE_FROM)
    return f"{name}: {len(likeness):,} pairs with faces, told as another face (under {LIKE_FROM}): {other}"


def _likenesses(frames: Sequence[Frame], pairs: Sequence[Pair]) -> Floats:
    faces = [(frames[one].descriptor.face, frames[other].descriptor.face) for one, other in pairs]
    return np.array(
        [face_likeness(one, other) for one, other in faces if one is not None and other is not None]
    )


def _share(found: NDArray[np.bool_]) -> str:
    return f"{100 * found.mean():.1f} %" if len(found) else "none"


if __name__ == "__main__":
    typer.run(main)
