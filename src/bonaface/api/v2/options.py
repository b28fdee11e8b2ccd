"""What a caller of /v2 may ask for beside the image."""

from dataclasses import dataclass

from bonaface.api.v2.schemas import Faces, Quality
from bonaface.types import Preset


@dataclass(frozen=True, slots=True)
class Options:
    """preset: the server's default where none. policy: by name; the application's where none."""

    preset: Preset | None = None
    faces: Faces = Faces.ALL
    quality: Quality = Quality.INFORM
    policy: str | None = None
