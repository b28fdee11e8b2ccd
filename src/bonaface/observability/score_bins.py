"""Metrics that show whether scores drift: how many fall into each bin, and how many would by the calibration.

From both `deploy/prometheus/alerts.yml` makes the population stability index (Siddiqi, *Credit Risk
Scorecards*, 2006). How many of those who come are attacks nobody knows, so what is expected is told for
several shares of attacks, and the nearest one counts: more attacks are no drift.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge

from bonaface.models.score_reference import BINS, ScoreReference

ATTACKS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of attacks for which it is told what is expected."""


class ScoreBins:
    """Bins of the calibration of `model`; nothing where it has no reference."""

    def __init__(self, registry: CollectorRegistry, model: str, reference: ScoreReference | None) -> None:
        self._model = model
        self._faces = Counter(
            "bonaface_score_bin_faces",
            "Faces whose score fell into a bin of the calibration's scores, 0 the lowest.",
            ("model", "bin"),
            registry=registry,
        )
        self._expected = Gauge(
            "bonaface_score_bin_expected_share",
            "Share of faces whose score falls into the bin by the calibration, where so many are attacks.",
            ("model", "bin", "attacks"),
            registry=registry,
        )
        self.hold_against(reference)

    def hold_against(self, reference: ScoreReference | None) -> None:
        """Count by the bins of another calibration from now on."""
        self._reference = reference
        if reference is None:
            self._expected.clear()
            return
        self._bins = [self._faces.labels(self._model, number) for number in range(BINS)]
        for attacks in ATTACKS:
            for number, share in enumerate(reference.expected(attacks)):
                self._expected.labels(self._model, number, attacks).set(share)

    def add(self, score: float) -> None:
        """Count a face."""
        reference = self._reference
        if reference is not None:
            self._bins[reference.bin_of(score)].inc()
