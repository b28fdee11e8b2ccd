"""What a server process judges by, and how that is changed while it serves."""

import threading
from collections.abc import Callable, Sequence

import structlog

from bonaface.models.loaded_presets import LoadedPresets, load_presets
from bonaface.settings import ModelSettings

LOADED = "presets.loaded"
"""The line of the log that tells them: the first one of a server, and one for each change."""

Listener = Callable[[LoadedPresets], None]

log = structlog.get_logger(__name__)


def open_presets(models: ModelSettings) -> LoadedPresets:
    """The presets that the settings name, told in the log: what a server begins with.

    Raises ConfigurationError when their file does not hold, ModelMissingError where no model is named so.
    """
    presets = load_presets(models.presets, models.pad)
    log.info(LOADED, **presets.told())
    return presets


class PresetsInForce:
    """The presets that decide now. Thread-safe."""

    def __init__(
        self, loaded: LoadedPresets, followers: Sequence[Listener] = (), spread: Listener | None = None
    ) -> None:
        """followers: parts of this process that go by them, told of each change.

        spread: tells the other server processes, where there are any, of what is changed here.
        """
        self._current = loaded
        self._followers = followers
        self._spread = spread
        self._lock = threading.Lock()

    @property
    def current(self) -> LoadedPresets:
        """What decides now."""
        return self._current

    def take_up(self, loaded: LoadedPresets) -> None:
        """Have everything in this process that begins from now on judged by `loaded`."""
        with self._lock:
            if loaded == self._current:
                return
            for follower in self._followers:
                follower(loaded)
            self._current = loaded
        log.info(LOADED, **loaded.told())

    def change(self, loaded: LoadedPresets) -> None:
        """The same in every process of this server."""
        self.take_up(loaded)
        if self._spread is not None:
            self._spread(loaded)
