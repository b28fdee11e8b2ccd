"""What is said of one capture, and what proves it: plain data."""

from dataclasses import dataclass

from bonaface.analysis import Analysis
from bonaface.types import Finding, ModelIdentity, Policy


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that is told of one capture: an analysis of each of its frames, and what judged.

    sha256: of the bytes of each frame as they came, in hexadecimal digits.
    """

    analyses: tuple[Analysis, ...]
    sha256: tuple[str, ...]
    policy: Policy
    models: tuple[ModelIdentity, ...]
    findings: tuple[Finding, ...] = ()
    """What does not fit, where there are several frames."""
