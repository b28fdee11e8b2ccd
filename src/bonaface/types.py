"""What the pipeline says about an image: frozen, typed results; where something is, as in `geometry`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from bonaface.geometry import Box, Landmarks


class Preset(StrEnum):
    """Sensitivity of the decision, the `spoofingCondition` of the wire contract."""

    WEAK = "weak"
    BALANCED = "balanced"
    STRICT = "strict"


PresetName: TypeAlias = Preset | Literal["weak", "balanced", "strict"]
"""A preset, or the text of one."""
LANDMARK_NAMES = ("leftEye", "rightEye", "nose", "leftLip", "rightLip")
"""As the wire and JSON name the landmarks, in their order."""


class Reason(StrEnum):
    """A circumstance that makes a verdict less certain. Reasons never change the verdict."""

    TOO_SMALL = "too_small"
    TURNED_AWAY = "turned_away"
    AT_IMAGE_BORDER = "at_image_border"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BACK_LIT = "back_lit"
    LOW_CONTRAST = "low_contrast"
    GREY = "grey"
    COMPRESSED = "compressed"
    LETTERBOXED = "letterboxed"
    SEVERAL_FACES = "several_faces"
    NOT_A_PERSON = "not_a_person"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a reason goes by: the measured value, its limit, and whether the value is within it.

    What is measured, in which unit, and which side of the limit is within it: docs/reasons.md.
    """

    reason: Reason
    value: float
    limit: float
    is_met: bool


@dataclass(frozen=True, slots=True)
class Pose:
    """Estimated head rotation in degrees; zero faces the camera.

    yaw > 0 turns the nose to the image's right, pitch > 0 lifts it, roll > 0 tilts the head clockwise.
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Detection:
    """A face as a detector found it: where, its five landmarks, and confidence in 0..1."""

    box: Box
    landmarks: Landmarks
    confidence: float
    person: float | None = None
    """Log-odds that it is a person's face, no drawing, animal or thing; none where nobody looked closer."""

    def scaled(self, factor: float) -> "Detection":
        """The same face where the image is `factor` times as large."""
        landmarks = Landmarks(*(point.scaled(factor) for point in self.landmarks))
        return Detection(self.box.scaled(factor), landmarks, self.confidence, self.person)

    def moved(self, right: float, down: float) -> "Detection":
        """The face so many pixels further."""
        landmarks = Landmarks(*(point.moved(right, down) for point in self.landmarks))
        return Detection(self.box.moved(right, down), landmarks, self.confidence, self.person)

    def turned(self, quarters: int, width: float, height: float) -> "Detection":
        """Where it is once its image of that size was turned clockwise by so many quarters."""
        landmarks = Landmarks(*(point.turned(quarters, width, height) for point in self.landmarks))
        return Detection(self.box.turned(quarters, width, height), landmarks, self.confidence, self.person)

    def within(self, width: int, height: int) -> "Detection":
        """The face clipped to the right and lower edges of an image of that size."""
        landmarks = Landmarks(*(point.within(width, height) for point in self.landmarks))
        return Detection(self.box.within(width, height), landmarks, self.confidence, self.person)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Bona fide or presentation attack: the calibrated score and what the preset makes of it."""

    liveness_score: float
    """0..1, high = bona fide."""
    spoofing: bool
    """True = presentation attack."""


@dataclass(frozen=True, slots=True)
class Heatmap:
    """What a score goes by: what hiding each part of a face and of what is round it does to its log-odds.

    How it is made, and what it does not tell: docs/heatmap.md.
    """

    region: Box
    """What is mapped, in pixels of the upright image."""
    cells: tuple[tuple[float, ...], ...]
    """By rows: log-odds that are lost where the part is hidden. Above 0 it speaks for bona fide, below for an
    attack."""
    scale: float
    """Log-odds at the picture's full colour."""
    png: bytes
    """A picture of the cells to be laid over the region: blue above 0, red below, clear at 0."""

    def to_dict(self) -> dict[str, Any]:
        """What `json.dumps` takes; see `Analysis.to_dict`. The picture is left out."""
        box = self.region
        return {
            "region": [round(side, 2) for side in (box.x0, box.y0, box.x1, box.y1)],
            "cells": [list(row) for row in self.cells],
            "scale": self.scale,
        }


@dataclass(frozen=True, slots=True)
class HeatmapRequest:
    """Of which faces heatmaps are wanted.

    is_central: those nearest to the middle of the image first, else the largest. a_frame: at most so many of
    each frame, else as many as there are; `settings.faces.max_heatmaps` is for all together.
    """

    is_central: bool = False
    a_frame: int | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """One face of an image with everything known about it."""

    box: Box
    landmarks: Landmarks
    confidence: float
    """Confidence of the face detector, 0..1. Not a liveness score."""
    pose: Pose
    verdict: Verdict
    reasons: tuple[Reason, ...]
    measures: tuple[Measure, ...] = ()
    """What each reason goes by, where they were asked for (`Analyzer.inspect`); then all reasons are told."""
    heatmap: Heatmap | None = None
    """What the score goes by, where that was asked for."""

    @property
    def liveness_score(self) -> float:
        """0..1, high = bona fide."""
        return self.verdict.liveness_score

    @property
    def spoofing(self) -> bool:
        """True = presentation attack, under the preset that was asked for."""
        return self.verdict.spoofing

    def to_dict(self) -> dict[str, Any]:
        """What `json.dumps` takes; see `Analysis.to_dict`."""
        pose = self.pose
        heatmap = {} if self.heatmap is None else {"heatmap": self.heatmap.to_dict()}
        return {
            "bbox": [round(side, 2) for side in (self.box.x0, self.box.y0, self.box.x1, self.box.y1)],
            "landmarks": {
                name: [round(point.x, 2), round(point.y, 2)]
                for name, point in zip(LANDMARK_NAMES, self.landmarks, strict=True)
            },
            "confidence": round(self.confidence, 6),
            "livenessScore": round(self.liveness_score, 6),
            "spoofing": self.spoofing,
            "pose": {"yaw": round(pose.yaw, 1), "pitch": round(pose.pitch, 1), "roll": round(pose.roll, 1)},
            "reasons": [reason.value for reason in self.reasons],
            **heatmap,
        }


@dataclass(frozen=True, slots=True)
class Policy:
    """What makes verdicts of scores: a threshold for each preset, by name and version.

    `version` changes with whatever changes a score or a verdict: the calibration and its thresholds.
    """

    name: str
    version: str
    thresholds: Mapping[Preset, float]

    def accepts(self, score: float, preset: Preset) -> bool:
        """Whether a liveness score passes as bona fide; one that is no number does not."""
        return score >= self.thresholds[preset]


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model judged: its name in the catalog, its version there, and the SHA-256 of its files."""

    name: str
    version: str
    sha256: tuple[str, ...]


class Inconsistency(StrEnum):
    """Why a frame does not belong to the others of its capture."""

    DUPLICATE = "duplicate"
    FROZEN = "frozen"
    OTHER_FACE = "other_face"
    NO_FACE = "no_face"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the frame at `index`, held against the one at `of`, if against one.

    value: mean levels of luma between two pictures (duplicate, frozen), or correlation of two faces.
    """

    index: int
    kind: Inconsistency
    of: int | None = None
    value: float | None = None
