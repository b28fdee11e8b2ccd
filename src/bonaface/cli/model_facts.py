"""What the command line says about one entry of the model catalog."""

from bonaface.models.catalog import DetectorEntry, PadEntry, ShippedSource, Source, WheelSource


def describe(entry: DetectorEntry | PadEntry, state: str) -> str:
    """Lines of name and value; `state`: whether its files are installed and whole."""
    facts = [
        ("model", entry.name),
        ("title", entry.title),
        ("task", entry.task.value),
        ("licence", entry.licence),
        ("origin", entry.origin),
        ("from", _source(entry.source)),
        ("state", state),
        *(("file", f"{file.name}, {file.size:,} bytes, sha256 {file.sha256}") for file in entry.all_files),
    ]
    if isinstance(entry, PadEntry):
        facts += _calibration(entry)
    return "\n".join(f"{name:<12}{value}" for name, value in facts)


def _calibration(entry: PadEntry) -> list[tuple[str, str]]:
    found = entry.calibration
    thresholds = ", ".join(f"{preset.value} {at:g}" for preset, at in found.thresholds.items())
    score = f"sigmoid({found.slope:g} x log-odds + {found.offset:g}), log-odds clipped to {found.clip:g}"
    facts = [("score", score), ("thresholds", thresholds)]
    if line := entry.grey:
        facts.append(("grey", f"log-odds of grey pictures: {line.slope:g} x log-odds + {line.offset:g}"))
    return facts


def _source(source: Source) -> str:
    if isinstance(source, ShippedSource):
        return "part of this package"
    if isinstance(source, WheelSource):
        return f"{source.member} of the published package {source.requirement}"
    return source.page
