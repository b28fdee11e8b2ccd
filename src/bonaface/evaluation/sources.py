"""The scores of a data set by source: one set of captures with one camera, place or publisher."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bonaface.errors import InvalidParameterError
from bonaface.evaluation.bootstrap import Resampler
from bonaface.evaluation.dataset import Label, Sample
from bonaface.evaluation.metrics import ScoreSet
from bonaface.evaluation.scoring import Scored, Scoring

MEASURE = "measure"
"""The use of sources that measure weights and never train them: of them the mean alone may choose."""

CROP = "crop"
"""The scene of captures that were cut down to the face: no service receives them, so of them too the mean
alone may choose."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Images of a source.

    bona_fide, attacks: scored. total, no_face: readable ones and those without a face, by attack kind, bona
    fide ones under the empty name.
    """

    bona_fide: int
    attacks: dict[str, int]
    total: dict[str, int]
    no_face: dict[str, int]
    unreadable: int


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What is known of one source."""

    name: str
    use: str
    scene: str
    scores: ScoreSet
    resampler: Resampler
    counts: Counts


def by_source(scoring: Scoring, value: Callable[[Scored], float]) -> tuple[Source, ...]:
    """Sources by name; `value` gives the figure that is compared with thresholds."""
    return sources_of(
        [(one.sample, value(one)) for one in scoring.scored],
        [one.sample for one in scoring.no_face],
        [one.sample for one in scoring.unreadable],
    )


def from_samples(samples: Sequence[Sample]) -> tuple[Source, ...]:
    """Sources of images that were scored before; those without log-odds count as without a face."""
    scored = [(one, one.log_odds) for one in samples if one.log_odds is not None]
    return sources_of(scored, [one for one in samples if one.log_odds is None], [])


def of_kinds(sources: Sequence[Source], kinds: Sequence[str]) -> tuple[Source, ...]:
    """The same sources with attacks of these kinds alone.

    Raises InvalidParameterError when a kind is in none of them.
    """
    known = {kind for source in sources for kind in source.scores.by_kind()}
    for kind in kinds:
        if kind not in known:
            raise InvalidParameterError(f"No attack is a {kind}; the kinds are {', '.join(sorted(known))}.")
    return tuple(_with_kinds(source, kinds) for source in sources)


def _with_kinds(source: Source, kinds: Sequence[str]) -> Source:
    rows = np.nonzero(source.scores.bona_fide | np.isin(source.scores.kinds, kinds))[0]
    return replace(source, scores=source.scores.take(rows), resampler=source.resampler.of(rows))


def sources_of(
    scored: Sequence[tuple[Sample, float]], no_face: Sequence[Sample], unreadable: Sequence[Sample]
) -> tuple[Source, ...]:
    """Sources by name, of images with a value, without a face, and that could not be read."""
    names = sorted({one.source for one in (*(sample for sample, _ in scored), *no_face, *unreadable)})
    return tuple(
        _source(
            name,
            [pair for pair in scored if pair[0].source == name],
            [one for one in no_face if one.source == name],
            sum(one.source == name for one in unreadable),
            next(one for one in (*(s for s, _ in scored), *no_face, *unreadable) if one.source == name),
        )
        for name in names
    )


def score_set(scored: Sequence[tuple[Sample, float]]) -> ScoreSet:
    """The values as arrays."""
    return ScoreSet(
        np.array([value for _, value in scored], dtype=np.float64),
        np.array([one.label is Label.BONA_FIDE for one, _ in scored], dtype=np.bool_),
        np.array([one.kind for one, _ in scored], dtype=np.str_),
        all(one.use != MEASURE and one.scene != CROP for one, _ in scored),
    )


def _source(
    name: str,
    scored: Sequence[tuple[Sample, float]],
    no_face: Sequence[Sample],
    unreadable: int,
    first: Sample,
) -> Source:
    readable = [sample for sample, _ in scored] + list(no_face)
    scores = score_set(scored)
    subjects = np.array([sample.subject for sample, _ in scored], dtype=np.str_)
    counts = Counts(
        bona_fide=int(scores.bona_fide.sum()),
        attacks={kind: len(values) for kind, values in scores.by_kind().items()},
        total=_by_kind(readable),
        no_face=_by_kind(no_face),
        unreadable=unreadable,
    )
    return Source(name, first.use, first.scene, scores, Resampler(scores, subjects), counts)


def _by_kind(samples: Iterable[Sample]) -> dict[str, int]:
    return dict(sorted(Counter(sample.kind for sample in samples).items()))
