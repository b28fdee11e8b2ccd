"""The pictures of docs/images: made anew each time, kept where SCREENSHOTS says (docs/console.md)."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from bonaface import Analyzer
from bonaface.accounts.application import Quota
from bonaface.evaluation.dataset import Sample, read_dataset
from bonaface.evaluation.report import ReportParts, write_evaluation
from bonaface.evaluation.result import Run, find_result
from bonaface.evaluation.scoring import Scored
from bonaface.evaluation.sources import MEASURE
from conftest import ROOT
from support.command import run_with
from support.http.browser import keep_keys, keep_token, watched
from support.models.scores import FACE, whole
from support.servers.thread import RunningServer, running, settings_in
from support.storage.accounts import ACTOR
from support.storage.traffic import write_traffic

PORTRAIT = ROOT / "examples" / "astronaut.png"
LARGEST = 300_000
TALL = 1290
COLOURS = 256
"""Of a picture: more than these pages have, but for the portrait, and a third of the bytes."""
CUT_OFF = "texts => texts.filter(text => text.getBBox().y < 0).length"
DAYS = 35
APPLICATIONS = {
    "Mobile app": Quota(100, 300, 10_000_000),
    "Sign-up": Quota(20, 60, 2_000_000),
    "Branch kiosks": Quota(50, 100, None),
}


@pytest.mark.parametrize("name", ["console.png", "overview.png", "report.png", "sheet.png"])
def test_the_pictures_of_the_docs_are_small(name: str) -> None:
    assert (ROOT / "docs" / "images" / name).stat().st_size < LARGEST


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    return Path(os.environ.get("SCREENSHOTS", tmp_path))


@contextmanager
def opened(browser: Browser, server: RunningServer, path: str) -> Iterator[Page]:
    _, token = server.services.admin_tokens.create("screenshots", actor=ACTOR)
    with watched(browser, server) as page:
        keep_keys(page.page.context, server)
        keep_token(page.page.context, token)
        yield page.open(path)


def shoot(page: Page, picture: Path) -> None:
    page.mouse.move(0, 0)
    with Image.open(io.BytesIO(page.screenshot())) as shot:
        shot.convert("RGB").quantize(COLOURS).save(picture, optimize=True)


def test_the_test_page(browser: Browser, analyzer: Analyzer, tmp_path: Path, folder: Path) -> None:
    with running(analyzer, settings_in(tmp_path)) as server, opened(browser, server, "/console") as page:
        page.set_input_files("#file", PORTRAIT)
        page.click("#analyze")
        expect(page.locator(".verdict.good")).to_be_visible()
        page.evaluate("document.activeElement.blur()")
        shoot(page, folder / "console.png")


def test_the_overview(browser: Browser, analyzer: Analyzer, tmp_path: Path, folder: Path) -> None:
    with running(analyzer, settings_in(tmp_path)) as server:
        repository, database = server.services.applications, server.services.database
        made = [
            repository.create_application(name, quota=quota, actor=ACTOR)[0]
            for name, quota in APPLICATIONS.items()
        ]
        write_traffic(database, made, DAYS, datetime.now(UTC))
        with opened(browser, server, "/console/overview") as page:
            page.set_viewport_size({"width": 1280, "height": TALL})
            expect(page.locator(".callers")).to_be_visible()
            expect(page.locator(".chart svg rect").first).to_be_visible()
            shoot(page, folder / "overview.png")


def test_the_contact_sheet(
    browser: Browser, models_directory: Path, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    sheet = tmp_path / "sheet.html"
    images = ["examples/astronaut.png", "examples/attack.jpg"]
    done = run_with({"MODELS__DIRECTORY": str(models_directory)}, "check", *images, "--draw", str(sheet))
    assert done.exit_code == 1, done.stderr
    page = browser.new_page(viewport={"width": 900, "height": 420}, color_scheme="light")
    page.goto(sheet.as_uri())
    expect(page.locator("img")).to_have_count(2)
    shoot(page, folder / "sheet.png")


def test_the_report(browser: Browser, analyzer: Analyzer, tmp_path: Path, folder: Path) -> None:
    """Of the research sets, scored by networks that did not see them."""
    samples = read_dataset(str(ROOT / "training" / "runs" / "folds.csv"))
    measured = [sample for sample in samples if sample.use == MEASURE]
    found = tuple(_scored(sample, analyzer) for sample in measured)
    models = analyzer.settings.models
    thresholds = analyzer.calibration.thresholds
    run = Run(models.pad, models.detector, analyzer.engine, thresholds, models.default_preset, 1)
    write_evaluation(find_result(run, whole(found), rounds=20), tmp_path, ReportParts())
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page.goto((tmp_path / "report.html").as_uri())
    page.get_by_role("heading", name="At any threshold").scroll_into_view_if_needed()
    page.evaluate(
        "scrollTo(0, document.querySelector('input[type=range]').getBoundingClientRect().top - 120)"
    )
    expect(page.locator("svg").first).to_be_visible()
    assert page.eval_on_selector_all("svg text", CUT_OFF) == 0
    shoot(page, folder / "report.png")


def _scored(sample: Sample, analyzer: Analyzer) -> Scored:
    assert sample.log_odds is not None
    return Scored(sample, FACE, 1, sample.log_odds, analyzer.score(sample.log_odds), 45.0)
