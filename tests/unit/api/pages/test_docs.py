"""The page and its files."""

import asyncio
from html.parser import HTMLParser

import pytest
from fastapi import HTTPException
from fastapi.responses import FileResponse

from bonaface.api.pages.docs import ASSETS, PAGE, POLICY, asset, read_asset, read_page, read_start


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", ASSETS)
def test_the_files_are_in_the_installed_package(name: str) -> None:
    assert asset(name).stat().st_size > 100
    response = asyncio.run(read_asset(name))
    assert isinstance(response, FileResponse)
    assert response.media_type == ASSETS[name]


@pytest.mark.parametrize("name", ["", "..", "__init__.py", "swagger-ui.css.map"])
def test_no_other_file_is_given(name: str) -> None:
    with pytest.raises(HTTPException):
        asyncio.run(read_asset(name))


def test_the_page_names_only_files_of_this_server_and_holds_no_script() -> None:
    tags = Tags()
    tags.feed(PAGE)
    addresses = [value for _, given in tags.found for name, value in given.items() if name in ("src", "href")]
    known = {*(f"docs/{name}" for name in (*ASSETS, "start.js")), "openapi.json"}
    assert set(addresses) == known
    assert all("src" in given for tag, given in tags.found if tag == "script")


def test_the_policy_allows_no_other_host_and_no_inline_script() -> None:
    page = asyncio.run(read_page())
    assert page.headers["content-security-policy"] == POLICY
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["connect-src"] == "'self'"


def test_the_start_script_asks_nobody_else() -> None:
    script = bytes(asyncio.run(read_start()).body).decode()
    assert "openapi.json" in script
    assert "validatorUrl: null" in script
    assert "//" not in script
