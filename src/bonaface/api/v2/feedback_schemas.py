"""The JSON of /v2/feedback as models."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StrictStr

from bonaface.api.v2.schemas import V2Object, without_fraction
from bonaface.feedback.repository import Recorded
from bonaface.policies.decision_policy import Decision

Index = Annotated[StrictInt, Field(ge=0, le=999), BeforeValidator(without_fraction)]


class Presentation(StrEnum):
    """What was before the camera."""

    BONA_FIDE = "bona_fide"
    ATTACK = "attack"


class FeedbackRequest(V2Object):
    """What an answer was about really. A member that is null counts as absent."""

    signature: StrictStr = Field(description="the member `signature` of the answer")
    presentation: Presentation
    attack_kind: StrictStr | None = Field(
        None,
        pattern="^[a-z][a-z0-9_]{0,39}$",
        description="of an attack: print, replay, mask, or a word of your own; unknown where left out",
    )
    face: Index | None = Field(
        None, description="index of the face that is meant, of an answer about one image; else the person"
    )
    correct: StrictBool | None = Field(
        None, description="whether this takes the place of what was told of the answer before"
    )


class FeedbackAnswer(V2Object):
    """What became of it, and how the presentation had been decided."""

    feedback: Recorded = Field(description="repeated: the same was told before, and counts once")
    decision: Decision = Field(description="of a preset, accept is bona fide and reject an attack")
    policy: str = Field(description="the policy that decided; the preset where none did")
    version: str
