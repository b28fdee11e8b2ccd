"""The library of this installation, answering as its server would."""

import time

from bonaface import __version__
from bonaface.analyzer import Analyzer
from bonaface.api.errors import outcome_of
from bonaface.api.outcome import Outcome
from bonaface.api.v1.presenter import present, reported
from bonaface.errors import BonafaceError
from bonaface.side_by_side.service_answer import ServiceAnswer, answer_with
from bonaface.types import Preset


class LibraryService:
    """The analyzer, with the faces, codes and names of the v1.0 route."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self.name = "bonaface"
        policy = analyzer.policy
        self.identity = f"bonaface {__version__}, {policy.name} {policy.version}"

    def ask(self, image: bytes, preset: Preset) -> ServiceAnswer:
        """What a server would say of the image."""
        began = time.perf_counter()
        try:
            analysis = self._analyzer.analyze(image, preset)
        except BonafaceError as error:
            outcome = outcome_of(error)
            return ServiceAnswer(
                code=outcome.code, message=outcome.message, seconds=time.perf_counter() - began
            )
        data = present(analysis, reported(analysis))
        return answer_with(data, Outcome.FACES.message, time.perf_counter() - began)

    def close(self) -> None:
        """Nothing is open."""
