"""What a caller of /v2 may ask for beside the image."""

from dataclasses import dataclass

from bonaface.api.v2.schemas import Faces, Quality
from bonaface.types import HeatmapRequest, Preset


@dataclass(frozen=True, slots=True)
class Options:
    """preset: the server's default where none. policy: by name; the application's where none."""

    preset: Preset | None = None
    faces: Faces = Faces.ALL
    quality: Quality = Quality.INFORM
    policy: str | None = None
    heatmap: bool = False

    @property
    def heatmaps(self) -> HeatmapRequest | None:
        """Of which faces heatmaps are wanted: of those that are told."""
        if not self.heatmap:
            return None
        return HeatmapRequest(self.faces is Faces.CENTRAL, None if self.faces is Faces.ALL else 1)
