"""What a run gives: values for the catalog, and error rates of each source against the upstream pair."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import SessionOptions
from training.calibrate import CLIP, Platt, Thresholds, fit_platt, fit_thresholds, fuse
from training.data import Sample, labels
from training.evalset import SIZES, EvalSet
from training.measure import Floats, Rates, as_dict, by_source, errors, groups, mean_eer

_VIEWS = (("shifted", 2.7, 80), ("shifted", 4.0, 80), ("reflected", 1.5, 128))


def report(files: Sequence[Path], samples: Sequence[Sample], images: EvalSet) -> dict[str, object]:
    """Everything measured of the exported near, wide and tight files, ready for JSON.

    Calibration uses the `measure` sources.
    """
    columns = [
        [score_file(file, crops[:, box]) for box in range(len(SIZES))]
        for file, crops in zip(files, (images.near, images.wide, images.tight), strict=True)
    ]
    fused = [fuse([column[box] for column in columns], [1, 1, 1]) for box in range(len(SIZES))]
    measured = np.array([sample.use == "measure" for sample in samples])
    chosen = _only(samples, measured)
    platt = fit_platt(fused[0][measured], chosen)
    scores = [platt.score(one) for one in fused]
    thresholds = fit_thresholds(scores[0][measured], chosen)
    return {
        "use": {sample.source: sample.use for sample in samples},
        "catalog": _catalog(files, platt, thresholds),
        **_tables({"ours": scores[0], **_parts(columns), **_upstream(images)}, samples),
        "presets": {
            preset: _at(threshold, scores[0], samples) for preset, threshold in asdict(thresholds).items()
        },
        "attack_kinds": _kinds(scores[0], samples, thresholds),
        "flips": _flips(scores, thresholds.balanced, samples),
    }


def score_file(file: Path, crops: NDArray[np.uint8], batch: int = 32) -> NDArray[np.float32]:
    """Log-odds that an exported file gives to N x S x S x 3 uint8 BGR crops."""
    session = session_factory("auto")(file.read_bytes(), SessionOptions())
    parts = []
    for start in range(0, len(crops), batch):
        blob = np.ascontiguousarray(crops[start : start + batch].transpose(0, 3, 1, 2), dtype=np.float32)
        parts.append(session.run({"crop": blob})["logit"].reshape(-1))
    return np.concatenate(parts)


def _only(samples: Sequence[Sample], chosen: NDArray[np.bool_]) -> list[Sample]:
    return [sample for sample, wanted in zip(samples, chosen, strict=True) if wanted]


def _tables(rows: dict[str, Floats], samples: Sequence[Sample]) -> dict[str, object]:
    tables = {name: by_source(np.asarray(row, np.float64), samples) for name, row in rows.items()}
    return {
        "mean_eer": {name: _means(table, samples) for name, table in tables.items()},
        "rates": {name: as_dict(table) for name, table in tables.items()},
    }


def _parts(columns: Sequence[Sequence[NDArray[np.float32]]]) -> dict[str, Floats]:
    """Each network alone, and the pair without the one that descends from CelebA-Spoof."""
    near, wide, tight = (np.asarray(column[0], np.float64) for column in columns)
    return {"near": near, "wide": wide, "tight": tight, "near_and_wide": fuse([near, wide], [1, 1])}


def _upstream(images: EvalSet) -> dict[str, Floats]:
    near, wide, tight = images.upstream.T
    return {
        "upstream_pair": fuse([near, wide], [1, 1]),
        "upstream_three": fuse([near, wide, tight], [1, 1, 1]),
    }


def _catalog(files: Sequence[Path], platt: Platt, thresholds: Thresholds) -> dict[str, object]:
    return {
        "networks": [
            {
                "file": file.name,
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
                "bytes": file.stat().st_size,
                "crop": rule,
                "scale": scale,
                "size": size,
                "weight": 1.0,
            }
            for file, (rule, scale, size) in zip(files, _VIEWS, strict=True)
        ],
        "clip": CLIP,
        "platt": {"a": platt.slope, "b": platt.offset},
        "thresholds": asdict(thresholds),
    }


def _means(table: dict[str, Rates], samples: Sequence[Sample]) -> dict[str, float]:
    use = {sample.source: sample.use for sample in samples}
    return {
        kind: round(mean_eer({name: row for name, row in table.items() if use[name] == kind}), 5)
        for kind in ("measure", "train")
    }


def _at(threshold: float, scores: Floats, samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    return as_dict(
        {
            source: errors(scores[rows], flags, threshold)
            for source, (rows, flags) in sorted(groups(samples).items())
        }
    )


def _kinds(scores: Floats, samples: Sequence[Sample], thresholds: Thresholds) -> dict[str, dict[str, float]]:
    """APCER by attack kind on the `measure` sources, at each preset."""
    kinds = sorted({s.attack_type for s in samples if s.use == "measure" and not s.bona_fide})
    result = {}
    for kind in kinds:
        rows = [i for i, s in enumerate(samples) if s.use == "measure" and s.attack_type == kind]
        accepted = {name: float((scores[rows] >= t).mean()) for name, t in asdict(thresholds).items()}
        result[kind] = {"attacks": len(rows), **{name: round(rate, 5) for name, rate in accepted.items()}}
    return result


def _flips(scores: Sequence[Floats], threshold: float, samples: Sequence[Sample]) -> dict[str, float]:
    """Share of right verdicts (balanced preset) that turn wrong under a larger or smaller box."""
    truth = labels(samples)
    measured = np.array([sample.use == "measure" for sample in samples])
    right = ((scores[0] >= threshold) == truth) & measured
    return {
        f"box x {size}": round(float(((one >= threshold) != truth)[right].mean()), 5)
        for size, one in zip(SIZES[1:], scores[1:], strict=True)
    }
