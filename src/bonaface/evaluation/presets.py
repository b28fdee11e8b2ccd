"""Writes a fitted calibration as the TOML file that the setting `models.presets` names."""

from bonaface.evaluation.calibrate import Fit
from bonaface.evaluation.interval import LEVEL

_RULES = {"weak": "BPCER 1 %", "balanced": "least ACER, BPCER of no source over 20 %", "strict": "APCER 1 %"}


def as_toml(fit: Fit, clip: float, model: str) -> str:
    """What `bonaface.liveness.presets.load_calibration` reads; intervals and error rates are comments.

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
        interval, at = fit.intervals[preset], fit.on_sources[preset]
        note = " (kept in order)" if preset in fit.presets.clamped else ""
        lines += [
            f"# {_RULES[preset]}{note}; {LEVEL:.0%} interval {interval.low:.4f} to {interval.high:.4f};"
            f" here APCER {at.apcer:.2%}, BPCER {at.bpcer:.2%}",
            f"{preset.value} = {threshold!r}",
        ]
    return "\n".join(lines) + "\n"
