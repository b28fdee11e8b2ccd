"""bonaface: tells bona fide faces from presentation attacks in one still image.

>>> from bonaface import Analyzer
>>> analysis = Analyzer().analyze("examples/astronaut.png")
>>> analysis.faces[0].spoofing
False
"""

from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING

from bonaface.analysis import Analysis
from bonaface.errors import BonafaceError
from bonaface.geometry import Box, Landmarks, Point
from bonaface.settings import Settings, load_settings
from bonaface.types import Face, Pose, Preset, PresetName, Reason, Verdict

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer
    from bonaface.drawing import Drawing
    from bonaface.imaging.image_input import Color, ImageInput

__version__ = version("bonaface")

__all__ = [
    "Analysis",
    "Analyzer",
    "BonafaceError",
    "Box",
    "Color",
    "Drawing",
    "Face",
    "ImageInput",
    "Landmarks",
    "Point",
    "Pose",
    "Preset",
    "PresetName",
    "Reason",
    "Settings",
    "Verdict",
    "__version__",
    "load_settings",
]


_WHEN_ASKED_FOR = MappingProxyType(
    {
        "Analyzer": "bonaface.analyzer",
        "Color": "bonaface.imaging.image_input",
        "Drawing": "bonaface.drawing",
        "ImageInput": "bonaface.imaging.image_input",
    }
)


def __getattr__(name: str) -> object:
    """`Analyzer` and its like when asked for: others need not wait for the libraries of images."""
    if name in _WHEN_ASKED_FOR:
        return getattr(import_module(_WHEN_ASKED_FOR[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
