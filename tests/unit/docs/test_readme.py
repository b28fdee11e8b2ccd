"""Figures of the README, in both languages, are those of the files that commands make."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT

DOCS = ROOT / "docs"
LEFT_OUT = (DOCS / "accuracy" / "left-out.md").read_text("utf-8")
each_language = pytest.mark.parametrize("page", ["README.md", "README.ko.md"])


def read(page: str) -> str:
    """The page with one space between words, however its lines are broken."""
    return " ".join((ROOT / page).read_text("utf-8").split())


def summary(name: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads((DOCS / "accuracy" / name).read_text("utf-8"))


def errors(name: str) -> tuple[float, float]:
    """Mean and worst EER of the sources that train nothing, as fractions."""
    told = [each["figures"]["eer"]["value"] for each in measured(name)]
    return sum(told) / len(told), max(told)


def measured(name: str) -> list[Any]:
    return [each for each in summary(name)["sources"].values() if each["use"] == "measure"]


def balanced(sources: str) -> tuple[float, float]:
    """APCER and BPCER of the balanced preset on sources left out, in per cent."""
    (row,) = re.findall(rf"^\| {sources} left out \| balanced \|(.+)\|$", LEFT_OUT, re.MULTILINE)
    cells = [cell.strip() for cell in row.split("|")]
    return float(cells[3]), float(cells[6])


def bench(measure: str) -> Any:  # noqa: ANN401 - any JSON value
    (row,) = [
        row
        for row in json.loads((DOCS / "performance" / "bench.json").read_text("utf-8"))["rows"]
        if row["measure"] == measure
    ]
    return row


@each_language
def test_errors_beside_the_peer(page: str) -> None:
    (ours, our_worst), (theirs, their_worst) = errors("summary.json"), errors("minifasnet.json")
    text = read(page)
    assert f"| {theirs:.1%} | **{ours:.1%}** |".replace("%", " %") in text
    assert f"| {their_worst:.1%} | {our_worst:.1%} |".replace("%", " %") in text
    images = sum(sum(each["counts"]["total"].values()) for each in measured("minifasnet.json"))
    assert f"{images:,}" in text


@each_language
def test_what_balanced_means(page: str) -> None:
    text = read(page).replace(" %", "%")
    for sources in ("sources", "crops", "measure sources"):
        for rate in balanced(sources):
            shown = f"{rate:.1f}%" if rate < 1 else f"{round(rate + 1e-9)}%"
            assert shown in text, (sources, rate)


@each_language
def test_speed(page: str) -> None:
    text = read(page).replace(" %", "%").replace(" MB", "MB").replace(" ms", "ms")
    figures = (
        f"{bench('library call, 640 x 480, one face, one thread, over DeepFace')['value']:.2f}",
        f"{bench('library call, 12 megapixels')['value']:.1f}",
        f"{bench('overload, 4 x the throughput for 30 s: verdicts')['value']:.0%}",
        f"{bench('overload, 4 x the throughput for 30 s: refusals, 99th percentile')['value']:.0f}ms",
        f"{bench('resident memory of the server and its workers under that load')['value']:.0f}MB",
    )
    assert [figure for figure in figures if figure not in text] == []
    loop = bench("HTTP multipart, closed loop of 8, verdicts a second over 64fb77c")["figures"]
    assert re.search(rf"\D{loop['this version (a second)']:.0f}\D", text)


@each_language
def test_pictures_are_there(page: str) -> None:
    shown = re.findall(r"!\[[^]]+\]\((docs/images/\w+\.png)\)", read(page))
    assert len(shown) == len(set(shown)) >= 5
    assert all((ROOT / Path(picture)).is_file() for picture in shown)
