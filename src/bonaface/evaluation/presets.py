"""Writes a fitted calibration as the TOML file that the setting `models.presets` names, and as a policy."""

import json
from collections.abc import Mapping

import numpy as np

from bonaface.evaluation.calibrate import CAP, Fit, Rules
from bonaface.evaluation.cross_validation import Expected
from bonaface.interval import LEVEL
from bonaface.liveness.presets import Decision
from bonaface.models.catalog import Calibration
from bonaface.models.score_reference import ScoreReference
from bonaface.types import Preset


def as_toml(
    fit: Fit,
    expected: Mapping[Preset, Expected],
    clip: float,
    model: str,
    reference: ScoreReference | None = None,
) -> str:
    """What `load_calibration` of `bonaface.models.calibration_file` reads.

    Rules, intervals and error rates are comments.

    expected: what each preset does on captures that it did not see, where that is known.
    clip: of the PAD model that gave the log-odds, which the calibration holds for; model: its name.
    reference: how the scores are spread.
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
    if reference is not None:
        lines += ["", "[reference]", "# Scores between ten bins, and the shares of each class in them."]
        lines += [f"{name} = {list(values)!r}" for name, values in reference]
    return "\n".join(lines) + "\n"


def as_policy(fit: Fit, in_force: Calibration, model: str) -> str:
    """The body of `PUT /admin/v1/policies/NAME`: below weak's threshold reject, from strict's on accept.

    The thresholds are told as scores of the calibration that is `in_force`, not of the fit: a policy decides
    on the scores that servers tell, which have those log-odds.
    """
    decision, platt = Decision(in_force), fit.presets.platt
    scores = {
        preset: decision.score((_logit(threshold) - platt.offset) / platt.slope)
        for preset, threshold in fit.presets.thresholds.items()
    }
    note = (
        f"bonaface calibrate: reject by {rule_of(Preset.WEAK, fit.rules)}, accept by "
        f"{rule_of(Preset.STRICT, fit.rules)}; scores of {model}, calibration {in_force.policy.version}"
    )
    members = {"rejectBelow": scores[Preset.WEAK], "acceptFrom": scores[Preset.STRICT], "note": note}
    return json.dumps(members, indent=2) + "\n"


def _logit(score: float) -> float:
    """Infinite for 0 and 1, which stay 0 and 1."""
    with np.errstate(divide="ignore"):
        return float(np.log(score) - np.log1p(-score))


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
