"""Two tries to make one threshold serve every camera:
`python -m training.one_threshold --data DIR --models DIR`.

Heads: linear classifiers of what the published networks tell of a crop, each trained without a group of
sources on the rows of `training.folds`, by objectives that ask for the same of every source:

- `plain`: binary cross-entropy;
- `aligned`: and the variance over sources of the middle between the mean log-odds of their two classes;
- `V-REx`: and the variance of the sources' losses (Krueger et al., 2021);
- `group DRO`: the softened worst of the sources' losses instead of their mean (Sagawa et al., 2020).

Partner: the published network of faceplugin beside the four, at several weights.

Prints EER over the `measure` sources, over the newer and the older `train` sources, and ACER over the first
two at the common threshold of its least mean; in per cent, means over sources. Nothing ships.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from bonaface.evaluation.metrics import Floats, ScoreSet, equal_error, pooled_curve, steps, worst_curve
from bonaface.geometry import Box
from bonaface.imaging.crop import shifted_crop
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from training.boxes import boxes_of, shipped_detector
from training.crops import CropSet, face_crops
from training.data import Sample, read_image, read_manifest
from training.folders import RUNS, Folders
from training.folds import Options, allowed, crop_set, fused_log_odds, groups, parse, scored_by
from training.network import MiniFasNet
from training.networks import STARTS
from training.teachers import CLIP, View, bgr_blob

OLDER = frozenset(
    {
        "feni-kiosk",
        "pyi-webcam-crops",
        "sankalita-webcam",
        "small-crops",
        "tdp-kaggle",
        "video-frames",
        "yildirimege",
    }
)
"""The `train` sources that the first weights saw."""
OBJECTIVES = (
    ("plain", 0.0),
    ("aligned", 0.1),
    ("aligned", 1.0),
    ("V-REx", 1.0),
    ("V-REx", 10.0),
    ("group DRO", 1.0),
    ("group DRO", 5.0),
)
WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0)
PARTNER = "faceplugin/fr_liveness.onnx"
_LOOK = View(shifted_crop, 2.7, 128)
_SOFTEN = 0.04
_DECAY = 3e-3
_FEW = 5


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Of N images: source and set of sources, class, kind of attack; log-odds of the folds by view."""

    source: NDArray[np.str_]
    group: NDArray[np.str_]
    bona_fide: NDArray[np.bool_]
    kind: NDArray[np.str_]
    opinions: Mapping[str, NDArray[np.float32]]

    @classmethod
    def read(cls, path: Path) -> "Known":
        """What `training.folds` wrote."""
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        return cls(
            np.array([row["source"] for row in rows]),
            np.array([_group(row) for row in rows]),
            np.array([row["label"] == "bona_fide" for row in rows]),
            np.array([row["attack_type"] for row in rows]),
            {s.view: np.array([row[s.view] for row in rows], np.float32) for s in STARTS},
        )

    def sets(self, values: Floats, group: str) -> list[ScoreSet]:
        """By source of the group."""
        chosen = [self.source == source for source in np.unique(self.source[self.group == group])]
        return [ScoreSet(values[rows], self.bona_fide[rows], self.kind[rows]) for rows in chosen]


def figures(known: Known, values: Floats) -> dict[str, float]:
    """What is printed of one score."""
    found = {f"EER {group}": _eer(known.sets(values, group)) for group in ("measure", "newer", "older")}
    thresholds = steps(values)
    acers = {group: _acer(known.sets(values, group), thresholds) for group in ("measure", "newer")}
    best = int(np.argmin(sum(acers.values())))
    return found | {f"ACER {group}": round(100 * float(acer[best]), 1) for group, acer in acers.items()}


def head(
    features: Tensor, bona_fide: Tensor, source: Tensor, objective: str, strength: float
) -> tuple[Tensor, Tensor]:
    """Weights and bias of a linear classifier of N x F features; source: N numbers from 0."""
    weights = torch.zeros(features.shape[1], requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=150, line_search_fn="strong_wolfe")

    def step() -> Tensor:
        optimizer.zero_grad()
        log_odds = features @ weights + bias
        loss = _loss(log_odds, bona_fide, source, objective, strength) + _DECAY * weights @ weights
        loss.backward()
        return loss

    optimizer.step(step)
    return weights.detach(), bias.detach()


