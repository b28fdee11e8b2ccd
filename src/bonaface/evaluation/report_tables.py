"""The tables of an evaluation, in the order of its report."""

from itertools import chain
from math import isnan

from bonaface.evaluation.error_counts import CountedFigure, ErrorCount, accepted, refused, worst_kind
from bonaface.evaluation.figures import APCER_LIMITS, Figures
from bonaface.evaluation.result import EvaluationResult
from bonaface.evaluation.sources import Source
from bonaface.evaluation.tables import Cell, Table
from bonaface.interval import UNTOLD, Figure
from bonaface.types import Preset


def tables(result: EvaluationResult) -> tuple[Table, ...]:
    """Every table that has something to show."""
    made = [
        headline(result),
        presets(result),
        _kinds(result),
        separation(result),
        _images(result),
        _skin(result),
    ]
    made = [one for one in made if one.rows]
    return tuple(made) if not result.flips else (*made, _robustness(result))


def headline(result: EvaluationResult) -> Table:
    """The few figures that fit a terminal: under the default preset, without intervals."""
    preset, rates = result.run.preset, ("apcer", "bpcer", "acer")
    keys = ("eer", "hter", *(f"{preset}.{rate}" for rate in rates))
    rows: list[tuple[Cell, ...]] = [
        (_name(one, result), *(one.by_name[key].value for key in keys)) for one in _rows(result)
    ]
    return Table(
        f"At a glance, {preset}",
        "Per cent; the tables below say what each is and how sure it is.",
        ("source", "EER", "HTER", "APCER", "BPCER", "ACER"),
        tuple(rows),
    )


def _rows(result: EvaluationResult) -> tuple[Figures, ...]:
    """Sources, and the means of several: that of one source would be its row again."""
    return (*result.figures, *(one for one in result.means if one.sources > 1))


def _name(figures: Figures, result: EvaluationResult) -> str:
    return figures.name if figures in result.figures else f"mean, {figures.name}"


def _source(figures: Figures, result: EvaluationResult) -> Source | None:
    """The source that they are of; none for a mean."""
    names = {source.name: source for source in result.sources}
    return names[figures.name] if figures in result.figures else None


def separation(result: EvaluationResult) -> Table:
    """EER and its kin, one row a source and a mean."""
    limits = [f"bpcer_at_apcer_{limit}" for limit in APCER_LIMITS]
    keys = ["eer", "auc", "hter", *limits, "apcer_at_bpcer_5", "pooled_apcer_at_bpcer_5"]
    names = [f"BPCER at APCER {limit} %" for limit in APCER_LIMITS]
    header = ("source", "EER", "AUC", "HTER", *names, "APCER at BPCER 5 %", "the same, pooled")
    rows: list[tuple[Cell, ...]] = [
        (_name(one, result), *(one.by_name[key] for key in keys), one.unit) for one in _rows(result)
    ]
    return Table(
        "What the scores can tell apart",
        "Per cent, with 95 % intervals. EER, AUC and HTER pool the kinds of attack; HTER is at the threshold "
        "at which the mean APCER and the mean BPCER of all other sources are equal. The rest takes the worst "
        "kind unless it says otherwise. An interval without width says that no resample had such an error, "
        "not that new captures would have none.",
        (*header, "intervals by"),
        tuple(rows),
    )


def presets(result: EvaluationResult) -> Table:
    """APCER, BPCER and ACER of every preset, with the errors of each source."""
    rates = ("apcer", "bpcer", "acer")
    header = tuple(f"{preset} {rate.upper()}" for preset in Preset for rate in rates)
    rows: list[tuple[Cell, ...]] = [
        (_name(one, result), *(_rate(one, preset, rate, result) for preset in Preset for rate in rates))
        for one in _rows(result)
    ]
    at = ", ".join(f"{preset} {result.run.thresholds[preset]:.4f}" for preset in Preset)
    return Table(
        "What the presets do",
        "Per cent, with 95 % intervals, and the errors. APCER: share of the attacks of the worst kind that "
        "are accepted; BPCER: share of bona fide faces that are refused; ACER: half their sum. Thresholds: "
        f"{at}.",
        ("source", *header),
        tuple(rows),
    )


