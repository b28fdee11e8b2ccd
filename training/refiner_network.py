"""The refiner in PyTorch: YuNet's trunk on one face, then where its five landmarks and its box are.

YuNet says where a face is; its landmarks hardly turn with a head that is turned in the picture's plane. What
its trunk has learnt of faces is kept as a start. Landmarks are the means of five maps of likelihood over the
trunk's finest grid ("soft argmax", Luvizon et al., 2017): such maps turn and move with what they see.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from bonaface.detection.refiner import SIZE
from training.yunet import YuNet

GRID = SIZE // 8
POINTS = 5

_WIDTH = 64
_HIDDEN = 64
_USUAL_BOX = (0.18, 0.18, 0.82, 0.82)


class RefinerNetwork(nn.Module):
    """N x 3 x 96 x 96 RGB 0..255 to N x 14 in shares of the input's side.

    Box (x0, y0, x1, y1), then five landmarks (x, y).
    """

    def __init__(self, start: YuNet) -> None:
        super().__init__()
        self.trunk = copy.deepcopy(start)
        del self.trunk.heads
        self.maps = nn.Sequential(
            nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1), nn.ReLU(), nn.Conv2d(_WIDTH, POINTS, 1)
        )
        self.narrow = nn.Sequential(nn.Conv2d(_WIDTH, _WIDTH // 2, 3, stride=2, padding=1), nn.ReLU())
        self.box = nn.Sequential(
            nn.Linear(_WIDTH // 2 * (GRID // 2) ** 2, _HIDDEN), nn.ReLU(), nn.Linear(_HIDDEN, 4)
        )
        centres = (torch.arange(GRID) + 0.5) / GRID
        y, x = torch.meshgrid(centres, centres, indexing="ij")
        self.register_buffer("cells", torch.stack([x.flatten(), y.flatten()], dim=1))
        self.register_buffer("usual", torch.tensor(_USUAL_BOX))

    cells: Tensor
    usual: Tensor

    def forward(self, crops: Tensor) -> Tensor:
        fine = self.trunk.features(crops)[0]
        likely = functional.softmax(self.maps(fine).flatten(2), dim=2)
        points = torch.matmul(likely, self.cells)
        edges = self.usual + 0.1 * self.box(self.narrow(fine).flatten(1))
        return torch.cat([edges, points.flatten(1)], dim=1)
