"""Runs the pipeline over labelled images: the largest face of each, scored; what failed, told apart."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bonaface.analyzer import Analyzer
from bonaface.errors import BonafaceError
from bonaface.evaluation.dataset import Sample
from bonaface.evaluation.skin import typology_angle
from bonaface.types import Detection

Advance = Callable[[], object]
"""Called after every image."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An image whose largest face has a score.

    log_odds: fused, before calibration. score: calibrated, 0..1, high = bona fide.
    skin: individual typology angle in degrees, NaN where it cannot be told.
    """

    sample: Sample
    face: Detection
    faces: int
    log_odds: float
    score: float
    skin: float


@dataclass(frozen=True, slots=True)
class Unscored:
    """An image without a score: no face was found in it, or (readable = False) it could not be read."""

    sample: Sample
    readable: bool
    message: str


@dataclass(frozen=True, slots=True)
class Scoring:
    """Every image of a data set, in its order within each part."""

    scored: tuple[Scored, ...]
    no_face: tuple[Unscored, ...]
    unreadable: tuple[Unscored, ...]


def score_dataset(
    analyzer: Analyzer, samples: Sequence[Sample], workers: int, advance: Advance = lambda: None
) -> Scoring:
    """workers: images side by side; the analyzer must have that many lanes."""

    def run(sample: Sample) -> Scored | Unscored:
        result = score_sample(analyzer, sample)
        advance()
        return result

    with ThreadPoolExecutor(workers) as pool:
        return sorted_out(pool.map(run, samples))


def score_sample(analyzer: Analyzer, sample: Sample) -> Scored | Unscored:
    """One image; a fault of the image is told, not raised."""
    try:
        picture = analyzer.decode(sample.path)
    except BonafaceError as error:
        return Unscored(sample, False, str(error))
    except OSError as error:
        return Unscored(sample, False, f"The file cannot be read: {error.strerror or 'unknown fault'}.")
    found = analyzer.detect(picture)
    if not found:
        return Unscored(sample, True, "No face was found.")
    log_odds = float(analyzer.log_odds(picture, [found[0].box], [found[0].landmarks.quarters])[0])
    view = picture.view_of(found[0].box)
    skin = typology_angle(view.pixels, view.face_in(found[0]))
    return Scored(sample, found[0], len(found), log_odds, analyzer.score(log_odds), skin)


def sorted_out(results: Iterable[Scored | Unscored]) -> Scoring:
    """By what came of them."""
    every = list(results)
    failed = [result for result in every if isinstance(result, Unscored)]
    return Scoring(
        tuple(result for result in every if isinstance(result, Scored)),
        tuple(result for result in failed if result.readable),
        tuple(result for result in failed if not result.readable),
    )
