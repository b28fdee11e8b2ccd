"""Where the reports of `bonaface check` go: a file or standard output, and complaints to standard error."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from bonaface.cli.output_file import text_output, write_explained
from bonaface.cli.report import FileReport, Format, as_json, as_plain, as_table, write_csv, write_parquet
from bonaface.cli.terminal import complain, output


def write_reports(reports: Iterator[FileReport], format_: Format, out: Path | None) -> None:
    """Write all reports as they come, to `out` or standard output; what went wrong, to standard error.

    A table is written at the end, when its columns are known. Parquet goes into a file alone.
    Raises InvalidParameterError where `out` cannot be written.
    """
    if format_ is Format.PARQUET and out is not None:
        with write_explained(out):
            write_parquet(_told(reports), out)
        return
    with text_output(out) as file:
        if format_ is Format.CSV:
            write_csv(_told(reports), file)
        elif format_ is Format.TABLE:
            _write_table(list(reports), file)
        else:
            for report in reports if format_ is Format.JSON else _told(reports):
                lines = [as_json(report)] if format_ is Format.JSON else as_plain(report)
                file.writelines(f"{line}\n" for line in lines)
                file.flush()


def _write_table(reports: list[FileReport], file: TextIO) -> None:
    from rich.console import Console

    console = output() if file is sys.stdout else Console(file=file, highlight=False)
    console.print(as_table(reports, console.width))
    for _ in _told(iter(reports)):
        pass


def _told(reports: Iterator[FileReport]) -> Iterator[FileReport]:
    """The same reports; what went wrong is told on standard error."""
    for report in reports:
        yield report
        if report.message:
            complain(f"{report.name}: {report.message}")
