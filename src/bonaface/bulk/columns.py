"""The columns of bulk's output: one row a face, or one for an image without a face, or that failed."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Format(StrEnum):
    """What shards are."""

    PARQUET = "parquet"
    JSONL = "jsonl"


BONA_FIDE, ATTACK, NO_FACE, ERROR = "bona_fide", "attack", "no_face", "error"
VERDICTS = (BONA_FIDE, ATTACK, NO_FACE, ERROR)

OWN: Mapping[str, type] = MappingProxyType(
    {
        "image": int,
        "path": str,
        "verdict": str,
        "face": int,
        "liveness_score": float,
        "log_odds": float,
        "preset": str,
        "threshold": float,
        "x0": float,
        "y0": float,
        "x1": float,
        "y1": float,
        "landmarks": list,
        "confidence": float,
        "yaw": float,
        "pitch": float,
        "roll": float,
        "reasons": str,
        "width": int,
        "height": int,
        "capture": str,
        "frame": int,
        "capture_score": float,
        "capture_verdict": str,
        "findings": str,
        "error_code": str,
        "error_message": str,
        "detector": str,
        "detector_sha256": str,
        "pad": str,
        "pad_sha256": str,
        "policy": str,
        "policy_version": str,
    }
)
"""In their order, with what they hold; `list` is of floats. What a row does not have is null."""
GIVEN = "given_"
"""Before the name of a manifest's column that has the name of one of these."""

Row = Mapping[str, Any]


def carried(columns: Iterable[str]) -> dict[str, str]:
    """What the columns of a manifest are called in the output, by their names there."""
    return {name: f"{GIVEN}{name}" if name in OWN else name for name in columns}
