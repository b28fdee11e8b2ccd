"""Error rates of ISO/IEC 30107-3 from scores: high = bona fide, accepted at or above a threshold."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from training.data import Sample

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rates:
    """What one source gives: rates as fractions."""

    bona_fide: int
    attacks: int
    eer: float
    auc: float


@dataclass(frozen=True, slots=True)
class Errors:
    """At one threshold: errors and counts."""

    apcer: float
    bpcer: float
    attacks_accepted: int
    bona_fide_refused: int


def rates(scores: Floats, bona_fide: Flags) -> Rates:
    """Equal error rate and area under the ROC curve."""
    live, attack = np.sort(scores[bona_fide]), np.sort(scores[~bona_fide])
    return Rates(len(live), len(attack), _eer(live, attack), _auc(live, attack))


def errors(scores: Floats, bona_fide: Flags, threshold: float) -> Errors:
    """APCER (attacks accepted) and BPCER (bona fide refused)."""
    accepted = int((scores[~bona_fide] >= threshold).sum())
    refused = int((scores[bona_fide] < threshold).sum())
    return Errors(accepted / max((~bona_fide).sum(), 1), refused / max(bona_fide.sum(), 1), accepted, refused)


def by_source(scores: Floats, samples: Sequence[Sample]) -> dict[str, Rates]:
    """Rates of each source with both classes in it."""
    return {
        source: rates(scores[chosen], flags)
        for source, (chosen, flags) in sorted(groups(samples).items())
        if flags.any() and not flags.all()
    }


def groups(samples: Sequence[Sample]) -> dict[str, tuple[NDArray[np.intp], Flags]]:
    """Per source: positions of its samples, and which of them are bona fide."""
    places: dict[str, list[int]] = {}
    for place, sample in enumerate(samples):
        places.setdefault(sample.source, []).append(place)
    return {
        source: (np.array(rows), np.array([samples[row].bona_fide for row in rows]))
        for source, rows in places.items()
    }


def mean_eer(table: Mapping[str, Rates]) -> float:
    """The one figure that choices are made by."""
    return float(np.mean([row.eer for row in table.values()]))


def as_dict(table: Mapping[str, Rates | Errors]) -> dict[str, dict[str, float]]:
    """For JSON, rounded to five digits."""
    return {name: {key: round(value, 5) for key, value in asdict(row).items()} for name, row in table.items()}


def _eer(live: Floats, attack: Floats) -> float:
    thresholds = np.unique(np.concatenate([live, attack]))
    bpcer = np.searchsorted(live, thresholds, side="left") / len(live)
    apcer = 1 - np.searchsorted(attack, thresholds, side="left") / len(attack)
    place = int(np.argmin(np.abs(bpcer - apcer)))
    return float((bpcer[place] + apcer[place]) / 2)


def _auc(live: Floats, attack: Floats) -> float:
    below = np.searchsorted(attack, live, side="left")
    ties = np.searchsorted(attack, live, side="right") - below
    return float((below + ties / 2).sum() / (len(live) * len(attack)))
