"""`bonaface serve` whose analyses can hang in a native call: for an image that begins with HANG.

    HANG_ON=/path/of/a/fifo [HANG_COLD=1] python -m support.faults.hanging serve

All but that is the real command with the real analyzer. Each byte that is written into the fifo lets one
call return. With HANG_COLD the warm-up hangs as well.
"""

import ctypes
import os
from unittest.mock import patch

from bonaface import Analyzer, Settings
from bonaface.analysis import Analysis
from bonaface.api.services import Services
from bonaface.cli.app import main
from bonaface.models.loaded_presets import LoadedPresets
from bonaface.server.wiring import services_around
from bonaface.serving.threads import ThreadBackend
from bonaface.timings import Timings
from bonaface.types import Preset
from support.models.analyses import Inspecting

HANG = b"HANG"


class HangingAnalyzer(Inspecting):
    """The real analyzer behind a `read` of the C library, called without the interpreter's lock."""

    def __init__(self, analyzer: Analyzer, fifo: str, is_cold: bool) -> None:
        self._analyzer = analyzer
        self._pipe = os.open(fifo, os.O_RDWR)  # also for writing: a fifo without a writer would be at its end
        self._is_cold = is_cold
        self._read = ctypes.CDLL(None, use_errno=True).read

    def analyze(self, image: bytes, preset: Preset | None = None, timings: Timings | None = None) -> Analysis:
        if image.startswith(HANG):
            self._hang()
        return self._analyzer.analyze(image, preset, timings)

    def warm_up(self) -> None:
        if self._is_cold:
            self._hang()
        self._analyzer.warm_up()

    def _hang(self) -> None:
        self._read(self._pipe, ctypes.create_string_buffer(1), 1)


def build(settings: Settings, _presets: LoadedPresets) -> Services:
    analyzer = Analyzer(settings, lanes=settings.serving.workers)
    is_cold = bool(os.environ.get("HANG_COLD"))
    return services_around(ThreadBackend(HangingAnalyzer(analyzer, os.environ["HANG_ON"], is_cold)), settings)


if __name__ == "__main__":
    with patch("bonaface.server.run.prepared", build):
        main()
