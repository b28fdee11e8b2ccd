"""Errors as they are counted: 8 of 50."""

from dataclasses import dataclass

from bonaface.evaluation.metrics import ScoreSet
from bonaface.interval import Figure, share


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """So many presentations of so many were judged wrong."""

    errors: int
    of: int

    @property
    def rate(self) -> float:
        """As a fraction; NaN where there was no presentation."""
        return self.errors / self.of if self.of else float("nan")

    @property
    def figure(self) -> Figure:
        """The rate with the interval of Wilson, which takes presentations as independent."""
        return share(self.errors, self.of)


@dataclass(frozen=True, slots=True)
class CountedFigure:
    """A figure with the errors that it is made of."""

    figure: Figure
    count: ErrorCount


def refused(scores: ScoreSet, threshold: float) -> ErrorCount:
    """Bona fide presentations under the threshold."""
    return ErrorCount(int((scores.live < threshold).sum()), len(scores.live))


def accepted(scores: ScoreSet, threshold: float) -> dict[str, ErrorCount]:
    """Attacks of each kind at or over the threshold."""
    return {
        kind: ErrorCount(int((values >= threshold).sum()), len(values))
        for kind, values in scores.by_kind().items()
    }


def worst_kind(scores: ScoreSet, threshold: float) -> tuple[str, ErrorCount]:
    """The kind whose APCER is the largest, the first by name of several; no name where there is no attack."""
    by_kind = accepted(scores, threshold)
    if not by_kind:
        return "", ErrorCount(0, 0)
    kind = max(sorted(by_kind), key=lambda name: by_kind[name].rate)
    return kind, by_kind[kind]
