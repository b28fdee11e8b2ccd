"""Cells answer for the faces in whose middle they are, and the loss falls when their answers come near."""

import torch
from training.assign import Answers, answers, assign, loss, overlaps
from training.yunet import PLANES, STRIDES

SIDE = 96
BOX = torch.tensor([[16.0, 24.0, 64.0, 72.0]])
POINTS = torch.tensor([[[30.0, 40.0], [50.0, 40.0], [40.0, 48.0], [32.0, 60.0], [48.0, 60.0]]])


def _levels() -> tuple[torch.Tensor, ...]:
    return tuple(torch.zeros(1, PLANES, SIDE // stride, SIDE // stride) for stride in STRIDES)


def _telling(sure: float) -> Answers:
    """Cells that all tell the box as it is, with this confidence as log-odds."""
    given = answers(_levels())
    planes = given.planes.clone()
    stride = given.stride[:, None]
    planes[0, :, :2] = sure
    planes[0, :, 2:4] = ((BOX[:, :2] + BOX[:, 2:]) / 2 - given.corner) / stride
    planes[0, :, 4:6] = ((BOX[:, 2:] - BOX[:, :2]) / stride).log()
    planes[0, :, 6:] = ((POINTS - given.corner[:, None]) / stride[:, None]).flatten(1)
    return Answers(planes, given.corner, given.stride)


def test_boxes_and_points_are_in_pixels() -> None:
    given = _telling(0.0)
    torch.testing.assert_close(given.boxes[0], BOX.expand(len(given.corner), 4), atol=1e-3, rtol=0)
    torch.testing.assert_close(given.points[0], POINTS.expand(len(given.corner), 5, 2), atol=1e-3, rtol=0)


def test_cells_near_the_middle_answer() -> None:
    given = _telling(0.0)
    cells, faces = assign(given, 0, BOX)
    middle = given.corner[cells] + given.stride[cells, None] / 2
    assert 1 <= len(cells) <= 10
    assert set(faces.tolist()) == {0}
    assert ((middle - torch.tensor([40.0, 48.0])).abs() < 2.5 * given.stride[cells, None]).all()


def test_a_cell_answers_for_one_face() -> None:
    boxes = torch.cat([BOX, BOX + 4])
    cells, faces = assign(_telling(0.0), 0, boxes)
    assert len(set(cells.tolist())) == len(cells)
    assert set(faces.tolist()) <= {0, 1}


def test_the_loss_of_right_answers_is_none() -> None:
    faces = [(BOX, POINTS)]
    assert loss(_telling(0.0), faces).item() < 1e-3 < loss(answers(_levels()), faces).item()


def test_an_image_without_faces_teaches_nothing() -> None:
    assert loss(_telling(0.0), [(torch.zeros(0, 4), torch.zeros(0, 5, 2))]).item() == 0


def test_overlap() -> None:
    one, other = torch.tensor([[0.0, 0.0, 2.0, 2.0]]), torch.tensor([[1.0, 0.0, 3.0, 2.0]])
    torch.testing.assert_close(overlaps(one, other), torch.tensor([2 / 6]))
