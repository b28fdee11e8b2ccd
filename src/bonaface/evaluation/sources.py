"""The scores of a data set by source: one set of captures with one camera, place or publisher."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bonaface.evaluation.bootstrap import Resampler
from bonaface.evaluation.dataset import Label, Sample
from bonaface.evaluation.metrics import ScoreSet
from bonaface.evaluation.scoring import Scored, Scoring


MEASURE = "measure"
"""The use of sources that measure weights and never train them: of them the mean alone may choose."""


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

    def non_response(self, attack: bool) -> float:
        """APNRR or BPNRR: share of readable presentations without a face; NaN where there are none."""
        total = sum(count for kind, count in self.total.items() if bool(kind) is attack)
        missed = sum(count for kind, count in self.no_face.items() if bool(kind) is attack)
        return missed / total if total else float("nan")


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
    samples = [one.sample for part in (scoring.scored, scoring.no_face, scoring.unreadable) for one in part]
    names = sorted({sample.source for sample in samples})
    return tuple(_source(name, scoring, value) for name in names)


def score_set(scored: Sequence[Scored], value: Callable[[Scored], float]) -> ScoreSet:
    """The scores as arrays."""
    return ScoreSet(
        np.array([value(one) for one in scored], dtype=np.float64),
        np.array([one.sample.label is Label.BONA_FIDE for one in scored], dtype=np.bool_),
        np.array([one.sample.kind for one in scored], dtype=np.str_),
        all(one.sample.use != MEASURE for one in scored),
    )


def _source(name: str, scoring: Scoring, value: Callable[[Scored], float]) -> Source:
    scored = [one for one in scoring.scored if one.sample.source == name]
    no_face = [one.sample for one in scoring.no_face if one.sample.source == name]
    unreadable = [one.sample for one in scoring.unreadable if one.sample.source == name]
    readable = [one.sample for one in scored] + no_face
    scores = score_set(scored, value)
    subjects = np.array([one.sample.subject for one in scored], dtype=np.str_)
    first = (readable or unreadable)[0]
    counts = Counts(
        bona_fide=int(scores.bona_fide.sum()),
        attacks={kind: len(values) for kind, values in scores.by_kind().items()},
        total=_by_kind(readable),
        no_face=_by_kind(no_face),
        unreadable=len(unreadable),
    )
    return Source(name, first.use, first.scene, scores, Resampler(scores, subjects), counts)


def _by_kind(samples: Iterable[Sample]) -> dict[str, int]:
    return dict(sorted(Counter(sample.kind for sample in samples).items()))
