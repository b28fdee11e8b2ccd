"""`<bonaface-capture>` on a page of another origin, before Chromium's fake camera."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import ROOT
from support.http.browser import Watched, watched
from support.http.site import SCRIPT, Site
from support.pictures.films import scenes, write_film
from support.servers.thread import RunningServer

HTML = """<!doctype html><html lang="{lang}"><title>shop</title>
<link rel="icon" href="data:,"><main><h1>Shop</h1>
<bonaface-capture endpoint="{endpoint}" frames="2" token="{token}"></bonaface-capture></main>
<script type="module" src="/page.js"></script></html>"""
PROGRAM = """import "/client/capture.js";
window.results = [];
window.errors = [];
addEventListener("bonaface-result", ({ detail }) => results.push(detail));
addEventListener("bonaface-error", ({ detail }) => errors.push(detail.error.name));
window.ready = true;"""
OUT = "document.querySelector('bonaface-capture').shadowRoot"
REFUSED = "Permissions policy violation: camera is not allowed in this document."
VERDICTS = ("bona_fide", "attack")
IS_OFF = f"{OUT}.querySelector('video').srcObject === null"


class Shop:
    """The page, and the token that its backend gave it."""

    def __init__(self, seen: Watched, site: Site, film: Path, portrait: bytes) -> None:
        self.seen = seen
        self._site = site
        self._film = film
        self._scenes = scenes(portrait)

    def open(self, scene: str, *, lang: str = "en", policy: str = "camera=(self)", uses: int = 20) -> Page:
        write_film(self._film, self._scenes[scene])
        token = token_of(self.seen.server, uses)
        html = HTML.format(lang=lang, endpoint=self.seen.server.url, token=token)
        self._site.headers = {"Permissions-Policy": policy}
        self._site.texts = {"/": ("text/html", html), "/page.js": (SCRIPT, PROGRAM)}
        self.seen.page.goto(f"{self._site.origin}/")
        self.seen.page.wait_for_function("window.ready")
        return self.seen.page


def token_of(server: RunningServer, uses: int) -> str:
    headers = {"X-App-Key": server.app_key, "Authorization": f"Bearer {server.secret}"}
    with httpx2.Client(trust_env=False, timeout=30) as client:
        answer = client.post(f"{server.url}/v2/tokens", headers=headers, json={"uses": uses})
    return str(answer.json()["token"])


@pytest.fixture
def shop(browser: Browser, server: RunningServer, site: Site, film: Path, portrait: bytes) -> Iterator[Shop]:
    try:
        with watched(browser, server) as seen:
            seen.origins = [site.origin]
            yield Shop(seen, site, film, portrait)
    finally:
        write_film(film, scenes(portrait)["good"])


def begin(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Use camera|카메라 사용")).click()


def hint(page: Page, words: str) -> None:
    expect(page.get_by_role("status")).to_have_text(words)


def test_a_good_face_is_taken_by_itself(shop: Shop) -> None:
    page = shop.open("good")
    shop.seen.assert_accessible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use camera")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("results.length === 1")
    hint(page, "Done. Thank you.")
    assert page.evaluate("[results[0].frames.length, results[0].answer.frames.length]") == [2, 2]
    assert page.evaluate("results[0].answer.person.verdict") in VERDICTS
    assert page.evaluate(
        "JSON.parse(results[0].raw).evidence.requestId === results[0].answer.evidence.requestId"
    )
    assert page.evaluate(IS_OFF)
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    oval = page.evaluate(f"[...{OUT}.querySelector('ellipse').style].length")
    assert oval == 4
    shop.seen.assert_accessible()


def test_what_is_amiss_is_told_in_both_languages(shop: Shop) -> None:
    page = shop.open("dark", lang="ko")
    begin(page)
    hint(page, "더 밝은 곳으로 이동해 주세요.")
    page.evaluate("document.querySelector('bonaface-capture').lang = 'en'")
    hint(page, "Go where there is more light.")
    shop.seen.assert_accessible()
    page.get_by_role("button", name="Stop camera").click()
    hint(page, "Use the camera, or choose a picture of your face.")
    assert page.evaluate(IS_OFF)
    assert page.evaluate("[results.length, errors.length]") == [0, 0]


def test_nobody_and_two_people(shop: Shop) -> None:
    page = shop.open("nobody")
    with page.expect_response("**/v2/liveness"):
        begin(page)
    hint(page, "Put your face into the oval.")
    page.get_by_role("button", name="Stop camera").click()
    page = shop.open("two")
    begin(page)
    hint(page, "Only one person may be in the picture.")
    page.get_by_role("button", name="Take it now").click()
    page.wait_for_function("results.length === 1")
    assert page.evaluate("results[0].answer.frames[0].faces.length") == 2


def test_a_camera_that_is_refused_leaves_the_file(shop: Shop) -> None:
    page = shop.open("good", policy="camera=()")
    begin(page)
    hint(page, "Camera access is blocked. Allow it in the browser's site settings, or choose a file.")
    assert page.evaluate("errors") == ["NotAllowedError"]
    shop.seen.complaints.remove(REFUSED)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(ROOT / "examples" / "astronaut.png")
    page.wait_for_function("results.length === 1")
    assert page.evaluate("results[0].answer.person.verdict") == "bona_fide"


def test_a_token_that_is_used_up_is_asked_for_again_where_there_is_somebody_to_ask(shop: Shop) -> None:
    page = shop.open("dark", uses=1)
    begin(page)
    hint(page, "This page may take no more pictures. Load it again.")
    assert page.evaluate("errors") == ["UnauthorizedError"]
    fresh = token_of(shop.seen.server, 20)
    page.evaluate(
        "(token) => { document.querySelector('bonaface-capture').getToken = async () => token; }", fresh
    )
    page.get_by_role("button", name="Try again").click()
    hint(page, "Go where there is more light.")
    page.get_by_role("button", name="Stop camera").click()
