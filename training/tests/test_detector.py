"""Training moves boxes and landmarks to where they are, and leaves alone what a face is."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from training.assign import answers, loss
from training.canvas import Canvas
from training.detector import Recipe, train
from training.faces import Faces
from training.yunet import CONFIDENCE, load_upstream

PORTRAIT = Path(__file__).parents[2] / "examples" / "astronaut.png"


@pytest.fixture
def canvas() -> Canvas:
    """The portrait with a box that is a tenth larger than anybody would draw it."""
    portrait = cv2.imread(str(PORTRAIT))
    assert portrait is not None
    image = cv2.resize(portrait, (320, 320), interpolation=cv2.INTER_AREA)[:, :, ::-1]
    boxes = np.array([[105.0, 28.0, 176.0, 118.0]], np.float32)
    points = np.array([[[127, 62], [155, 62], [141, 77], [128, 90], [152, 90]]], np.float32)
    return Canvas(np.ascontiguousarray(image), Faces(boxes, points))


def test_boxes_learn_and_confidence_stays(models: Path, canvas: Canvas) -> None:
    start = load_upstream(models / "yunet" / "face_detection_yunet_2023mar.onnx")
    trained = train(start, iter([[canvas, canvas]] * 30), Recipe(steps=30, warm_up=2, average=0.5))
    image = torch.from_numpy(canvas.image.astype(np.float32)).permute(2, 0, 1)[None]
    faces = [(torch.from_numpy(canvas.faces.boxes), torch.from_numpy(canvas.faces.points))]
    with torch.no_grad():
        before, after = answers(start.eval()(image)), answers(trained(image))
    assert loss(after, faces) < 0.7 * loss(before, faces)
    torch.testing.assert_close(
        after.planes[..., :CONFIDENCE], before.planes[..., :CONFIDENCE], atol=1e-4, rtol=1e-4
    )
