"""Scores by an exported network."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions


def score_file(file: Path, crops: NDArray[np.uint8], batch: int = 32) -> NDArray[np.float32]:
    """Log-odds that an exported file gives to N x S x S x 3 uint8 BGR crops."""
    session = session_factory("auto")(file.read_bytes, SessionOptions())
    parts = []
    for start in range(0, len(crops), batch):
        blob = np.ascontiguousarray(crops[start : start + batch].transpose(0, 3, 1, 2), dtype=np.float32)
        parts.append(session.run({"crop": blob})["logit"].reshape(-1))
    return np.concatenate(parts)
