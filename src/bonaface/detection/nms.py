"""Non-maximum suppression: of boxes that overlap, the most confident stays."""

import numpy as np
from numpy.typing import NDArray


def non_maximum_suppression(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], overlap: float
) -> NDArray[np.intp]:
    """Indices of the boxes that stay, most confident first.

    boxes: N x 4 (x0, y0, x1, y1); scores: N; overlap: intersection over union above which the less
    confident of two boxes goes.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        order = rest[intersection_over_union(boxes[best], boxes[rest]) <= overlap]
    return np.array(kept, dtype=np.intp)


def intersection_over_union(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shared area over united area of one box (4) with each of N x 4 others; 0..1."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    area = np.prod(box[2:] - box[:2])
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return np.asarray(shared / np.maximum(area + areas - shared, 1e-9), dtype=np.float32)
