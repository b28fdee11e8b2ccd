"""What a model needs of an inference engine: named arrays in, named arrays out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bonaface.errors import ConfigurationError

Tensor = NDArray[np.float32]
Shapes = Mapping[str, tuple[int, ...]]
ModelReader = Callable[[], bytes]
"""Gives the bytes of an ONNX file; again, when a network has to be compiled anew: sessions keep none."""

CompiledNetworks = dict[str, bytes]
"""What an engine made of model files, by digest; not verified, so only from whom the program itself is."""


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How a session runs.

    lanes: runs that may go on side by side, at least one; each one takes a single thread.
    shapes: input shapes that replace those of the file, -1 where a side may vary.
    """

    lanes: int = 1
    shapes: Shapes | None = None

    def __post_init__(self) -> None:
        if self.lanes < 1:
            raise ConfigurationError("A session needs at least one lane.")


class Session(Protocol):
    """A loaded network. `run` may be called from several threads at once."""

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Outputs by name, float32, in arrays that belong to the caller.

        Raises ModelError when the engine cannot run the network on these inputs.
        """
        ...


class SessionFactory(Protocol):
    """Makes a session from an ONNX file. Raises what the reader raises, and ModelError as sessions tell."""

    @property
    def engine(self) -> str:
        """Name and version of the inference engine."""
        ...

    def __call__(self, read: ModelReader, options: SessionOptions) -> Session: ...
