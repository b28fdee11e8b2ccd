"""The upstream networks as they were published: to start from, to anchor to, to compare with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.crop import CropRule, RgbImage, reflected_crop, shifted_crop
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import Session, SessionOptions, Tensor

Scores = NDArray[np.float32]
CLIP = 8.0
"""Log-odds beyond this say no more than `certain`; unclipped, one network outvotes all others."""


@dataclass(frozen=True, slots=True)
class View:
    """How a network looks at a face."""

    rule: CropRule
    scale: float
    size: int

    def crop(self, image: RgbImage, box: Box) -> RgbImage:
        """size x size x 3, RGB uint8."""
        return self.rule(image, box, self.scale, self.size)


NEAR = View(shifted_crop, 2.7, 80)
WIDE = View(shifted_crop, 4.0, 80)
TIGHT = View(reflected_crop, 1.5, 128)
SKIN = View(reflected_crop, 1.2, 80)
VIEWS = {"near": NEAR, "wide": WIDE, "tight": TIGHT, "skin": SKIN}


@dataclass(frozen=True, slots=True)
class Upstream:
    """One published network."""

    name: str
    file: str
    view: View
    prepare: Callable[[RgbImage], Tensor]
    log_odds: Callable[[Tensor], float]


def bgr_blob(crop: RgbImage) -> Tensor:
    """1 x 3 x S x S, BGR 0..255, float32: what MiniFASNet and our networks take."""
    return np.ascontiguousarray(crop[:, :, ::-1].transpose(2, 0, 1)[None], dtype=np.float32)


def unit_rgb_blob(crop: RgbImage) -> Tensor:
    """1 x 3 x S x S, RGB 0..1, float32."""
    return np.ascontiguousarray(crop.transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255)


def three_class(logits: Tensor) -> float:
    """Log-odds of class 1 of three."""
    return float(logits[0, 1] - np.logaddexp(logits[0, 0], logits[0, 2]))


def two_class(logits: Tensor) -> float:
    """Log-odds of class 0 of two."""
    return float(logits[0, 0] - logits[0, 1])


UPSTREAM = (
    Upstream("v2", "minifasnet/2.7_80x80_MiniFASNetV2.onnx", NEAR, bgr_blob, three_class),
    Upstream("v1se", "minifasnet/4_0_0_80x80_MiniFASNetV1SE.onnx", WIDE, bgr_blob, three_class),
    Upstream("m128", "minifas128/best_model_97.80.onnx", TIGHT, unit_rgb_blob, two_class),
)


class Panel:
    """The upstream networks, ready to score a face."""

    def __init__(self, models: Path) -> None:
        self._sessions = [_open(models / upstream.file) for upstream in UPSTREAM]

    def scores(self, image: RgbImage, box: Box) -> Scores:
        """Log-odds of bona fide by each of `UPSTREAM`, unclipped."""
        return np.array(
            [
                upstream.log_odds(
                    _only(session.run({name: upstream.prepare(upstream.view.crop(image, box))}))
                )
                for upstream, (session, name) in zip(UPSTREAM, self._sessions, strict=True)
            ],
            dtype=np.float32,
        )


def fused(scores: Scores, weights: Sequence[float]) -> Scores:
    """Weighted mean of the clipped log-odds in an N x 3 table."""
    share = np.asarray(weights, dtype=np.float32) / np.float32(sum(weights))
    return np.clip(scores, -CLIP, CLIP) @ share


def _open(path: Path) -> tuple[Session, str]:
    return session_factory("auto")(path.read_bytes, SessionOptions()), "input"


def _only(outputs: dict[str, Tensor]) -> Tensor:
    return next(iter(outputs.values()))
