"""Prints the figures of a run as the Markdown tables of `docs/accuracy.md`."""

import json
import sys
from pathlib import Path
from typing import Any

Run = dict[str, Any]
_PRESETS = ("weak", "balanced", "strict")


def rates_table(run: Run, use: dict[str, str]) -> str:
    """One row a source: counts, EER and AUC of ours and of the upstream pair."""
    lines = [
        "| source | use | bona fide | attacks | EER % | AUC | upstream pair EER % | AUC |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for source, row in _ordered(run["rates"]["ours"], use):
        upstream = run["rates"]["upstream_pair"][source]
        lines.append(
            f"| {source} | {use[source]} | {row['bona_fide']} | {row['attacks']} | {row['eer'] * 100:.1f} "
            f"| {row['auc']:.3f} | {upstream['eer'] * 100:.1f} | {upstream['auc']:.3f} |"
        )
    return "\n".join(lines)


def presets_table(run: Run, use: dict[str, str]) -> str:
    """One row a source: APCER and BPCER at each preset, with counts."""
    heads = " | ".join(f"{preset} APCER / BPCER %" for preset in _PRESETS)
    lines = [f"| source | use | {heads} |", "|---|---|" + "---|" * len(_PRESETS)]
    for source, row in _ordered(run["rates"]["ours"], use):
        cells = [_cell(run["presets"][preset][source], row) for preset in _PRESETS]
        lines.append(f"| {source} | {use[source]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def kinds_table(run: Run) -> str:
    """APCER of each attack kind on the `measure` sources."""
    lines = ["| attack kind | attacks | weak % | balanced % | strict % |", "|---|---|---|---|---|"]
    for kind, row in run["attack_kinds"].items():
        cells = " | ".join(f"{row[preset] * 100:.1f}" for preset in _PRESETS)
        lines.append(f"| {kind} | {row['attacks']} | {cells} |")
    return "\n".join(lines)


def _cell(errors: dict[str, float], row: dict[str, float]) -> str:
    apcer = f"{errors['apcer'] * 100:.1f} ({errors['attacks_accepted']}/{row['attacks']})"
    return f"{apcer} / {errors['bpcer'] * 100:.1f} ({errors['bona_fide_refused']}/{row['bona_fide']})"


def _ordered(rows: dict[str, Any], use: dict[str, str]) -> list[tuple[str, Any]]:
    return sorted(rows.items(), key=lambda item: (use[item[0]], item[0]))


def main() -> None:
    """`python -m training.table training/runs/NAME.json`."""
    run: Run = json.loads(Path(sys.argv[1]).read_text())
    for table in (rates_table(run, run["use"]), presets_table(run, run["use"]), kinds_table(run)):
        print(table, end="\n\n")


if __name__ == "__main__":
    main()
