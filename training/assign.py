"""Which cells of a detector answer for which face, and what they answer.

SimOTA (Ge et al., *YOLOX*, 2021): of the cells in and near the middle of a face those that say it best
already, as many as their overlaps add up to; a cell answers for one face.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.yunet import STRIDES

_NEAR = 2.5
"""Cells from the middle of a face within which a cell may answer for it."""
_MOST = 10
_OVERLAP_COUNTS = 3.0


@dataclass(frozen=True, slots=True)
class Answers:
    """All cells of a batch. planes: N x C x 16 of the network; corner: C x 2, stride: C, in pixels."""

    planes: Tensor
    corner: Tensor
    stride: Tensor

    @property
    def boxes(self) -> Tensor:
        """N x C x 4 (x0, y0, x1, y1) in pixels."""
        stride = self.stride[None, :, None]
        centre = self.planes[..., 2:4] * stride + self.corner
        half = self.planes[..., 4:6].clamp(-6, 6).exp() * stride / 2
        return torch.cat([centre - half, centre + half], dim=-1)

    @property
    def points(self) -> Tensor:
        """N x C x 5 x 2 in pixels."""
        shares = self.planes[..., 6:].unflatten(-1, (5, 2))
        return shares * self.stride[None, :, None, None] + self.corner[None, :, None]


def answers(levels: tuple[Tensor, ...]) -> Answers:
    """The levels' answers, N x 16 x H/s x W/s each, side by side."""
    planes, corners, strides = [], [], []
    for level, stride in zip(levels, STRIDES, strict=True):
        rows, columns = level.shape[2:]
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        corners.append(torch.stack([x, y], dim=-1).reshape(-1, 2).float() * stride)
        strides.append(torch.full((rows * columns,), float(stride)))
        planes.append(level.flatten(2).transpose(1, 2))
    return Answers(torch.cat(planes, dim=1), torch.cat(corners), torch.cat(strides))


@torch.no_grad()
def assign(given: Answers, row: int, boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Cells that answer, and for which of the F x 4 boxes each of them."""
    if not len(boxes):
        return torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long)
    middle = given.corner + given.stride[:, None] / 2
    near = (middle[:, None] - (boxes[:, :2] + boxes[:, 2:]) / 2).abs().amax(-1) < _NEAR * given.stride[
        :, None
    ]
    inside = ((middle[:, None] > boxes[:, :2]) & (middle[:, None] < boxes[:, 2:])).all(-1)
    cells = (near | inside).any(1).nonzero()[:, 0]
    overlap = overlaps(given.boxes[row, cells][:, None], boxes[None])
    sure = torch.sqrt(given.planes[row, cells, :2].sigmoid().prod(-1)).clamp(1e-6, 1 - 1e-6)
    cost = -sure.log()[:, None] - _OVERLAP_COUNTS * (overlap + 1e-8).log()
    cost = cost + 1e5 * ~(near & inside)[cells]
    taken = torch.full_like(cost, torch.inf)
    for face in range(len(boxes)):
        count = max(int(overlap[:, face].topk(min(_MOST, len(cells))).values.sum()), 1)
        best = cost[:, face].topk(min(count, len(cells)), largest=False).indices
        taken[best, face] = cost[best, face]
    answering = taken.isfinite().any(1)
    return cells[answering], taken[answering].argmin(1)


def overlaps(one: Tensor, other: Tensor) -> Tensor:
    """Shared over united area of boxes (..., 4)."""
    low, high = torch.maximum(one[..., :2], other[..., :2]), torch.minimum(one[..., 2:], other[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    return shared / (_area(one) + _area(other) - shared).clamp(min=1e-6)


def loss(given: Answers, faces: list[tuple[Tensor, Tensor]]) -> Tensor:
    """How far boxes and landmarks of the cells that answer are off. faces: F x 4 and F x 5 x 2 an image."""
    found = [assign(given, row, boxes) for row, (boxes, _) in enumerate(faces)]
    rows = torch.cat([torch.full_like(cells, row) for row, (cells, _) in enumerate(found)])
    cells = torch.cat([cells for cells, _ in found])
    boxes = torch.cat([boxes[face] for (boxes, _), (_, face) in zip(faces, found, strict=True)])
    points = torch.cat([points[face] for (_, points), (_, face) in zip(faces, found, strict=True)])
    side = (boxes[:, 2:] - boxes[:, :2]).amax(1).clamp(min=4.0)
    answered, answered_points = given.boxes[rows, cells], given.points[rows, cells]
    box = (1 - overlaps(answered, boxes)).sum() + 2 * _gap((answered - boxes) / side[:, None])
    landmarks = 2 * _gap(((answered_points - points) / side[:, None, None]).flatten(1))
    return (box + landmarks) / max(len(cells), 1)


def _gap(shares: Tensor) -> Tensor:
    return (
        functional.smooth_l1_loss(shares, torch.zeros_like(shares), beta=0.05, reduction="none").mean(1).sum()
    )


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)
