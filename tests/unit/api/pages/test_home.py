"""Who is led from / to the console."""

import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers

from bonaface.api.pages.home import router, wants_page
from support.http.asgi import Exchange, http_scope

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ([CHROMIUM], True),
        (["Text/HTML"], True),
        (["image/png", "text/html; q=0.5"], True),
        ([], False),
        (["*/*"], False),
        (["text/*"], False),
        (["application/json"], False),
        (["application/json, text/html"], False),
        (["application/json", "text/html"], False),
        (["text/htmlx, x/text/html"], False),
    ],
)
def test_a_page_is_for_those_who_name_html_and_not_json(accepted: list[str], expected: bool) -> None:
    headers = Headers(raw=[(b"accept", value.encode()) for value in accepted])
    assert wants_page(headers) is expected


@pytest.mark.parametrize(
    ("method", "path", "accepted", "status"),
    [
        ("GET", "/", CHROMIUM, 307),
        ("HEAD", "/", CHROMIUM, 307),
        ("POST", "/", CHROMIUM, 404),
        ("GET", "/", "*/*", 404),
        ("GET", "/x", CHROMIUM, 404),
    ],
)
def test_to_others_there_is_nothing(method: str, path: str, accepted: str, status: int) -> None:
    app = FastAPI()
    app.include_router(router)
    done = Exchange().run(app, http_scope(("Accept", accepted), method=method, path=path))
    assert done.sent[0]["status"] == status
    assert done.headers.get("location") == ("console" if status == 307 else None)
