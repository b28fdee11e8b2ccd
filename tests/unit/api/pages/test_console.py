"""The pages and their files: what is given, what they load, what they say."""

import asyncio
import os
import re
from collections.abc import Callable, Coroutine
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import Request, Response
from starlette.exceptions import HTTPException

from bonaface.api.errors import TABLE
from bonaface.api.pages.console import (
    FOLDERS,
    PAGES,
    POLICY,
    TYPES,
    PageFiles,
    read_asset,
    read_overview,
    read_try_page,
    root,
)
from bonaface.types import Reason
from support.http.asgi import Exchange, http_scope

TEXT_KEY = re.compile(r'^  "([^"]+)": ".+",$', re.MULTILINE)
USED_KEY = re.compile(r'(?:\bt|count)\(\s*"([^"]+)"|data-t(?:-\w+)?="([^"]+)"')
FILES = [file for folder in FOLDERS for file in sorted((root() / folder).iterdir())]
WHOLE_TEXT = re.compile(r"^/\*\* .+ \*/\nexport default Object\.freeze\(\{\n(?:  .+\n)+\}\);\n$")


def a_request(*headers: tuple[str, str]) -> Request:
    return Request(http_scope(*headers, method="GET"))


def asset(folder: str, name: str, *headers: tuple[str, str]) -> Response:
    return asyncio.run(read_asset(a_request(*headers), folder, name))


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def page_text(name: str) -> str:
    return (root() / name).read_text()


def texts(language: str) -> list[str]:
    return TEXT_KEY.findall((root() / "text" / f"{language}.js").read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_given_with_its_type(file: Path) -> None:
    response = asset(file.parent.name, file.name)
    assert Exchange().run(response, http_scope(method="GET")).body == file.read_bytes()
    assert response.headers["content-type"].split(";")[0] == TYPES[file.suffix]
    assert response.headers["content-length"] == str(file.stat().st_size)
    assert response.headers["cache-control"] == "no-cache"


def test_no_file_lies_there_that_is_not_given() -> None:
    there = {Path(folder) / name for folder, _, names in os.walk(root(), followlinks=True) for name in names}
    assert there == {*FILES, *(root() / page for page in PAGES.values())}
    assert {file.parent.name for file in FILES} == set(FOLDERS)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("script", ""),
        ("script", "nothing.js"),
        ("script", ".."),
        ("script", "../index.html"),
        ("..", "app.py"),
        (".", "index.html"),
        ("", "index.html"),
        ("console", "index.html"),
        ("__pycache__", "x"),
        ("script", "TRY-PAGE.JS"),
        ("script", "try-page.js\0"),
    ],
)
def test_nothing_else_is_given(folder: str, name: str) -> None:
    with pytest.raises(HTTPException) as caught:
        asset(folder, name)
    assert caught.value.status_code == 404


@pytest.mark.parametrize("given", ["{}", "W/{}", '"other", {}', "*"])
def test_a_browser_that_has_the_file_is_told_so(given: str) -> None:
    tag = asset("script", "dom.js").headers["etag"]
    again = asset("script", "dom.js", ("If-None-Match", given.format(tag)))
    assert (again.status_code, again.body) == (304, b"")
    assert (again.headers["etag"], again.headers["cache-control"]) == (tag, "no-cache")


def test_a_browser_that_has_another_file_gets_this_one() -> None:
    assert asset("script", "dom.js", ("If-None-Match", '"other"')).status_code == 200


def test_the_tag_is_of_the_content_and_not_of_date_and_size(tmp_path: Path) -> None:
    file, files = tmp_path / "a.js", PageFiles(directory=tmp_path)

    def tag(content: str) -> str:
        file.write_text(content)
        os.utime(file, (0, 0))
        return asyncio.run(files.get_response("a.js", http_scope(method="GET"))).headers["etag"]

    assert tag("one") == tag("one") != tag("two")