def heads(view: str, options: Options, folders: Folders, workers: int) -> dict[str, Floats]:
    """Log-odds of every image by objective, from heads that did not see its source."""
    samples = read_manifest(folders.data)
    boxes = boxes_of(samples, shipped_detector(), folders.work / "boxes.json")
    rows, folder = crop_set(options, folders, samples, boxes, workers)
    crops, dealt = CropSet.load(folder), groups(samples)
    network = next(one for one in STARTS if one.view == view).published(folders.models)
    learnt = _features(network, crops.crops[view][:, 0])
    seen = _features(network, np.load(face_crops(samples, boxes, folders.work)[view], mmap_mode="r"))
    numbers = {name: number for number, name in enumerate(sorted({row.sample.source for row in rows}))}
    source = torch.tensor([numbers[row.sample.source] for row in rows])
    bona_fide, turns = torch.tensor(np.asarray(crops.bona_fide)), scored_by(samples, dealt)
    made = {f"{name} {strength}": np.zeros(len(samples)) for name, strength in OBJECTIVES}
    for group, left_out in enumerate(dealt):
        chosen = torch.tensor(allowed(rows, left_out, options.seed))
        mean, spread = learnt[chosen].mean(0), learnt[chosen].std(0) + 1e-3
        known, mine = (learnt[chosen] - mean) / spread, torch.tensor(turns == group)
        for name, strength in OBJECTIVES:
            weights, bias = head(known, bona_fide[chosen], source[chosen], name, strength)
            log_odds = (seen[mine] - mean) / spread @ weights + bias
            made[f"{name} {strength}"][turns == group] = log_odds.numpy()
    return made


def partner(samples: Sequence[Sample], boxes: Mapping[str, Box], file: Path) -> Floats:
    """Log-odds of every image by faceplugin's network, whose first of three classes is bona fide."""
    session, found = session_factory("onnxruntime")(file.read_bytes, SessionOptions()), []
    for sample in samples:
        crop = _LOOK.crop(read_image(sample), boxes[sample.path].rounded())
        (logits,) = session.run({"input": bgr_blob(crop)}).values()
        found.append(logits[0, 0] - np.logaddexp(logits[0, 1], logits[0, 2]))
    return np.array(found, np.float64)


def main() -> None:
    """Reads the command line, tries, prints."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    options, folders, workers = parse()
    known, samples = Known.read(RUNS / "folds.csv"), read_manifest(folders.data)
    four = fused_log_odds(known.opinions)
    boxes = boxes_of(samples, shipped_detector(), folders.work / "boxes.json")
    other = np.clip(partner(samples, boxes, folders.models / PARTNER), -CLIP, CLIP)
    for weight in WEIGHTS:
        print("faceplugin", weight, figures(known, (4 * four + weight * other) / (4 + weight)), flush=True)
    for view in ("near", "skin"):
        for name, log_odds in heads(view, options, folders, workers).items():
            print(view, name, "alone", figures(known, log_odds), flush=True)
            fifth = (4 * four + np.clip(log_odds, -CLIP, CLIP)) / 5
            print(view, name, "fifth", figures(known, fifth), flush=True)


def _group(row: Mapping[str, str]) -> str:
    if row["use"] == "measure":
        return "measure"
    return "older" if row["source"] in OLDER else "newer"


def _eer(found: Sequence[ScoreSet]) -> float:
    enough = [one for one in found if min(len(one.live), len(one.attacks)) >= _FEW]
    return round(100 * float(np.mean([equal_error(pooled_curve(one))[0] for one in enough])), 1)


def _acer(found: Sequence[ScoreSet], thresholds: Floats) -> Floats:
    curves = [worst_curve(one, thresholds) for one in found]
    apcer = np.mean(
        [curve.apcer for curve, one in zip(curves, found, strict=True) if len(one.attacks)], axis=0
    )
    bpcer = np.mean([curve.bpcer for curve, one in zip(curves, found, strict=True) if len(one.live)], axis=0)
    return np.asarray((apcer + bpcer) / 2, np.float64)


def _loss(log_odds: Tensor, bona_fide: Tensor, source: Tensor, objective: str, strength: float) -> Tensor:
    target = bona_fide.float() * (1 - 2 * _SOFTEN) + _SOFTEN
    losses = functional.binary_cross_entropy_with_logits(log_odds, target, reduction="none")
    if objective == "plain":
        return losses.mean()
    if objective == "aligned":
        live, attacks = (_by_source(log_odds[flags], source[flags]) for flags in (bona_fide, ~bona_fide))
        both = torch.tensor(sorted(live.keys() & attacks.keys()))
        middle = torch.stack([(live[int(one)] + attacks[int(one)]) / 2 for one in both])
        return losses.mean() + strength * middle.var()
    risks = torch.stack(list(_by_source(losses, source).values()))
    if objective == "V-REx":
        return losses.mean() + strength * risks.var()
    return torch.logsumexp(strength * risks, 0) / strength


def _by_source(values: Tensor, source: Tensor) -> dict[int, Tensor]:
    """Means, of sources with a few values at least."""
    names, counts = source.unique(return_counts=True)
    return {int(n): values[source == n].mean() for n, c in zip(names, counts, strict=True) if c >= _FEW}


@torch.no_grad()
def _features(network: MiniFasNet, crops: NDArray[np.uint8], batch: int = 64) -> Tensor:
    parts = []
    for start in range(0, len(crops), batch):
        blob = np.ascontiguousarray(crops[start : start + batch].transpose(0, 3, 1, 2), dtype=np.float32)
        parts.append(network.embedding(torch.from_numpy(blob)))
    return torch.cat(parts)


if __name__ == "__main__":
    main()