def _rate(figures: Figures, preset: Preset, rate: str, result: EvaluationResult) -> Cell:
    figure, source = figures.by_name[f"{preset}.{rate}"], _source(figures, result)
    if source is None or rate == "acer":
        return figure
    threshold = result.run.thresholds[preset]
    count = refused(source.scores, threshold) if rate == "bpcer" else worst_kind(source.scores, threshold)[1]
    return CountedFigure(figure, count) if count.of else figure


def _kinds(result: EvaluationResult) -> Table:
    """A row for each source and kind that it has, and for their means."""
    kinds = sorted(set(chain.from_iterable(source.counts.attacks for source in result.sources)))
    rows: list[tuple[Cell, ...]] = []
    for one in _rows(result):
        for kind in kinds:
            cells = [_kind_rate(one, preset, kind, result) for preset in Preset]
            if any(cell != "" for cell in cells):
                rows.append((_name(one, result), kind, *cells))
    return Table(
        "APCER by kind of attack",
        "Per cent, with 95 % intervals, and the attacks that are accepted. Unknown: the data set does not "
        "tell the kind.",
        ("source", "kind", *Preset),
        tuple(rows),
    )


def _kind_rate(figures: Figures, preset: Preset, kind: str, result: EvaluationResult) -> Cell:
    figure, source = figures.by_name.get(f"{preset}.apcer.{kind}"), _source(figures, result)
    if figure is None:
        return ""
    count = ErrorCount(0, 0)
    if source is not None:
        count = accepted(source.scores, result.run.thresholds[preset]).get(kind, count)
    return CountedFigure(figure, count) if count.of else figure


def _images(result: EvaluationResult) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for source in result.sources:
        total, missed = source.counts.total, source.counts.no_face
        groups = {kind or "bona fide": [kind] for kind in sorted(total)}
        if len(attacks := [kind for kind in total if kind]) > 1:
            groups["all attacks"] = attacks
        for name, kinds in groups.items():
            count = ErrorCount(sum(missed.get(one, 0) for one in kinds), sum(total[one] for one in kinds))
            share = CountedFigure(Figure(count.rate, UNTOLD), count)
            rows.append((source.name, name, count.of, share))
        if source.counts.unreadable:
            rows.append((source.name, "could not be read", source.counts.unreadable, ""))
    return Table(
        "Images",
        "Images that could be read, and the share (per cent) of them in which no face was found: BPNRR of "
        "bona fide images, APNRR of attacks of that kind (non-response rates of ISO/IEC 30107-3). An image "
        "without a face has no verdict: it is in no error rate.",
        ("source", "presentations", "images", "without a face"),
        tuple(rows),
    )


def _skin(result: EvaluationResult) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            one.band,
            one.faces,
            one.subjects or "–",
            one.sources,
            CountedFigure(one.bpcer, ErrorCount(one.refused, one.faces)),
            "few" if one.few else "",
        )
        for one in result.skin
    ]
    return Table(
        f"Live faces by skin tone, {result.run.preset}",
        "Per cent, with 95 % intervals that take images as independent, which images of one person are not. "
        "The tone is an estimate from the cheeks (individual typology angle); light and white balance move "
        "it by more than a band, and bands differ in cameras and sources. A difference here is a reason to "
        "test with people; small counts say nothing. Subjects are counted where the data set names them. "
        "Glasses and medical masks are not told apart: nothing in the pipeline finds them.",
        ("band", "faces", "subjects", "sources", "BPCER", ""),
        tuple(rows),
    )


def _robustness(result: EvaluationResult) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            one.family,
            one.level,
            one.count,
            one.flips,
            one.attacks_accepted,
            one.bona_fide_refused,
            _change(one.change),
        )
        for one in result.flips
    ]
    return Table(
        f"Robustness, {result.run.preset}",
        "Of verdicts that were right: the share, per cent with 95 % interval, that turned wrong when the "
        "capture was changed, attacks that were then accepted, bona fide faces that were then refused, and "
        "the mean change of the score (0 to 1). The detector is not asked again; box changes stand "
        "for its errors.",
        ("change", "level", "tries", "flips", "attacks accepted", "bona fide refused", "score change"),
        tuple(rows),
    )


def _change(value: float) -> str:
    return "–" if isnan(value) else f"{value:.3f}"
