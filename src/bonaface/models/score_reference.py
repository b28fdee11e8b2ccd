"""How the scores of the captures were spread that a calibration was fitted to: what served scores are held
against.
"""

from bisect import bisect_right
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

BINS = 10
TOLERANCE = 1e-3
"""By which shares, which are written down rounded, may miss 1 together."""

Share = Annotated[float, Field(ge=0, le=1)]


class ScoreReference(BaseModel):
    """Shares of scores in ten bins, by class. `edges`: the nine scores between the bins, rising."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edges: tuple[Share, ...] = Field(min_length=BINS - 1, max_length=BINS - 1)
    bona_fide: tuple[Share, ...] = Field(min_length=BINS, max_length=BINS)
    attack: tuple[Share, ...] = Field(min_length=BINS, max_length=BINS)

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if list(self.edges) != sorted(self.edges):
            raise ValueError("edges must rise")
        if any(abs(sum(shares) - 1) > TOLERANCE for shares in (self.bona_fide, self.attack)):
            raise ValueError("the shares of a class must come to 1")
        return self

    def bin_of(self, score: float) -> int:
        """The bin of a score, 0 to 9; one that is an edge belongs to the bin above it."""
        return bisect_right(self.edges, score)

    def expected(self, attacks: float) -> list[float]:
        """The share of each bin where a share `attacks` (0..1) of what comes are attacks."""
        pairs = zip(self.bona_fide, self.attack, strict=True)
        return [(1 - attacks) * live + attacks * attack for live, attack in pairs]
