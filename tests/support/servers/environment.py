"""The environment of the processes that tests start."""

import os

from bonaface.setting_sources import ENV_PREFIX

QUICK = {f"{ENV_PREFIX}MODELS__RUNTIME": "onnxruntime"}
"""Where the engine is not the point: it starts in half the processor time of OpenVINO's."""
COVERAGE_PREFIX = "COVERAGE"
"""Of what has a new process traced."""


def inherited(*, traced: bool = False) -> dict[str, str]:
    """This process's environment without settings of the product.

    `traced`: a run that measures coverage measures the new process, too, which is the slower for it; what it
    ran is kept only if it ends of itself or by SIGTERM.
    """
    others = (ENV_PREFIX,) if traced else (ENV_PREFIX, COVERAGE_PREFIX)
    return {name: value for name, value in os.environ.items() if not name.startswith(others)}
