"""The console's test page in a real browser, against a real server with the real weights."""

import base64
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2
import orjson
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from bonaface import Settings
from bonaface.accounts.application import Quota
from conftest import ROOT
from support.http.browser import Watched, cells, keep_keys, watched
from support.models.analyses import BrokenAnalyzer
from support.network.web import Exchange, Handler, LocalServer
from support.pictures.images import gif, padded, png
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR

HostImage = Callable[[Handler], AbstractContextManager[LocalServer]]
MASK = "••••••••"
PORTRAIT = ROOT / "examples" / "astronaut.png"
KEEP_FORM = "{ const send = fetch; fetch = (to, what) => { sent = what.body; return send(to, what); }; }"
"""Playwright does not tell a form that holds a file."""


def payload(content: bytes, name: str) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": content}


def give(page: Page, content: bytes | Path, name: str = "image.png") -> None:
    page.set_input_files("#file", content if isinstance(content, Path) else payload(content, name))


def analyze(page: Page) -> None:
    """Press the button and wait for the answer."""
    page.click("#analyze")
    page.wait_for_selector("#answer")


def answer_of(page: Page) -> Any:  # noqa: ANN401 - any JSON value
    return orjson.loads(page.inner_text("#answer"))


def encoded(content: bytes) -> str:
    """As the page's scripts take it; a list of numbers would take them half a minute."""
    return base64.b64encode(content).decode()


def transfer(page: Page, content: bytes, name: str) -> Any:  # noqa: ANN401 - a JS handle
    """A DataTransfer with a file in it."""
    script = """([text, name]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(text), (each) => each.charCodeAt(0))], name));
      return data;
    }"""
    return page.evaluate_handle(script, [encoded(content), name])


def assert_is_portrait(page: Page) -> None:
    """The answer is right for the portrait, and told in words, in the table and in the picture."""
    expect(page.locator(".verdict strong")).to_have_text("Bona fide: a live person")
    ((number, verdict, confidence, _box),) = cells(page, ".faces")
    assert (number, verdict) == ("1", "Bona fide")
    assert 0.5 < float(confidence) <= 1
    assert page.locator(".overlay .good .point").count() == 5
    assert page.locator(".overlay .good .box").count() == 1


def small(portrait: bytes) -> bytes:
    """The portrait as a smaller file. Playwright's routes see forms of bytes alone, not those of paths."""
    target = io.BytesIO()
    Image.open(io.BytesIO(portrait)).convert("RGB").save(target, "JPEG", quality=92)
    return target.getvalue()


def test_a_file_and_the_keys_typed_into_the_dialog(english: Watched) -> None:
    server, page = english.server, english.open()
    with page.expect_file_chooser() as chooser:
        page.click("#choose")
    chooser.value.set_files(PORTRAIT)
    expect(page.locator("#caption")).to_have_text("astronaut.png · 512 × 512 px · 791,555 bytes")
    page.click("#analyze")
    page.fill("#app-key", server.app_key)
    page.fill("#secret-key", server.secret)
    page.click("dialog .primary")
    page.wait_for_selector("#answer")
    assert_is_portrait(page)
    stored = page.evaluate("[Object.entries(localStorage), Object.keys(sessionStorage), document.cookie]")
    assert stored == [[], ["bonaface.keys"], ""]
    assert not [url for url in english.requests if server.secret in url]


def test_the_response_is_what_the_server_sent(console: Watched) -> None:
    page = console.open()
    give(page, PORTRAIT)
    with page.expect_response(f"**{console.server.path}") as response:
        analyze(page)
    sent = response.value.text()
    shown = page.inner_text("#answer")
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", sent)
    assert shown.startswith('{\n  "header": {\n    "isSuccessful": true,')
    facts = page.inner_text(".facts")
    assert "200" in facts
    assert "0 Success" in facts
    assert re.search(r"\d ms", facts)


def test_each_preset(console: Watched) -> None:
    console.page.add_init_script(KEEP_FORM)
    page = console.open()
    give(page, PORTRAIT)
    for preset, verdict, kind in (
        ("weak", "Bona fide", "good"),
        ("balanced", "Bona fide", "good"),
        ("strict", "Presentation attack", "bad"),
    ):
        page.check(f"input[value={preset}]")
        with page.expect_response(f"**{console.server.path}"):
            analyze(page)
        expect(page.locator(f".overlay .{kind} .label")).to_contain_text(verdict)
        assert page.evaluate("sent.get('spoofingCondition')") == preset
        assert cells(page, ".faces")[0][1] == verdict
        assert f"spoofingCondition={preset}" in page.inner_text("#call-panels")


