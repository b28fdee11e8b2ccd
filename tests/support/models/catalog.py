"""Small catalog entries over files that a test makes."""

import hashlib

from bonaface.models.catalog import DetectorEntry, ModelFile, PadEntry, parse_catalog

CONTENT = b"the very bytes that the catalog names"


def model_file(name: str = "tiny.onnx", content: bytes = CONTENT) -> ModelFile:
    return ModelFile(name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def entry(
    source: str = 'kind = "upstream"\npage = "https://example.org"', file: ModelFile | None = None
) -> DetectorEntry:
    """A face detector of one file; `source`: its table in TOML."""
    file = file or model_file()
    text = f"""
[models.tiny]
task = "detection"
family = "centerface"
title = "Tiny"
licence = "MIT"
origin = "made by a test"
file = {{ name = "{file.name}", sha256 = "{file.sha256}", size = {file.size} }}
[models.tiny.source]
{source}
"""
    return parse_catalog(text).detector("tiny")


def pair() -> PadEntry:
    """A PAD model of two files, one.onnx and two.onnx, that hold their own names."""
    names = ("one.onnx", "two.onnx")
    networks = [
        {
            "file": model_file(name, name.encode()).model_dump(),
            "crop": "shifted",
            "scale": 2.0,
            "size": 80,
            "channels": "rgb",
        }
        for name in names
    ]
    thresholds = {"weak": 0.2, "balanced": 0.5, "strict": 0.8}
    return PadEntry.model_validate(
        {
            "name": "pair",
            "task": "pad",
            "family": "minifas",
            "title": "Pair",
            "licence": "MIT",
            "origin": "made by a test",
            "source": {"kind": "upstream", "page": "https://example.org"},
            "networks": networks,
            "calibration": {"clip": 8, "slope": 1, "offset": 0, "thresholds": thresholds},
        }
    )
