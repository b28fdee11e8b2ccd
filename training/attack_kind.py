"""Can the kind of an attack be told? `python -m training.attack_kind --data DIR --models DIR` measures it.

Features: what the last convolution of each shipped network gives, 512 a network. Learnt from: the attacks
among the rows of the crop set (`train` sources, augmented) and its simulated
recaptures, every kind of every source weighing the same. Measured on: attacks whose kind is known, those of a
`train` source by a head that learnt without it. The figures go to `training/runs/attack-kind.json`.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from training.boxes import boxes_of, shipped_detector
from training.crops import CropSet, Row, face_crops
from training.data import Sample, for_training, read_manifest
from training.folds import crop_set, parse
from training.networks import STARTS
from training.recapture import KINDS, drawn_kind

Features = NDArray[np.float32]
_BATCH = 32
_STRENGTH = 1e-3
"""Inverse of the penalty: few sources, so a strong one."""


def kind_of(row: Row) -> str:
    """The attack kind that a row shows; empty for a bona fide capture, `unknown` where nobody says."""
    if not row.recapture:
        return row.sample.attack_type
    rng = np.random.default_rng(row.seed)
    rng.uniform(45, 230)  # what `at_working_size` draws before the recapture
    return drawn_kind(rng)


def features(file: Path, crops: NDArray[np.uint8]) -> Features:
    """N x 512 from N x S x S x 3 uint8 BGR crops: what an exported network's last layer reads."""
    model = onnx.load(file)
    (name,) = (node.output[0] for node in model.graph.node if node.op_type == "Flatten")
    model.graph.output.append(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch", 512])
    )
    session = session_factory("onnxruntime")(model.SerializeToString(), SessionOptions())
    parts = []
    for start in range(0, len(crops), _BATCH):
        blob = np.ascontiguousarray(crops[start : start + _BATCH].transpose(0, 3, 1, 2), dtype=np.float32)
        parts.append(session.run({"crop": blob})[name])
    return np.concatenate(parts)


def fit_head(given: Features, kinds: Sequence[str], groups: Sequence[str]) -> Pipeline:
    """A linear head over N x F features. groups: one a row; each kind of each group weighs the same."""
    pairs = list(zip(kinds, groups, strict=True))
    weights = np.array([1 / pairs.count(pair) for pair in pairs])
    head = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=500))
    return head.fit(given, kinds, logisticregression__sample_weight=weights / weights.mean())


def confusion(truth: Sequence[str], told: Sequence[str]) -> dict[str, dict[str, int]]:
    """Per true kind, how often each kind was told."""
    pairs = list(zip(truth, told, strict=True))
    return {kind: {other: pairs.count((kind, other)) for other in KINDS} for kind in sorted(set(truth))}


def balanced(table: Mapping[str, Mapping[str, int]], among: Sequence[str] = KINDS) -> float:
    """Mean over the kinds in `among` of the share told right, of what was told to be one of them."""
    shares = [
        table[kind][kind] / max(sum(table[kind][k] for k in among), 1) for kind in among if kind in table
    ]
    return float(np.mean(shares))


def main() -> None:
    """Reads the command line, learns, measures, writes the log."""
    options, folders, workers = parse()
    samples = read_manifest(folders.data)
    boxes = boxes_of(samples, shipped_detector(), folders.work / "boxes.json")
    rows, folder = crop_set(options, folders, samples, boxes, workers)
    learnt = [i for i, row in enumerate(rows) if kind_of(row) in KINDS]
    asked = [i for i, sample in enumerate(samples) if sample.attack_type in KINDS]
    crops = CropSet.load(folder).crops
    given = _all_views({view: crops[view][learnt, 0] for view in crops}, folders.out)
    faces = face_crops(samples, boxes, folders.work)
    seen = _all_views({view: np.load(faces[view])[asked] for view in faces}, folders.out)
    told = predicted(given, [rows[i] for i in learnt], seen, [samples[i] for i in asked])
    log = Path(__file__).parent / "runs" / "attack-kind.json"
    log.write_text(json.dumps(figures(told, [samples[i] for i in asked]), indent=1) + "\n")
    print(f"figures in {log}")


def predicted(given: Features, rows: Sequence[Row], seen: Features, samples: Sequence[Sample]) -> list[str]:
    """The kind told of each sample by a head that has not seen its source, nor attacks simulated from it."""
    told = [""] * len(samples)
    for left_out in ("", *sorted({sample.source for sample in for_training(samples)})):
        learnt = [i for i, row in enumerate(rows) if row.sample.source != left_out]
        kinds = [kind_of(rows[i]) for i in learnt]
        groups = ["simulated" if rows[i].recapture else rows[i].sample.source for i in learnt]
        head = fit_head(given[learnt], kinds, groups)
        asked = [i for i, s in enumerate(samples) if (s.source if s.use == "train" else "") == left_out]
        for place, kind in zip(asked, head.predict(seen[asked]), strict=True):
            told[place] = str(kind)
    return told


def figures(told: Sequence[str], samples: Sequence[Sample]) -> dict[str, object]:
    """Confusion by source, and the mean share told right where print and replay are the two answers."""
    tables = {}
    for source in sorted({sample.source for sample in samples}):
        chosen = [i for i, sample in enumerate(samples) if sample.source == source]
        tables[source] = confusion([samples[i].attack_type for i in chosen], [told[i] for i in chosen])
    return {
        "confusion": tables,
        "balanced": {source: round(balanced(table), 4) for source, table in tables.items()},
        "print_against_replay": {
            source: round(balanced(table, ("print", "replay")), 4) for source, table in tables.items()
        },
    }


def _all_views(crops: Mapping[str, NDArray[np.uint8]], weights: Path) -> Features:
    return np.concatenate([features(weights / one.file, crops[one.view]) for one in STARTS], axis=1)


if __name__ == "__main__":
    main()
