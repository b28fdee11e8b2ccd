"""The parts of an analysis that no code around them can avoid, each to be timed by itself.

Decoding is the decoder's call alone. Detection and PAD are the runs of their networks on the very inputs
that they get in an analysis: no resizing, no cropping, no reading of what comes out. It works for
whatever models the settings name, since it records what the engine is asked to run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import simplejpeg

from bonaface.detection.registry import open_detector
from bonaface.imaging.decode import decode
from bonaface.liveness.registry import open_liveness_model
from bonaface.models.catalog import load_catalog
from bonaface.models.store import ModelStore
from bonaface.runtime.engines import session_factory
from bonaface.runtime.session import Session, SessionFactory, SessionOptions, Tensor
from bonaface.settings import Settings

if TYPE_CHECKING:
    from bonaface.runtime.session import ModelReader

decode_whole = partial(simplejpeg.decode_jpeg, colorspace="RGB")
"""A JPEG in full, as the product decodes it."""
decode_fastest = partial(simplejpeg.decode_jpeg, colorspace="RGB", fastdct=True, fastupsample=True)
"""The same with the decoder's short cuts, which change pixels a little."""


class RecordedSession:
    """A session that keeps what it was asked to run."""

    def __init__(self, model: bytes, session: Session) -> None:
        self.model = model
        self.seen: list[dict[str, Tensor]] = []
        self._session = session

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """See `Session.run`."""
        self.seen.append({name: np.array(value) for name, value in inputs.items()})
        return self._session.run(inputs)

    def replay(self) -> None:
        """Run all of it again."""
        for inputs in self.seen:
            self._session.run(inputs)


class Recorder:
    """A `SessionFactory` whose sessions can be replayed."""

    def __init__(self, factory: SessionFactory) -> None:
        self._factory = factory
        self.sessions: list[RecordedSession] = []

    @property
    def engine(self) -> str:
        """See `SessionFactory.engine`."""
        return self._factory.engine

    def __call__(self, read: "ModelReader | bytes", options: SessionOptions) -> RecordedSession:
        """Versions that are measured beside this one, and are older, give the bytes themselves."""
        model = read if isinstance(read, bytes) else read()
        self.sessions.append(RecordedSession(model, self._factory(read, options)))  # type: ignore[arg-type]
        return self.sessions[-1]

    def replay(self) -> None:
        """Run again whatever the sessions ran."""
        for session in self.sessions:
            session.replay()


@dataclass(frozen=True, slots=True)
class Kernels:
    """Of one image: its bytes, and the recorded runs on its pixels and its `faces`."""

    data: bytes
    faces: int
    detector: Recorder
    liveness: Recorder

    def decode(self) -> None:
        """Decode it in full."""
        decode_whole(self.data)

    def detect(self) -> None:
        """Run the detector's network."""
        self.detector.replay()

    def pad(self) -> None:
        """Run the PAD networks on all faces."""
        self.liveness.replay()


def kernels_of(data: bytes, settings: Settings, most_faces: int | None = None) -> Kernels:
    """The kernels of the JPEG `data` on one thread, with the PAD networks on `most_faces` faces at most."""
    catalog, store = load_catalog(), ModelStore(settings.models.directory)
    factory = session_factory(settings.models.runtime)
    detector, liveness = Recorder(factory), Recorder(factory)
    image = decode(data, settings.images)
    found = open_detector(catalog.detector(settings.models.detector), store, detector, 1).detect(image)
    boxes = [face.box.rounded() for face in found[: most_faces or settings.faces.max_faces]]
    open_liveness_model(catalog.pad(settings.models.pad), store, liveness, 1).log_odds(image, boxes)
    return Kernels(data, len(boxes), detector, liveness)
