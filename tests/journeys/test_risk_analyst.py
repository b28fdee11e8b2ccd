"""Remy answers for how many attacks pass and how many customers are turned away.

She measures on captures of her own, works in the report, tries another threshold, fits presets, compares them
with what was before, writes a policy down, and hands the presets to whoever runs the server.
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bonaface import Analyzer
from bonaface.imaging.types import RgbImage
from support.pictures.variants import write_set
from support.servers.home import Home


@pytest.fixture
def captures(tmp_path: Path, portrait_pixels: RgbImage, analyzer: Analyzer) -> Path:
    """Her labelled captures: two cameras, two kinds of attack; one without a face, one that is broken."""
    folder = tmp_path / "captures"
    folder.mkdir()
    return write_set(folder, portrait_pixels, analyzer)


def test_from_labelled_captures_to_presets_in_force(home: Home, page: Page, captures: Path) -> None:
    report = measures(home, captures)
    works_in_the_report(page, report)
    presets = fits_presets(home, captures)
    compares_them_with_what_was_before(home, page, captures, presets, report.parent)
    reads_what_she_hands_over(home, presets)
    writes_a_policy_down(home)


def measures(home: Home, captures: Path) -> Path:
    """What could not be judged is told, and does not stop the rest."""
    out = captures.parent / "report"
    done = home.python("-m", "bonaface", "evaluate", str(captures), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "broken.jpg" in done.stderr
    assert f"report: {out / 'report.html'}" in done.stdout
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["images"] == {"scored": 12, "no_face": 1, "unreadable": 1}
    return out / "report.html"


def works_in_the_report(page: Page, report: Path) -> None:
    """One page that opens without a network: rates with counts follow the threshold that she moves."""
    page.goto(report.as_uri())
    rates = page.locator("#rates")
    expect(rates).to_contain_text("of 6")
    page.get_by_label("Exactly").fill("1")
    expect(rates).to_contain_text("6 of 6")
    page.get_by_role("button", name="balanced").click()
    expect(rates).to_contain_text("(balanced)")
    text = page.inner_text("body")
    assert re.search(r"bonaface evaluate .*--out", text)
    assert "SHA-256" in text.upper() or "sha256" in text


def fits_presets(home: Home, captures: Path) -> Path:
    """So few captures are warned of."""
    presets = captures.parent / "presets.toml"
    done = home.python("-m", "bonaface", "calibrate", str(captures), "--out", str(presets))
    assert done.returncode == 0, done.stderr
    assert "Presets on sources left out" in done.stdout
    return presets


def compares_them_with_what_was_before(
    home: Home, page: Page, captures: Path, presets: Path, before: Path
) -> None:
    """The same images, both sides in one report, with the worst mistakes since she asks for them."""
    out = captures.parent / "compared"
    own = ("--preset-file", str(presets), "--against", str(before), "--gallery")
    told = home.command("evaluate", str(captures), "--out", str(out), *own)
    assert "This run beside report" in told
    page.goto((out / "report.html").as_uri())
    expect(page.locator("body")).to_contain_text("beside report")


def reads_what_she_hands_over(home: Home, presets: Path) -> None:
    """Source, hash and thresholds, as the server will tell them."""
    told = json.loads(home.command("presets", "show", str(presets), "--json"))
    assert told["source"] == str(presets)
    assert 0 <= told["weak"] <= told["balanced"] <= told["strict"] <= 1


def writes_a_policy_down(home: Home) -> None:
    """Between two thresholds somebody looks; each version stays as it was."""
    home.command("policies", "put", "sign-up", "--reject-below", "0.2", "--accept-from", "0.9")
    home.command(
        "policies", "put", "sign-up", "--reject-below", "0.3", "--accept-from", "0.9", "--note", "after May"
    )
    home.command("policies", "assign", "sign-up", "--default")
    versions = json.loads(home.command("policies", "versions", "sign-up", "--json"))
    assert [(each["version"], each["rejectBelow"]) for each in versions] == [(2, 0.3), (1, 0.2)]
    assert "the default" in home.command("policies", "show", "sign-up")
