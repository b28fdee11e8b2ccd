"""What the figures were measured on: processor, system, versions, date, commit."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.timing import cores
from bonaface.runtime.engines import session_factory
from bonaface.settings import Settings

PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "openvino", "simplejpeg", "uvicorn", "uvloop")


def machine(settings: Settings) -> dict[str, str | int]:
    """Names and values, as they are told in the documentation."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "processor": _processor(),
        "cores": cores(),
        "load average before": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "bonaface": version("bonaface"),
        "detector": settings.models.detector,
        "PAD model": settings.models.pad,
        "engine": session_factory(settings.models.runtime).engine,
        **{name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _commit() -> str:
    """With a + where files differ from it; unknown outside of a checkout."""
    folder = Path(__file__).parent
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def _processor() -> str:
    """The model as the kernel tells it, with family and model, since clouds shorten the name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n\n", 1)[0].splitlines()
    except OSError:
        return platform.processor() or "unknown"
    told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    name = told.get("model name", "unknown")
    return f"{name} (family {told.get('cpu family', '?')}, model {told.get('model', '?')})"