def test_files_of_other_types_are_not_given(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    with pytest.raises(HTTPException) as caught:
        asyncio.run(PageFiles(directory=tmp_path).get_response("a.py", http_scope(method="GET")))
    assert caught.value.status_code == 404


@pytest.mark.parametrize("read", [read_try_page, read_overview])
def test_the_pages_policy(read: Callable[[Request], Coroutine[None, None, Response]]) -> None:
    response = asyncio.run(read(a_request()))
    assert response.headers["content-security-policy"] == POLICY
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["permissions-policy"].startswith("camera=(self)")


def test_the_policy_allows_nothing_inline_and_no_other_host() -> None:
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert all(directives[name] == "'self'" for name in ("script-src", "style-src", "connect-src"))
    assert not re.search(r"unsafe|https?:|\*", POLICY)


@pytest.mark.parametrize(("path", "name"), PAGES.items())
def test_a_page_loads_files_of_this_package_alone(path: str, name: str) -> None:
    tags = Tags(page_text(name)).found
    assert not [given for _, given in tags if "style" in given or any(key.startswith("on") for key in given)]
    assert all("src" in given for tag, given in tags if tag == "script")
    addresses = [given.get("src") or given.get("href") for tag, given in tags if tag in ("script", "link")]
    prefix = "" if path else "console/"
    known = {f"{prefix}{file.parent.name}/{file.name}" for file in FILES}
    assert addresses
    assert set(addresses) <= known


@pytest.mark.parametrize("file", [f for f in FILES if f.suffix == ".js"], ids=lambda file: file.name)
def test_scripts_import_what_is_there_and_never_parse_html(file: Path) -> None:
    text = file.read_text()
    for imported in re.findall(r'^import (?:.+ from )?"([^"]+)"', text, re.MULTILINE):
        assert (file.parent / imported).resolve() in {each.resolve() for each in FILES}
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text
    )
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)[\w.]", text)


@pytest.mark.parametrize("file", [f for f in FILES if f.suffix == ".css"], ids=lambda file: file.name)
def test_styles_load_nothing(file: Path) -> None:
    assert not re.search(r"@import|url\(", file.read_text())


def test_both_languages_say_the_same_things() -> None:
    english, korean = texts("en"), texts("ko")
    assert english == korean
    assert english == sorted(set(english))
    assert all(WHOLE_TEXT.match((root() / "text" / f"{each}.js").read_text()) for each in ("en", "ko"))


def test_both_languages_fill_the_same_places() -> None:
    english, korean = ((root() / "text" / f"{each}.js").read_text().splitlines() for each in ("en", "ko"))
    for one, other in zip(english, korean, strict=True):
        assert set(re.findall(r"\{\w+\}", one)) == set(re.findall(r"\{\w+\}", other)), one


def test_a_presentation_attack_has_one_name_in_korean() -> None:
    english, korean = ((root() / "text" / f"{each}.js").read_text().splitlines() for each in ("en", "ko"))
    for one, other in zip(english, korean, strict=True):
        assert ("resentation attack" in one) == ("스푸핑 공격" in other), other
        assert "제시 공격" not in other


@pytest.mark.parametrize(
    "odd", [r"\bmade\b", r"told as", r"\bfits\b", r"analys(?:e|ing)", r"as it stands", r"of now\b"]
)
def test_english_has_no_phrase_that_an_editor_struck_out(odd: str) -> None:
    said = re.findall(r'": "(.+)",$', (root() / "text" / "en.js").read_text(), re.MULTILINE)
    assert [sentence for sentence in said if re.search(odd, sentence)] == []


def test_every_result_code_has_a_sentence() -> None:
    codes = {f"code{row.code}" for row in TABLE.values()}
    assert codes | {"code.503", "code.unknown", "code.unreachable"} <= set(texts("en"))


def test_every_reason_has_words() -> None:
    assert {f"reason.{reason}" for reason in Reason} <= set(texts("en"))


def test_every_text_that_is_named_is_there() -> None:
    sources = [page_text(name) for name in PAGES.values()]
    sources += [file.read_text() for file in FILES if file.parent.name == "script"]
    named = {key for source in sources for pair in USED_KEY.findall(source) for key in pair if key}
    known = {key.removesuffix(".one").removesuffix(".other") for key in texts("en")}
    assert named
    assert named <= known


def test_english_words_are_spelt_one_way() -> None:
    """As the routes and members of the API are: *Analyze*, *color*."""
    text = (root() / "text" / "en.js").read_text()
    assert (
        re.findall(r"\w*(?:colour|behaviour|analys(?:e[ds]?|ing)\b|recognis|favour|grey out)\w*", text) == []
    )
