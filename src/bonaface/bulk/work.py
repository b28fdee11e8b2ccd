"""What each process that judges is told once."""

from dataclasses import dataclass

from bonaface.settings import Settings
from bonaface.types import Preset


@dataclass(frozen=True, slots=True)
class Work:
    """root: what the paths of images are relative to."""

    settings: Settings
    preset: Preset
    root: str
