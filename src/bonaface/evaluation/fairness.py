"""Errors on live faces by skin tone, with the counts that say how little they may mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from bonaface.evaluation.dataset import Label
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.skin import BANDS, band
from bonaface.interval import Figure, share

FEW = 100
"""Under so many live faces a band's rate is marked as uncertain."""

UNTOLD = "not told"


@dataclass(frozen=True, slots=True)
class BandErrors:
    """Live faces of one band: how many, of how many subjects (0: not known) and sources, and BPCER."""

    band: str
    faces: int
    subjects: int
    sources: int
    refused: int
    bpcer: Figure

    @property
    def few(self) -> bool:
        return self.faces < FEW


def errors_by_skin(scored: Sequence[Scored], threshold: float) -> tuple[BandErrors, ...]:
    """One entry a band that has live faces, lightest first, then those whose tone cannot be told."""
    live = [one for one in scored if one.sample.label is Label.BONA_FIDE]
    names = [name for name, _ in BANDS] + [UNTOLD]
    groups = {name: [one for one in live if _band(one) == name] for name in names}
    return tuple(_errors(name, group, threshold) for name, group in groups.items() if group)


def _band(one: Scored) -> str:
    return UNTOLD if isnan(one.skin) else band(one.skin)


def _errors(name: str, live: Sequence[Scored], threshold: float) -> BandErrors:
    refused = sum(one.score < threshold for one in live)
    subjects = {(one.sample.source, one.sample.subject) for one in live if one.sample.subject}
    sources = {one.sample.source for one in live}
    return BandErrors(name, len(live), len(subjects), len(sources), refused, share(refused, len(live)))