STALE = {
    "en-US": ("Out of date", "This is the result with the Balanced preset."),
    "ko-KR": ("이전 결과", "감지 감도 ‘균형’(으)로 분석한 결과입니다."),
}


@pytest.mark.parametrize("locale", STALE)
def test_another_preset_makes_the_result_stale_at_once(
    browser: Browser, server: RunningServer, locale: str
) -> None:
    name, sentence = STALE[locale]
    with watched(browser, server, locale=locale) as console:
        keep_keys(console.page.context, server)
        page = console.open()
        give(page, PORTRAIT)
        analyze(page)
        assert_fresh(page)
        page.check("input[value=strict]")
        for part in ("#result", "#response"):
            expect(page.locator(f"{part}.stale .note")).to_contain_text(name)
            expect(page.locator(f"{part} .note")).to_contain_text(sentence)
        expect(page.locator(".overlay .label")).to_contain_text(name)
        expect(page.locator("#status")).to_contain_text(sentence)
        expect(page.locator(".verdict")).to_have_css("filter", "grayscale(1)")
        expect(page.locator("#call-panels")).to_contain_text("spoofingCondition=strict")
        console.assert_accessible()
        page.check("input[value=balanced]")
        assert_fresh(page)
        page.check("input[value=strict]")
        page.click("#analyze")
        page.wait_for_selector(".verdict.bad")
        assert_fresh(page)


def assert_fresh(page: Page) -> None:
    """Nothing is told to be out of date, and the verdict and the call name the preset that is chosen."""
    expect(page.locator(".stale, .outdated")).to_have_count(0)
    chosen = page.locator("#presets label:has(:checked)").inner_text()
    expect(page.locator(".verdict .by")).to_contain_text(chosen)
    expect(page.locator("#call-of")).to_contain_text(chosen)


def test_an_answer_that_comes_after_the_preset_changed_is_stale(console: Watched, portrait: bytes) -> None:
    held: list[Route] = []
    console.page.route("**/spoofing", lambda route: held.append(route))
    page = console.open()
    give(page, small(portrait))
    with page.expect_request("**/spoofing"):
        page.click("#analyze")
    page.check("input[value=strict]")
    (route,) = held
    route.continue_()
    page.wait_for_selector("#answer")
    expect(page.locator("#result.stale .by")).to_have_text("Balanced preset")


