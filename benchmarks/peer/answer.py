"""Runs in the peer's environment: a path a line in, the seconds of one call and its outcome as JSON out.

    python answer.py pytorch|onnx

It imports nothing of bonaface. One thread: OMP_NUM_THREADS is set by who starts it, the rest here.
"""

import json
import os
import sys
import time

import cv2


def main(engine: str) -> None:
    """Answer until standard input ends. What the peer prints goes to standard error."""
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    cv2.setNumThreads(1)
    if engine == "pytorch":
        import torch

        torch.set_num_threads(1)
    from deepface import DeepFace, __version__

    told.write(json.dumps({"version": __version__}) + "\n")
    told.flush()
    for line in sys.stdin:
        begun, used = time.perf_counter(), time.process_time()
        faces = DeepFace.extract_faces(img_path=line.strip(), detector_backend="yunet", anti_spoofing=True)
        seconds, processor = time.perf_counter() - begun, time.process_time() - used
        genuine = [bool(face["is_real"]) for face in faces]
        told.write(json.dumps({"wall": seconds, "processor": processor, "genuine": genuine}) + "\n")
        told.flush()


if __name__ == "__main__":
    main(sys.argv[1])
