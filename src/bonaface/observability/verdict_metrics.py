"""Metrics of what was found in images: faces, verdicts, scores."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram

from bonaface.models.score_reference import ScoreReference
from bonaface.observability.score_bins import ScoreBins
from bonaface.types import Face, Preset

FACES = (0, 1, 2, 3, 5, 10, 20)
SCORES = (0.01, *(step / 20 for step in range(1, 20)), 0.99, 1.0)


class VerdictMetrics:
    """Faces, verdicts and scores of the PAD model named `model`. Where scores drift, they show it."""

    def __init__(
        self, registry: CollectorRegistry, model: str, reference: ScoreReference | None = None
    ) -> None:
        """reference: what scores are held against."""
        verdicts = Counter(
            "bonaface_verdicts", "Verdicts on faces.", ("preset", "verdict"), registry=registry
        )
        scores = Histogram(
            "bonaface_liveness_score",
            "Calibrated liveness score of faces, 0 an attack and 1 bona fide.",
            ("preset", "model"),
            buckets=SCORES,
            registry=registry,
        )
        self._faces = Histogram(
            "bonaface_faces", "Faces that count in an image.", buckets=FACES, registry=registry
        )
        self._attacks = {preset: verdicts.labels(preset.value, "attack") for preset in Preset}
        self._bona_fide = {preset: verdicts.labels(preset.value, "bona_fide") for preset in Preset}
        self._bins = ScoreBins(registry, model, reference)
        self._scores = {preset: scores.labels(preset.value, model) for preset in Preset}

    def hold_against(self, reference: ScoreReference | None) -> None:
        """Hold scores against another reference from now on."""
        self._bins.hold_against(reference)

    def add(self, preset: Preset, faces: Sequence[Face]) -> None:
        """Count the faces of one image, judged under `preset`."""
        self._faces.observe(len(faces))
        for face in faces:
            (self._attacks if face.spoofing else self._bona_fide)[preset].inc()
            self._scores[preset].observe(face.liveness_score)
            self._bins.add(face.liveness_score)
