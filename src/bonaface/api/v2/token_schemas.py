"""The JSON of /v2/tokens as models."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictInt

from bonaface.api.v2.schemas import V2Object, without_fraction

Uses = Annotated[StrictInt, Field(ge=1, le=1000), BeforeValidator(without_fraction)]
Lifetime = Annotated[StrictInt, Field(ge=10, le=3600), BeforeValidator(without_fraction)]


class CaptureTokenRequest(V2Object):
    """The JSON body that asks for a capture token; all of it may be left out."""

    uses: Uses | None = Field(
        None, description="captures that it may be used for; at most `tokens.max_uses`; 20 where left out"
    )
    lifetime: Lifetime | None = Field(
        None, description="seconds; at most `tokens.max_lifetime`; 300 where left out"
    )


class CaptureTokenAnswer(V2Object):
    """A capture token."""

    token: str = Field(description="shown once; /v2/liveness takes it as Authorization: Bearer")
    uses: int = Field(ge=1, description="captures that it may be used for")
    expires_at: datetime = Field(description="when it ends; RFC 3339, UTC")
