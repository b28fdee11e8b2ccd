"""A picture's many faces judged by several workers: the one that found them hands some to idle ones.

The pixels lie in a file in memory without a name; its descriptor goes through the server's own process.
"""

import mmap
import os
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from bonaface.geometry import Box
from bonaface.imaging.types import RgbImage
from bonaface.liveness.base import LivenessModel
from bonaface.serving.processes.messages import Faces, HelpWanted, Reply
from bonaface.serving.processes.unnamed_file import unnamed_file

LEAST_FACES = 3
"""That a worker has of a picture that is shared: to hand it over takes about as long as one."""


class SharedFaces:
    """A `LivenessModel` that judges by `model`, and where there are many faces by idle workers, too.

    channel: to the pool, which knows them (`messages.HelpWanted`). What they cannot judge is judged here.
    """

    def __init__(self, model: LivenessModel, channel: Connection) -> None:
        self._model = model
        self._channel = channel

    def log_odds(self, image: RgbImage, boxes: Sequence[Box]) -> NDArray[np.float64]:
        """See `LivenessModel.log_odds`. Raises EOFError and ConnectionError when the pool is gone."""
        most = len(boxes) // LEAST_FACES - 1
        file = _picture_file(image) if most > 0 else None
        if file is None:
            return self._model.log_odds(image, boxes)
        with file:
            parts = _parts(boxes, 1 + self._idle(most))
            for part in parts[1:]:
                send_handle(self._channel, file.fileno(), None)
                self._channel.send(Faces(image.shape, part))
            return self._judged(image, *parts)

    def warm_up(self) -> None:
        """See `LivenessModel.warm_up`."""
        self._model.warm_up()

    def _idle(self, most: int) -> int:
        """Workers that help now, and wait for faces."""
        self._channel.send(HelpWanted(most))
        return cast(int, self._channel.recv())

    def _judged(self, image: RgbImage, mine: Sequence[Box], *theirs: Sequence[Box]) -> NDArray[np.float64]:
        try:
            judged = [self._model.log_odds(image, mine)]
        finally:  # whatever comes of it: what is read next is the next request
            replies = [cast(Reply, self._channel.recv()) for _ in theirs]
        for part, reply in zip(theirs, replies, strict=True):
            is_judged = len(reply.log_odds) == len(part)
            judged.append(np.array(reply.log_odds) if is_judged else self._model.log_odds(image, part))
        return np.concatenate(judged)


def picture_of(faces: Faces, descriptor: int) -> RgbImage:
    """The picture that another worker shares; it may not be written. Raises OSError and ValueError."""
    with os.fdopen(descriptor, "rb") as file:
        pixels = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(pixels, np.uint8).reshape(faces.shape)


def _picture_file(image: RgbImage) -> BinaryIO | None:
    """Its pixels in a file, to be closed; None where there is no memory for one, or no descriptor."""
    with ExitStack() as undo:
        try:
            file = undo.enter_context(unnamed_file("picture"))
            file.write(image.tobytes())
            file.flush()
        except (OSError, MemoryError):
            return None
        undo.pop_all()
    return file


def _parts(boxes: Sequence[Box], count: int) -> list[Sequence[Box]]:
    """The boxes in their order, in parts as equal as they can be."""
    ends = [len(boxes) * number // count for number in range(count + 1)]
    return [boxes[start:end] for start, end in pairwise(ends)]
