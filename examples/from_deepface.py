"""For who has used DeepFace.extract_faces(image, anti_spoofing=True): the same keys out of bonaface.

python examples/from_deepface.py IMAGE...
"""

import sys
from typing import Any

from bonaface import Analyzer

analyzer = Analyzer(color="bgr")  # DeepFace, too, takes arrays of OpenCV


def extract_faces(image: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a path or an array, as there
    """Each face with DeepFace's names; no face is an empty list, not an error."""
    return [
        {
            "facial_area": {
                "x": int(face.box.x0),
                "y": int(face.box.y0),
                "w": int(face.box.width),
                "h": int(face.box.height),
            },
            "confidence": face.confidence,
            "is_real": not face.spoofing,
            "antispoof_score": face.liveness_score,  # high = bona fide; there it is that of the verdict
        }
        for face in analyzer.analyze(image).faces
    ]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, extract_faces(name))
