"""Weights between two files of the same network: how much of a training is kept.

They are blended as exported, with norms folded in, which is not quite the same as blending before.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from training import tight
from training.export import export
from training.folders import Folders
from training.network import load_upstream
from training.stages import STARTS


def blend(start: Path, end: Path, share: float, out: Path) -> Path:
    """Writes the file between two exported ones of the same network: share 0 = start, 1 = end."""
    model = onnx.load(end)
    before = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(start).graph.initializer}
    for tensor in model.graph.initializer:
        after = numpy_helper.to_array(tensor)
        if after.dtype == np.float32:
            between = before[tensor.name] * np.float32(1 - share) + after * np.float32(share)
            tensor.CopyFrom(numpy_helper.from_array(between, tensor.name))
    onnx.save(model, out)
    return out


def export_published(folders: Folders) -> list[Path]:
    """The three published networks in the form of the shipped ones, in the work folder."""
    networks = [load_upstream(folders.models / start.weights, start.plan) for start in STARTS]
    networks.append(tight.load_published(folders.models / tight.PUBLISHED))
    files = [folders.work / f"published-{name}" for name in (*(start.file for start in STARTS), tight.FILE)]
    for network, file, size in zip(networks, files, (80, 80, tight.TIGHT.size), strict=True):
        export(network.eval(), file, size)
    return files
