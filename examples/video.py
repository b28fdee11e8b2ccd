"""One verdict on a video from some frames a second: python examples/video.py FILE [--rate 2]

Each frame is judged by itself, and the median of the scores is told: bonaface looks at still images and knows
nothing of movement.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Iterator
from typing import Any

import cv2

from bonaface import Analyzer


def frames(path: str, rate: float) -> Iterator[Any]:
    """About `rate` frames a second of the video, in OpenCV's order of colours."""
    capture = cv2.VideoCapture(path)
    if not capture.isOpened():
        sys.exit(f"{path} is no video that OpenCV can read.")
    step = max(1, round((capture.get(cv2.CAP_PROP_FPS) or rate) / rate))
    number = 0
    while capture.grab():  # decodes nothing yet
        if number % step == 0:
            yield capture.retrieve()[1]
        number += 1
    capture.release()


def main() -> None:
    """Prints how many frames there were, and the verdict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--rate", type=float, default=2.0, help="frames a second that are judged")
    given = parser.parse_args()
    analyzer = Analyzer(lanes=os.cpu_count() or 1, color="bgr")
    analyses = list(analyzer.analyze_many(frames(given.file, given.rate)))
    faces = [analysis.faces[0] for analysis in analyses if analysis.faces]
    print(f"{len(analyses)} frames, {len(faces)} with a face")
    if faces:
        score = statistics.median(face.liveness_score for face in faces)
        attacks = sum(face.spoofing for face in faces)
        verdict = "presentation attack" if 2 * attacks > len(faces) else "bona fide"
        print(f"{verdict}: median liveness {score:.3f}, {attacks} of {len(faces)} look like an attack")


if __name__ == "__main__":
    main()
