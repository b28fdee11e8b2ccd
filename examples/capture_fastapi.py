"""A page with `<bonaface-capture>`, and a backend that has tokens: uvicorn examples.capture_fastapi:app

LIVENESS_URL, LIVENESS_APP_KEY and LIVENESS_SECRET_KEY in the environment name the server and the application.
The server names this page's origin in `server.allowed_origins` (docs/capture.md).
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from bonaface_client import AsyncClient

HERE = Path(__file__).parent
CLIENT = HERE.parent / "clients" / "js" / "src"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One client for all requests. The secret stays in this process."""
    app.state.url = os.environ["LIVENESS_URL"]
    keys = os.environ["LIVENESS_APP_KEY"], os.environ["LIVENESS_SECRET_KEY"]
    async with AsyncClient(app.state.url, *keys) as client:
        app.state.client = client
        yield


app = FastAPI(lifespan=lifespan)
app.mount("/client", StaticFiles(directory=CLIENT))


@app.get("/", response_class=HTMLResponse)
def page(request: Request) -> str:
    """The page, which is told where the server is."""
    return (HERE / "capture.html").read_text("utf-8").replace("{{endpoint}}", request.app.state.url)


@app.post("/token")
async def token(request: Request) -> dict[str, str]:
    """A token for one capture. Ask here who is calling, and give one to those alone whom you know."""
    made = await request.app.state.client.create_token(uses=20, lifetime=300)
    return {"token": made.token}
