"""The page of `bonaface evaluate` as an analyst works in it, on scores that are made here."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bonaface.evaluation.comparison import compare
from bonaface.evaluation.error_counts import refused, worst_kind
from bonaface.evaluation.explorer import kinds_at, pooled, sources_at
from bonaface.evaluation.gallery import Mistake, Mistakes
from bonaface.evaluation.other_run import OtherRun
from bonaface.evaluation.report import ReportParts, write_evaluation
from bonaface.evaluation.result import EvaluationResult, Run, find_result
from bonaface.evaluation.scores_file import KnownScore
from bonaface.types import Preset
from support.http.browser import cells
from support.models.scores import random_source, whole

THRESHOLDS = {Preset.WEAK: 0.2, Preset.BALANCED: 0.5, Preset.STRICT: 0.8}
A4_WIDTH = round((210 - 2 * 14) / 25.4 * 96)
A4_HEIGHT = round((297 - 2 * 14) / 25.4 * 96)
"""What a page of A4 has within its margins, in pixels of CSS."""
PIXEL = "R0lGODlhAQABAAAAACw="
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter(
  (one) => one.checkVisibility() && !one.closest("thead")
    && one.getBoundingClientRect().right > innerWidth + 0.5
).map((one) => one.outerHTML.slice(0, 80))"""
TALL = """(limit) => [...document.querySelectorAll("tr, figure, img, .gallery li")].filter(
  (one) => one.getBoundingClientRect().height > limit).length"""


@pytest.fixture(scope="module")
def result() -> EvaluationResult:
    names = [f"a camera with a long name of its own {place}" for place in range(12)]
    parts = [random_source(place, name) for place, name in enumerate(names)]
    scored = [
        replace(one, sample=replace(one.sample, name=f"{one.sample.source}/{place}.jpg"))
        for part in parts
        for place, one in enumerate(part)
    ]
    run = Run("some-model", "some-detector", "some engine", THRESHOLDS, Preset.BALANCED, 1)
    return find_result(run, whole(tuple(scored)), rounds=10)


@pytest.fixture(scope="module")
def report(result: EvaluationResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    known = {
        one.sample.name: KnownScore(one.sample.label.value, one.score**1.3) for one in result.scoring.scored
    }
    other = compare(result, OtherRun("older", known, THRESHOLDS), rounds=10)
    pictures = tuple(Mistake(f"x/{score}.jpg", "cam", score, True, PIXEL) for score in (0.9, 0.6, 0.3))
    folder = tmp_path_factory.mktemp("report")
    write_evaluation(result, folder, ReportParts(None, other, (Mistakes("print", True, 3, pictures),)))
    return folder / "report.html"


@pytest.fixture(scope="module")
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """What the page complained of and asked for is judged at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    complaints: list[str] = []
    asked: list[str] = []
    context.on("console", lambda message: complaints.append(message.text))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(report.as_uri())
    yield page
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith((report.as_uri(), "data:"))] == []


def _choose(page: Page, threshold: float) -> None:
    page.get_by_label("Exactly").fill(str(threshold))


@pytest.mark.parametrize("threshold", [0.0, 0.123456, 0.5, 0.97, 1.0])
def test_every_figure_follows_the_threshold(page: Page, result: EvaluationResult, threshold: float) -> None:
    _choose(page, threshold)

    assert cells(page, "#kinds-at") == kinds_at(pooled(result.sources), threshold).texts
    shown = [[text.replace("\n", ", ") for text in row] for row in cells(page, "#sources-at")]
    assert shown == sources_at(result, threshold).texts
    kind, count = worst_kind(pooled(result.sources), threshold)
    live = refused(pooled(result.sources), threshold)
    assert f"({kind}, {count.errors} of {count.of})" in page.locator("#rates").inner_text()
    assert f"({live.errors} of {live.of})" in page.locator("#rates").inner_text()


def test_presets_are_named_on_both_charts_and_chosen_by_a_button(page: Page) -> None:
    for chart in ("#det", "#histogram"):
        names = page.locator(f"{chart} text.name").all_text_contents()
        assert sorted(names) == ["balanced", "strict", "weak"]
    page.get_by_role("button", name="strict").click()

    assert page.get_by_role("button", name="strict").get_attribute("aria-pressed") == "true"
    assert page.locator("#rates").inner_text().startswith("Threshold 0.8 (strict)")


def test_slider_marks_and_cursor_move_together(page: Page) -> None:
    def places() -> list[str | None]:
        marks = [page.locator("#det circle.now").nth(place).get_attribute("cx") for place in range(3)]
        return [*marks, page.locator("path.now-line").get_attribute("d")]

    _choose(page, 0.3)
    before = places()
    page.get_by_label("Threshold").focus()
    for _ in range(3):
        page.keyboard.press("PageUp")

    assert all(one != other for one, other in zip(before, places(), strict=True))
    assert float(page.get_by_label("Exactly").input_value()) > 0.3


def test_a_click_into_a_chart_sets_the_threshold(page: Page) -> None:
    for chart in ("#det > svg", "#histogram > svg"):
        _choose(page, 0.01)
        page.locator(chart).click(position={"x": 250, "y": 150})
        assert "Threshold 0.01," not in page.locator("#rates").inner_text()


def test_one_source_by_itself_with_a_curve_of_each_kind(page: Page, result: EvaluationResult) -> None:
    page.get_by_label("Images").select_option(label=result.sources[1].name)
    _choose(page, 0.5)

    assert cells(page, "#kinds-at") == kinds_at(result.sources[1].scores, 0.5).texts
    assert page.locator("#det .legend li").all_text_contents() == [
        "print", "replay", "all attacks", "older, all attacks",
    ]  # fmt: skip
    assert page.locator("#det polyline").count() == 4
    page.get_by_label("Images").select_option(label="all sources")


def test_pictures_are_those_that_are_wrong_at_the_threshold(page: Page) -> None:
    for threshold, names in ((0.25, 3), (0.5, 2), (0.95, 0)):
        _choose(page, threshold)
        assert page.locator(".gallery li:visible").count() == names
        assert f"{names} are wrong at this threshold." in page.locator(".at-threshold").inner_text()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1280, "light")])
def test_the_page_fits_and_is_accessible(browser: Browser, report: Path, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(report.as_uri())
    found = Axe().run(page).response["violations"]

    assert page.evaluate(TOO_WIDE) == []
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    context.close()


def test_without_scripts_the_figures_are_there(
    browser: Browser, report: Path, result: EvaluationResult
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())

    assert cells(page, "#kinds-at") == kinds_at(pooled(result.sources), 0.5).texts
    assert page.locator("noscript p").is_visible()
    assert not page.locator("#controls").is_visible()
    context.close()


def test_printed_on_a4_nothing_is_cut(browser: Browser, report: Path) -> None:
    context = browser.new_context(viewport={"width": A4_WIDTH, "height": A4_HEIGHT})
    page = context.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")

    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(TALL, A4_HEIGHT) == 0
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    height = page.evaluate("document.documentElement.scrollHeight")
    assert height / A4_HEIGHT <= pages <= 2 * height / A4_HEIGHT + 1
    context.close()
