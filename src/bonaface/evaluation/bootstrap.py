"""Confidence intervals by resampling whole subjects, or images where nobody told who is shown.

Percentile bootstrap (Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, ch. 13). Images of one
person are alike, so a person is drawn with all images of theirs; an image without a subject is drawn alone.
Where no subject is known, images are drawn within their class.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bonaface.evaluation.metrics import Flags, Floats, ScoreSet, Words

Statistic = Callable[[ScoreSet], Floats]
"""A fixed number of figures of a set of scores."""


class Resampler:
    """Draws sets of scores like the one given."""

    def __init__(self, scores: ScoreSet, subjects: Words) -> None:
        """subjects: who each of the N presentations shows, empty where not known."""
        names = np.unique(subjects[subjects != ""])
        known = subjects != "" if len(names) > 1 else np.zeros(len(subjects), dtype=np.bool_)
        named = [np.nonzero(subjects == name)[0] for name in names if known.any()]
        self._scores, self._subjects = scores, subjects
        self._clusters = named + [np.array([row]) for row in np.nonzero(~known)[0]]
        self._classes = [np.nonzero(scores.bona_fide)[0], np.nonzero(~scores.bona_fide)[0]]
        self.unit = "subject" if known.any() else "image"
        """What is drawn."""

    def of(self, rows: NDArray[np.intp]) -> "Resampler":
        """One of the presentations at these places alone."""
        return Resampler(self._scores.take(rows), self._subjects[rows])

    def units(self, chosen: Flags) -> int:
        """How many subjects (or images) have one of the N presentations that are chosen."""
        return sum(bool(chosen[rows].any()) for rows in self._clusters)

    def rows(self, generator: np.random.Generator) -> NDArray[np.intp]:
        """Places of one resample in the set."""
        if self.unit == "image":
            return np.concatenate([generator.choice(rows, len(rows)) for rows in self._classes if len(rows)])
        picks = generator.integers(len(self._clusters), size=len(self._clusters))
        return np.concatenate([self._clusters[pick] for pick in picks])

    def draw(self, generator: np.random.Generator) -> ScoreSet:
        """One resample."""
        return self._scores.take(self.rows(generator))

    def folds(self, count: int, generator: np.random.Generator) -> list[NDArray[np.intp]]:
        """Places in up to `count` parts; a subject is in one of them whole."""
        order = generator.permutation(len(self._clusters))
        dealt = [order[start::count] for start in range(count)]
        return [np.concatenate([self._clusters[pick] for pick in part]) for part in dealt if len(part)]


def replicates(resampler: Resampler, statistic: Statistic, rounds: int, seed: int) -> Floats:
    """rounds x K: the K figures of each resample. The same seed gives the same draws."""
    generator = np.random.default_rng(seed)
    return np.stack([statistic(resampler.draw(generator)) for _ in range(rounds)])
