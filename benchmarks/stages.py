"""How long one analysis takes on this machine: medians by stage, one thread.

    python -m benchmarks.stages

The image is the portrait of examples/ on a 640 x 480 canvas as a JPEG of quality 90: one face. What is
left of the whole after the three stages is pose, reasons and glue.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import typer

from bonaface.analyzer import Analyzer
from bonaface.detection.registry import open_detector
from bonaface.imaging.decode import decode
from bonaface.liveness.registry import open_liveness_model
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.settings import ImageLimits, load_settings

RUNS = 60
PORTRAIT = Path(__file__).parents[1] / "examples" / "astronaut.png"


def sample() -> bytes:
    """The JPEG that is measured."""
    portrait = cv2.cvtColor(decode(PORTRAIT.read_bytes(), ImageLimits()), cv2.COLOR_RGB2BGR)
    canvas = np.full((480, 640, 3), 90, dtype=np.uint8)
    canvas[:, 80:560] = cv2.resize(portrait, (480, 480), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def median_ms(run: Callable[[], object]) -> float:
    """Median of `RUNS` timed calls after three that are not."""
    times = []
    for turn in range(RUNS + 3):
        started = time.perf_counter()
        run()
        if turn >= 3:
            times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def measure() -> dict[str, float]:
    """Medians in milliseconds by stage, and of the whole call."""
    settings, data = load_settings(), sample()
    catalog, store = load_catalog(), ModelStore(settings.models.directory)
    factory = session_factory(settings.models.runtime)
    detector = open_detector(catalog.detector(settings.models.detector), store, factory, lanes=1)
    pad = open_liveness_model(catalog.pad(settings.models.pad), store, factory, lanes=1)
    analyzer = Analyzer(settings)
    image = decode(data, settings.images)
    boxes = [face.box for face in detector.detect(image)]
    return {
        "decode": median_ms(lambda: decode(data, settings.images)),
        "detect": median_ms(lambda: detector.detect(image)),
        "PAD, one face": median_ms(lambda: pad.log_odds(image, boxes)),
        "whole call": median_ms(lambda: analyzer.analyze(data)),
    }


if __name__ == "__main__":
    for stage, milliseconds in measure().items():
        typer.echo(f"{stage:<14} {milliseconds:7.2f} ms")
