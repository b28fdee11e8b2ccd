"""bonaface: tells bona fide faces from presentation attacks in one still image.

>>> from bonaface import Analyzer
>>> analysis = Analyzer().analyze("examples/astronaut.png")
>>> analysis.faces[0].spoofing
False
"""

from importlib.metadata import version
from typing import TYPE_CHECKING

from bonaface.errors import BonafaceError
from bonaface.settings import Settings, load_settings
from bonaface.types import Analysis, Box, Face, Landmarks, Point, Pose, Preset, Reason, Verdict

if TYPE_CHECKING:
    from bonaface.analyzer import Analyzer

__version__ = version("bonaface")

__all__ = [
    "Analysis",
    "Analyzer",
    "BonafaceError",
    "Box",
    "Face",
    "Landmarks",
    "Point",
    "Pose",
    "Preset",
    "Reason",
    "Settings",
    "Verdict",
    "__version__",
    "load_settings",
]


def __getattr__(name: str) -> object:
    """`Analyzer` when it is asked for: what needs no analysis need not wait for the libraries of images."""
    if name == "Analyzer":
        from bonaface.analyzer import Analyzer

        return Analyzer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
