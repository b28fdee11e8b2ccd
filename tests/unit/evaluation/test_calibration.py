from pathlib import Path

from bonaface.evaluation.calibrate import calibrate
from bonaface.evaluation.calibration import calibration_page, calibration_tables, notes
from bonaface.evaluation.report import write_page
from bonaface.evaluation.sources import by_source
from bonaface.types import Preset
from support.scores import a_source, random_source, whole

SCORING = whole(random_source(1, "a"), random_source(2, "b"))
FIT = calibrate(by_source(SCORING, lambda one: one.log_odds), 10, 1)


def test_tables_say_what_the_presets_do_here_and_on_sources_left_out() -> None:
    presets, left_out = calibration_tables(FIT)

    assert [row[0] for row in presets.rows] == list(Preset)
    assert presets.texts[1][3:] == [
        f"{100 * rate:.1f}"
        for rate in (
            FIT.on_sources[Preset.BALANCED].apcer,
            FIT.on_sources[Preset.BALANCED].bpcer,
            FIT.on_sources[Preset.BALANCED].acer,
        )
    ]
    assert [row[0] for row in left_out.rows] == ["a", "b"]
    assert left_out.rows[0][5] == FIT.left_out[0].by_preset[Preset.STRICT].apcer
    assert {len(row) for row in left_out.rows} == {len(left_out.header)}


def test_the_page_has_the_reliability_diagram(tmp_path: Path) -> None:
    write_page(calibration_page(FIT, SCORING, "some-model"), tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"figures.md", "reliability.png", "report.html"}
    text = (tmp_path / "figures.md").read_text("utf-8")
    assert f"score = sigmoid({FIT.presets.platt.slope:.4f} x log-odds" in text
    assert "expected calibration error" in text


def test_notes_tell_what_a_reader_must_know() -> None:
    assert notes(FIT) == []
    apart = whole(a_source([0.999] * 198 + [0.5, 0.6], print=[0.01] * 50))
    said = notes(calibrate(by_source(apart, lambda one: one.log_odds), 5, 1))

    assert "the threshold of weak would lie on the wrong side of balanced" in said[0]
    assert "what presets do on a source left out is not known" in said[1]
    single = calibration_tables(calibrate(by_source(apart, lambda one: one.log_odds), 5, 1))
    assert len(single) == 1
