"""How much of the training ships: `python -m training.share --data DIR --models DIR`.

Moves the shipped files to the shares that `stages.SECOND_SHARE` and `tight.SHARE` name, from those in the log
of their run; then measures, calibrates and logs them anew. Weights are blended as exported, with norms folded
in, which is not quite the same as blending before.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from training import tight
from training.boxes import boxes_of, open_detector
from training.data import read_manifest
from training.evalset import evaluation_set
from training.export import export
from training.folders import Folders
from training.network import load_upstream
from training.report import report
from training.stages import SECOND_SHARE, STARTS


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


def main() -> None:
    """Reads the command line, blends in place, measures, writes the log."""
    from training.run import parse

    options, folders, _ = parse()
    log = Path(__file__).parent / "runs" / f"{options.name}.json"
    run = json.loads(log.read_text())
    shares = {"second": SECOND_SHARE, "tight": tight.SHARE}
    steps = [shares[key] / run["shares"][key] for key in ("second", "second", "tight")]
    shipped = [folders.out / name for name in (*(start.file for start in STARTS), tight.FILE)]
    for start, file, step in zip(export_published(folders), shipped, steps, strict=True):
        blend(start, file, step, file)
    samples = read_manifest(folders.data)
    boxes = boxes_of(samples, open_detector(folders.centerface), folders.work / "boxes.json")
    images = evaluation_set(samples, boxes, folders.models, folders.work / "eval.npz")
    run["shares"].update(shares)
    log.write_text(json.dumps({**run, **report(shipped, samples, images)}, indent=1) + "\n")
    print(f"figures in {log}")


if __name__ == "__main__":
    main()
