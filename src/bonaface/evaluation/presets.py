"""Writes a fitted calibration as the TOML file that the setting `models.presets` names."""

from collections.abc import Mapping

from bonaface.evaluation.calibrate import CAP, Fit, Rules
from bonaface.evaluation.cross_validation import Expected
from bonaface.evaluation.interval import LEVEL
from bonaface.types import Preset


def as_toml(fit: Fit, expected: Mapping[Preset, Expected], clip: float, model: str) -> str:
    """What `bonaface.liveness.presets.load_calibration` reads; rules, intervals and error rates are comments.

    expected: what each preset does on captures that it did not see, where that is known.
    clip: of the PAD model that gave the log-odds, which the calibration holds for; model: its name.
    """
    platt = fit.presets.platt
    lines = [
        f"# Calibration of {model}, made by `bonaface calibrate`.",
        f"clip = {float(clip)!r}",
        f"slope = {platt.slope!r}",
        f"offset = {platt.offset!r}",
        "",
        "[thresholds]",
    ]
    for preset, threshold in fit.presets.thresholds.items():
        interval = fit.intervals[preset]
        note = " (kept in order)" if preset in fit.presets.clamped else ""
        lines += [
            f"# {rule_of(preset, fit.rules)}{note}; {LEVEL:.0%} interval {interval.low:.4f} to"
            f" {interval.high:.4f}{_elsewhere(expected.get(preset))}",
            f"{preset.value} = {threshold!r}",
        ]
    return "\n".join(lines) + "\n"


def rule_of(preset: Preset, rules: Rules) -> str:
    """What a preset's threshold keeps, in a few words."""
    if preset is Preset.WEAK:
        return f"BPCER {_percent(rules.weak_bpcer)}"
    if preset is Preset.STRICT:
        return f"APCER {_percent(rules.strict_apcer)}"
    least = "least ACER" if rules.cost == 1 else f"least {rules.cost:g} x APCER + BPCER"
    return f"{least}, BPCER of no source over {_percent(CAP)}"


def _elsewhere(at: Expected | None) -> str:
    if at is None:
        return ""
    return f"; cross-validated APCER {at.apcer.value:.2%}, BPCER {at.bpcer.value:.2%}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
