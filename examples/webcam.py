"""Verdicts on what a camera sees, until Ctrl-C: python examples/webcam.py [--source 0] [--preset strict]

The analyses run beside the camera: the newest frame is judged, those that came meanwhile are left out.
"""

import argparse
import sys
from concurrent.futures import Future, ThreadPoolExecutor

import cv2

from bonaface import Analysis, Analyzer


def main() -> None:
    """Prints a line for each frame that was judged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", default="0", help="number of a camera, or a video file or stream")
    parser.add_argument("--preset", default="balanced", choices=["weak", "balanced", "strict"])
    given = parser.parse_args()
    source = int(given.source) if given.source.isdecimal() else given.source
    capture = cv2.VideoCapture(source)
    if not capture.isOpened():
        sys.exit(f"There is no camera or video at {given.source!r}; name one with --source.")
    analyzer = Analyzer(color="bgr")  # OpenCV's order
    job: Future[Analysis] | None = None
    with ThreadPoolExecutor(1) as thread:
        while True:
            is_there, frame = capture.read()
            if job is not None and (job.done() or not is_there):
                print(line(job.result()), flush=True)
                job = None
            if not is_there:
                break
            if job is None:
                job = thread.submit(analyzer.analyze, frame, given.preset)
    capture.release()


def line(analysis: Analysis) -> str:
    """What is said of one frame."""
    if not analysis.faces:
        return "no face"
    face = analysis.faces[0]
    verdict = "presentation attack" if face.spoofing else "bona fide"
    reasons = f" ({', '.join(face.reasons)})" if face.reasons else ""
    return f"{verdict} {face.liveness_score:.3f}{reasons}"


if __name__ == "__main__":
    main()
