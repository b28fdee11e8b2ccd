"""A FastAPI route that only a live face gets past: uvicorn examples.fastapi_dependency:app

curl -F image=@selfie.jpg http://127.0.0.1:8000/enrol
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, UploadFile

from bonaface import Analyzer, BonafaceError, Face


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Models are loaded once, before the first request."""
    app.state.analyzer = Analyzer(lanes=2)
    app.state.analyzer.warm_up()
    yield


async def live_face(request: Request, image: UploadFile) -> Face:
    """The one bona fide face of the upload; 400 for no such image, 403 for an attack."""
    analyzer: Analyzer = request.app.state.analyzer
    try:
        analysis = await analyzer.aanalyze(image.file, "strict")
    except BonafaceError as error:
        raise HTTPException(400, str(error)) from error
    if len(analysis.faces) != 1:
        raise HTTPException(400, f"There must be one face; there are {len(analysis.faces)}.")
    if analysis.faces[0].spoofing:
        raise HTTPException(403, "This looks like a presentation attack.")
    return analysis.faces[0]


app = FastAPI(lifespan=lifespan)


@app.post("/enrol")
def enrol(face: Annotated[Face, Depends(live_face)]) -> dict[str, float]:
    """Does what needs a live face."""
    return {"livenessScore": round(face.liveness_score, 3)}