def test_other_keys_make_the_result_stale(console: Watched) -> None:
    page = console.open()
    give(page, PORTRAIT)
    analyze(page)
    page.click("#keys")
    page.fill("#secret-key", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#result.stale .note")).to_contain_text("The keys have changed")
    analyze(page)
    expect(page.get_by_role("alert")).to_be_visible()
    page.click("#keys")
    page.fill("#secret-key", console.server.secret)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#response.stale .note")).to_contain_text("The keys have changed")
    page.click("#keys")
    page.click("dialog >> text=Forget")
    expect(page.locator("#response.stale")).to_be_visible()


def test_another_url_makes_the_result_stale_and_is_what_is_analyzed_next(
    console: Watched, portrait: bytes, host_image: HostImage
) -> None:
    async def handler(asked: Exchange) -> None:
        await asked.answer(body=portrait)

    page = console.open()
    give(page, PORTRAIT)
    analyze(page)
    with host_image(handler) as host:
        address = host.url("/next.png")
        page.fill("#url", address)
        expect(page.locator("#result.stale .note")).to_contain_text("The URL has changed")
        expect(page.locator("#call-panels")).to_contain_text(address)
        with page.expect_request(f"**{console.server.path}") as request:
            page.click("#analyze")
        assert request.value.post_data_json == {"image": {"url": address}, "spoofingCondition": "balanced"}
        page.wait_for_selector(".verdict.good")
        assert_fresh(page)
    give(page, PORTRAIT)
    expect(page.locator("#result")).to_be_hidden()
    expect(page.locator("#url")).to_have_value("")


def test_a_url_that_is_analyzed_before_there_are_keys(
    english: Watched, portrait: bytes, host_image: HostImage
) -> None:
    async def handler(asked: Exchange) -> None:
        await asked.answer(body=portrait)

    page = english.open()
    with host_image(handler) as host:
        page.fill("#url", host.url("/one.png"))
        page.click("#analyze")
        page.fill("#app-key", english.server.app_key)
        page.fill("#secret-key", english.server.secret)
        page.click("dialog .primary")
        page.wait_for_selector("#answer")
        assert_is_portrait(page)


def test_the_picture_shows_the_verdict_without_a_number(console: Watched) -> None:
    """A number beside it would be read as a liveness score."""
    page = console.open()
    give(page, PORTRAIT)
    analyze(page)
    expect(page.locator(".overlay .label")).to_have_text("Bona fide")
    expect(page.locator("#result .hint")).to_contain_text("It says nothing about liveness.")


def test_drag_and_drop(console: Watched, portrait: bytes) -> None:
    page = console.open()
    data = transfer(page, small(portrait), "dropped.jpg")
    page.dispatch_event("#stage", "dragover", {"dataTransfer": data})
    expect(page.locator("#stage.over")).to_be_visible()
    page.dispatch_event("#stage", "drop", {"dataTransfer": data})
    expect(page.locator("#caption")).to_contain_text("dropped.jpg")
    assert page.locator("#stage.over").count() == 0
    analyze(page)
    assert_is_portrait(page)


def test_paste_an_image(console: Watched, portrait: bytes) -> None:
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = console.open()
    page.evaluate(
        """async (text) => {
          const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
          const blob = new Blob([bytes], { type: "image/png" });
          await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
        }""",
        encoded(portrait),
    )
    page.keyboard.press("Control+V")
    expect(page.locator("#caption")).to_contain_text("512 × 512 px")
    analyze(page)
    assert_is_portrait(page)


def test_an_address_typed_and_pasted(console: Watched, portrait: bytes, host_image: HostImage) -> None:
    async def handler(asked: Exchange) -> None:
        await asked.answer(body=portrait)

    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = console.open()
    with host_image(handler) as host:
        page.fill("#url", host.url("/one.png"))
        page.press("#url", "Enter")
        expect(page.locator("#caption")).to_contain_text("/one.png · 512 × 512 px")
        page.evaluate("(text) => navigator.clipboard.writeText(text)", host.url("/two.png"))
        page.locator("#main").focus()
        page.keyboard.press("Control+V")
        expect(page.locator("#caption")).to_contain_text("/two.png · 512 × 512 px")
        with page.expect_request(f"**{console.server.path}") as request:
            analyze(page)
        address = host.url("/two.png")
    assert request.value.post_data_json == {"image": {"url": address}, "spoofingCondition": "balanced"}
    assert [each.path for each in host.exchanges] == ["/one.png", "/two.png", "/two.png"]
    assert_is_portrait(page)


def test_the_webcam(console: Watched) -> None:
    page = console.open()
    with page.expect_request("**/v2/liveness") as asked:
        page.click("#camera")
    expect(page.locator("#caption")).to_contain_text("webcam.jpg · 640 × 480 px")
    expect(page.locator("#caption")).to_contain_text("capture of 3 frames: ")
    expect(page.locator("#camera")).to_have_text("Retake")
    assert asked.value.headers["authorization"].startswith("Bearer bfc_")
    assert "x-app-key" not in asked.value.headers
    assert page.locator("video").count() == 0
    analyze(page)
    assert_is_portrait(page)


@pytest.mark.usefixtures("nobody")
def test_a_webcam_that_is_stopped(console: Watched) -> None:
    page = console.open()
    page.click("#camera")
    page.click("text=Stop camera")
    expect(page.locator("#camera")).to_have_text("Use camera")
    expect(page.locator("#empty")).to_be_visible()
    assert page.locator("video").count() == 0


def test_analyze_waits_for_an_image_that_is_being_read(console: Watched) -> None:
    console.page.add_init_script(
        "window.read = Blob.prototype.arrayBuffer;"
        "Blob.prototype.arrayBuffer = async function () {"
        "  await new Promise((resolve) => { goOn = resolve; }); return read.call(this); };"
    )
    page = console.open()
    give(page, PORTRAIT)
    page.wait_for_function("'goOn' in window")
    page.click("#analyze")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.evaluate("Blob.prototype.arrayBuffer = read; goOn()")
    page.wait_for_selector("#answer")
    assert_is_portrait(page)


def test_analyze_while_the_camera_runs_takes_the_picture(english: Watched) -> None:
    page = english.open()
    page.click("#camera")
    page.fill("#app-key", english.server.app_key)
    page.fill("#secret-key", english.server.secret)
    page.click("dialog .primary")
    page.click("#analyze")  # not waiting for a frame
    page.wait_for_selector("#answer")
    expect(page.locator("#caption")).to_contain_text("webcam.jpg · 640 × 480 px")
    assert page.locator("video").count() == 0
    assert_is_portrait(page)


def test_no_webcam(console: Watched) -> None:
    refusing = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', refusal))"
    page = console.open()
    for error, sentence in (
        ("NotAllowedError", "Camera access is blocked."),
        ("NotFoundError", "No camera was found."),
        ("NotReadableError", "The camera is in use by another program"),
    ):
        page.evaluate(f"{refusing}; refusal = '{error}'")
        page.click("#camera")
        expect(page.get_by_role("alert")).to_contain_text(sentence)


def test_what_the_server_would_refuse_is_told_before_it_is_sent(console: Watched) -> None:
    page = console.open()
    for content, sentence in (
        (padded(png(), 3_000_001), "file.png has 3,000,001 bytes; the limit is 3,000,000."),
        (gif(), "file.png is neither PNG nor JPEG."),
        (b"", "file.png is empty."),
    ):
        give(page, content, "file.png")
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        page.click("#analyze")
        expect(page.get_by_role("alert")).to_contain_text("Add an image first")
    assert not [url for url in console.requests if url.endswith("/spoofing")]


def test_what_the_server_refuses(console: Watched) -> None:
    page = console.open()
    for content, code, sentence in (
        (png(60, 60), -40000, "Each side of the image must be at least 80 pixels."),
        (png()[:100], -45030, "The image is empty or damaged."),
    ):
        give(page, content)
        with page.expect_response(f"**{console.server.path}") as response:
            analyze(page)
        assert answer_of(page)["header"]["resultCode"] == code
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        expect(page.get_by_role("alert")).to_contain_text(response.value.headers["x-error-detail"])
        expect(page.locator("#result")).to_be_hidden()


def test_an_address_that_gives_no_image(console: Watched, host_image: HostImage) -> None:
    async def handler(asked: Exchange) -> None:
        if asked.path == "/slow":
            await asked.reader.read()
        await asked.answer("404 Not Found")

    page = console.open()
    with host_image(handler) as host:
        for path, sentence, code in (("/gone", "cannot be fetched", -45050), ("/slow", "in time", -45060)):
            page.fill("#url", host.url(path))
            page.click("#url-form button")
            expect(page.get_by_role("alert")).to_contain_text(sentence)
            expect(page.locator("#empty")).to_contain_text("No preview of this image")
            analyze(page)
            assert answer_of(page)["header"]["resultCode"] == code


def test_wrong_keys_and_forgotten_keys(console: Watched) -> None:
    page = console.open()
    give(page, PORTRAIT)
    page.click("#keys")
    page.fill("#secret-key", "wrong")
    page.keyboard.press("Enter")
    analyze(page)
    expect(page.get_by_role("alert")).to_contain_text("Check them under URL & Appkey.")
    assert answer_of(page)["header"]["resultCode"] == -41005
    page.click("#keys")
    page.click("dialog >> text=Forget")
    assert page.evaluate("sessionStorage.length") == 0
    expect(page.locator("#keys-state")).to_have_text(": not set")


def test_a_used_up_rate_and_a_full_server(browser: Browser, server: RunningServer) -> None:
    made, _, secret = server.services.applications.create_application(
        "month", quota=Quota(monthly=1), actor=ACTOR
    )
    slow = RunningServer(server.url, made.app_key, secret, server.services)
    with watched(browser, slow) as console:
        keep_keys(console.page.context, slow)
        page = console.open()
        give(page, PORTRAIT)
        with ExitStack() as stack:
            for _ in range(server.services.requests.capacity):
                stack.enter_context(server.services.requests.admit())
            analyze(page)
            expect(page.get_by_role("alert")).to_contain_text("The server is at capacity")
        analyze(page)
        assert_is_portrait(page)
        analyze(page)
        expect(page.get_by_role("alert")).to_contain_text(
            "has reached its rate limit or its quota. Try again in"
        )
        assert answer_of(page)["header"]["resultCode"] == -40070


def test_a_server_that_breaks_and_one_that_is_gone(browser: Browser, tmp_path: Path) -> None:
    with (
        running(BrokenAnalyzer(RuntimeError("broken")), settings_in(tmp_path)) as server,
        watched(browser, server) as console,
    ):
        keep_keys(console.page.context, server)
        page = console.open()
        give(page, PORTRAIT)
        analyze(page)
        expect(page.get_by_role("alert")).to_contain_text("Something went wrong inside the server.")
        page.route("**/spoofing", lambda route: route.abort("connectionrefused"))
        with page.expect_console_message(lambda message: "ERR_CONNECTION_REFUSED" in message.text):
            page.click("#analyze")  # Chromium's own line about it comes when it likes
        expect(page.get_by_role("alert")).to_contain_text("The server could not be reached.")
        console.complaints.clear()


def test_the_picture_is_upright_and_the_box_is_on_the_face(console: Watched, portrait: bytes) -> None:
    upright = Image.open(io.BytesIO(portrait)).convert("RGB").crop((0, 0, 512, 400))
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    target = io.BytesIO()
    turned.save(target, "JPEG", quality=95, exif=exif)
    page = console.open()
    give(page, target.getvalue(), "turned.jpg")
    expect(page.locator("#caption")).to_contain_text("512 × 400 px")
    analyze(page)
    picture, box = page.locator("#frame img").bounding_box(), page.locator(".overlay .box").bounding_box()
    assert picture is not None
    assert box is not None
    x = (box["x"] + box["width"] / 2 - picture["x"]) / picture["width"]
    y = (box["y"] + box["height"] / 2 - picture["y"]) / picture["height"]
    assert x == pytest.approx(0.438, abs=0.02)
    assert y == pytest.approx(0.229 * 512 / 400, abs=0.03)


def test_no_face(console: Watched) -> None:
    page = console.open()
    give(page, png(200, 200))
    analyze(page)
    expect(page.locator(".verdict strong")).to_have_text("No face found")
    assert page.locator(".faces, .overlay .face").count() == 0


def test_v2_tells_score_threshold_and_reasons(console: Watched, portrait: bytes) -> None:
    page = console.open()
    page.check("input[value=v2]")
    give(page, small(portrait))
    with page.expect_response("**/v2/liveness") as response:
        analyze(page)
    (face,) = response.value.json()["frames"][0]["faces"]
    heads = page.locator(".faces thead th").all_inner_texts()
    assert heads == ["Face", "Verdict", "Liveness score", "Detector confidence", "Box", "Reasons"]
    ((_, verdict, score, _, _, reasons),) = cells(page, ".faces")
    assert (verdict, score, reasons) == ("Bona fide", f"{face['livenessScore']:.3f}", "–")
    threshold = face["presets"]["balanced"]["threshold"]
    expect(page.locator("#result")).to_contain_text(
        f"a face counts as bona fide at {threshold:.3f} or higher"
    )
    assert_fresh(page)
    assert page.locator(".overlay .good .point").count() == 5
    expect(page.locator("#call-of")).to_contain_text("API v2")
    page.check("input[value=v1]")
    expect(page.locator("#result.stale .note")).to_contain_text("This is the answer of API v2")
    analyze(page)
    assert page.locator(".faces thead th").count() == 4


def test_faces_of_v2_with_what_they_lack(console: Watched, portrait: bytes) -> None:
    def crowded(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        face = body["frames"][0]["faces"][0]
        unmet = [{**each, "met": each["reason"] not in ("blurred", "too_dark")} for each in face["quality"]]
        other = {**face, "verdict": "attack", "livenessScore": 0.031, "quality": unmet}
        body["frames"][0]["faces"] = [face, other]
        route.fulfill(response=answer, json=body)

    console.page.route("**/v2/liveness", crowded)
    page = console.open()
    page.check("input[value=v2]")
    give(page, small(portrait))
    analyze(page)
    second = cells(page, ".faces")[1]
    assert (second[1], second[2]) == ("Presentation attack", "0.031")
    assert set(second[5].split(", ")) == {"blurred", "too dark"}
    expect(page.locator(".verdict strong")).to_have_text("1 of 2 faces are presentation attacks")
    page.get_by_role("button", name="Highlight face 2").click()
    assert page.locator(".overlay .face.faint.good").count() == 1
    assert page.locator(".overlay .face.faint.bad").count() == 0


def test_what_v2_refuses_is_told_in_the_same_words(console: Watched) -> None:
    page = console.open()
    page.check("input[value=v2]")
    give(page, png(40, 40))
    analyze(page)
    expect(page.locator("#trouble")).to_contain_text("The server rejected the request.")
    expect(page.locator("#trouble")).to_contain_text("80")
    assert "400" in page.inner_text(".facts")


@pytest.mark.parametrize("route", ["v1", "v2"])
@pytest.mark.parametrize("by_url", [False, True], ids=["file", "url"])
def test_the_calls_do_what_the_page_did(
    console: Watched, portrait: bytes, tmp_path: Path, host_image: HostImage, by_url: bool, route: str
) -> None:
    async def handler(asked: Exchange) -> None:
        await asked.answer(body=portrait)

    name = 'it\'s, a "self;ie".png'
    (tmp_path / name).write_bytes(portrait)
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = console.open()
    page.check(f"input[value={route}]")
    with host_image(handler) as host:
        if by_url:
            page.fill("#url", host.url("/o'neil.png?a=1&b=2"))
            page.click("#url-form button")
        else:
            give(page, tmp_path / name)
        expect(page.locator("#caption")).to_contain_text("512 × 512 px")
        analyze(page)
        expected = lasting(answer_of(page))
        for tab, run in (("curl", run_shell), ("Python", run_python), ("JavaScript", run_node)):
            page.get_by_role("tab", name=tab).click()
            assert MASK in page.inner_text("#call-panels")
            assert console.server.secret not in page.inner_text("#call-panels")
            page.click("#copy-call")
            copied = page.evaluate("navigator.clipboard.readText()")
            assert console.server.secret in copied
            assert lasting(run(copied, tmp_path)) in (expected, None)
        page.check("#show-secret")
        assert console.server.secret in page.inner_text("#call-panels")


def test_copying_without_the_clipboard_api(console: Watched) -> None:
    """As on a page over plain http on another machine."""
    console.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = console.open()
    page.click("#copy-call")
    expect(page.locator("#copy-call")).to_contain_text("Copied")
    expect(page.locator("#copy-call")).to_be_focused()
    page.focus("#url")
    page.keyboard.press("Control+V")
    assert page.input_value("#url").startswith("curl -X POST")


def lasting(answer: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Without what names the one request that it answers."""
    if answer is not None and "evidence" in answer:
        answer["evidence"] = {**answer["evidence"], "requestId": None, "time": None}
    return answer


def run_shell(code: str, folder: Path) -> Any:  # noqa: ANN401 - any JSON value
    """What curl printed; None where there is no curl."""
    return _printed(["sh", "-c", code], folder) if shutil.which("curl") else None


def run_python(code: str, folder: Path) -> Any:  # noqa: ANN401 - any JSON value
    """What the script would print. httpx2 stands in for httpx, whose successor it is."""
    printed: list[Any] = []
    with pytest.MonkeyPatch.context() as monkey, patch.dict(sys.modules, httpx=httpx2):
        monkey.chdir(folder)
        monkey.setenv("NO_PROXY", "*")
        exec(code, {"print": printed.append})  # noqa: S102 - the code is what the page gave
    return printed[0]


def run_node(code: str, folder: Path) -> Any:  # noqa: ANN401 - any JSON value
    """What Node.js printed; None where there is none."""
    if not shutil.which("node"):
        return None
    code = code.replace("console.log(await answer.json())", "console.log(await answer.text())")
    (folder / "call.mjs").write_text(code)
    return _printed(["node", "--no-warnings", "call.mjs"], folder)


def _printed(command: list[str], folder: Path) -> Any:  # noqa: ANN401 - any JSON value
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=20, check=True)
    return orjson.loads(done.stdout)


def test_korean_by_the_browsers_language_and_the_switch_is_remembered(
    browser: Browser, server: RunningServer
) -> None:
    with watched(browser, server, locale="ko-KR") as console:
        keep_keys(console.page.context, server)
        page = console.open()
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        expect(page).to_have_title("테스트 · bonaface")
        give(page, PORTRAIT)
        analyze(page)
        expect(page.locator(".verdict strong")).to_have_text("실제 사람입니다")
        assert cells(page, ".faces")[0][1] == "실제 사람"
        page.click("text=English")
        assert_is_portrait(page)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.click("#theme")
        page.reload()
        expect(page.locator("h1")).to_have_text("Test face liveness")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        stored = page.evaluate("Object.entries(localStorage).sort()")
        assert stored == [["bonaface.language", "en"], ["bonaface.theme", "dark"]]


def test_korean_errors(browser: Browser, server: RunningServer) -> None:
    with watched(browser, server, locale="ko") as console:
        keep_keys(console.page.context, server)
        page = console.open()
        give(page, gif(), "file.gif")
        expect(page.get_by_role("alert")).to_contain_text("PNG 또는 JPEG 파일이 아닙니다")
        give(page, png(60, 60))
        analyze(page)
        expect(page.get_by_role("alert")).to_contain_text("가로와 세로는 각각 80픽셀 이상")


def test_by_keyboard_alone(english: Watched) -> None:
    server, page = english.server, english.open()
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press("Enter")
    press("Tab")
    expect(page.locator("#keys")).to_be_focused()
    press("Enter")
    expect(page.locator("#app-key")).to_be_focused()
    page.keyboard.type(server.app_key)
    press("Tab")
    page.keyboard.type(server.secret)
    press("Enter")
    expect(page.locator("#keys")).to_be_focused()
    press("Tab")
    expect(page.locator("#choose")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        press("Enter")
    chooser.value.set_files(PORTRAIT)
    expect(page.locator("#frame img")).to_be_visible()
    tab_to(page, "input[name=preset]")
    press("ArrowLeft")
    expect(page.locator("input[value=weak]")).to_be_checked()
    tab_to(page, "#analyze")
    press("Enter")
    expect(page.locator("#status")).to_have_text("Bona fide: a live person")
    expect(page.locator("#analyze")).to_be_focused()
    tab_to(page, "[role=tab]")
    press("ArrowRight")
    expect(page.get_by_role("tab", name="Python")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Python")).to_contain_text("import httpx")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on what `selector` names."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def test_keys_of_a_link_are_taken_and_leave_the_address(english: Watched) -> None:
    server, page = english.server, english.page
    link = f"{server.url}/console?a=1#appKey={server.app_key}&secretKey={server.secret}"
    page.goto(link)
    expect(page.locator("#keys-state")).to_have_text(": set")
    assert page.url == f"{server.url}/console?a=1"
    assert page.evaluate("history.length") == 2  # the empty tab and this page
    give(page, PORTRAIT)
    analyze(page)
    assert_is_portrait(page)
    assert not [url for url in english.requests if server.secret in url and "#" not in url]
    page.goto(
        f"{server.url}/console?a=1#appKey=other&secretKey=wrong"
    )  # the same page: nothing is loaded anew
    expect(page.locator("#result.stale .note")).to_contain_text("The keys have changed")
    assert "wrong" not in page.url
    page.goto(f"{server.url}/console?a=1#appKey=other")
    assert page.evaluate("JSON.parse(sessionStorage['bonaface.keys']).secretKey") == "wrong"


def test_behind_a_path_prefix(console: Watched, portrait: bytes) -> None:
    def strip(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("/face/", "/", 1)))

    console.page.route("**/face/**", strip)
    page = console.open("/face/console")
    give(page, small(portrait))
    analyze(page)
    assert_is_portrait(page)
    page.get_by_role("link", name="Overview").click()
    expect(page.locator("#token")).to_be_visible()
    console.page.unroute_all(behavior="wait")
    paths = [url.removeprefix(console.server.url) for url in console.requests]
    assert not [path for path in paths if not path.startswith(("/face/", "blob:"))]


def test_360_pixels_are_enough(browser: Browser, server: RunningServer) -> None:
    narrow = {"width": 360, "height": 760}
    with watched(browser, server, viewport=narrow, locale="ko-KR") as console:
        keep_keys(console.page.context, server)
        page = console.open()
        give(page, PORTRAIT)
        analyze(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= narrow["width"]


def test_settings_of_the_shipped_server_name_the_limit_that_the_page_names() -> None:
    assert Settings().images.max_bytes == 3_000_000
