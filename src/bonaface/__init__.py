"""bonaface: tells bona fide faces from presentation attacks in one still image.

>>> from bonaface import Analyzer
>>> analysis = Analyzer().analyze("examples/astronaut.png")
>>> analysis.faces[0].spoofing
False
"""

from importlib.metadata import version

from bonaface.analyzer import Analyzer
from bonaface.errors import BonafaceError
from bonaface.settings import Settings, load_settings
from bonaface.types import Analysis, Box, Face, Landmarks, Point, Pose, Preset, Reason, Verdict

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
